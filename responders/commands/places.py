"""Where a text stands or would stand, in words, and what happens to it next.

Apart, because every act on a draft ends with these two: a person should never have to guess
whether something has left.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from config.clock import SystemClock
from listener.tables import Thread
from responders.delivery import store as outbox
from responders.delivery.inert import cut, web_link
from responders.delivery.tables import Delivery, DeliveryState
from responders.overview import beats, unwell
from responders.voice.tables import Draft

PAGE = "page"
BY_HAND = "manual"
LONGEST_PLACE = 100
DELIVER = "deliver"


def place_of(draft: Draft, thread: Thread | None) -> str:
    """Return where a draft would stand, such as ``at forum.example/t/3``."""
    if draft.channel == PAGE:
        return "on the known-issues page"
    link = web_link(thread.url) if thread else None
    if link is None:
        return "in a thread without an address"
    return f"at {cut(link.split('://', 1)[1].rstrip('/'), LONGEST_PLACE)}"


def decisions_on(draft: Draft) -> str:
    """Return what a person can decide on a draft that waits."""
    return (
        f"It waits for a person: groundswell draft approve {draft.id} "
        "(or edit, reject, stay-silent)"
    )


@dataclass(frozen=True)
class Sending:
    """What stands between an approved text and its place."""

    paused: bool
    running: bool
    """Whether a service sends just now."""


def sending(session: Session) -> Sending:
    """Return how sending stands."""
    late = unwell(beats(session), now=SystemClock().now())
    return Sending(
        paused=outbox.paused(session) is not None,
        running=not any(line.startswith(DELIVER) for line in late),
    )


def next_step(row: Delivery, draft_id: int, found: Sending, *, now: datetime) -> str:
    """Return what happens next to an approved text, and what a person can do about it."""
    if found.paused:
        return "Sending is paused; it leaves after: groundswell resume"
    if row.state is DeliveryState.QUEUED and row.next_try_at > now:
        back = f"groundswell draft take-back {draft_id}"
        return f"Leaves at {row.next_try_at:%H:%M:%S} UTC; until then: {back}"
    see = f"groundswell delivery show {row.id}"
    if row.channel == BY_HAND:
        first = "" if found.running else "`groundswell run` hands it over; then "
        return f"{first or 'Now '}a person posts it: {see}"
    if not found.running:
        return "Leaves now: `groundswell run` sends it."
    return f"Leaves within seconds; see it go: {see}"
