"""Texts for the problems of nine products: each is sendable as it stands, in every phase."""

from collections import Counter

import pytest

from listener.reading.language import detect_language
from responders.voice.linting import lint
from responders.voice.phases import PHASES, RESOLVED
from responders.voice.words.drafting import Asked, Kind, Text, draft
from tests.responders.voice.checking_texts import faults
from tests.responders.voice.gold_issues import GoldIssue, gold_issues

TEXTS: list[tuple[Kind, str]] = [
    *(("ack", phase) for phase in PHASES if phase != RESOLVED),
    *(("update", phase) for phase in PHASES),
    *(("page", phase) for phase in PHASES),
]
Drawn = dict[tuple[Kind, str], list[tuple[GoldIssue, Asked, Text]]]


@pytest.fixture(scope="module")
def issues() -> list[GoldIssue]:
    return list(gold_issues())


@pytest.fixture(scope="module")
def texts(issues: list[GoldIssue]) -> Drawn:
    """Every text of each issue, with what it was made from: drawn once for all tests."""
    return {
        wanted: [
            (issue, asked := issue.asked(*wanted), draft(asked, detect=detect_language))
            for issue in issues
        ]
        for wanted in TEXTS
    }


def test_there_are_enough_of_them_in_several_languages(issues: list[GoldIssue]) -> None:
    assert len(issues) >= 60
    assert len({issue.product for issue in issues}) == 9
    assert {"en", "de", "fr", None} <= {issue.language for issue in issues}


@pytest.mark.parametrize(("kind", "phase"), TEXTS)
def test_every_text_says_what_it_must_and_nothing_it_must_not(
    texts: Drawn, kind: Kind, phase: str
) -> None:
    found = {}
    for issue, asked, made in texts[kind, phase]:
        wrong = faults(made.text, asked, made.language)
        if wrong:
            found[issue.product, issue.label] = wrong
    assert not found


@pytest.mark.parametrize(("kind", "phase"), TEXTS)
def test_the_linter_finds_nothing_in_any_text(texts: Drawn, kind: Kind, phase: str) -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    for issue, asked, made in texts[kind, phase]:
        for finding in lint(made.text, issue.known(asked, made.language)):
            found[issue.label, finding.rule, finding.words] += 1
    assert not found


def test_each_is_written_in_its_language_or_says_why_not(texts: Drawn) -> None:
    for issue, _, made in texts["ack", "investigating"]:
        if issue.language in {"en", "de", None}:
            assert made.language == (issue.language or "en")
            assert not made.note
        else:
            assert made.note


def test_some_authors_are_experts_and_some_are_asked(issues: list[GoldIssue]) -> None:
    asked = [issue.asked("ack", "investigating") for issue in issues]
    assert 3 <= sum(one.expert for one in asked) < len(asked) / 4
    assert 10 <= sum(bool(one.lacking) for one in asked) < len(asked) / 2
    assert sum(bool(one.given) for one in asked) >= 3
