"""When silence is worse than an imperfect word: people report what we know of, and read nothing.

Pure, because people will argue about it. A promise that still runs is no silence: people know when
the next word comes; and one that was broken has its own alarm.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from responders.voice.ledger.promises import Periods

GRAVE = frozenset({"critical", "major"})
"""Such an issue counts as ours to speak of before a person said so."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """How an open issue stands, as far as the rule must know it."""

    severity: str
    is_new: bool
    """No person said how far we are."""
    known_since: datetime
    """When it was opened, or came back into an open state."""
    posts: int
    """By people, that still stand."""
    last_word_at: datetime | None
    """When anything was said of it in public, in a thread or on the page."""
    promised: bool
    """A promise is open, or was broken and is still owed."""


@dataclass(frozen=True)
class Gap:
    """A silence."""

    since: datetime
    reason: str


def gap(heard: Heard, *, now: datetime, least_posts: int, longest: Periods) -> Gap | None:
    """Return the silence about an issue, if it is one.

    Args:
        heard: how the issue stands.
        now: the time.
        least_posts: fewer posts make no noise.
        longest: how long may be said nothing, by severity.

    Example: major, 5 posts, known since 12:00, nothing said; with 4 h a gap from 16:00 on.
    """
    if heard.is_new and heard.severity not in GRAVE:
        return None
    if heard.promised or heard.posts < least_posts:
        return None
    since = max(heard.known_since, heard.last_word_at or heard.known_since)
    allowed = longest.of(heard.severity)
    if now - since < allowed:
        return None
    return Gap(since, reason(heard, since, allowed))


def reason(heard: Heard, since: datetime, allowed: timedelta) -> str:
    """Say why it is a silence, such as "5 posts, and no public word yet, since 12:00 …"."""
    posts = "1 post" if heard.posts == 1 else f"{heard.posts} posts"
    word = "nothing was said in public since" if heard.last_word_at else "no public word yet, since"
    hours = allowed / timedelta(hours=1)
    return f"{posts}, and {word} {since:%Y-%m-%d %H:%M} UTC ({heard.severity}: {hours:g} h at most)"
