"""What the acts of erasing read: whose posts they are, and what was made of them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from classifiers.tables import Membership
from listener.tables import Post, Revision, Source
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft

PART = 500
"""Ids named in one query; a database takes only so many."""


def posts_of_author(session: Session, author: str, *, source: str | None) -> Sequence[Post]:
    """Return the posts that stand of whoever has this name, or this pseudonym, by id.

    Somebody who changed their name is the same person by their pseudonym, which is one source's.
    """
    standing = _at(select(Post).where(col(Post.erased_at).is_(None)), source)
    named = func.lower(col(Post.author)) == author.lower()
    found = session.exec(standing.where(or_(named, col(Post.author_key) == author))).all()
    keys = sorted({post.author_key for post in found if post.author_key})
    posts = {post.id: post for post in found}
    for start in range(0, len(keys), PART):
        more = standing.where(col(Post.author_key).in_(keys[start : start + PART]))
        posts.update({post.id: post for post in session.exec(more).all()})
    return [posts[post_id] for post_id in sorted(posts)]


def _at(query: Any, source: str | None) -> Any:
    if source is None:
        return query
    return query.join(Source, col(Source.id) == Post.source_id).where(Source.name == source)


def posts_with_key(session: Session, author_key: str) -> Sequence[int]:
    """Return every post counted under a pseudonym, erased ones too."""
    query = select(Post.id).where(Post.author_key == author_key)
    return [post_id for post_id in session.exec(query).all() if post_id is not None]


def count_revisions(session: Session, post_ids: Sequence[int]) -> int:
    """Return how many earlier texts some posts have."""
    return _summed(
        session,
        post_ids,
        lambda ids: select(func.count(col(Revision.id))).where(col(Revision.post_id).in_(ids)),
    )


def count_drafts(session: Session, post_ids: Sequence[int]) -> int:
    """Return how many texts of ours answer some posts."""
    return _summed(
        session,
        post_ids,
        lambda ids: select(func.count(col(Draft.id))).where(col(Draft.post_id).in_(ids)),
    )


def count_issues(session: Session, post_ids: Sequence[int]) -> int:
    """Return to how many issues some posts belong."""
    found: set[int | None] = set()
    for start in range(0, len(post_ids), PART):
        ids = post_ids[start : start + PART]
        query = select(Membership.issue_id).where(col(Membership.post_id).in_(ids))
        found.update(session.exec(query).all())
    return len(found - {None})


def replies_in_public(session: Session, post_ids: Sequence[int]) -> Sequence[str]:
    """Return where replies of ours to some posts stand."""
    found: list[str] = []
    for start in range(0, len(post_ids), PART):
        query = select(Delivery.url).where(
            col(Delivery.post_id).in_(post_ids[start : start + PART]),
            Delivery.state == DeliveryState.SENT,
        )
        found += [url for url in session.exec(query.order_by(col(Delivery.id))).all() if url]
    return found


def _summed(session: Session, post_ids: Sequence[int], query: Callable[[Any], Any]) -> int:
    parts = range(0, len(post_ids), PART)
    return sum(int(session.exec(query(post_ids[at : at + PART])).one()) for at in parts)
