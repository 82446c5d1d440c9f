"""Replies that a place's moderators hold back: looked at again until anybody can read them.

They count as sent, for they left us for good, but their threads count as told only once they were
let pass and have an address. One that the moderators did not let pass is said so, and told to the
people on call, once. Nothing is ever sent from here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from config.database import durable, reading
from config.errors import GroundswellError, PermanentError, TransientError
from config.ground import Ground
from config.logs import event_log
from responders.delivery import store_sending as sending
from responders.delivery.channels.base import Channel, Message, Receipt
from responders.delivery.noticing import tell_hidden
from responders.delivery.tables import Delivery

LOOKED_AFTER = timedelta(days=14)
"""How long after it was sent a reply is looked for; moderators who take longer never come."""
SOONEST = timedelta(minutes=5)
AT_ONCE = 20
"""Looks of one pass at the most; the next pass goes on."""
NOWHERE = "it waited for the place's moderators and cannot be found any more: look there"

log = event_log(__name__)


def revisit_due(ground: Ground, channels: Mapping[str, Channel]) -> int:
    """Look for the replies that nobody could read yet; return how many can be read now."""
    now = ground.clock.now()
    with reading(ground.engine) as session:
        rows = sending.unreadable(session, now=now, since=now - LOOKED_AFTER, limit=AT_ONCE)
    return sum([_revisit(ground, channels.get(row.channel), row, now) for row in rows])


def _revisit(ground: Ground, channel: Channel | None, row: Delivery, now: datetime) -> bool:
    if channel is None or not channel.capabilities.lookup:
        return False
    values: dict[str, Any] = {"next_try_at": next_look(row.sent_at or row.created_at, now)}
    try:
        found = _found(ground, channel, row)
    except GroundswellError as error:
        log.info("reply_not_looked_up", delivery=row.id, error=type(error).__name__)
    else:
        values["reason"] = found.note if found else NOWHERE
        if found and found.url:
            values |= {"url": found.url, "remote_id": found.remote_id}
    with durable(ground.engine) as session:
        done = sending.record_look(session, row, **values)
        if done and values.get("reason") == NOWHERE and row.reason != NOWHERE:
            tell_hidden(session, ground.settings, row, why=NOWHERE, now=now)
    if done and values.get("reason", row.reason) != row.reason:
        log.info("reply_looked_up", delivery=row.id, url=values.get("url"), note=values["reason"])
    return done and "url" in values


def _found(ground: Ground, channel: Channel, row: Delivery) -> Receipt | None:
    """Look for a reply; the proof of another one proves nothing.

    Raises:
        TransientError, PermanentError: as ``Channel.find`` does.
    """
    message = Message(key=row.key, text=row.text, payload=row.payload, target=row.target)
    try:
        found = channel.find(message)
    except (TransientError, PermanentError):
        raise
    except Exception as error:
        log.error("channel_broke", delivery=row.id, channel=row.channel, exc_info=True)
        raise TransientError(f"{row.channel} broke: {type(error).__name__}") from error
    if found is None:
        return None
    with reading(ground.engine) as session:
        taken = sending.is_anothers(session, row, remote_id=found.remote_id, url=found.url)
    return None if taken else found


def next_look(sent_at: datetime, now: datetime) -> datetime:
    """Return when to look again: after five minutes at first, ever more rarely later.

    A reply sent four hours ago is looked for again in an hour.
    """
    return now + max(SOONEST, (now - sent_at) / 4)
