"""From what a source told to rows ready to be written: pure rules, one post at a time.

Apart from the crawl, because who counts as staff, what is history and what is about the product
are what people argue about.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from listener.cleaning import web_address
from listener.identity import ONE_THREAD, Identified, identify
from listener.query import Query
from listener.sources.base import RawPost
from listener.store_batch import ReadyPost, ReadyThread

LATEST_FUTURE = timedelta(minutes=10)
"""How far a source's clock may be ahead of ours before its time is not believed."""
LONGEST_ID: Final = 500
"""Characters of a thread's id that are stored as they stand. PostgreSQL refuses an index row of
more than 2,704 bytes, and with it the whole batch.

Source: https://www.postgresql.org/docs/current/btree.html
"""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Rules:
    """What the product and the settings say about posts of one source."""

    query: Query
    staff: frozenset[str]
    bots: frozenset[str]
    """Names in lower case."""
    pseudonym: Callable[[str], str]
    """From the source's own id of an author to the name by which they are counted."""
    detect_language: Callable[[str], str | None]
    history: timedelta
    first_fetch: bool
    """The source was not heard before, or not for so long that what is old is history."""
    stable_ids: bool = False
    all_history: bool = False
    """Every post is history, however young: a file of the past is read."""


def prepare(
    raws: Sequence[RawPost], texts: Sequence[str], rules: Rules, *, now: datetime
) -> list[ReadyPost]:
    """Return the batch ready to be written, oldest first, each post once.

    Args:
        raws: what the source told.
        texts: their cleaned texts, in the same order.
        rules: what the product and the settings say.
        now: aware UTC, the time of the fetch.
    """
    raws, texts = [storable(raw) for raw in raws], [storable_text(text) for text in texts]
    items = identify(raws, texts, stable_ids=rules.stable_ids)
    ready = [_ready(item, rules, now=now) for item in items]
    return sorted(ready, key=lambda post: post.published_at)


def _ready(item: Identified[RawPost], rules: Rules, *, now: datetime) -> ReadyPost:
    raw = item.raw
    author = raw.author_id or raw.author_name
    words = f"{raw.title or ''}\n{item.text}"
    return ReadyPost(
        item=item,
        title=raw.title,
        author=raw.author_name,
        author_key=rules.pseudonym(author) if author else None,
        role=raw.role or role_of(raw.author_name, rules),
        published_at=believed(raw.published_at, now=now),
        # The text before the title: people answer in their own language under an English title.
        lang=language_code(raw.lang)
        or rules.detect_language(item.text)
        or rules.detect_language(words),
        backfill=rules.all_history or (rules.first_fetch and is_history(raw, rules, now=now)),
        relevant=rules.query.about(f"{raw.thread_title or ''}\n{words}"),
        thread=thread_of(raw),
    )


def storable(raw: RawPost) -> RawPost:
    """Return the post without what no database takes, so that one bad post holds up no other.

    Its links are absolute ones of the web, or none: a stranger's link is shown to people.
    """
    clean: dict[str, Any] = {
        name: storable_text(value)
        for name, value in vars(raw).items()
        if name != "body" and isinstance(value, str)
    }
    clean |= {name: web_address(clean.get(name)) for name in ("url", "thread_url")}
    return replace(raw, **clean)


def storable_text(text: str) -> str:
    """Return the text without NUL, which PostgreSQL refuses, and without halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def believed(published_at: datetime | None, *, now: datetime) -> datetime:
    """Return the time a post was written, or the time of the fetch where none can be believed."""
    if published_at is None or not _is_believable(published_at, now=now):
        return now
    return min(published_at, now)


def is_caught_up(
    first_heard_at: datetime | None,
    last_heard_at: datetime | None,
    *,
    history: timedelta,
    now: datetime,
) -> bool:
    """Tell whether a look catches up with a place: at first, or after a stop as long as history.

    After a stop of three days what was written in the first two is no news any more; a post that
    a moderator lets through after three days, while we look each hour, is.
    """
    return first_heard_at is None or last_heard_at is None or now - last_heard_at > history


def is_history(raw: RawPost, rules: Rules, *, now: datetime) -> bool:
    """Tell whether a post of the first fetch is old; one without a time that holds may well be."""
    at = raw.published_at
    return at is None or not _is_believable(at, now=now) or at < now - rules.history


def _is_believable(published_at: datetime, *, now: datetime) -> bool:
    return published_at <= now + LATEST_FUTURE


def language_code(told: str | None) -> str | None:
    """Return the language of a tag such as ``en-US``; None where it names none."""
    code = re.split(r"[-_]", (told or "").strip())[0].lower()
    return code if _LANGUAGE.fullmatch(code) else None


def role_of(name: str | None, rules: Rules) -> str | None:
    """Return ``staff`` or ``bot`` for the names the product declares."""
    known = (name or "").casefold()
    if known in rules.bots:
        return "bot"
    return "staff" if known in rules.staff else None


def thread_of(raw: RawPost) -> ReadyThread:
    """Return the place a reply would go; a post without a thread is its own."""
    if raw.thread_id:
        named = _short(raw.thread_id)
        return ReadyThread(named, raw.thread_url, raw.thread_title, raw.locked, raw.url)
    return ReadyThread(
        _short(raw.remote_id or raw.url or ONE_THREAD),
        raw.thread_url or raw.url,
        raw.thread_title or raw.title,
        raw.locked,
    )


def _short(remote_id: str) -> str:
    if len(remote_id) <= LONGEST_ID:
        return remote_id
    return f"sha256:{hashlib.sha256(remote_id.encode()).hexdigest()}"
