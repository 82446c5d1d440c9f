"""What states look like: the name of a shape and of a tone for each, the word always beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.tables import Issue, IssueState, Severity

TONES: Mapping[str, str] = {
    "new": "open",
    "investigating": "open",
    "identified": "known",
    "monitoring": "watch",
    "resolved": "done",
    "regression": "open",
    "muted": "off",
}
"""Class of the chip by state; the colours stand in the style sheet."""
BARS: Mapping[Severity, int] = {severity: n for n, severity in enumerate(Severity, start=1)}
FLAG_WORDS: Mapping[str, str] = {
    "muted": "muted",
    "snoozed": "snoozed",
    "not-an-issue": "not an issue",
    "human-only": "a person writes these",
    "regression": "came back after a fix",
}


@dataclass(frozen=True)
class Chip:
    """A state as shape, tone and word."""

    shape: str
    tone: str
    word: str


def chip(state: IssueState | str, flags: Sequence[str] = ()) -> Chip:
    """Return the chip of an issue's state; one that is muted or came back has its own shape."""
    word = str(state)
    shape = word
    if {"muted", "snoozed", "not-an-issue"} & set(flags):
        shape = "muted"
    elif "regression" in flags and word != IssueState.RESOLVED:
        shape = "regression"
    return Chip(shape=shape, tone=TONES.get(shape, "off"), word=word.capitalize())


def flag_words(issue: Issue) -> list[str]:
    """Return an issue's flags in words; a flag we do not know as it is written."""
    return [FLAG_WORDS.get(flag, flag.replace("-", " ")) for flag in issue.flags]
