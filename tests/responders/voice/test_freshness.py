"""When a waiting draft needs another text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from config.database import transaction
from config.ground import Ground
from listener.tables import Post
from responders.voice.freshness import Proposed, is_ahead, why_renew
from responders.voice.tables import DraftState
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import edit, replies, respond

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
FOUR = NOON + timedelta(hours=4)
OURS = Proposed(phase="investigating", link=True, due=FOUR, edited_by="")
THEIRS = replace(OURS, edited_by="Ruth")


@pytest.mark.parametrize(
    ("proposed", "phase", "due", "why"),
    [
        (OURS, "investigating", FOUR, None),
        (OURS, "identified", FOUR, "the issue is identified now"),
        (OURS, "resolved", None, "the issue is resolved now"),
        (OURS, "investigating", FOUR + timedelta(hours=1), "the next word comes at another time"),
        (replace(OURS, link=False), "investigating", FOUR, "the entry was published"),
        (THEIRS, "investigating", FOUR + timedelta(hours=1), None),
        (replace(THEIRS, link=False), "investigating", FOUR, None),
        (THEIRS, "identified", FOUR, "the issue is identified now"),
        (replace(THEIRS, due=NOON), "investigating", FOUR, "the time it promised has passed"),
        (replace(THEIRS, due=None), "investigating", FOUR, None),
        (replace(OURS, reworded=True), "investigating", FOUR, "the post it answers was edited"),
        (replace(THEIRS, reworded=True), "investigating", FOUR, "the post it answers was edited"),
    ],
)
def test_ours_are_kept_fresh_and_a_person_s_only_kept_true(
    proposed: Proposed, phase: str, due: datetime | None, why: str | None
) -> None:
    assert why_renew(proposed, phase=phase, due=due, now=NOON) == why


def test_a_promise_must_lie_half_an_hour_ahead() -> None:
    assert is_ahead(NOON + timedelta(minutes=30), now=NOON)
    assert not is_ahead(NOON + timedelta(minutes=29), now=NOON)
    assert not is_ahead(None, now=NOON)


def reword(ground: Ground, text: str) -> None:
    """Let the author of the only post edit it."""
    with transaction(ground.engine) as session:
        post = session.exec(select(Post)).one()
        post.text, post.revision = text, post.revision + 1


def test_an_edited_post_gets_another_draft_and_the_old_text_is_kept(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text="My tray hangs when I open it.")]))
    respond(ground)
    reword(ground, "The lid crashes at night on my tablet.")
    respond(ground)
    (draft,) = replies(ground, issue)
    assert (draft.version, draft.state) == (2, DraftState.PENDING)
    assert "“The lid crashes at night" in draft.text
    assert "tray hangs" not in draft.text
    assert respond(ground) == 0


def test_what_a_person_wrote_to_an_edited_post_is_set_aside_with_the_reason(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text="My tray hangs when I open it.")]))
    respond(ground)
    edit(ground, replies(ground, issue)[0], "We know of the tray.")
    reword(ground, "The lid crashes at night on my tablet.")
    respond(ground)
    (draft,) = replies(ground, issue)
    assert draft.reason == "what Ruth wrote was set aside: the post it answers was edited"
    assert "“The lid crashes at night" in draft.text


def test_a_post_that_was_edited_into_a_case_for_a_person_gets_no_draft(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text="My tray hangs when I open it.")]))
    respond(ground)
    reword(ground, "My tray hangs. I will talk to my lawyer.")
    respond(ground)
    (draft,) = replies(ground, issue)
    assert draft.state is DraftState.SILENT
    assert "it speaks of law" in draft.reason
