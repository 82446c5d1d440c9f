"""What people see of the drafts."""

from datetime import datetime, timedelta

import pytest

from classifiers.tables import Issue
from config.database import reading, transaction
from config.ground import Ground
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import store
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState, Told
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, happen, say_more


def test_drafts_are_listed_with_their_threads_and_by_issue(ground: Ground) -> None:
    first = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    second = happen(ground, Incident(said=[Said(thread="c")]))
    respond_due(ground)
    with reading(ground.engine) as session:
        assert [draft.channel for draft, _ in store.listed(session)] == [
            "page", "manual", "manual", "page", "manual",
        ]  # fmt: skip
        (page, nowhere), (draft, thread) = store.listed(session, issue_id=second)
        assert (page.channel, nowhere) == ("page", None)
        assert thread is not None
        assert (draft.issue_id, thread.remote_id) == (second, "c")
        assert len(store.listed(session, issue_id=first)) == 3
        assert draft.id is not None
        assert store.one(session, draft.id) == (draft, thread)
        assert store.one(session, 999_999) is None


def message(state: DeliveryState, *, leaves_at: datetime = NOON) -> Delivery:
    return Delivery(
        key="k", product_id=1, channel="manual", destination="d", kind="ack", text="t",
        state=state, next_try_at=leaves_at, created_at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stored", "state", "leaves_in_s", "shown"),
    [
        ("pending", None, 0, "pending"),
        ("approved", "queued", 30, "approved"),
        ("approved", "queued", 0, "queued"),
        ("approved", "sending", 0, "queued"),
        ("approved", "by_hand", 0, "queued"),
        ("approved", "in_doubt", 0, "queued"),
        ("approved", "sent", 0, "sent"),
        ("approved", "failed", 0, "approved"),
        ("pending", "cancelled", 0, "pending"),
        ("stale", "cancelled", 0, "stale"),
        ("sent", "sent", 0, "sent"),
    ],
)
def test_people_see_a_draft_as_far_as_its_message_is(
    stored: str, state: str | None, leaves_in_s: int, shown: str
) -> None:
    draft = Draft(
        key="k", product_id=1, issue_id=1, kind="ack", phase="investigating", channel="manual",
        language="en", text="t", text_sha256="h", state=DraftState(stored), created_at=NOON,
    )  # fmt: skip
    leaves_at = NOON + timedelta(seconds=leaves_in_s)
    delivery = message(DeliveryState(state), leaves_at=leaves_at) if state else None
    assert store.shown_state(draft, delivery, now=NOON) == shown


def tell(ground: Ground, draft: Draft, *, phase: str = "investigating") -> None:
    """Put the proof that a thread was told into the store."""
    assert draft.id is not None
    assert draft.thread_id is not None
    with transaction(ground.engine) as session:
        row = message(DeliveryState.SENT)
        row.key = f"{draft.key}|{phase}"
        session.add(row)
        session.flush()
        assert row.id is not None
        session.get_one(Draft, draft.id).state = DraftState.SENT
        session.add(
            Told(
                issue_id=draft.issue_id, thread_id=draft.thread_id, draft_id=draft.id,
                delivery_id=row.id, phase=phase, told_at=NOON,
            )
        )  # fmt: skip


def replies(ground: Ground, issue: int) -> list[Draft]:
    with reading(ground.engine) as session:
        return [row for row in store.drafts_of(session, issue) if row.thread_id]


def test_the_threads_of_an_issue_say_how_far_we_are_with_each(ground: Ground) -> None:
    names = ("told", "waiting", "rejected", "law", "locked")
    texts = {"law": "It hangs. I will sue you."}
    said = [
        Said(thread=name, text=texts.get(name, "The app hangs"), locked=name == "locked")
        for name in names
    ]
    issue = happen(ground, Incident(said=said))
    respond_due(ground)
    told, _, rejected, _ = replies(ground, issue)
    tell(ground, told)
    with transaction(ground.engine) as session:
        session.get_one(Draft, rejected.id).state = DraftState.REJECTED
    say_more(ground, issue, Said(thread="new"))
    with reading(ground.engine) as session:
        found = store.threads_of(session, issue)
    assert {row.thread.remote_id: row.state for row in found} == {
        "told": "told", "waiting": "waiting", "rejected": "silent", "law": "silent",
        "locked": "silent", "new": "unanswered",
    }  # fmt: skip
    assert (found[0].told_at, found[0].phase, found[0].draft_id) == (
        NOON, "investigating", told.id,
    )  # fmt: skip


def test_what_a_merged_issue_told_counts_for_the_one_it_became_part_of(ground: Ground) -> None:
    first, second, third = (happen(ground, Incident()) for _ in range(3))
    respond_due(ground)
    for issue in (first, second):
        tell(ground, replies(ground, issue)[0])
    with transaction(ground.engine) as session:
        session.get_one(Issue, first).merged_into = second
        session.get_one(Issue, second).merged_into = third
    with reading(ground.engine) as session:
        assert store.family(session, third) == [third, second, first]
        assert {row.issue_id for row in store.told(session, third)} == {first, second}
        assert [row.state for row in store.threads_of(session, third)].count("told") == 2
        assert [row.issue_id for row in store.told(session, second)] == [first, second]
