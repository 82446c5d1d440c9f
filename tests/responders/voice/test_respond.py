"""The respond pass on a real store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from classifiers.tables import Issue, IssueKind, IssueState
from config.clock import FixedClock, SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.leases import LeaseLost, acquire
from listener.tables import Product
from responders.voice import store
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, breaking, erase, forget, happen, say_more


def drafts(ground: Ground, issue_id: int) -> Sequence[Draft]:
    """Return the replies; the page has tests of its own."""
    with reading(ground.engine) as session:
        return [row for row in store.drafts_of(session, issue_id) if row.thread_id]


def at(ground: Ground, moment: datetime) -> Ground:
    return replace(ground, clock=FixedClock(moment))


def with_voice(ground: Ground, **knobs: int) -> Ground:
    voice = ground.settings.voice.model_copy(update=knobs)
    return replace(ground, settings=ground.settings.model_copy(update={"voice": voice}))


THREE_THREADS = [Said(thread=name) for name in ("t1", "t2", "t3", "t1")]


def test_each_thread_gets_one_draft_and_never_a_second(ground: Ground) -> None:
    issue = happen(ground, Incident(said=THREE_THREADS))
    assert [respond_due(ground) for _ in range(3)] == [4, 0, 0]
    made = drafts(ground, issue)
    assert [draft.key for draft in made] == [
        f"thread:{draft.thread_id}|{issue}|ack|1" for draft in made
    ]
    assert len({draft.thread_id for draft in made}) == 3


def test_a_draft_waits_for_a_person_with_text_and_promise(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond_due(ground, page_url="http://127.0.0.1:8080/")
    (draft,) = drafts(ground, issue)
    assert (draft.state, draft.kind, draft.phase) == (DraftState.PENDING, "ack", "investigating")
    assert (draft.channel, draft.language, draft.version) == ("manual", "en", 1)
    assert draft.next_update_by == NOON + timedelta(hours=4)
    assert "“The app hangs when I open a note”" in draft.text
    assert "http://127.0.0.1:8080/" in draft.text
    assert draft.text_sha256 == digest(draft.text)


def test_a_thread_that_joins_later_gets_its_draft_with_the_same_promise(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond_due(ground)
    say_more(ground, issue, Said(thread="late"))
    assert respond_due(at(ground, NOON + timedelta(hours=1))) == 1
    assert {draft.next_update_by for draft in drafts(ground, issue)} == {NOON + timedelta(hours=4)}


def test_a_promise_that_is_nearly_due_is_not_repeated(ground: Ground) -> None:
    issue = happen(ground, Incident())
    respond_due(ground)
    say_more(ground, issue, Said(thread="late"))
    respond_due(at(ground, NOON + timedelta(hours=3, minutes=40)))
    assert drafts(ground, issue)[-1].next_update_by == NOON + timedelta(hours=8)


@pytest.mark.parametrize(
    "said",
    [
        Said(role="staff"),
        Said(role="bot"),
        Said(locked=True),
        Said(backfill=True),
        Said(erased=True),
        Said(thread=None),
    ],
)
def test_some_posts_are_never_answered(ground: Ground, said: Said) -> None:
    issue = happen(ground, Incident(said=[said]))
    respond_due(ground)
    assert drafts(ground, issue) == []


def test_a_thread_that_staff_opened_is_left_to_them(ground: Ground) -> None:
    said = [Said(role="staff"), Said(), Said(thread="t2")]
    issue = happen(ground, Incident(said=said))
    respond_due(ground)
    assert len(drafts(ground, issue)) == 1


@pytest.mark.parametrize(
    "incident",
    [
        Incident(kind=IssueKind.SPAM),
        Incident(kind=IssueKind.BRIGADE),
        Incident(alerted=False),
        Incident(flags=["muted"]),
        Incident(flags=["not-an-issue"]),
        Incident(flags=["human-only"]),
    ],
)
def test_some_issues_are_never_answered(ground: Ground, incident: Incident) -> None:
    happen(ground, incident)
    assert respond_due(ground) == 0


def test_a_resolved_issue_is_no_longer_acknowledged(ground: Ground) -> None:
    issue = happen(ground, Incident())
    with transaction(ground.engine) as session:
        session.get_one(Issue, issue).state = IssueState.RESOLVED
    assert respond_due(ground) == 0


def test_a_post_that_a_person_must_answer_gets_the_reason_instead_of_a_text(
    ground: Ground,
) -> None:
    said = Said(text="The app hangs. I will sue you for this.")
    issue = happen(ground, Incident(said=[said, Said(thread="t2")]))
    assert respond_due(ground) == 3
    first, second = drafts(ground, issue)
    assert (first.state, first.text) == (DraftState.SILENT, "")
    assert first.reason == "a person must answer this one: it speaks of law"
    assert second.state is DraftState.PENDING


def test_a_post_without_words_to_repeat_takes_those_of_the_issue(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text="same here!!")]))
    respond_due(ground)
    assert "“App hangs when a note is opened”" in drafts(ground, issue)[0].text


def test_a_post_in_another_language_gets_english_and_a_note(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text="De app hangt bij het openen", lang="nl")]))
    respond_due(ground)
    (draft,) = drafts(ground, issue)
    assert (draft.language, draft.state) == ("en", DraftState.PENDING)
    assert draft.reason == "written in English: the post is in “nl” and we have no text for that"


def test_a_post_too_short_to_tell_is_answered_in_the_products_language(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(lang=None)]))
    with transaction(ground.engine) as session:
        session.get_one(Product, 1).languages = ["de", "en"]
    respond_due(ground)
    assert [(row.language, row.reason) for row in drafts(ground, issue)] == [("de", "")]


def test_a_post_too_short_to_tell_is_answered_as_its_place_speaks(ground: Ground) -> None:
    heard = [Said(thread=f"t{n}", lang="de") for n in range(2, 5)]
    issue = happen(ground, Incident(said=[Said(lang=None), *heard]))
    respond_due(ground)
    assert [row.language for row in drafts(ground, issue)] == ["de"] * 4


def test_an_issue_gets_no_more_drafts_than_the_operator_allows(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(thread=f"t{n}") for n in range(6)]))
    few = with_voice(ground, drafts_per_issue=4)
    assert [respond_due(few), respond_due(few)] == [5, 0]
    assert len(drafts(ground, issue)) == 4


def test_while_another_process_holds_the_lease_nothing_is_proposed(ground: Ground) -> None:
    happen(ground, Incident())
    other = "elsewhere:1:00000000"
    assert acquire(ground.engine, "respond:1", holder=other, clock=SystemClock())
    assert respond_due(ground) == 0


def test_a_language_that_is_none_gets_english_like_any_other(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(lang="x" * 300), Said(thread="t2")]))
    assert respond_due(ground) == 3
    strange, plain = drafts(ground, issue)
    assert (strange.language, plain.language) == ("en", "en")
    assert "in another language" in strange.reason


def test_an_issue_that_breaks_does_not_hold_up_the_others(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = happen(ground, Incident()), happen(ground, Incident())
    with breaking(Draft, "before_insert", RuntimeError("it breaks"), issue_id=bad):
        assert respond_due(ground) == 2
    assert [len(drafts(ground, bad)), len(drafts(ground, good))] == [0, 1]
    assert "drafts_broke" in caplog.text


def test_a_product_that_breaks_does_not_hold_up_the_others(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    happen(ground, Incident())
    good = happen(ground, Incident(product="Other"))
    with breaking(Issue, "load", RuntimeError("it breaks"), product_id=1):
        assert respond_due(ground) == 2
    assert len(drafts(ground, good)) == 1
    assert "respond_broke" in caplog.text


def test_a_lost_lease_ends_the_run_of_its_product_alone(ground: Ground) -> None:
    first, second = happen(ground, Incident()), happen(ground, Incident())
    other = happen(ground, Incident(product="Other"))
    with breaking(Draft, "before_insert", LeaseLost("taken"), issue_id=first):
        assert respond_due(ground) == 2
    assert [len(drafts(ground, issue)) for issue in (first, second, other)] == [0, 0, 1]


SECRET = "My secret words hang the app"


def test_a_draft_for_a_post_that_was_erased_is_withdrawn_and_blank(ground: Ground) -> None:
    said = [Said(text=f"{SECRET}. Since this morning."), Said(thread="t2")]
    issue = happen(ground, Incident(said=said))
    respond_due(ground)
    assert SECRET in drafts(ground, issue)[0].text
    erase(ground, SECRET)
    assert [respond_due(ground), respond_due(ground)] == [3, 0]  # it, and the page twice
    erased, standing = drafts(ground, issue)
    assert (erased.state, erased.text, erased.reason) == (
        DraftState.STALE, "", "the post was deleted"
    )  # fmt: skip
    assert erased.text_sha256 == digest("")
    assert (standing.state, standing.text_sha256) == (DraftState.PENDING, digest(standing.text))


def test_a_draft_that_a_person_rejected_stays_so(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text=f"{SECRET}.")]))
    respond_due(ground)
    with transaction(ground.engine) as session:
        draft = store.drafts_of(session, issue)[-1]
        draft.state = DraftState.REJECTED
    erase(ground, SECRET)
    respond_due(ground)
    (draft,) = drafts(ground, issue)
    assert (draft.state, draft.text) == (DraftState.REJECTED, "")


TITLED = [Said(text="same here!!"), Said(text=f"{SECRET}.", thread=None)]


@pytest.mark.parametrize(("title", "version"), [(SECRET, 1), ("Notes hang when opened", 2)])
def test_a_draft_with_the_title_of_its_issue_stands_while_the_title_does(
    ground: Ground, title: str, version: int
) -> None:
    issue = happen(ground, Incident(said=TITLED, title=SECRET))
    respond_due(ground)
    assert SECRET in drafts(ground, issue)[0].text
    erase(ground, SECRET)
    forget(ground, issue, title=title)
    respond_due(ground)
    (draft,) = drafts(ground, issue)
    assert (draft.version, title in draft.text) == (version, True)


@pytest.mark.parametrize("drafted_before", [True, False])
def test_a_title_that_may_be_an_erased_posts_is_not_repeated(
    ground: Ground, drafted_before: bool
) -> None:
    issue = happen(ground, Incident(said=TITLED, title=SECRET, key_phrases=[SECRET]))
    if drafted_before:
        respond_due(ground)
    erase(ground, SECRET)
    respond_due(ground)
    assert drafts(ground, issue)[0].text == ""


def test_a_withdrawal_and_a_new_draft_go_in_one_pass(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(text=f"{SECRET}.")]))
    respond_due(ground)
    erase(ground, SECRET)
    say_more(ground, issue, Said(thread="t2"))
    assert respond_due(ground) == 4  # the page is blanked and written anew, too
    assert [draft.state for draft in drafts(ground, issue)] == [
        DraftState.STALE,
        DraftState.PENDING,
    ]
