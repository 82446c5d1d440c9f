"""Which posts are ours, and which answer us: plain rules over what the stage that sends told us.

Apart because both are told by likeness. A platform gives a reply an id only once it stands there,
and it may be heard back before that; people answer with or without the button for it.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from listener.identity import canonical_link

LEAST_WORDS: Final = 5
"""Fewer words than these anybody may write."""
_ADDRESS: Final = re.compile(r"\S*(?:://|www\.)\S*")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Own:
    """A text of ours at a source."""

    thread_id: int
    words: str
    """``words_of`` its text."""
    remote_id: str | None = None
    url: str | None = None
    sent_at: datetime | None = None
    """None while nobody knows that it stands there."""
    answered: str | None = None
    """The pseudonym of the author whom it answers."""
    thread_url: str | None = None
    """Where the thread stands, where that is known."""


@dataclass(frozen=True)
class Heard:
    """A post as far as these rules care."""

    thread_id: int
    remote_id: str
    url: str | None
    text: str
    author_key: str | None
    reply_to: str | None
    published_at: datetime


def own_address(told: str | None, others: Iterable[str | None]) -> str | None:
    """Return the address that we were told of a text of ours; None if it is somebody else's.

    Who posts by hand may well give the thread's address, where the post stands that opened it.
    """
    link = canonical_link(told)
    return None if link in {canonical_link(other) for other in others} else told


def words_of(text: str) -> str:
    """Return the digest of a text's words: markup, links, case and spacing make no other text.

    Empty for a text of fewer than five words, which tells nothing.
    """
    words = _WORD.findall(_ADDRESS.sub(" ", text).casefold())
    if len(words) < LEAST_WORDS:
        return ""
    return hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=16).hexdigest()


def is_ours(post: Heard, own: Iterable[Own]) -> bool:
    """Tell whether we wrote a post: its id or address is ours, or its words in that thread."""
    words = words_of(post.text)
    return any(
        _is(post.remote_id, post.url, one)
        or (words != "" and one.words == words and one.thread_id == post.thread_id)
        for one in own
    )


def answers_us(post: Heard, own: Iterable[Own]) -> bool:
    """Tell whether a post answers one of ours.

    It names ours as what it answers; or it names nothing, and the author whom we answered speaks
    again below.
    """
    return any(_names(post, one) or _speaks_again(post, one) for one in own)


def _names(post: Heard, one: Own) -> bool:
    return post.reply_to is not None and _is(post.reply_to, post.reply_to, one)


def _speaks_again(post: Heard, one: Own) -> bool:
    named = post.reply_to is not None and not _is_thread(post.reply_to, one)
    return (
        not named
        and post.thread_id == one.thread_id
        and post.author_key is not None
        and post.author_key == one.answered
        and one.sent_at is not None
        and post.published_at > one.sent_at
    )


def _is_thread(reply_to: str, one: Own) -> bool:
    """Tell whether what is named is the thread that ours stands in, and no post of it."""
    mine, named = canonical_link(one.url), canonical_link(reply_to)
    if named and named == canonical_link(one.thread_url):
        return True
    return named != "" and mine.startswith(named) and mine[len(named) :][:1] in {"/", "#", "?"}


def _is(remote_id: str, url: str | None, one: Own) -> bool:
    if remote_id and remote_id == one.remote_id:
        return True
    mine = canonical_link(one.url)
    return mine != "" and mine == canonical_link(url)
