"""Every query on tickets and on what is suggested because of them.

Apart from the alerts' store: other people work on them, at another pace.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select, update

from classifiers.tables import Issue, IssueKind, IssueState, Release
from responders.delivery.store import is_outdated
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.tables import Suggestion, SuggestionEnd, Ticket, TicketState

OVER = (DeliveryState.CANCELLED,)
"""Ends of a delivery after which its ticket will never stand there."""


def standing(session: Session, issue_id: int) -> Ticket | None:
    """Return the ticket of an issue that was not unlinked."""
    query = select(Ticket).where(Ticket.issue_id == issue_id, col(Ticket.unlinked_at).is_(None))
    return session.exec(query.order_by(col(Ticket.id).desc()).limit(1)).first()


def tickets(session: Session, issues: Collection[int]) -> Sequence[Ticket]:
    """Return the tickets of some issues that were not unlinked, oldest first."""
    query = select(Ticket).where(
        col(Ticket.issue_id).in_(list(issues)), col(Ticket.unlinked_at).is_(None)
    )
    return session.exec(query.order_by(col(Ticket.id))).all()


def add(session: Session, row: Ticket) -> int:
    """Store a ticket; return its id."""
    session.add(row)
    session.flush()
    if row.id is None:
        raise ValueError("the store gave the ticket no id")
    return row.id


def change(session: Session, row: Ticket, **values: Any) -> bool:
    """Change a ticket that was not unlinked meanwhile."""
    statement = update(Ticket).where(col(Ticket.id) == row.id, col(Ticket.unlinked_at).is_(None))
    return session.connection().execute(statement.values(**values)).rowcount == 1


def due(session: Session, product_id: int, *, now: datetime) -> Sequence[Ticket]:
    """Return the tickets of a product that stand there and are to be looked at, longest due first.

    Of an issue that is over, only those that are not over too.
    """
    query = (
        select(Ticket)
        .join(Issue, col(Issue.id) == col(Ticket.issue_id))
        .where(Ticket.product_id == product_id, col(Ticket.unlinked_at).is_(None))
        .where(col(Ticket.number).is_not(None), col(Ticket.next_due_at) <= now)
        .where(or_(col(Ticket.state).is_(None), col(Ticket.state) != TicketState.GONE))
        .where(
            or_(
                col(Issue.state) != IssueState.RESOLVED,
                col(Ticket.state).is_(None),
                col(Ticket.state) == TicketState.OPEN,
            )
        )
        .order_by(col(Ticket.next_due_at), col(Ticket.id))
    )
    return session.exec(query).all()


def unsettled(session: Session, product_id: int) -> Sequence[tuple[Ticket, Delivery]]:
    """Return the tickets whose send came to an end that was not taken over yet."""
    query = (
        select(Ticket, Delivery)
        .join(Delivery, col(Delivery.id) == col(Ticket.delivery_id))
        .where(Ticket.product_id == product_id, col(Ticket.unlinked_at).is_(None))
        .where(col(Ticket.number).is_(None))
        .order_by(col(Ticket.id))
    )
    return [
        (ticket, delivery)
        for ticket, delivery in session.exec(query).all()
        if delivery.state in (DeliveryState.SENT, *OVER)
    ]


def outdated(session: Session, product_id: int) -> Sequence[Ticket]:
    """Return the tickets that wait here with words of a post that was erased since."""
    query = (
        select(Ticket)
        .join(Delivery, col(Delivery.id) == col(Ticket.delivery_id))
        .where(Ticket.product_id == product_id, col(Ticket.unlinked_at).is_(None))
        .where(Delivery.state == DeliveryState.QUEUED, is_outdated())
        .order_by(col(Ticket.id))
    )
    return session.exec(query).all()


def quoting_erased(session: Session, product_id: int) -> Sequence[tuple[Ticket, Issue]]:
    """Return the tickets that stand there with quotes, of whose issue posts were erased since."""
    query = (
        select(Ticket, Delivery, Issue)
        .join(Delivery, col(Delivery.id) == col(Ticket.delivery_id))
        .join(Issue, col(Issue.id) == col(Ticket.issue_id))
        .where(Ticket.product_id == product_id, Delivery.state == DeliveryState.SENT)
        .where(col(Ticket.number).is_not(None), col(Delivery.erasures) != col(Issue.erasures))
        .order_by(col(Ticket.id))
    )
    rows = session.exec(query).all()
    return [(ticket, issue) for ticket, sent, issue in rows if sent.target.get("quotes")]


def open_issues(session: Session, product_id: int) -> Sequence[Issue]:
    """Return the whole issues of a product that are not over, oldest first."""
    query = (
        select(Issue)
        .where(Issue.product_id == product_id, Issue.kind == IssueKind.ISSUE)
        .where(Issue.state != IssueState.RESOLVED, col(Issue.merged_into).is_(None))
        .order_by(col(Issue.id))
    )
    return session.exec(query).all()


def parts(session: Session, product_id: int) -> Mapping[int, int]:
    """Return what every merged issue of a product was merged into."""
    query = select(Issue.id, Issue.merged_into).where(
        Issue.product_id == product_id, col(Issue.merged_into).is_not(None)
    )
    return {part: whole for part, whole in session.exec(query).all() if part and whole}


def of_product(session: Session, product_id: int) -> Sequence[Ticket]:
    """Return a product's tickets that stand there and were not unlinked, oldest first."""
    query = select(Ticket).where(
        Ticket.product_id == product_id,
        col(Ticket.unlinked_at).is_(None),
        col(Ticket.number).is_not(None),
    )
    return session.exec(query.order_by(col(Ticket.id))).all()


def naming(session: Session, product_id: int) -> Sequence[Release]:
    """Return the releases of a product whose notes name anything, the oldest first."""
    query = select(Release).where(Release.product_id == product_id)
    rows = session.exec(query.order_by(col(Release.released_at), col(Release.id))).all()
    return [row for row in rows if row.names]


def known_keys(session: Session, product_id: int) -> frozenset[str]:
    """Return what was suggested for a product already."""
    query = select(Suggestion.key).where(Suggestion.product_id == product_id)
    return frozenset(session.exec(query).all())


def suggestions(session: Session, issues: Collection[int]) -> Sequence[Suggestion]:
    """Return what waits for a person about some issues, the newest first."""
    query = select(Suggestion).where(
        col(Suggestion.issue_id).in_(list(issues)), col(Suggestion.end).is_(None)
    )
    return session.exec(query.order_by(col(Suggestion.id).desc())).all()


def suggestion(session: Session, suggestion_id: int) -> Suggestion | None:
    """Return one suggestion."""
    return session.get(Suggestion, suggestion_id)


def suggest(session: Session, row: Suggestion) -> int:
    """Keep a suggestion; return its id."""
    session.add(row)
    session.flush()
    return row.id or 0


def end(session: Session, row: Suggestion, how: SuggestionEnd, *, by: str, at: datetime) -> bool:
    """End a suggestion; False when it had ended."""
    statement = (
        update(Suggestion)
        .where(col(Suggestion.id) == row.id, col(Suggestion.end).is_(None))
        .values(end=how, ended_by=by, ended_at=at)
    )
    return session.connection().execute(statement).rowcount == 1
