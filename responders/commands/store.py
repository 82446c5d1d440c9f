"""Every query that only the command line asks; those of the rooms stand in the rooms."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session, col, select

from responders.delivery.tables import Delivery, DeliveryState
from responders.page.tables import Incident, IncidentUpdate
from responders.voice.store import family
from responders.voice.tables import Draft, Promise, PromiseState


def deliveries_by_id(session: Session, ids: Collection[int]) -> Mapping[int, Delivery]:
    """Return these deliveries by id."""
    found: dict[int, Delivery] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        query = select(Delivery).where(col(Delivery.id).in_(wanted[start : start + 500]))
        found.update({row.id: row for row in session.exec(query).all() if row.id is not None})
    return found


def deliveries(
    session: Session, *, state: DeliveryState | None = None, issue_id: int | None = None
) -> Sequence[Delivery]:
    """Return what the outbox holds and held, the newest last."""
    query = select(Delivery).order_by(col(Delivery.id))
    if state is not None:
        query = query.where(Delivery.state == state)
    if issue_id is not None:
        query = query.where(Delivery.issue_id == issue_id)
    return session.exec(query).all()


def draft_ids_by_delivery(session: Session) -> Mapping[int, int]:
    """Return which draft each public delivery came from."""
    query = select(Draft.delivery_id, Draft.id).where(col(Draft.delivery_id).is_not(None))
    return {
        delivery: draft
        for delivery, draft in session.exec(query).all()
        if delivery is not None and draft is not None
    }


def promises(
    session: Session, *, issue_id: int | None = None, state: PromiseState | None = None
) -> Sequence[Promise]:
    """Return the promises that were made in public, the next one due first.

    Those of an issue are also those of the issues that were merged into it.
    """
    query = select(Promise).order_by(col(Promise.due_at), col(Promise.id))
    if issue_id is not None:
        query = query.where(col(Promise.issue_id).in_(family(session, issue_id)))
    if state is not None:
        query = query.where(Promise.state == state)
    return session.exec(query).all()


def incident_of(session: Session, issue_id: int) -> Incident | None:
    """Return what the public page shows of an issue, if it shows it."""
    return session.exec(select(Incident).where(Incident.issue_id == issue_id)).first()


def incident_updates(session: Session, incident_id: int) -> Sequence[IncidentUpdate]:
    """Return what the public page said of an incident, oldest first."""
    query = select(IncidentUpdate).where(IncidentUpdate.incident_id == incident_id)
    return session.exec(
        query.order_by(col(IncidentUpdate.created_at), col(IncidentUpdate.id))
    ).all()
