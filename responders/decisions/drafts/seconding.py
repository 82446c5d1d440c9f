"""How many people must say yes to a text, and why.

Pure. Two people where a house asks for that by severity; one where it asks for nothing, or where
it cleared our own words for such a moment beforehand. Never none: nothing is sent without a yes.
"""

from collections.abc import Collection
from dataclasses import dataclass

ONE, TWO = 1, 2


@dataclass(frozen=True)
class Needed:
    """How many people must say yes."""

    persons: int
    reason: str


def needed(
    *,
    severity: str,
    phase: str,
    from_template: bool,
    reviewed: bool,
    two_persons: Collection[str],
    precleared: Collection[str],
) -> Needed:
    """Return how many people must say yes to a text.

    With two_persons ``["critical"]`` and precleared ``["critical:resolved"]`` a critical issue's
    text needs two, but "resolved" only one while it is the template's own in a reviewed language.

    Args:
        severity: of the issue.
        phase: that the text tells.
        from_template: the text is word for word our template's.
        reviewed: somebody of ours reads the language and went through its templates.
        two_persons: severities that need two.
        precleared: phases, or ``severity:phase``, whose own words need one all the same.
    """
    if severity not in two_persons:
        return Needed(ONE, f"one yes is enough for what is {severity}")
    cleared = phase in precleared or f"{severity}:{phase}" in precleared
    if cleared and from_template and reviewed:
        return Needed(ONE, f"the template's own words were cleared for {severity}, {phase}")
    reason = f"what is {severity} needs the yes of two people"
    if cleared and not from_template:
        return Needed(TWO, f"{reason}; only the template's own words were cleared beforehand")
    if cleared:
        return Needed(TWO, f"{reason}; nobody reviewed our templates in this language")
    return Needed(TWO, reason)
