from datetime import datetime, timedelta

import pytest

from responders.voice.watching.overtaking import OurWord, Waiting, why_overtaken
from tests.conftest import NOON


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def waiting(**values: object) -> Waiting:
    usual = {
        "since": NOON, "worded_at": None, "approved": False, "edited": False, "closed": False,
    }  # fmt: skip
    return Waiting(**usual | values)  # type: ignore[arg-type]  # the test's own words


def word(written: float, heard: float | None = None) -> OurWord:
    return OurWord(at(written), at(written if heard is None else heard))


def test_nothing_overtakes_a_reply_while_all_is_as_it_was() -> None:
    assert why_overtaken(waiting(), []) is None
    assert why_overtaken(waiting(approved=True), [word(-5)]) is None


def test_a_word_of_ours_after_the_report_takes_its_place() -> None:
    why = "somebody of ours wrote there at 12:05 UTC, 12 May"
    assert why_overtaken(waiting(), [word(-5), word(5), word(7)]) == why
    assert why_overtaken(waiting(approved=True), [word(5, heard=20)]) == why


def test_a_person_who_wrote_knew_what_had_been_heard() -> None:
    row = waiting(worded_at=at(10))
    assert why_overtaken(row, [word(5)]) is None
    assert why_overtaken(row, [word(5, heard=11)]) is not None
    assert why_overtaken(row, [word(12)]) is not None


def test_a_closed_thread_takes_no_reply() -> None:
    assert why_overtaken(waiting(closed=True), [word(5)]) == "its thread was closed"


@pytest.mark.parametrize("approved", [False, True])
def test_an_edit_takes_back_what_was_approved_and_leaves_a_draft_to_be_drawn_anew(
    approved: bool,
) -> None:
    found = why_overtaken(waiting(edited=True, approved=approved), [])
    assert found == ("the post it answers was edited" if approved else None)
