"""A look, some minutes after a reply was sent, whether strangers can read it.

Filters of places take replies away in silence: the account that wrote one still sees it, and nobody
else does. So each public reply is looked for once more without an account, where the place lets us.
One that is hidden is told to the people on call, once, and looked for again ever more rarely until
it shows: moderators may let it pass. Nothing is ever sent anew from here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from config.database import durable, reading
from config.errors import GroundswellError, TransientError
from config.ground import Ground
from config.logs import event_log, masked
from responders.delivery import store_sending as sending
from responders.delivery.channels.base import Channel, Message, Receipt, Showing, Sight
from responders.delivery.noticing import tell_hidden
from responders.delivery.revisiting import AT_ONCE, LOOKED_AFTER, next_look
from responders.delivery.tables import Delivery

log = event_log(__name__)


def visit_due(ground: Ground, channels: Mapping[str, Channel]) -> int:
    """Look for replies as a stranger; return of how many it is now known whether one sees them."""
    now = ground.clock.now()
    before = now - timedelta(minutes=ground.settings.outbox.look_again_minutes)
    showing = {kind: one for kind, one in channels.items() if isinstance(one, Showing)}
    with reading(ground.engine) as session:
        rows = sending.unseen(
            session, showing, now=now, sent_before=before, since=now - LOOKED_AFTER, limit=AT_ONCE
        )
    return sum([_visit(ground, showing[row.channel], row, now) for row in rows])


def _visit(ground: Ground, channel: Showing, row: Delivery, now: datetime) -> bool:
    later = next_look(row.sent_at or row.created_at, now)
    values: dict[str, Any] = {"next_try_at": later}
    sight = Sight(visible=None)
    try:
        sight = _seen(channel, row)
    except TransientError as error:
        log.info("reply_not_looked_at", delivery=row.id, error=type(error).__name__)
    except GroundswellError as error:
        # The place does not show itself to strangers, or not any more: it is no sign of anything.
        log.info("reply_not_looked_at", delivery=row.id, reason=masked(str(error)))
        values["next_try_at"] = now + LOOKED_AFTER
    else:
        values |= _found(sight, row, now)
    return _recorded(ground, row, sight, values, now) and sight.visible is not None


def _seen(channel: Showing, row: Delivery) -> Sight:
    message = Message(key=row.key, text=row.text, payload=row.payload, target=row.target)
    receipt = Receipt(row.remote_id, row.url, at=row.sent_at or row.created_at)
    try:
        return channel.visible(message, receipt)
    except GroundswellError:
        raise
    except Exception as error:
        log.error("channel_broke", delivery=row.id, channel=row.channel, exc_info=True)
        raise TransientError(f"{row.channel} broke: {type(error).__name__}") from error


def _found(sight: Sight, row: Delivery, now: datetime) -> dict[str, Any]:
    """Return what a look changes."""
    if sight.visible is None:
        return {"next_try_at": now + LOOKED_AFTER}
    if sight.visible:
        return {"seen_at": now, "hidden_at": None, "hidden_why": ""}
    return {"hidden_at": row.hidden_at or now, "hidden_why": sight.why}


def _recorded(
    ground: Ground, row: Delivery, sight: Sight, values: Mapping[str, Any], now: datetime
) -> bool:
    with durable(ground.engine) as session:
        done = sending.record_sight(session, row, **values)
        if done and sight.visible is False and row.hidden_at is None:
            tell_hidden(session, ground.settings, row, why=sight.why, now=now)
    if done and sight.visible is not None and (row.hidden_at is None) is not sight.visible:
        log.warning("reply_visibility_changed", delivery=row.id, visible=sight.visible)
    return done
