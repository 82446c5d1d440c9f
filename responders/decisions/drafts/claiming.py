"""Who reads a draft just now, and what somebody else is told who decides beside them.

Pure. A claim never forbids anything: it lets people ask one another before two of them spend
their time on the same text, or before one overrules what the other is about to do.
"""

from datetime import datetime

from responders.decisions.refusing import Held
from responders.decisions.wording import at_time
from responders.voice.tables import Draft


def holder(draft: Draft, *, now: datetime) -> str:
    """Return who reads a draft; empty when nobody does, or their last touch is too long ago."""
    until = draft.claimed_until
    return draft.claimed_by if until is not None and until > now else ""


def reading_since(draft: Draft, *, now: datetime) -> str:
    """Say who reads a draft, such as ``Ruth is reading this since 14:02 UTC, 12 May``."""
    name = holder(draft, now=now)
    since = f" since {at_time(draft.claimed_at)}" if name and draft.claimed_at else ""
    return f"{name} is reading this{since}" if name else ""


def refuse_held(draft: Draft, name: str, *, now: datetime, anyway: bool) -> str:
    """Return whom somebody overrules; empty when nobody else reads the draft.

    Args:
        draft: the draft.
        name: who decides.
        now: aware UTC.
        anyway: they were asked, and decide all the same.

    Raises:
        Held: somebody else reads it; it says who and since when.
    """
    other = holder(draft, now=now)
    if other in ("", name):
        return ""
    if not anyway:
        raise Held(
            f"{reading_since(draft, now=now)}. Nothing was changed or sent. Ask them, or decide "
            "anyway: the same command with --anyway"
        )
    return other
