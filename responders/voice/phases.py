"""The phases that the public reads, and how they follow from an issue's state.

Pure. ``new`` counts as investigating: nobody outside knows the difference.
"""

from classifiers.tables import IssueState

INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED = (
    "investigating",
    "identified",
    "monitoring",
    "resolved",
)
PHASES = (INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED)


def phase_of(state: IssueState) -> str:
    """Return the phase in which the public is told of an issue in this state."""
    return INVESTIGATING if state is IssueState.NEW else str(state)


def is_back(phase: str, before: str | None) -> bool:
    """Tell whether a phase lies before the one that was told last: it was not over after all."""
    return before in PHASES and phase in PHASES and PHASES.index(phase) < PHASES.index(before)
