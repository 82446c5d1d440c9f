"""The queries on cards: which stand where, what they are drawn from, and who has their issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from classifiers.tables import Issue, IssueEvent, IssueState
from responders.delivery.erasures import erased_members
from responders.delivery.store import ALERT
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.tables import Alert, CardShown, Handling

KEPT_UP = timedelta(days=30)
"""A resolved issue's card is looked after for so long after its last change."""
WENT_NOWHERE = (DeliveryState.FAILED, DeliveryState.CANCELLED)


@dataclass(frozen=True)
class Standing:
    """A card with the rows that tell whether it must be looked at."""

    card: CardShown
    issue: Issue
    last_event: int
    erased: int
    """How many posts of the issue were erased."""
    handling: Handling | None
    told: int
    """The newest burst that people were told of by itself: not in a digest, and not held back."""


def handling_of(session: Session, issue_id: int) -> Handling | None:
    """Return who handles an issue; None when nobody ever did."""
    return session.get(Handling, issue_id)


def card_stands(session: Session, issue_id: int, destination: str) -> bool:
    """Tell whether an issue has its card at a destination, or one is on its way there."""
    known = select(CardShown).where(
        CardShown.issue_id == issue_id, CardShown.destination == destination
    )
    card = session.exec(known).first()
    sends = (
        select(Delivery.id)
        .where(Delivery.issue_id == issue_id, Delivery.destination == destination)
        .where(Delivery.kind == ALERT, col(Delivery.state).not_in(WENT_NOWHERE))
    )
    if card is not None and card.gone_at is not None:
        sends = sends.where(col(Delivery.id) > card.delivery_id)
    return session.exec(sends).first() is not None


def unnoted(session: Session, destination: str) -> Sequence[tuple[Delivery, CardShown | None]]:
    """Return the sends that made a card nobody noted yet, with the older one that is gone."""
    query = (
        select(Delivery, CardShown)
        .join(
            CardShown,
            (col(CardShown.issue_id) == col(Delivery.issue_id))
            & (col(CardShown.destination) == col(Delivery.destination)),
            isouter=True,
        )
        .where(Delivery.destination == destination, Delivery.kind == ALERT)
        .where(Delivery.state == DeliveryState.SENT, col(Delivery.remote_id).is_not(None))
        .where(or_(col(CardShown.id).is_(None), col(CardShown.delivery_id) < col(Delivery.id)))
        .order_by(col(Delivery.id))
    )
    return [(row, card) for row, card in session.exec(query).all()]


def standing(session: Session, destination: str, *, now: datetime) -> Sequence[Standing]:
    """Return the cards that are looked after, oldest first."""
    last = (
        select(func.max(IssueEvent.id))
        .where(IssueEvent.issue_id == Issue.id)
        .correlate(Issue)
        .scalar_subquery()
    )
    erased = erased_members(col(CardShown.issue_id))
    told = (
        select(func.max(Alert.revision))
        .where(Alert.issue_id == Issue.id, col(Alert.storm_id).is_(None))
        .correlate(Issue)
        .scalar_subquery()
    )
    columns = (CardShown, Issue, func.coalesce(last, 0), erased, Handling, func.coalesce(told, 1))
    query: Any = select(*columns)  # type: ignore[call-overload]  # typed for four columns at most
    query = (
        query.join(Issue, col(Issue.id) == col(CardShown.issue_id))
        .join(Handling, col(Handling.issue_id) == col(Issue.id), isouter=True)
        .where(CardShown.destination == destination, col(CardShown.gone_at).is_(None))
        .where(
            or_(col(Issue.state) != IssueState.RESOLVED, col(CardShown.changed_at) > now - KEPT_UP)
        )
        .order_by(col(CardShown.id))
    )
    return [
        Standing(card, issue, int(event), int(gone), handling, int(burst))
        for card, issue, event, gone, handling, burst in session.exec(query).all()
    ]


def last_state_event(session: Session, issue_id: int) -> IssueEvent | None:
    """Return the newest word on an issue's state."""
    query = select(IssueEvent).where(IssueEvent.issue_id == issue_id, IssueEvent.kind == "state")
    return session.exec(query.order_by(col(IssueEvent.id).desc()).limit(1)).first()
