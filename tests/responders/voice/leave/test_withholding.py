"""Posts under which no prepared sentence may stand."""

import json
from pathlib import Path

import pytest

from responders.voice.leave.withholding import LONGEST, PREPARED, REASONS, Lane, lane_of, withheld
from tests.responders.voice.sensitive import HITS, NEAR_MISSES

SHARED = Path(__file__).parents[5] / "shared" / "cases" / "hostile.jsonl"
OURS = Path(__file__).parents[4] / "data" / "gold"


@pytest.mark.parametrize(("lane", "text"), HITS)
def test_a_person_answers_these_with_the_reason_named(lane: Lane, text: str) -> None:
    assert lane_of(text) is lane
    assert withheld(text) == REASONS[lane]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_ordinary_reports_get_their_draft(text: str) -> None:
    assert withheld(text) is None


def test_there_are_enough_of_both() -> None:
    assert len(HITS) >= 60
    assert len(NEAR_MISSES) >= 60
    assert {lane for lane, _ in HITS} == set(Lane) - {Lane.LOUD}
    assert set(REASONS) == set(Lane)


def test_the_reply_of_another_machine_is_answered_by_nobody() -> None:
    assert withheld("We're aware and investigating. (automated reply)") == PREPARED
    assert lane_of("We're aware and investigating. (automated reply)") is None


@pytest.mark.parametrize(
    "text",
    [
        "I will s\u200bue you",
        "it burned my\nhand",
        "I don’t want to live any more",
        "I\u00a0want my money back",
    ],
)
def test_a_disguise_hides_no_words(text: str) -> None:
    assert lane_of(text) is not None


def test_what_somebody_quotes_is_not_theirs() -> None:
    assert lane_of("> I will sue you\nThe app hangs for me, too") is None
    assert lane_of("> The app hangs\nI will sue you") is Lane.LEGAL


def test_a_very_long_post_costs_little_and_a_broken_one_nothing() -> None:
    assert lane_of("sue " * 100_000) is None
    assert lane_of("I will sue you " + "x" * LONGEST) is Lane.LEGAL
    assert lane_of("\ud800 I will sue you") is Lane.LEGAL


def test_hardly_any_post_of_our_own_labelled_streams_is_withheld() -> None:
    """Those that are were read: real refunds, real holes; a rule that grows wide fails here."""
    texts = [
        json.loads(line)["text"]
        for file in sorted(OURS.glob("*.jsonl"))
        if not file.name.endswith(".gold.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert len(texts) > 2_500
    assert sum(withheld(text) is not None for text in texts) / len(texts) < 0.01


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not here")
def test_the_shared_cases_go_to_a_person_or_to_nobody() -> None:
    for line in SHARED.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if "route_to_human" in case["expect"]:
            assert lane_of(case["text"]) is not None, case["id"]
        elif {"no_reply", "not_a_report"}.intersection(case["expect"]):
            assert withheld(case["text"]) == PREPARED, case["id"]
        else:
            assert lane_of(case["text"]) is None, case["id"]
