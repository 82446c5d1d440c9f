"""Write a batch of posts: new ones added, changed ones revised, known ones left alone.

Apart from the rest of the store because it is the listener's one busy writer: bulk statements,
and every rule about two fetches of the same post.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from listener.tables import Post, PostAlias, Revision, Source, Thread


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

    names: tuple[str, ...]
    """Its identity first, then the other names it may be known by."""
    remote_id: str
    url: str | None
    author: str | None
    author_key: str | None
    role: str | None
    published_at: datetime
    title: str | None
    text: str
    lang: str | None
    content_hash: str
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
    assert source.id is not None  # noqa: S101 - a row read from the store has an id
    known = _known_names(session, source.id, [name for post in ready for name in post.names])
    threads = _save_threads(session, source.id, [post.thread for post in ready])
    fresh: list[ReadyPost] = []
    taken: set[str] = set()
    revised = 0
    for post in ready:
        post_id = next((known[name] for name in post.names if name in known), None)
        if post_id is not None:
            revised += _revise(session, post_id, post, now=now)
            _add_names(session, source.id, post_id, post.names, known)
        elif not taken.intersection(post.names[:1]):
            taken.update(post.names[:1])
            fresh.append(post)
    _insert(session, source, fresh, threads, now=now)
    return Stored(new=len(fresh), revised=revised)


def _known_names(session: Session, source_id: int, names: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for start in range(0, len(names), 500):
        query = select(PostAlias.alias, PostAlias.post_id).where(
            PostAlias.source_id == source_id,
            col(PostAlias.alias).in_(names[start : start + 500]),
        )
        known.update(dict(session.exec(query).all()))
    return known


def _save_threads(
    session: Session, source_id: int, threads: Iterable[ReadyThread]
) -> dict[str, int]:
    wanted = {thread.remote_id: thread for thread in threads}
    query = select(Thread).where(
        Thread.source_id == source_id, col(Thread.remote_id).in_(list(wanted))
    )
    rows = {row.remote_id: row for row in session.exec(query).all()}
    for remote_id, thread in wanted.items():
        row = rows.setdefault(remote_id, Thread(source_id=source_id, remote_id=remote_id))
        row.url = thread.url or row.url
        row.title = thread.title or row.title
        row.locked = thread.locked
        session.add(row)
    session.flush()
    return {remote_id: row.id for remote_id, row in rows.items() if row.id is not None}


def _revise(session: Session, post_id: int, ready: ReadyPost, *, now: datetime) -> int:
    """Keep the old text as a revision when the new one differs; return 1 if it did."""
    post = session.get_one(Post, post_id)
    if post.erased_at is not None or post.content_hash == ready.content_hash:
        return 0
    session.add(
        Revision(
            post_id=post_id,
            revision=post.revision,
            title=post.title,
            text=post.text,
            seen_at=now,
        )
    )
    post.title, post.text, post.lang = ready.title, ready.text, ready.lang
    post.content_hash = ready.content_hash
    post.relevant = ready.relevant
    post.revision += 1
    session.add(post)
    return 1


def _insert(
    session: Session,
    source: Source,
    posts: Sequence[ReadyPost],
    threads: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """Write new posts in one statement; row by row would be forty times slower."""
    if not posts:
        return
    rows = [
        {
            "product_id": source.product_id,
            "source_id": source.id,
            "thread_id": threads[post.thread.remote_id],
            "identity": post.names[0],
            "remote_id": post.remote_id,
            "url": post.url,
            "author": post.author,
            "author_key": post.author_key,
            "role": post.role,
            "published_at": post.published_at,
            "seen_at": now,
            "title": post.title,
            "text": post.text,
            "lang": post.lang,
            "content_hash": post.content_hash,
            "revision": 1,
            "backfill": post.backfill,
            "relevant": post.relevant,
        }
        for post in posts
    ]
    connection = session.connection()
    statement = insert(Post).returning(col(Post.id), sort_by_parameter_order=True)
    ids = connection.execute(statement, rows).scalars().all()
    names: dict[str, int] = {}
    for post, post_id in zip(posts, [post_id for post_id in ids if post_id], strict=True):
        for name in post.names:
            names.setdefault(name, post_id)
    _insert_names(session, source.id, names)


def _add_names(
    session: Session,
    source_id: int | None,
    post_id: int,
    names: Sequence[str],
    known: dict[str, int],
) -> None:
    fresh = {name: post_id for name in names if name not in known}
    known.update(fresh)
    _insert_names(session, source_id, fresh)


def _insert_names(session: Session, source_id: int | None, names: Mapping[str, int]) -> None:
    rows = [{"source_id": source_id, "alias": name, "post_id": to} for name, to in names.items()]
    if rows:
        session.connection().execute(insert(PostAlias), rows)
