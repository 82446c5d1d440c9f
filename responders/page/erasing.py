"""Erased words leave the page: what is left of a delivery's text is taken over into its update.

Apart from publishing because nothing new is said here: no update is added, none is dated anew.
Whoever reads the page's feeds sees that the entry changed, and what it says now.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from config.database import durable, reading
from config.errors import PermanentError
from config.ground import Ground
from config.logs import event_log
from responders.delivery.tables import Delivery
from responders.page import store
from responders.page.publish import split, told_still
from responders.page.tables import Incident, IncidentUpdate

MOMENT: Final = timedelta(microseconds=1)
"""What makes an entry another one, so that its files are written anew."""

log = event_log(__name__)


def redact_due(ground: Ground) -> int:
    """Take over what is left of the texts that lost words; return how many updates changed."""
    with reading(ground.engine) as session:
        if not store.outdated_updates(session):
            return 0
    now = ground.clock.now()
    with durable(ground.engine) as session:
        rows = store.outdated_updates(session)
        return sum([_redact(session, update, delivery, now=now) for update, delivery in rows])


def _redact(session: Session, update: IncidentUpdate, delivery: Delivery, *, now: datetime) -> bool:
    update.erasures = delivery.erasures
    session.add(update)
    try:
        name, body = split(delivery.text)
    except PermanentError:  # it stands in no row any more, so it cannot be told what it said
        return False
    if (name, body) == (update.name, update.body):
        return False
    update.name, update.body = name, body
    session.add(update)
    session.flush()
    incident = session.get_one(Incident, update.incident_id, with_for_update=True)
    newest = store.newest_update(session, update.incident_id)
    incident.name = newest.name if newest else name
    incident.known = told_still(incident.known or {}, store.bodies(session, update.incident_id))
    incident.updated_at = max(now, incident.updated_at + MOMENT)
    session.add(incident)
    log.info("update_redacted", incident=incident.public_id, update=update.id)
    return True
