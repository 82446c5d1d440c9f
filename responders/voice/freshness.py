"""When a draft that waits no longer says what it should.

Pure. A text of the template is kept fresh in place; a text that a person wrote is never rewritten:
it is set aside, with the reason, once it would say something untrue.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

STILL_AHEAD = timedelta(minutes=30)
"""A promise is made, or repeated, only as long as it lies this far ahead."""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """What a waiting draft says."""

    phase: str
    link: bool
    """Whether it leads where a reply should lead now."""
    due: datetime | None
    edited_by: str
    helps: bool = True
    """Whether it says the way around that is verified now, and no other."""
    punctual: bool = True
    """Whether it begins as it should: it may have been drawn before a promised time passed."""
    reworded: bool = False
    """Whether the post that it answers was edited since: it may say something else now."""


def why_renew(proposed: Proposed, *, phase: str, due: datetime | None, now: datetime) -> str | None:
    """Return why a draft needs another text, or None while it may stay as it is.

    Args:
        proposed: what it says.
        phase: the phase it should tell.
        due: the next word it should promise, as ``kept_due`` gave it.
        now: the time.
    """
    if proposed.phase != phase:
        return f"the issue is {phase} now"
    if proposed.reworded:
        return "the post it answers was edited"
    if proposed.edited_by:
        late = proposed.due is not None and proposed.due <= now
        return "the time it promised has passed" if late else None
    return _why_redraw(proposed, due=due)


def _why_redraw(proposed: Proposed, *, due: datetime | None) -> str | None:
    """Return why a text of the template must be drawn anew, or None."""
    if proposed.due != due:
        return "the next word comes at another time"
    if not proposed.punctual:
        return "the time that was promised before has passed"
    if not proposed.helps:
        return "what helps is known, or known better"
    return None if proposed.link else "the entry was published"


def is_ahead(due: datetime | None, *, now: datetime) -> bool:
    """Tell whether a promise may still be made."""
    return due is not None and due >= now + STILL_AHEAD
