"""Where a draft lies, and which promise counts."""

from datetime import timedelta

import pytest

from classifiers.tables import Issue
from responders.console.store import Proposal
from responders.console.views.desk import Desk, Tray, desk, due_of, listed, tray_of
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft, DraftState, Promise, PromiseState
from tests.conftest import NOON


def _proposal(
    state: DraftState, delivery: DeliveryState | None = None, flags: tuple[str, ...] = ()
) -> Proposal:
    issue = Issue(
        id=1, product_id=1, title="t", flags=list(flags), first_seen_at=NOON, last_seen_at=NOON,
        opened_at=NOON,
    )  # fmt: skip
    draft = Draft(
        id=1, key="k", product_id=1, issue_id=1, kind="ack", phase="investigating",
        channel="manual", language="en", text="t", text_sha256="x", state=state, created_at=NOON,
        next_update_by=NOON + timedelta(hours=4),
    )  # fmt: skip
    sent = None
    if delivery is not None:
        sent = Delivery(
            id=1, key="k", product_id=1, channel="manual", destination="d", kind="ack", text="t",
            state=delivery, next_try_at=NOON, created_at=NOON,
        )  # fmt: skip
    return Proposal(draft, issue, sent, None, None, None)


@pytest.mark.parametrize(
    ("state", "delivery", "tray"),
    [
        (DraftState.PENDING, None, Tray.APPROVE),
        (DraftState.PENDING, DeliveryState.CANCELLED, Tray.APPROVE),
        (DraftState.APPROVED, DeliveryState.FAILED, Tray.APPROVE),
        (DraftState.APPROVED, DeliveryState.QUEUED, Tray.LEAVING),
        (DraftState.QUEUED, DeliveryState.SENDING, Tray.LEAVING),
        (DraftState.QUEUED, DeliveryState.BY_HAND, Tray.HAND),
        (DraftState.QUEUED, DeliveryState.IN_DOUBT, Tray.DOUBT),
        (DraftState.QUEUED, DeliveryState.SENT, Tray.DECIDED),
        (DraftState.SENT, DeliveryState.SENT, Tray.DECIDED),
        (DraftState.REJECTED, None, Tray.DECIDED),
        (DraftState.SILENT, None, Tray.DECIDED),
        (DraftState.STALE, None, Tray.DECIDED),
    ],
)
def test_each_draft_lies_in_one_tray(
    state: DraftState, delivery: DeliveryState | None, tray: Tray
) -> None:
    assert tray_of(_proposal(state, delivery)) is tray


@pytest.mark.parametrize("flag", ["muted", "snoozed", "not-an-issue"])
def test_what_waits_about_a_hushed_issue_lies_aside(flag: str) -> None:
    assert tray_of(_proposal(DraftState.PENDING, flags=(flag,))) is Tray.HUSHED


def _promise(minutes: int, state: PromiseState, *, settled: bool = False) -> Promise:
    return Promise(
        product_id=1, issue_id=1, due_at=NOON + timedelta(minutes=minutes), made_at=NOON,
        state=state, settled_at=NOON if settled else None,
    )  # fmt: skip


def test_a_broken_promise_counts_until_it_is_made_good() -> None:
    promises = [_promise(-5, PromiseState.BROKEN), _promise(60, PromiseState.OPEN)]
    due = due_of(promises, [], now=NOON)
    assert due is not None
    assert (due.overdue, due.left) == (True, "overdue by 5 min")
    good = due_of([_promise(-5, PromiseState.BROKEN, settled=True), promises[1]], [], now=NOON)
    assert good is not None
    assert (good.overdue, good.soon, good.left) == (False, False, "in 1 h")


def test_without_a_promise_the_draft_says_what_it_would_promise() -> None:
    due = due_of([], [_proposal(DraftState.PENDING)], now=NOON)
    assert due is not None
    assert (due.promised, due.words) == (False, "16:00 UTC")
    assert due_of([_promise(-5, PromiseState.KEPT)], [], now=NOON) is None


@pytest.mark.parametrize(
    ("current", "place", "before", "after"),
    [(7, 1, None, 8), (8, 2, 7, 9), (9, 3, 8, None), (4, 0, None, 7), (None, 0, None, 7)],
)
def test_next_and_previous_follow_the_list(
    current: int | None, place: int, before: int | None, after: int | None
) -> None:
    view = Desk(Tray.APPROVE, {}, [], [7, 8, 9], current)
    assert (view.place, view.before, view.after) == (place, before, after)


def test_an_issue_whose_fix_is_contradicted_comes_before_every_promise() -> None:
    soon, later = _proposal(DraftState.PENDING), _proposal(DraftState.PENDING)
    later.draft.id, later.draft.issue_id, later.issue.id = 2, 2, 2
    later.draft.next_update_by = None
    some = [soon, later]
    usual = desk(some, {}, tray=Tray.APPROVE, counts={}, current=None, now=NOON)
    assert usual.order == [1, 2]
    said = desk(some, {}, tray=Tray.APPROVE, counts={}, current=None, now=NOON, contradicted={2})
    assert said.order == [2, 1]


@pytest.mark.parametrize(
    ("count", "current", "slice_"),
    [
        (0, None, (0, 0)), (3, 2, (0, 3)), (40, 40, (0, 40)), (500, None, (0, 40)),
        (500, 1, (0, 40)), (500, 39, (0, 40)), (500, 40, (24, 64)), (500, 200, (184, 224)),
        (500, 500, (460, 500)), (500, 501, (0, 40)),
    ],
)  # fmt: skip
def test_of_many_drafts_those_around_the_one_in_focus_are_listed(
    count: int, current: int | None, slice_: tuple[int, int]
) -> None:
    found = listed(range(1, count + 1), current)
    assert found == slice_
    if current is not None and current <= count:
        assert found[0] <= current - 1 < found[1]
