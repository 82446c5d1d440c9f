"""What is minded of posts once they are stored: which to ask for again, which are ours.

Apart from the rest of the store because later stages ask for most of it: they hand down rows, and
the listener obeys without asking why.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert
from sqlmodel import Session, col, or_, select, update

from listener.minding.replying import Heard, Own, answers_us, is_ours, own_address
from listener.tables import OwnPost, Post, Thread, Watch

STAFF = "staff"

# Watching ---------------------------------------------------------------------------------------


def watch(session: Session, post_ids: Collection[int], until: datetime) -> None:
    """Ask for posts again from time to time until then; a longer watch already asked for stays."""
    for start in range(0, len(wanted := sorted(set(post_ids))), 500):
        part = wanted[start : start + 500]
        query = select(Watch.post_id, Watch.until).where(col(Watch.post_id).in_(part))
        known = dict(session.exec(query).all())
        shorter = [post_id for post_id, ends in known.items() if ends < until]
        if shorter:
            longer = update(Watch).where(col(Watch.post_id).in_(shorter)).values(until=until)
            session.connection().execute(longer)
        rows = [{"post_id": one, "until": until} for one in part if one not in known]
        if rows:
            session.connection().execute(insert(Watch), rows)


@dataclass(frozen=True)
class Turn:
    """What may be asked for again in one turn of a source."""

    at_once: int
    """Posts at the most."""
    fresh: timedelta
    """Posts seen within this are asked for, watched or not."""
    pause: timedelta
    """How long one that was asked for is left alone."""


def due_for_recheck(
    session: Session, source_id: int, turn: Turn, *, now: datetime
) -> Sequence[Post]:
    """Return the posts of a source to ask for again now, the longest unasked first."""
    asked_at = func.coalesce(col(Post.rechecked_at), col(Post.seen_at))
    watched = select(Watch.post_id).where(Watch.until > now)
    # Whose deletion was doubted waits for a second word, however old it is by then.
    wanted: list[ColumnElement[bool]] = [col(Post.id).in_(watched), col(Post.gone_at).is_not(None)]
    if turn.fresh:
        wanted.append(col(Post.seen_at) > now - turn.fresh)
    query = (
        select(Post)
        .where(Post.source_id == source_id, col(Post.erased_at).is_(None), Post.remote_id != "")
        .where(or_(*wanted), asked_at <= now - turn.pause)
        .order_by(asked_at, col(Post.id))
        .limit(turn.at_once)
    )
    return session.exec(query).all()


def thread_titles(session: Session, posts: Sequence[Post]) -> Mapping[str, str]:
    """Return the titles of the threads of some posts, by the posts' own ids."""
    wanted = sorted({post.thread_id for post in posts if post.thread_id})
    query = select(Thread.id, Thread.title).where(col(Thread.id).in_(wanted))
    found = dict(session.exec(query).all()) if wanted else {}
    titles = {post.remote_id: found.get(post.thread_id) for post in posts}
    return {remote_id: title for remote_id, title in titles.items() if title}


def mark_rechecked(session: Session, post_ids: Collection[int], *, now: datetime) -> None:
    """Note that posts were asked for."""
    statement = update(Post).where(col(Post.id).in_(list(post_ids))).values(rechecked_at=now)
    session.connection().execute(statement)


def mark_gone(session: Session, post_ids: Collection[int], *, now: datetime | None) -> None:
    """Note that the source told posts to be deleted, or (None) that they stand after all."""
    statement = update(Post).where(col(Post.id).in_(list(post_ids))).values(gone_at=now)
    session.connection().execute(statement)


def standing_posts(session: Session, source_id: int, remote_ids: Iterable[str]) -> Sequence[Post]:
    """Return the posts that a source knows by these ids and that were not erased."""
    found: list[Post] = []
    wanted = sorted({name for name in remote_ids if name})
    for start in range(0, len(wanted), 500):
        query = select(Post).where(
            Post.source_id == source_id,
            col(Post.remote_id).in_(wanted[start : start + 500]),
            col(Post.erased_at).is_(None),
        )
        found += session.exec(query).all()
    return found


# Texts of ours ----------------------------------------------------------------------------------


def mark_ours(session: Session, text: OwnPost) -> bool:
    """Keep a text of ours, or what is known of it by now; tell whether anything was new.

    Posts that came before it are looked at again: it may be one of them, or they may answer it.
    """
    known = session.get(OwnPost, text.name)
    if known is not None and known.model_dump() == text.model_dump():
        return False
    session.merge(text)
    session.flush()
    _read_again(session, text)
    return True


def own_posts(
    session: Session, source_id: int, thread_ids: Collection[int]
) -> Mapping[int, Sequence[Own]]:
    """Return our texts in some threads of a source, by thread; with what was heard back of them."""
    found: dict[int, list[Own]] = {}
    wanted = sorted(set(thread_ids))
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        for row in _handed_down(session, source_id, part) + _heard_back(session, source_id, part):
            found.setdefault(row.thread_id, []).append(row)
    return found


def _handed_down(session: Session, source_id: int, thread_ids: Sequence[int]) -> list[Own]:
    query = (
        select(OwnPost, Post.author_key, Post.url, Thread.url)
        .join(Thread, col(Thread.id) == col(OwnPost.thread_id))
        .join(Post, col(Post.id) == col(OwnPost.answers), isouter=True)
        .where(OwnPost.source_id == source_id, col(OwnPost.thread_id).in_(thread_ids))
    )
    return [
        Own(
            thread_id=row.thread_id,
            words=row.words,
            remote_id=row.remote_id,
            url=own_address(row.url, (thread_url, post_url)),
            sent_at=row.sent_at,
            answered=author,
            thread_url=thread_url,
        )
        for row, author, post_url, thread_url in session.exec(query).all()
    ]


def _heard_back(session: Session, source_id: int, thread_ids: Sequence[int]) -> list[Own]:
    query = select(Post).where(
        Post.source_id == source_id, col(Post.thread_id).in_(thread_ids), col(Post.ours)
    )
    return [
        Own(row.thread_id or 0, "", row.remote_id, row.url) for row in session.exec(query).all()
    ]


def _read_again(session: Session, text: OwnPost) -> None:
    """Mark the posts of its thread that are ours or answer us, first what is ours."""
    query = (
        select(Post)
        .where(Post.thread_id == text.thread_id, col(Post.erased_at).is_(None))
        .where(~col(Post.ours), ~col(Post.answers_us))
    )
    posts = session.exec(query.order_by(col(Post.id))).all()
    own = own_posts(session, text.source_id, [text.thread_id]).get(text.thread_id, ())
    mine = [post for post in posts if is_ours(heard(post), own)]
    for post in mine:
        post.ours, post.role = True, STAFF
        session.add(post)
    session.flush()
    own = own_posts(session, text.source_id, [text.thread_id]).get(text.thread_id, ())
    for post in posts:
        if not post.ours and post.role is None and answers_us(heard(post), own):
            post.answers_us = True
            session.add(post)


def heard(post: Post) -> Heard:
    """Return a stored post as the rules take it."""
    return Heard(
        thread_id=post.thread_id or 0,
        remote_id=post.remote_id,
        url=post.url,
        text=post.text,
        author_key=post.author_key,
        reply_to=post.reply_to,
        published_at=post.published_at,
    )


def tell_ours(session: Session, source_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Say of new posts, ready to be written, which are ours and which answer us.

    What is ours is never evidence, whichever account it came from; staff do not answer us. What
    came with this very batch may answer a text of ours that came with it too.
    """
    own = own_posts(session, source_id, [row["thread_id"] for row in rows])
    posts = [_heard_row(row) for row in rows]
    mine = [is_ours(post, own.get(post.thread_id, ())) for post in posts]
    fresh = [
        Own(post.thread_id, "", post.remote_id, post.url)
        for post, is_mine in zip(posts, mine, strict=True)
        if is_mine
    ]
    for row, post, is_mine in zip(rows, posts, mine, strict=True):
        row["role"] = STAFF if is_mine else row["role"]
        row["ours"] = is_mine
        candidates = [*own.get(post.thread_id, ()), *fresh]
        row["answers_us"] = row["role"] is None and answers_us(post, candidates)


def _heard_row(row: Mapping[str, Any]) -> Heard:
    return Heard(**{field.name: row[field.name] for field in fields(Heard)})
