"""How an issue goes on: its two clocks, a silence, how it ended, and what engineering says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from classifiers.corrections.resolutions import WORDS, Resolution, resolution_of
from classifiers.tables import IssueEvent, IssueState
from responders.console.views.words import Link, clock, link_to
from responders.oncall.tables import Suggestion, Ticket
from responders.voice.ledger.clocks import Clocks, lasted
from responders.voice.tables import Silence

TICKET_WORDS = {
    "open": "open",
    "completed": "done",
    "not_planned": "closed as not planned",
    "duplicate": "closed as a duplicate",
    "gone": "not there any more",
}


@dataclass(frozen=True)
class Clock:
    """One clock."""

    name: str
    words: str


@dataclass(frozen=True)
class TicketRow:
    """Engineering's ticket."""

    name: str
    link: Link | None
    state: str
    reason: str


@dataclass(frozen=True)
class Suggested:
    """What engineering's work says about the state."""

    id: int
    reason: str
    link: Link | None
    state: str
    """Empty: it is only told."""
    resolution: str


@dataclass(frozen=True)
class GoesOn:
    """All of it."""

    clocks: Sequence[Clock]
    silent_since: str
    ended: str
    ticket: TicketRow | None
    suggested: Sequence[Suggested]
    endings: Sequence[tuple[str, str]]
    """The kinds of an end with their words, for the form."""


def goes_on(
    clocks: Clocks,
    silence: Silence | None,
    events: Sequence[IssueEvent],
    tickets: Sequence[Ticket],
    suggestions: Sequence[Suggestion],
    *,
    state: IssueState,
    now: datetime,
) -> GoesOn:
    """Return how an issue goes on."""
    return GoesOn(
        clocks=[
            _clock("First public word", clocks.acknowledged_s, clocks, now),
            _clock("Acted", clocks.acted_s, clocks, now),
        ],
        silent_since=clock(silence.since, now) if silence else "",
        ended=_ended(events) if state is IssueState.RESOLVED else "",
        ticket=_ticket(tickets[-1]) if tickets else None,
        suggested=[_suggested(one) for one in suggestions],
        endings=[(str(kind), WORDS[kind]) for kind in Resolution],
    )


def _clock(name: str, seconds: float | None, clocks: Clocks, now: datetime) -> Clock:
    if seconds is not None:
        return Clock(name, f"after {lasted(seconds)}")
    waited = max((now - clocks.began_at).total_seconds(), 0.0)
    return Clock(name, f"not yet, {lasted(waited)} so far")


def _ended(events: Sequence[IssueEvent]) -> str:
    states = [event for event in events if event.kind == "state"]
    kind = resolution_of(states[-1].data.get("resolution")) if states else None
    return WORDS[kind] if kind else ""


def _ticket(row: Ticket) -> TicketRow:
    if row.number is None:
        return TicketRow(row.repository, None, "on its way", row.reason)
    state = TICKET_WORDS.get(str(row.state), "not looked at yet")
    return TicketRow(f"{row.repository}#{row.number}", link_to(row.url), state, row.reason)


def _suggested(row: Suggestion) -> Suggested:
    return Suggested(
        row.id or 0, row.reason, link_to(row.url), row.state or "", row.resolution or ""
    )
