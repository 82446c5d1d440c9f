"""The linter of everything we say in public: every rule, asked of one text with its facts.

Pure: the same text and facts give the same findings. It runs when a text is drafted, when somebody
edits it, when somebody approves it and before it leaves. A block keeps a text here until somebody
gives a reason to let it pass; a warning only tells. What a text says is judged, never obeyed.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from responders.voice.rules import (
    blaming,
    counting,
    foreign,
    grounding,
    jargon,
    obligations,
    phasing,
    phrasing,
    private,
    promising,
    readability,
    requirements,
    sameness,
)
from responders.voice.rules.base import BLOCK, SHOWN, Facts, Finding, Hit, Reading, Rule

RULES: Final[Sequence[Rule]] = (
    *requirements.RULES,
    *promising.RULES,
    *blaming.RULES,
    *phasing.RULES,
    *grounding.RULES,
    *phrasing.RULES,
    *jargon.RULES,
    *counting.RULES,
    *private.RULES,
    *obligations.RULES,
    *foreign.RULES,
    *sameness.RULES,
    *readability.RULES,
)
"""Every rule in the order in which a person reads what they found."""
MOST_HITS: Final = 5
"""A rule names so many places of a text at most."""


def lint(text: str, facts: Facts) -> tuple[Finding, ...]:
    """Return what the rules find in a text: blocks first, then warnings, each by theme.

    An empty text has nothing to find: whether it may be empty is no question of words.
    """
    if not text.strip():
        return ()
    reading = Reading(text, facts)
    found = [
        finding
        for rule in RULES
        if rule.knows(facts.language)
        for finding in _findings(rule, reading)
    ]
    return tuple(sorted(found, key=lambda finding: finding.level != BLOCK))


def blocks(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that keep a text here."""
    return tuple(finding for finding in findings if finding.level == BLOCK)


def told(findings: Iterable[Finding]) -> str:
    """Return findings as one sentence each: the rule, the words it means, what is better."""
    return " ".join(_told(finding) for finding in findings)


def _told(finding: Finding) -> str:
    words = f" (“{finding.words}”)" if finding.words else ""
    return f"{finding.rule}: {finding.message}{words} Better: {finding.suggestion}"


def _findings(rule: Rule, reading: Reading) -> list[Finding]:
    seen: dict[Hit, None] = {}
    for hit in rule.find(reading):
        seen.setdefault(Hit(_short(hit.words), hit.better))
        if len(seen) == MOST_HITS:
            break
    return [Finding(rule.id, rule.level, rule.message, hit.words, hit.better) for hit in seen]


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1].rstrip()}…"
