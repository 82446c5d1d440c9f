"""Write a batch of posts: new ones added, changed ones revised, known ones left alone.

Apart from the rest of the store because it is the listener's one busy writer: bulk statements,
and every rule about two fetches of the same post.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from listener.identity import Identified, settle
from listener.minding.erased_titles import repeats
from listener.minding.erasing import erased_name, erased_titles
from listener.minding.store_minding import tell_ours
from listener.sources.base import RawPost
from listener.tables import Post, PostKey, Revision, Source, Thread


@dataclass(frozen=True)
class ReadyThread:
    """A thread as a batch named it."""

    remote_id: str
    url: str | None
    title: str | None
    locked: bool | None
    """None when the source did not say."""
    post_url: str | None = None
    """Where a post of it stands: who goes there finds it, if nothing tells its own address."""


@dataclass(frozen=True)
class ReadyPost:
    """A post cleaned, identified and judged by the pure rules; ready to be written."""

    item: Identified[RawPost]
    title: str | None
    author: str | None
    author_key: str | None
    role: str | None
    published_at: datetime
    lang: str | None
    backfill: bool
    relevant: bool
    thread: ReadyThread


@dataclass(frozen=True)
class Stored:
    """What one batch came to."""

    new: int = 0
    revised: int = 0

    def __add__(self, other: "Stored") -> "Stored":
        return Stored(self.new + other.new, self.revised + other.revised)


def save_posts(
    session: Session, source: Source, ready: Sequence[ReadyPost], *, now: datetime
) -> Stored:
    """Write a batch: new posts are added, changed ones revised, known ones left alone."""
    if source.id is None:
        raise ValueError("the source was not stored yet")
    known = _known_keys(session, source.id, [key for post in ready for key in post.item.keys])
    found = settle([post.item for post in ready], known)
    kept = _kept(session, [settled.post for settled in found if settled.post is not None])
    told = [
        post.thread
        for post, settled in zip(ready, found, strict=True)
        if settled.post is None or settled.post in kept
    ]
    threads = _save_threads(session, source.id, told)
    fresh: list[ReadyPost] = []
    learnt: dict[str, int] = {}
    revised = 0
    for post, settled in zip(ready, found, strict=True):
        if settled.post is not None:
            same = kept.get(settled.post) in {None, post.item.content}
            changed = not same and _revise(session, settled.post, post, now=now)
            if changed:
                kept[settled.post] = post.item.content
            revised += changed
            learnt.update(dict.fromkeys(settled.learnt(changed=changed), settled.post))
        else:
            fresh.append(post)
    learnt = {key: to for key, to in learnt.items() if key not in known}
    learnt.update(_insert(session, source, fresh, threads, known=known, now=now))
    _take_keys(session, source.id, [key for key in learnt if key in known])
    _insert_keys(session, source.id, learnt)
    return Stored(new=len(fresh), revised=revised)


def _known_keys(session: Session, source_id: int, keys: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for start in range(0, len(keys), 500):
        query = select(PostKey.key, PostKey.post_id).where(
            PostKey.source_id == source_id,
            col(PostKey.key).in_(keys[start : start + 500]),
        )
        known.update(dict(session.exec(query).all()))
    return known


def _kept(session: Session, post_ids: Sequence[int]) -> dict[int, str]:
    """Return the digests of posts by their id; one that was erased is not learnt anew.

    Asked for all at once: of a feed that changed, most posts are as they were.
    """
    found: dict[int, str] = {}
    for start in range(0, len(post_ids), 500):
        query = select(Post.id, Post.content_hash).where(
            col(Post.id).in_(post_ids[start : start + 500]), col(Post.erased_at).is_(None)
        )
        found.update({key: digest for key, digest in session.exec(query).all() if key is not None})
    return found


def _save_threads(
    session: Session, source_id: int, threads: Iterable[ReadyThread]
) -> dict[str, Thread]:
    wanted = _merged(threads)
    rows = _threads_named(session, source_id, wanted)
    fresh = [thread for name, thread in wanted.items() if name not in rows]
    if fresh:
        session.connection().execute(
            insert(Thread), [_thread_row(source_id, thread) for thread in fresh]
        )
        rows |= _threads_named(session, source_id, [thread.remote_id for thread in fresh])
    for remote_id, thread in wanted.items():
        row = rows[remote_id]
        row.remote_id = remote_id  # an emptied thread in which somebody wrote again
        row.url = thread.url or row.url or thread.post_url
        row.title = row.title if row.erased_at else thread.title or row.title
        row.locked = row.locked if thread.locked is None else thread.locked
        session.add(row)
    session.flush()
    return rows


def _threads_named(session: Session, source_id: int, named: Iterable[str]) -> dict[str, Thread]:
    """Return stored threads by the names that their source gives them, emptied ones too."""
    rows: dict[str, Thread] = {}
    names = {stored: name for name in named for stored in (name, erased_name(name))}
    for start in range(0, len(stored := list(names)), 500):
        query = select(Thread).where(
            Thread.source_id == source_id, col(Thread.remote_id).in_(stored[start : start + 500])
        )
        rows.update({names[row.remote_id]: row for row in session.exec(query).all()})
    return rows


def _thread_row(source_id: int, thread: ReadyThread) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "remote_id": thread.remote_id,
        "url": thread.url,
        "title": thread.title,
        "locked": bool(thread.locked),
    }


def _merged(threads: Iterable[ReadyThread]) -> dict[str, ReadyThread]:
    """Return each thread once; what one post does not say of it, another one may."""
    found: dict[str, ReadyThread] = {}
    for told in threads:
        known = found.setdefault(told.remote_id, told)
        found[told.remote_id] = ReadyThread(
            told.remote_id,
            told.url or known.url,
            told.title or known.title,
            known.locked if told.locked is None else told.locked,
            known.post_url or told.post_url,
        )
    return found


def _revise(session: Session, post_id: int, ready: ReadyPost, *, now: datetime) -> bool:
    """Keep the old text as a revision when the new one differs; tell whether it did."""
    post = session.get_one(Post, post_id)
    if post.erased_at is not None or post.content_hash == ready.item.content:
        return False
    # Held, or an erasure that commits while we write would be written over.
    post = session.get_one(Post, post_id, with_for_update=True, populate_existing=True)
    if post.erased_at is not None:
        return False
    session.add(
        Revision(
            post_id=post_id,
            revision=post.revision,
            title=post.title,
            text=post.text,
            seen_at=now,
        )
    )
    thread = session.get(Thread, post.thread_id) if post.thread_id else None
    post.title = ready.title if thread is None else _titles(session, [(ready, thread)])[0]
    post.text, post.lang = ready.item.text, ready.lang
    post.content_hash = ready.item.content
    post.relevant = ready.relevant
    post.revision += 1
    session.add(post)
    return True


def _insert(
    session: Session,
    source: Source,
    posts: Sequence[ReadyPost],
    threads: Mapping[str, Thread],
    *,
    known: Mapping[str, int],
    now: datetime,
) -> dict[str, int]:
    """Write new posts in one statement, since row by row is forty times slower; give their keys.

    Told apart by their identities: SQLite gives ids back in no promised order, and to ask for one
    has each row written by itself.
    """
    if not posts:
        return {}
    placed = [(post, threads[post.thread.remote_id]) for post in posts]
    rows = [
        _row(source, post, thread, identity=_free(post, known), now=now) | {"title": title}
        for (post, thread), title in zip(placed, _titles(session, placed), strict=True)
    ]
    tell_ours(session, source.id or 0, rows)
    statement = insert(Post).returning(col(Post.identity), col(Post.id))
    told = session.connection().execute(statement, rows).all()
    ids: dict[str, int] = {row.identity: row.id for row in told}
    return {
        key: ids[row["identity"]]
        for post, row in zip(posts, rows, strict=True)
        for key in post.item.keys
    }


def _row(
    source: Source, post: ReadyPost, thread: Thread, *, identity: str, now: datetime
) -> dict[str, Any]:
    return {
        "product_id": source.product_id,
        "source_id": source.id,
        "thread_id": thread.id,
        "identity": identity,
        "remote_id": post.item.raw.remote_id,
        "url": post.item.raw.url,
        "author": post.author,
        "author_key": post.author_key,
        "role": post.role,
        "published_at": post.published_at,
        "seen_at": now,
        "title": post.title,
        "text": post.item.text,
        "reply_to": post.item.raw.reply_to,
        "lang": post.lang,
        "content_hash": post.item.content,
        "revision": 1,
        "backfill": post.backfill,
        "relevant": post.relevant,
    }


def _titles(session: Session, posts: Sequence[tuple[ReadyPost, Thread]]) -> list[str | None]:
    """Return what is kept of titles: feeds repeat a thread's on each reply, also an erased one."""
    closed = {thread.id or 0 for _, thread in posts if thread.erased_at}
    erased = erased_titles(session, closed) if closed else {}
    return [
        None if repeats(post.title, thread.id or 0, erased.get(thread.id or 0, ())) else post.title
        for post, thread in posts
    ]


def _free(post: ReadyPost, known: Mapping[str, int]) -> str:
    """Return a key that names no stored post yet.

    Its keys are known where it was taken for another post, as may be when both bear one id; that
    post is now claimed by another item, so they are two.
    """
    return next((key for key in post.item.keys if key not in known), f"apart:{uuid4().hex}")


def _take_keys(session: Session, source_id: int, keys: Sequence[str]) -> None:
    """Take keys from the post that they were wrongly learnt for."""
    for start in range(0, len(keys), 500):
        taken = col(PostKey.key).in_(keys[start : start + 500])
        session.connection().execute(
            delete(PostKey).where(col(PostKey.source_id) == source_id, taken)
        )


def _insert_keys(session: Session, source_id: int, keys: Mapping[str, int]) -> None:
    rows = [{"source_id": source_id, "key": key, "post_id": to} for key, to in keys.items()]
    if rows:
        session.connection().execute(insert(PostKey), rows)
