"""What every kind of source promises, and what it may hand to the crawler.

A plug-in exports ``Options`` (pydantic: its section of the settings, importable without a heavy
library) and ``build(place, client) -> Source``. It fetches and parses; it never stores, cleans,
retries or waits. The crawler does that, the same way for every kind. A kind whose addresses can be
told by their looks exports ``recognises(url) -> bool`` as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from config.clock import SystemClock
from config.setting_forms import Written
from config.settings import Credential


class SourceOptions(Written):
    """The base of every plug-in's ``Options``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def base_urls(self) -> tuple[str, ...]:
        """Return the addresses written here, which may be reached though they be private."""
        return ()


@dataclass(frozen=True)
class Capabilities:
    """What a kind of source can do."""

    detects_edits: bool
    detects_deletions: bool
    replies: bool
    max_backfill: int | None
    """How many old posts it can give at the most; None when there is no limit we know of."""
    stable_ids: bool = True
    """Its ids can be trusted; otherwise link and content have a say (listener/identity.py)."""
    recheck_at_once: int = 0
    """How many posts it may be asked for again in one turn (``Rechecking``); 0 when it cannot."""
    recheck_a_slice: int = 1
    """So many of these are asked for between two looks at the clock: few where each costs requests.
    """
    recheck_fresh_hours: float = 0.0
    """Each post is asked for again until so many hours after it was seen, watched or not."""


@dataclass(frozen=True)
class RawPost:
    """One post as the source told it; the crawler cleans and identifies it."""

    remote_id: str
    """The source's own id; empty when it gave none."""
    body: str
    """Plain text or HTML, as ``is_html`` says."""
    is_html: bool = True
    title: str | None = None
    url: str | None = None
    author_id: str | None = None
    """What the source knows the author by; their name where there is no id."""
    author_name: str | None = None
    published_at: datetime | None = None
    """Aware UTC; None when the source gave no usable time."""
    lang: str | None = None
    thread_id: str | None = None
    """The source's own id of the thread; None when the post is its own thread."""
    thread_url: str | None = None
    thread_title: str | None = None
    locked: bool | None = None
    """Whether its thread takes no more replies; None when the source did not say."""
    reply_to: str | None = None
    role: str | None = None
    """``staff`` or ``bot`` where the source says so."""
    place: str | None = None
    """Where it was written, as a file of posts from several places names it."""


@dataclass(frozen=True)
class Loss:
    """A stretch that could not be had; the crawler records it as a gap."""

    reason: str
    after_at: datetime | None = None
    before_at: datetime | None = None


@dataclass(frozen=True)
class Batch:
    """What one fetch brought."""

    posts: tuple[RawPost, ...]
    cursor: Mapping[str, Any]
    """What to remember for the next fetch; JSON values only, stored with the posts."""
    unchanged: bool = False
    """The source said that nothing is new since the cursor."""
    more: bool = False
    """There is more to be had at once: fetch again with the new cursor."""
    fills: bool = False
    """It fills what was missed in a stop: what is old in it is history and raises no alert."""
    loss: Loss | None = None
    moved_to: str | None = None
    """The address a permanent redirect names, if one did."""
    deleted: tuple[str, ...] = ()
    """Ids of posts that the source says were deleted; what we hold of them is to be erased."""
    asked_pause: timedelta | None = None
    """How long its publisher asks us to stay away; a wish, unlike Retry-After."""
    thread_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Where the cursor holds words of threads: by the thread's id, the names that lead to them."""


@dataclass(frozen=True)
class Recheck:
    """What became of posts that were asked for again."""

    posts: tuple[RawPost, ...]
    """Those that still stand, as they read now."""
    deleted: tuple[str, ...]
    """Ids of those that were deleted. One that the answer leaves out is in neither list."""


@dataclass(frozen=True)
class Place:
    """The source to be built, as the operator declared it."""

    url: str
    options: BaseModel
    credential: Credential | None = None
    folder: Path = field(default_factory=Path)
    """Where relative file addresses start."""
    max_items: int = 2000
    parse_timeout_s: float = 10.0
    now: Callable[[], datetime] = SystemClock().now
    """The time of the house, by which dates in the future are told."""


class Source(Protocol):
    """A place that can be fetched."""

    capabilities: Capabilities

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return what is new since ``cursor`` (empty at the first fetch), oldest first.

        Raises:
            DiagnosedError: the answer is not what this kind reads; says what it is instead.
            TransientError: try again, not before ``retry_after_s``.
            PermanentError: trying again will not help.
        """
        ...


class Rechecking(Protocol):
    """A source whose posts can be asked for again by their ids, so that deletions show."""

    def recheck(self, remote_ids: Sequence[str]) -> Recheck:
        """Return what became of posts; one that is refused by itself hides no other.

        Raises like ``Source.fetch``; a refusal only where nothing else was answered.
        """
        ...


class ThreadReader(Protocol):
    """A source that can give a whole thread by its address."""

    def thread(self, url: str) -> Sequence[RawPost]:
        """Return the posts of a thread, its first one first; none if it is not a thread's address.

        Raises like ``Source.fetch``.
        """
        ...
