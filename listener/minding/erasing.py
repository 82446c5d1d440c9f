"""Erasure: what a person took back goes from every row of the listener's; that it was said stays.

The only way by which a post is erased, whoever asked for it: its author at the platform, a person
of ours, or the age that the settings name. What later stages made of its words they take back
themselves: they find the row with ``erased_at``. Nothing brings the words back: the digests by
which a post is recognised stay, so a feed that still shows it tells nothing new.
"""

import copy
import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, func, or_, select, update

from listener.identity import ONE_THREAD
from listener.minding.erased_titles import KIND, SHORT, gave_title, repeats, title_key
from listener.sources.base import Batch
from listener.tables import Post, PostKey, Revision, Source, Thread, Watch

ERASED = "erased:"
BLANK = {
    "text": "", "title": None, "author": None, "url": None, "remote_id": "", "reply_to": None,
    "content_hash": "", "gone_at": None,
}  # fmt: skip


def erase_posts(session: Session, post_ids: Collection[int], *, now: datetime) -> int:
    """Erase posts, each with its earlier texts; return how many were not erased before.

    The pseudonym of the author stays, so that people are still counted right.
    """
    done, wanted = 0, sorted(set(post_ids))
    _hold_sources(session, wanted)
    for start in range(0, len(wanted), 500):
        query = (
            select(Post)
            .where(col(Post.id).in_(wanted[start : start + 500]), col(Post.erased_at).is_(None))
            .with_for_update()
        )
        posts = session.exec(query, execution_options={"populate_existing": True}).all()
        _erase(session, posts, now=now)
        done += len(posts)
    return done


def _hold_sources(session: Session, post_ids: Sequence[int]) -> None:
    """Hold the sources before their posts, as every look does, or each would wait for the other."""
    if not post_ids:
        return
    found: set[int] = set()
    for start in range(0, len(post_ids), 500):
        part = col(Post.id).in_(post_ids[start : start + 500])
        found.update(session.exec(select(Post.source_id).where(part).distinct()).all())
    query = select(Source.id).where(col(Source.id).in_(sorted(found))).order_by(col(Source.id))
    session.exec(query.with_for_update()).all()


def _erase(session: Session, posts: Sequence[Post], *, now: datetime) -> None:
    session.flush()  # what waits to be written must not come after
    ids = [post.id for post in posts]
    titles = {post.title for post in posts if post.title}
    links = {post.url for post in posts if post.url}
    opened = _opened_by(session, posts)
    titles |= {one.thread.title for one in opened if one.thread.title}
    for statement in (
        delete(Revision).where(col(Revision.post_id).in_(ids)),
        delete(Watch).where(col(Watch.post_id).in_(ids)),
        update(Post).where(col(Post.id).in_(ids)).values(**BLANK, erased_at=now),
    ):
        session.connection().execute(statement)
    session.expire_all()
    _close_threads(session, opened, now=now)
    _empty_threads(session, {post.thread_id for post in posts}, now=now)
    for source_id in {post.source_id for post in posts}:
        _forget_in_cursor(session, source_id, titles, links)


def erased_name(remote_id: str) -> str:
    """Return what an emptied thread is called, so that it is known should somebody write there."""
    known = remote_id.startswith(ERASED)
    return remote_id if known else f"{ERASED}{hashlib.sha256(remote_id.encode()).hexdigest()}"


def unlink_author(session: Session, post_ids: Collection[int]) -> None:
    """Give the posts of one author another pseudonym that leads to nobody; they stay one person."""
    nobody = f"{ERASED}{secrets.token_hex(16)}"
    for start in range(0, len(wanted := sorted(set(post_ids))), 500):
        part = col(Post.id).in_(wanted[start : start + 500])
        session.connection().execute(update(Post).where(part).values(author_key=nobody))


# Threads ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Opened:
    """A thread, and the post whose words its title is."""

    thread: Thread
    post_id: int
    title: str


def _opened_by(session: Session, posts: Iterable[Post]) -> Sequence[_Opened]:
    """Return the threads whose title is one of these posts' words: they brought it there."""
    titled = [post for post in posts if post.thread_id and post.title]
    wanted = sorted({post.thread_id or 0 for post in titled})
    # Held, so that two who erase in one thread note its title one after the other.
    query = select(Thread).where(col(Thread.id).in_(wanted)).order_by(col(Thread.id))
    fresh = {"populate_existing": True}
    held = session.exec(query.with_for_update(), execution_options=fresh).all()
    rows = {row.id: row for row in held}
    first = (
        select(func.min(Post.id)).where(col(Post.thread_id).in_(wanted)).group_by(
            col(Post.thread_id)
        )
    )  # fmt: skip
    openers = set(session.exec(first).all())
    return [
        _Opened(thread, post.id or 0, post.title or "")
        for post in titled
        if (thread := rows.get(post.thread_id)) is not None
        and gave_title(post.title, thread.title, name=thread.remote_id, opens=post.id in openers)
    ]


def _close_threads(session: Session, opened: Sequence[_Opened], *, now: datetime) -> None:
    """Erase titles, also where other posts of the thread repeat them, as feeds do."""
    for one in opened:
        told = {one.title, one.thread.title or one.title}
        one.thread.title, one.thread.erased_at = None, now
        session.add(one.thread)
        for title in sorted(told):
            _note_title(session, one, title)
        _untitle(
            session, one.thread.id or 0, {title_key(one.thread.id or 0, title) for title in told}
        )
    session.flush()


def _untitle(session: Session, thread_id: int, keys: Collection[str]) -> None:
    """Take the titles away that repeat an erased one; a word they share by chance is theirs."""
    posts = select(Post.id, Post.title).where(Post.thread_id == thread_id)
    earlier = (
        select(Revision.id, Revision.title)
        .join(Post, col(Post.id) == col(Revision.post_id))
        .where(Post.thread_id == thread_id)
    )
    for table, query in ((Post, posts), (Revision, earlier)):
        told = session.exec(query.where(col(table.title).is_not(None))).all()
        found = [row_id for row_id, title in told if repeats(title, thread_id, keys)]
        for start in range(0, len(found), 500):
            part = col(table.id).in_(found[start : start + 500])
            session.connection().execute(update(table).where(part).values(title=None))


def _note_title(session: Session, one: _Opened, title: str) -> None:
    """Keep the digest of an erased title, by which it is known when the place tells it again."""
    source_id, key = one.thread.source_id, title_key(one.thread.id or 0, title)
    if session.get(PostKey, (source_id, key)) is None:
        session.add(PostKey(source_id=source_id, key=key, post_id=one.post_id))
        session.flush()


def erased_titles(session: Session, thread_ids: Collection[int]) -> Mapping[int, Collection[str]]:
    """Return the keys of the titles that were erased in some threads, by thread."""
    found: dict[int, set[str]] = {}
    for start in range(0, len(wanted := sorted(set(thread_ids))), 500):
        query = (
            select(Post.thread_id, PostKey.key)
            .join(PostKey, col(PostKey.post_id) == col(Post.id))
            .where(col(Post.thread_id).in_(wanted[start : start + 500]))
            .where(col(Post.erased_at).is_not(None), col(PostKey.key).startswith(KIND))
        )
        for thread_id, key in session.exec(query).all():
            found.setdefault(thread_id or 0, set()).add(key)
    return found


def _empty_threads(session: Session, thread_ids: Collection[int | None], *, now: datetime) -> None:
    """Let go of the address of a thread none of whose posts is left; it may hold the title."""
    standing = select(Post.thread_id).where(
        col(Post.erased_at).is_(None), col(Post.thread_id).is_not(None)
    )
    is_emptied = col(Thread.id).not_in(standing)
    # What has no thread shares one row, whose title is that of any of them.
    query = select(Thread).where(
        col(Thread.id).in_([one for one in thread_ids if one]),
        or_(is_emptied, col(Thread.remote_id) == ONE_THREAD),
    )
    for thread in session.exec(query).all():
        thread.title, thread.url = None, None
        session.add(thread)
        if thread.remote_id == ONE_THREAD:
            continue  # it is no place that anybody left
        thread.erased_at = thread.erased_at or now
        thread.remote_id = erased_name(thread.remote_id)
    session.flush()


# What sources remember --------------------------------------------------------------------------


def _forget_in_cursor(
    session: Session, source_id: int, titles: Collection[str], links: Collection[str]
) -> None:
    """Blank what a source remembers of erased posts between two looks, such as an article's title.

    Held, because a look may be about to write its cursor.
    """
    source = session.get(Source, source_id, with_for_update=True, populate_existing=True)
    if source is None or not (titles or links):
        return
    cleaned = _without(source.cursor, titles, links)
    if cleaned != source.cursor:
        source.cursor = cleaned
        session.add(source)
        session.flush()


def without_erased(session: Session, source_id: int, batch: Batch) -> dict[str, Any]:
    """Return the cursor of a batch without the words of erased threads; their place tells them on.

    Whoever writes it holds the source, so no erasure comes in between.
    """
    if not batch.thread_words:
        return dict(batch.cursor)
    cursor = copy.deepcopy(dict(batch.cursor))
    names = {stored: name for name in batch.thread_words for stored in (name, erased_name(name))}
    for start in range(0, len(wanted := sorted(names)), 500):
        query = select(Thread.remote_id).where(
            Thread.source_id == source_id,
            col(Thread.remote_id).in_(wanted[start : start + 500]),
            col(Thread.erased_at).is_not(None),
        )
        for stored in session.exec(query).all():
            _blank(cursor, batch.thread_words[names[stored]])
    return cursor


def _blank(cursor: dict[str, Any], path: Sequence[str]) -> None:
    """Blank the texts of a part of a cursor, if it is there."""
    part: Any = cursor
    for name in path:
        part = part.get(name) if isinstance(part, dict) else None
    if isinstance(part, dict):
        part.update({name: "" for name, value in part.items() if isinstance(value, str)})


def _without(value: Any, titles: Collection[str], links: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(part, titles, links) for key, part in value.items()}
    if isinstance(value, list):
        return [_without(part, titles, links) for part in value]
    if isinstance(value, str) and value:
        return "" if value in links or any(_repeats(value, title) for title in titles) else value
    return value


def _repeats(value: str, title: str) -> bool:
    """Tell whether a value is a title, holds one, or is the beginning of one that was cut."""
    long = min(len(value), len(title)) >= SHORT
    return value == title or (long and (title in value or title.startswith(value)))
