"""How much of an issue was erased, and what became of the words in messages that are over.

Apart from the outbox's store, because the passes that write texts ask the same before anything is
drawn, proposed or sent. Posts are counted instead of times compared: an erasure may be committed
after a text that was drawn later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from classifiers.tables import Issue, Membership
from listener.tables import Post
from responders.delivery.changing import CORRECTION
from responders.delivery.tables import Delivery, DeliveryState

OVER = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.CANCELLED)
"""Nobody needs the words of a message any more: it stands where it should, or never will."""
NOTICES = ("alert", "reminder", "ticket", "call")
"""The kinds whose words come from the posts of their issue."""


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


def words_to_blank(session: Session) -> Sequence[Delivery]:
    """Return the messages that are over and hold words of erased posts.

    A reply does when the post it answers was erased, and so does each correction of it; a notice
    when any post of its issue was. What a text in public says of other people's posts only the
    voice can tell.
    """
    erased = (col(Delivery.state).in_(OVER), col(Post.erased_at).is_not(None), Delivery.text != "")
    replies = select(Delivery).join(Post, col(Post.id) == col(Delivery.post_id)).where(*erased)
    corrections = corrections_of_replies().where(*erased)
    notices = (
        select(Delivery)
        .join(Issue, col(Issue.id) == col(Delivery.issue_id))
        .where(col(Delivery.state).in_(OVER), col(Delivery.kind).in_(NOTICES))
        .where(col(Delivery.erasures) != col(Issue.erasures), Delivery.text != "")
    )
    queries = (replies, corrections, notices)
    found = [row for query in queries for row in session.exec(query).all()]
    return sorted(found, key=lambda row: row.id or 0)


def corrections_of_replies() -> SelectOfScalar[Delivery]:
    """Select the corrections, each joined with the post that its reply answers."""
    reply = aliased(Delivery)
    return (
        select(Delivery)
        .join(reply, col(reply.id) == col(Delivery.changes_id))
        .join(Post, col(Post.id) == col(reply.post_id))
        .where(Delivery.kind == CORRECTION)
    )


def blank(session: Session, row: Delivery) -> bool:
    """Take the words out of a message that is over; that it was sent, when and where, stays.

    The address it answered goes too: it may hold the title of what was erased.
    """
    values: dict[str, Any] = {"text": "", "payload": {}}
    if row.post_id is not None:
        kept = ("source_url", "credential")
        values["target"] = {name: row.target[name] for name in kept if name in row.target}
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state).in_(OVER))
        .values(**values)
    )
    changes = update(Delivery).where(col(Delivery.changes_id) == row.id)
    session.connection().execute(changes.where(col(Delivery.state).in_(OVER)).values(text=""))
    return session.connection().execute(statement).rowcount == 1


def replace_spoken(session: Session, delivery_id: int, text: str, *, erasures: int) -> None:
    """Keep of a text that went out only what is left of it; who shows it takes that over."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == DeliveryState.SENT)
        .values(text=text, erasures=erasures)
    )
    session.connection().execute(statement)
