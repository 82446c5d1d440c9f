"""Write a batch of posts: new ones added, changed ones revised, known ones left alone.

Apart from the rest of the store because it is the listener's one busy writer: bulk statements,
and every rule about two fetches of the same post.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from listener.identity import Identified, settle
from listener.sources.base import RawPost
from listener.tables import Post, PostKey, Revision, Source, Thread


@dataclass(frozen=True)
class ReadyThread:
    """A thread as a batch named it."""

    remote_id: str
    url: str | None
    title: str | None
    locked: bool


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
    threads = _save_threads(session, source.id, [post.thread for post in ready])
    fresh: list[ReadyPost] = []
    learnt: dict[str, int] = {}
    revised = 0
    for post, settled in zip(ready, settle([post.item for post in ready], known), strict=True):
        if settled.post is not None:
            changed = _revise(session, settled.post, post, now=now)
            revised += changed
            learnt.update(dict.fromkeys(settled.learnt(changed=changed), settled.post))
        elif any(key not in known for key in post.item.keys):
            fresh.append(post)
    learnt.update(_insert(session, source, fresh, threads, known=known, now=now))
    _insert_keys(session, source.id, {k: to for k, to in learnt.items() if k not in known})
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


def _save_threads(
    session: Session, source_id: int, threads: Iterable[ReadyThread]
) -> dict[str, int]:
    wanted = {thread.remote_id: thread for thread in threads}
    rows: dict[str, Thread] = {}
    names = list(wanted)
    for start in range(0, len(names), 500):
        query = select(Thread).where(
            Thread.source_id == source_id, col(Thread.remote_id).in_(names[start : start + 500])
        )
        rows.update({row.remote_id: row for row in session.exec(query).all()})
    for remote_id, thread in wanted.items():
        row = rows.setdefault(remote_id, Thread(source_id=source_id, remote_id=remote_id))
        row.url = thread.url or row.url
        row.title = thread.title or row.title
        row.locked = thread.locked
        session.add(row)
    session.flush()
    return {remote_id: row.id for remote_id, row in rows.items() if row.id is not None}


def _revise(session: Session, post_id: int, ready: ReadyPost, *, now: datetime) -> bool:
    """Keep the old text as a revision when the new one differs; tell whether it did."""
    post = session.get_one(Post, post_id)
    if post.erased_at is not None or post.content_hash == ready.item.content:
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
    post.title, post.text, post.lang = ready.title, ready.item.text, ready.lang
    post.content_hash = ready.item.content
    post.relevant = ready.relevant
    post.revision += 1
    session.add(post)
    return True


def _insert(
    session: Session,
    source: Source,
    posts: Sequence[ReadyPost],
    threads: Mapping[str, int],
    *,
    known: Mapping[str, int],
    now: datetime,
) -> dict[str, int]:
    """Write new posts in one statement, since row by row is forty times slower; give their keys."""
    if not posts:
        return {}
    free = [[key for key in post.item.keys if key not in known] for post in posts]
    rows = [
        _row(source, post, threads[post.thread.remote_id], identity=keys[0], now=now)
        for post, keys in zip(posts, free, strict=True)
    ]
    statement = insert(Post).returning(col(Post.id), sort_by_parameter_order=True)
    ids = session.connection().execute(statement, rows).scalars().all()
    return {
        key: post_id
        for keys, post_id in zip(free, ids, strict=True)
        for key in keys
        if post_id is not None
    }


def _row(
    source: Source, post: ReadyPost, thread_id: int, *, identity: str, now: datetime
) -> dict[str, object]:
    return {
        "product_id": source.product_id,
        "source_id": source.id,
        "thread_id": thread_id,
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
        "lang": post.lang,
        "content_hash": post.item.content,
        "revision": 1,
        "backfill": post.backfill,
        "relevant": post.relevant,
    }


def _insert_keys(session: Session, source_id: int, keys: Mapping[str, int]) -> None:
    rows = [{"source_id": source_id, "key": key, "post_id": to} for key, to in keys.items()]
    if rows:
        session.connection().execute(insert(PostKey), rows)
