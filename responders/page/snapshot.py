"""What the page shows, as plain values of one moment: everything that renders starts from these.

Apart so that pages, feeds and JSON of one publication cannot disagree: they are made from the same
value. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

Status = Literal["investigating", "identified", "monitoring", "resolved"]
Impact = Literal["none", "minor", "major", "critical"]
STATUSES: tuple[Status, ...] = ("investigating", "identified", "monitoring", "resolved")
IMPACTS: tuple[Impact, ...] = ("none", "minor", "major", "critical")
"""The mildest first."""
PlaceState = Literal["heard", "quiet", "silent", "new"]
"""Heard: people write there. Quiet: we look, nobody writes. Silent: we cannot look. New: not yet
looked at."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """One update as it was approved."""

    id: int
    incident: str
    name: str
    status: Status
    body: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Heading:
    """An incident as one line of the history."""

    public_id: str
    name: str
    status: Status
    impact: Impact
    started_at: datetime
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether people still wait for word."""
        return self.status != "resolved"


@dataclass(frozen=True, kw_only=True)
class Entry(Heading):
    """All that is public of one incident."""

    part: int
    """Which part of the house it is about (``Part.id``)."""
    monitoring_at: datetime | None = None
    next_update_by: datetime | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    words: Sequence[Word] = ()
    """The newest first; never empty."""
    reports: int = 0
    people: int = 0
    places: int = 0
    reported_at: Sequence[datetime] = ()
    """When each report was written, for the picture; empty where none is drawn."""

    def overdue(self, now: datetime) -> bool:
        """Tell whether the promised time has passed without a word."""
        return self.open and self.next_update_by is not None and self.next_update_by < now


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place we listen to."""

    name: str
    state: PlaceState
    heard_at: datetime | None = None
    """When it last answered us."""
    looks: Sequence[datetime] = ()
    """The looks of the last hour that it answered, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What people use: one product."""

    id: int
    name: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything at one moment."""

    name: str
    url: str
    """The page's public address, ending in a slash."""
    now: datetime
    """The house's time."""
    machine_now: datetime
    """The machine's: a script in a browser knows no other."""
    parts: Sequence[Part] = ()
    places: Sequence[Place] = ()
    entries: Sequence[Entry] = ()
    """All that are open and the newest others, the newest first."""
    words: Sequence[Word] = ()
    """The newest updates of all incidents, the newest first."""
    reported_at: Sequence[datetime] = ()
    """When each report of the last eight days was written, oldest first."""
    history_since: datetime | None = None
    """When the oldest post we know of was written: before it nothing can be called usual."""

    @property
    def open(self) -> list[Entry]:
        """Return what is open: the next promise first, then the newest."""
        waiting = [entry for entry in self.entries if entry.open]
        late = datetime.max.replace(tzinfo=self.now.tzinfo)
        return sorted(waiting, key=lambda entry: entry.next_update_by or late)

    @property
    def heard_at(self) -> datetime | None:
        """Return when any place last answered."""
        return max((place.heard_at for place in self.places if place.heard_at), default=None)

    @property
    def updated_at(self) -> datetime:
        """Return when anything published last changed: not the time of rendering."""
        changes = [entry.updated_at for entry in self.entries]
        return max(changes or [part.created_at for part in self.parts] or [self.now])

    @property
    def host(self) -> str:
        """Return the name that stable ids are made with."""
        host = urlsplit(self.url).hostname or "localhost"
        return "localhost" if ":" in host else host

    def link(self, path: str = "") -> str:
        """Return the public address of one of the page's paths."""
        return f"{self.url}{path}"

    def entry_link(self, public_id: str) -> str:
        """Return the permalink of an incident."""
        return self.link(f"incidents/{public_id}")
