"""How a source fares, in words with a remedy: pure, so that every state can be shown in a test."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from config.errors import GroundswellError, TransientError
from config.http_client import RefusedAddress, TimedOut, TooLarge
from listener.diagnoses import DiagnosedError, QuotaUsedError
from listener.reading.parsing import ParserLateError, ParseTimeoutError
from listener.tables import SourceState


@dataclass(frozen=True)
class Diagnosis:
    """Why the last look brought nothing."""

    state: SourceState
    reason: str
    retry_after_s: float | None = None
    of_quota: bool = False
    """Whether a credential is to wait, and not everybody who asks that host."""


_STATES: tuple[tuple[type[Exception], SourceState], ...] = (
    (RefusedAddress, SourceState.REFUSED),
    (TooLarge, SourceState.TOO_LARGE),
    (ParseTimeoutError, SourceState.TOO_LARGE),
    (TimedOut, SourceState.TIMED_OUT),
    (ParserLateError, SourceState.FAILING),
    (TransientError, SourceState.UNREACHABLE),
    (GroundswellError, SourceState.FAILING),
)


def diagnose(error: Exception) -> Diagnosis:
    """Name the state that an error means; the house's own messages already hold the remedy."""
    if isinstance(error, DiagnosedError):
        of_quota = isinstance(error, QuotaUsedError)
        return Diagnosis(error.state, str(error), error.retry_after_s, of_quota)
    for kind, state in _STATES:
        if isinstance(error, kind):
            return Diagnosis(state, str(error), getattr(error, "retry_after_s", None))
    return Diagnosis(
        SourceState.FAILING, f"{type(error).__name__} while reading it; the log has the details"
    )


SLOW_S: Final = 10.0
"""An answer that took longer is worth a word: half of what a request may take at the most."""
GAP_SHOWN: Final = timedelta(hours=24)
"""How long a gap is said beside the name of its source; `source gaps` shows it for ever."""
LONG_FAILING: Final = timedelta(hours=6)
"""A place that fails for so long does not come back by itself: most outages are over by then."""
LEAST_POSTS: Final = 10
LEAST_SPAN: Final = timedelta(days=7)
"""Fewer posts, or fewer days of them, are no rhythm yet: a week holds one weekend."""
LEAST_SILENCE: Final = timedelta(days=1)
STRETCH: Final = 1.5
"""How much longer than ever before a silence must be."""

SILENT, GAP, SLOW = "silent", "gap", "slow"
REMEDIES: Final[Mapping[str, str]] = {
    SILENT: "look at the place: has it moved, closed or gone members-only? `source check NAME` "
    "shows what it answers",
    GAP: "see what is missing: groundswell source gaps NAME; read anew: groundswell source recheck "
    "NAME",
    SLOW: "nothing; it is heard, only late. A feed of it may be faster",
    SourceState.EMPTY: "is it the right address? `source discover URL` shows others",
    SourceState.NEEDS_LOGIN: "write a log-in into [credentials.NAME] and name it with --credential",
    SourceState.FORBIDDEN: "ask its owner to let our user agent in, or name a credential",
    SourceState.NOT_FOUND: "find the new address: groundswell source discover URL",
    SourceState.GONE: "groundswell source remove NAME, or recheck NAME if it is back",
    SourceState.MOVED: "if you trust the new address: groundswell source add URL --name NAME",
    SourceState.HTML: "use a feed that the page offers: groundswell source discover URL",
    SourceState.NOT_A_FEED: "find its feed: groundswell source discover URL",
    SourceState.CHALLENGE: "ask its owner to let our user agent in, or use another address of it",
    SourceState.TOO_LARGE: "use a smaller feed of it, or tell its owner",
    SourceState.REFUSED: "list its host in [http] allow_hosts if it is yours",
    SourceState.UNREACHABLE: "nothing; it is asked again by itself, less often",
    SourceState.TIMED_OUT: "nothing; it is asked again by itself, less often",
    SourceState.RATE_LIMITED: "nothing; we wait as long as it asked",
    SourceState.FAILING: "nothing at first; tell its owner if it stays",
}
"""What to do in each state; there is nothing to do about ``new`` and ``ok``."""
_WORDS: Final[Mapping[str, str]] = {
    GAP: "has a gap",
    SourceState.NEEDS_LOGIN: "needs a log-in",
    SourceState.MOVED: "has moved",
    SourceState.HTML: "is a web page",
    SourceState.CHALLENGE: "asks for a browser",
}
"""States that "is" does not fit."""


def told_as(state: str) -> str:
    """Return a state as the rest of a sentence about a place: "is timed out"."""
    return _WORDS.get(state) or f"is {state.replace('_', ' ')}"


@dataclass(frozen=True)
class Standing:
    """How a source fares, for people: its state, or what is wrong though it answers."""

    state: str
    reason: str = ""

    @property
    def remedy(self) -> str | None:
        """What to do; None where nothing is wrong."""
        return REMEDIES.get(self.state)


def standing(
    state: SourceState,
    reason: str,
    *,
    quiet: timedelta | None,
    last_gap_at: datetime | None,
    took_s: float | None,
    now: datetime,
) -> Standing:
    """Return how a source fares.

    Args:
        state: what its last look found.
        reason: the words of that look.
        quiet: how long it has been silent, if that is longer than its rhythm (see ``silence``).
        last_gap_at: when its last gap was found.
        took_s: how long its last answer took.
        now: aware UTC.
    """
    if state is not SourceState.OK:
        return Standing(state.value, reason)
    if quiet is not None:
        days = quiet / timedelta(days=1)
        words = f"it answers, but nothing new came for {days:.1f} days, longer than its rhythm"
        return Standing(SILENT, words)
    if last_gap_at is not None and now - last_gap_at < GAP_SHOWN:
        found = f"{last_gap_at:%Y-%m-%d %H:%M} UTC"
        return Standing(GAP, f"some posts could not be had, as was found at {found}")
    if took_s is not None and took_s > SLOW_S:
        return Standing(SLOW, f"its last answer took {took_s:.0f} s")
    return Standing(state.value, reason)


def silence(times: Sequence[datetime], *, heard_at: datetime, since: datetime) -> timedelta | None:
    """Return how long we heard nothing of a place if that is longer than its rhythm, else None.

    A forum whose longest pause lately was a weekend of 60 hours is silent after 90 hours; one that
    speaks each hour is silent after a day. A place that was not heard is not silent, and one that
    ended before we listened is so only when we have listened that long: an old file is no outage.

    Args:
        times: when its last posts were written, in any order.
        heard_at: when it was last asked with success.
        since: when we began to listen.
    """
    ordered = sorted(times)
    if len(ordered) < LEAST_POSTS or ordered[-1] - ordered[0] < LEAST_SPAN:
        return None
    longest = max(later - earlier for earlier, later in itertools.pairwise(ordered))
    quiet = heard_at - max(ordered[-1], since)
    return quiet if quiet > max(LEAST_SILENCE, longest * STRETCH) else None


def spell_of(
    fares: Standing,
    *,
    failing_since: datetime | None,
    newest_at: datetime | None,
    gaps: Sequence[datetime],
    now: datetime,
) -> datetime | None:
    """Return when the trouble began that a person should be told of; None where there is none.

    One spell is told of once. A place that is gone is told of at once, one that fails after six
    hours; gaps within a day of one another are one spell.

    Args:
        fares: how the source fares.
        failing_since: when its failed looks in a row began.
        newest_at: when its newest post was written.
        gaps: when its gaps were found, in any order.
        now: aware UTC.
    """
    if fares.state == SILENT:
        return newest_at
    if fares.state == GAP:
        return _first_of_spell(gaps)
    if fares.state in _WELL or failing_since is None:
        return None
    long = now - failing_since >= LONG_FAILING or fares.state == SourceState.GONE
    return failing_since if long else None


_WELL: Final = frozenset({SourceState.NEW, SourceState.OK, SourceState.EMPTY, SLOW})


def _first_of_spell(gaps: Sequence[datetime]) -> datetime | None:
    ordered = sorted(gaps, reverse=True)
    for later, earlier in itertools.pairwise(ordered):
        if later - earlier >= GAP_SHOWN:
            return later
    return ordered[-1] if ordered else None
