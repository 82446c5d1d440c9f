"""Why nothing stands in a thread yet."""

from typing import Any

import pytest

from responders.delivery.tables import DeliveryState
from responders.voice.ledger.unanswered import WORDS, Known, Reason, Why, why_unanswered
from responders.voice.tables import DraftState

APPROVED = DraftState.APPROVED


@pytest.mark.parametrize(
    ("known", "why", "words"),
    [
        ({"draft": DraftState.PENDING}, Why.DRAFT, "a draft waits for approval"),
        ({"draft": APPROVED, "delivery": DeliveryState.QUEUED}, Why.LEAVING, None),
        ({"draft": APPROVED, "delivery": DeliveryState.SENDING}, Why.LEAVING, None),
        ({"draft": DraftState.QUEUED}, Why.LEAVING, None),
        ({"draft": APPROVED, "delivery": DeliveryState.BY_HAND}, Why.BY_HAND, None),
        ({"draft": APPROVED, "delivery": DeliveryState.IN_DOUBT}, Why.IN_DOUBT, None),
        ({"draft": APPROVED, "delivery": DeliveryState.CANCELLED}, Why.DRAFT, None),
        (
            {"draft": APPROVED, "delivery": DeliveryState.FAILED, "reason": ""},
            Why.FAILED,
            "it could not be sent",
        ),
        (
            {
                "draft": DraftState.SILENT,
                "reason": "a person must answer: it speaks of law",
            },
            Why.WITHHELD,
            "a person must answer: it speaks of law",
        ),
        ({"draft": DraftState.SILENT}, Why.WITHHELD, "withheld"),
        (
            {"draft": DraftState.SILENT, "reason": "opted out: they wrote “no bots”"},
            Why.OPTED_OUT,
            "the author asked not to be answered: they wrote “no bots”",
        ),
        (
            {"draft": DraftState.SILENT, "decided_by": "Ruth", "reason": "they sorted it out"},
            Why.SILENT,
            "somebody chose to stay silent (Ruth): they sorted it out",
        ),
        (
            {"draft": DraftState.REJECTED, "decided_by": "Tom", "reason": "wrong thread"},
            Why.REJECTED,
            "the draft was rejected (Tom): wrong thread",
        ),
        ({"draft": DraftState.STALE, "locked": True}, Why.LOCKED, None),
        ({"ours": True}, Why.STAFF, None),
        ({"hushed": True}, Why.HUSHED, None),
        ({}, Why.NOT_PROPOSED, "nothing is proposed yet"),
    ],
)
def test_each_way_to_stay_unanswered_has_its_word(
    known: dict[str, Any], why: Why, words: str | None
) -> None:
    assert why_unanswered(Known(**known)) == Reason(why, words or WORDS[why])


def test_each_word_is_explained() -> None:
    assert set(WORDS) == set(Why)
