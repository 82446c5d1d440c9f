"""How an issue can be over: the kinds of its end, each with what a person must say of it.

Pure. Apart from the state, because "resolved" alone would promise a fix where there is none.
"""

from enum import StrEnum
from typing import Final


class Resolution(StrEnum):
    """How an issue was resolved."""

    FIXED = "fixed"
    WORKAROUND = "workaround"
    BY_DESIGN = "by-design"
    WILL_NOT_FIX = "will-not-fix"
    THIRD_PARTY = "third-party"
    NOT_REPRODUCIBLE = "not-reproducible"


WORDS: Final = {
    Resolution.FIXED: "fixed",
    Resolution.WORKAROUND: "there is a way around it",
    Resolution.BY_DESIGN: "it works as meant",
    Resolution.WILL_NOT_FIX: "it will not be fixed",
    Resolution.THIRD_PARTY: "the cause is another's",
    Resolution.NOT_REPRODUCIBLE: "it could not be made to happen again",
}
"""For people who work here; what the public reads is drafted and approved."""


def lacks_reason(kind: Resolution | None, note: str) -> bool:
    """Tell whether a kind needs a reason that is not given: all but a fix do."""
    return kind not in {None, Resolution.FIXED} and not note.strip()


def resolution_of(value: object) -> Resolution | None:
    """Read a kind as rows keep it; None where it says none, or one that a newer version knows."""
    return next((kind for kind in Resolution if kind == value), None)
