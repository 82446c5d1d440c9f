from datetime import timedelta

import pytest

from responders.decisions.drafts.claiming import holder, reading_since, refuse_held
from responders.decisions.refusing import Held
from responders.voice.tables import Draft
from tests.conftest import NOON

SOON = NOON + timedelta(minutes=10)


def a_draft(by: str = "Ruth") -> Draft:
    return Draft(
        id=3, key="k", product_id=1, issue_id=1, kind="ack", phase="investigating",
        channel="manual", language="en", text="We know.", text_sha256="", created_at=NOON,
        claimed_by=by, claimed_at=NOON, claimed_until=SOON,
    )  # fmt: skip


def test_a_claim_lasts_until_its_idle_time_is_over() -> None:
    row = a_draft()
    assert holder(row, now=SOON - timedelta(seconds=1)) == "Ruth"
    assert holder(row, now=SOON) == ""
    assert reading_since(row, now=NOON) == "Ruth is reading this since 12:00 UTC, 12 May"
    assert reading_since(row, now=SOON) == ""


def test_what_nobody_ever_held_is_free() -> None:
    row = a_draft("")
    row.claimed_at = row.claimed_until = None
    assert holder(row, now=NOON) == ""
    assert refuse_held(row, "Tom", now=NOON, anyway=False) == ""


def test_a_decision_beside_somebody_is_refused_with_their_name_and_the_way_on() -> None:
    with pytest.raises(Held) as lost:
        refuse_held(a_draft(), "Tom", now=NOON, anyway=False)
    assert str(lost.value) == (
        "Ruth is reading this since 12:00 UTC, 12 May. Nothing was changed or sent. Ask them, or "
        "decide anyway: the same command with --anyway"
    )


def test_who_decides_anyway_learns_whom_they_overruled_and_the_holder_overrules_nobody() -> None:
    assert refuse_held(a_draft(), "Tom", now=NOON, anyway=True) == "Ruth"
    assert refuse_held(a_draft(), "Ruth", now=NOON, anyway=False) == ""
    assert refuse_held(a_draft(), "Tom", now=SOON, anyway=False) == ""
