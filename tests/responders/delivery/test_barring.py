"""Nothing leaves without an approval of exactly that text, nor to a post that was deleted."""

import pytest

from classifiers.tables import IssueState
from responders.delivery.barring import DELETED, NOT_APPROVED, Bar, barred
from responders.delivery.tables import Delivery, DeliveryState
from tests.conftest import NOON
from tests.responders.delivery.conftest import approved

WRONG = Bar(DeliveryState.FAILED, NOT_APPROVED)
GONE = Bar(DeliveryState.CANCELLED, DELETED)


def delivery(text: str, *, public: bool, sha256: str | None) -> Delivery:
    return Delivery(
        key="k", product_id=1, channel="board", destination="board", kind="ack", text=text,
        public=public, approved_sha256=sha256, next_try_at=NOON, created_at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("public", "sha256", "erased", "bar"),
    [
        (True, approved("It is known."), False, None),
        (True, None, False, WRONG),
        (True, approved("It is known"), False, WRONG),
        (True, approved("It is known. "), False, WRONG),
        (True, "", False, WRONG),
        (True, approved("It is known."), True, GONE),
        (False, None, False, None),
    ],
)
def test_who_may_leave(public: bool, sha256: str | None, erased: bool, bar: Bar | None) -> None:
    row = delivery("It is known.", public=public, sha256=sha256)
    assert barred(row, post_erased=erased) == bar


@pytest.mark.parametrize(
    ("phase", "state", "stays"),
    [
        ("resolved", IssueState.INVESTIGATING, True),
        ("resolved", IssueState.MONITORING, True),
        ("identified", IssueState.NEW, True),
        ("resolved", IssueState.RESOLVED, False),
        ("investigating", IssueState.NEW, False),
        ("identified", IssueState.RESOLVED, True),
        ("investigating", IssueState.RESOLVED, True),
        ("investigating", IssueState.IDENTIFIED, False),
        ("monitoring", IssueState.MONITORING, False),
        ("a word of another's", IssueState.NEW, False),
        (None, IssueState.NEW, False),
    ],
)
def test_no_approval_outlives_the_state_it_was_given_in(
    phase: str | None, state: IssueState, stays: bool
) -> None:
    row = delivery("It is over.", public=True, sha256=approved("It is over."))
    row.target = {"phase": phase}
    bar = barred(row, post_erased=False, state=state)
    assert (bar is not None) is stays
    assert bar is None or (bar.state, str(state) in bar.reason) == (DeliveryState.CANCELLED, True)
