"""Texts for the problems of nine products: each is sendable as it stands, in every phase."""

from collections import Counter

import pytest

from listener.reading.language import detect_language
from responders.voice.linting import lint
from responders.voice.phases import PHASES, RESOLVED
from responders.voice.words.drafting import Kind, Text, draft
from tests.responders.voice.checking_texts import faults
from tests.responders.voice.gold_issues import GoldIssue, gold_issues

TEXTS: list[tuple[Kind, str]] = [
    *(("ack", phase) for phase in PHASES if phase != RESOLVED),
    *(("update", phase) for phase in PHASES),
    *(("page", phase) for phase in PHASES),
]


@pytest.fixture(scope="module")
def issues() -> list[GoldIssue]:
    return list(gold_issues())


def drawn(issue: GoldIssue, kind: Kind, phase: str) -> Text:
    return draft(issue.asked(kind, phase), detect=detect_language)


def test_there_are_enough_of_them_in_several_languages(issues: list[GoldIssue]) -> None:
    assert len(issues) >= 60
    assert len({issue.product for issue in issues}) == 9
    assert {"en", "de", "fr", None} <= {issue.language for issue in issues}


@pytest.mark.parametrize(("kind", "phase"), TEXTS)
def test_every_text_says_what_it_must_and_nothing_it_must_not(
    issues: list[GoldIssue], kind: Kind, phase: str
) -> None:
    found = {}
    for issue in issues:
        made = drawn(issue, kind, phase)
        wrong = faults(made.text, issue.asked(kind, phase), made.language)
        if wrong:
            found[issue.product, issue.label] = wrong
    assert not found


@pytest.mark.parametrize(("kind", "phase"), TEXTS)
def test_the_linter_finds_nothing_in_any_text(
    issues: list[GoldIssue], kind: Kind, phase: str
) -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    for issue in issues:
        made = drawn(issue, kind, phase)
        for finding in lint(made.text, issue.known(issue.asked(kind, phase), made.language)):
            found[issue.label, finding.rule, finding.words] += 1
    assert not found


def test_each_is_written_in_its_language_or_says_why_not(issues: list[GoldIssue]) -> None:
    for issue in issues:
        made = drawn(issue, "ack", "investigating")
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
