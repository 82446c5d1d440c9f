"""The notice that a reply of ours cannot be read by others: told to the people on call, once.

Apart, because two looks find it: as a stranger, and at what moderators held back.
"""

from datetime import datetime

from sqlmodel import Session

from classifiers.store import reference
from config.settings import Settings
from responders.delivery import store
from responders.delivery.inert import web_link
from responders.delivery.opening import destinations
from responders.delivery.tables import Delivery

HIDDEN = "hidden"
"""The kind of a notice about a reply that strangers cannot read."""


def tell_hidden(
    session: Session, settings: Settings, row: Delivery, *, why: str, now: datetime
) -> None:
    """Queue the notice to everybody on call; the key of each keeps it single."""
    for to in destinations(settings):
        store.queue(session, _notice(row, to.channel, to.name, why=why, now=now))


def _notice(row: Delivery, channel: str, to: str, *, why: str, now: datetime) -> Delivery:
    return Delivery(
        key=f"{to}|{row.issue_id}|{HIDDEN}|{row.id}",
        product_id=row.product_id,
        issue_id=row.issue_id,
        channel=channel,
        destination=to,
        kind=HIDDEN,
        text=notice_text(row, why),
        next_try_at=now,
        created_at=now,
    )


def notice_text(row: Delivery, why: str) -> str:
    """Say that a reply is hidden, and what a person can do."""
    where = web_link(row.url) or "its thread"
    about = f"{reference(row.issue_id)}: " if row.issue_id else ""
    return (
        f"{about}our reply at {where} is not visible to others ({why}). Its thread counts as not "
        "told. Look there without logging in, and ask the place's moderators; details: "
        f"groundswell delivery show {row.id}"
    )
