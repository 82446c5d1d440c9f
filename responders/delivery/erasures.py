"""How much of an issue was erased; asked before anything about it is drawn, proposed or sent.

Apart from the outbox's store, because the passes that write texts ask the same. Posts are counted
instead of times compared: an erasure may be committed after a text that was drawn later.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from classifiers.tables import Membership
from listener.tables import Post


@dataclass(frozen=True)
class Erasures:
    """The erased posts of an issue."""

    members: int
    unforgotten: int
    """Those whose words may still stand in the issue's own title and facts."""


def erasures(session: Session, issue_id: int) -> Erasures:
    """Count the erased posts of an issue; ask before the issue itself is read.

    Read the other way round, an issue could still hold words that were forgotten since.
    """
    query = (
        select(Membership.text_hash)
        .join(Post, col(Post.id) == col(Membership.post_id))
        .where(col(Membership.issue_id) == issue_id, col(Post.erased_at).is_not(None))
    )
    hashes = session.exec(query).all()
    return Erasures(len(hashes), sum(name != "" for name in hashes))


def erased_members(issue_id: Mapped[int] | Mapped[int | None]) -> ColumnElement[int]:
    """Count the erased posts of the issue that a column names, inside another query."""
    query = (
        select(func.count())
        .select_from(Membership)
        .join(Post, col(Post.id) == col(Membership.post_id))
        .where(col(Membership.issue_id) == issue_id, col(Post.erased_at).is_not(None))
    )
    return query.correlate_except(Membership, Post).scalar_subquery()
