"""The dead man's switch: a message and a ping that stop when we do.

Part of the deliver pass. The message is edited in place in each channel with cards; the ping is one
request to a service that calls somebody when the pings stop. It is sent only while every pass ran
well lately; whoever hears it need know nothing of us. One process of many does it, under a lease;
its last run is noted like that of a pass.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from config import leases
from config.addresses import parse_url
from config.clock import Clock, SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError, TransientError
from config.ground import Ground
from config.http_client import HttpKnobs, PoliteClient
from config.logs import event_log, hide, masked
from config.tables import Beat
from listener.store import products
from responders.delivery import store as outbox
from responders.delivery import store_sending as sending
from responders.delivery.channels.base import Channel, Gone, Message, Redrawing
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.beating import Beaten, ailing, is_due, words
from responders.oncall.tables import Heartbeat

HEARTBEAT, PING = "heartbeat", "ping"
DEADLINE_S = 5.0
"""The outbox waits for the ping; a service that is slow must hold up no alert for long."""
LOOK_EVERY = timedelta(seconds=5)
"""Between two looks at what is due; each takes a lease."""
TURN = timedelta(minutes=1)
"""After so long a message that all is well, or is not, is put right where that changed: right after
a start no pass has run yet, and that must not stand there until the next beat."""
BEGIN_AGAIN = timedelta(days=1)
"""So long after a message was given up another one is begun: silence must not last for ever."""
MAX_BYTES = 10_000
"""A service that waits for pings answers with a word."""

log = event_log(__name__)


class Heart:
    """Beats for the life of the pass.

    Args:
        ground: the installation.
        channels: every configured channel by its kind.
        passes: the names of the passes that must have run.
        machine: the machine's time, on which the passes note their runs.
    """

    def __init__(
        self,
        ground: Ground,
        channels: Mapping[str, Channel],
        passes: Sequence[str],
        *,
        machine: Clock | None = None,
    ) -> None:
        self._ground, self._channels, self._passes = ground, channels, passes
        self._machine = machine or SystemClock()
        knobs = ground.settings.oncall
        self._every = timedelta(minutes=knobs.heartbeat_minutes)
        self._ping_every = timedelta(minutes=knobs.ping_minutes)
        self._url = knobs.ping_url.get_secret_value()
        self._client = _client(ground, self._url) if self._url else None
        self._looked_at: datetime | None = None
        self._withheld_at: datetime | None = None
        self._told: dict[str, bool] = {}
        """Whether the message at a destination says that all is well, as we wrote it last."""

    def beat_due(self) -> int:
        """Beat and ping where that is due; return how often."""
        now = self._machine.now()
        if not self._every and self._client is None:
            return 0
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = now
        with leases.holding(
            self._ground.engine, HEARTBEAT, clock=self._machine, holder=self._ground.holder
        ) as held:
            if held is None:
                return 0
            ails, pause = self._ails(), self._pause()
            return self._ping(ails) + sum(self._show(to, ails, pause) for to in self._places())

    def _ails(self) -> list[str]:
        with reading(self._ground.engine) as session:
            rows = session.exec(select(Beat)).all()
        found = {row.name: Beaten(row.at, row.error) for row in rows}
        return ailing(found, self._passes, now=self._machine.now())

    def _pause(self) -> str:
        """Say that a person holds everything back; the message goes on: silence is no health."""
        with reading(self._ground.engine) as session:
            held = outbox.paused(session)
        return (
            f"sending is paused since {held.at:%H:%M} UTC, {held.at.day} {held.at:%b}"
            if held
            else ""
        )

    def _ping(self, ails: Sequence[str]) -> bool:
        """Ping if it is time and all is well; a ping that failed is tried with the next one."""
        now = self._machine.now()
        with reading(self._ground.engine) as session:
            last = session.get(Beat, PING)
        if self._client is None or not is_due(
            last.at if last else None, now, every=self._ping_every
        ):
            return False
        if ails:
            if is_due(self._withheld_at, now, every=self._ping_every):
                log.warning("ping_withheld", reason="; ".join(ails))
                self._withheld_at = now
            return False
        began, error = monotonic(), ""
        try:
            answer = self._client.get(self._url, max_bytes=MAX_BYTES)
            if answer.status >= 400:
                error = f"it answered {answer.status}"
        except GroundswellError as trouble:
            error = masked(str(trouble))
        took_s = round(monotonic() - began, 3)
        beat = Beat(name=PING, at=now, took_s=took_s, done=int(not error), error=error[:1000])
        with transaction(self._ground.engine) as session:
            session.merge(beat)
        if error:
            log.warning("ping_failed", reason=error)
        return not error

    def _places(self) -> list[Destination]:
        """Return where a message can be edited in place."""
        if not self._every:
            return []
        return [
            to
            for to in destinations(self._ground.settings)
            if to.keeps_cards and isinstance(self._channels.get(to.channel), Redrawing)
        ]

    def _show(self, to: Destination, ails: Sequence[str], pause: str) -> bool:
        now = self._machine.now()
        with reading(self._ground.engine) as session:
            row = session.get(Heartbeat, to.name)
            sent = _last(session, to)
            waits = not sending.resting(session, now=now).isdisjoint({to.name, _edits(to)})
        if sent is not None and _stands(sent) and (row is None or row.delivery_id != sent.id):
            row = self._noted(sent)
        if row is None or row.gone_at is not None:
            return self._begin(to, sent, ails, pause)
        turned = self._told.get(to.name, not ails) != (not ails)
        every = min(TURN, self._every) if turned else self._every
        if waits or not is_due(row.changed_at, now, every=every):
            return False
        return self._edit(to, row, ails, pause)

    def _begin(
        self, to: Destination, sent: Delivery | None, ails: Sequence[str], pause: str
    ) -> bool:
        """Queue the message, unless one is on its way, or went nowhere within the last day."""
        if sent is not None and not (_stands(sent) or self._went_nowhere(sent)):
            return False
        at = self._ground.clock.now()
        text = words(ails, now=self._machine.now(), every=self._every, pause=pause)
        with transaction(self._ground.engine) as session:
            found = products(session)
            if not found:
                return False
            number = 1 + int(sent.key.rpartition("|")[2]) if sent else 1
            row = Delivery(
                key=f"{to.name}|{HEARTBEAT}|{number}", product_id=found[0].id or 0,
                channel=to.channel, destination=to.name, kind=HEARTBEAT, text=text,
                next_try_at=at, created_at=at,
            )  # fmt: skip
            self._told[to.name] = not ails
            return outbox.queue(session, row)

    def _went_nowhere(self, sent: Delivery) -> bool:
        """Tell whether it was given up for so long that it is worth another one."""
        ended = sent.state in (DeliveryState.FAILED, DeliveryState.CANCELLED)
        return ended and self._ground.clock.now() - sent.next_try_at >= BEGIN_AGAIN

    def _noted(self, sent: Delivery) -> Heartbeat:
        row = Heartbeat(
            destination=sent.destination, product_id=sent.product_id, delivery_id=sent.id or 0,
            message_id=sent.remote_id or "", changed_at=self._machine.now(), gone_at=None,
        )  # fmt: skip
        with transaction(self._ground.engine) as session:
            return session.merge(row)

    def _edit(self, to: Destination, row: Heartbeat, ails: Sequence[str], pause: str) -> bool:
        now, channel = self._machine.now(), self._channels[to.channel]
        text = words(ails, now=now, every=self._every, pause=pause)
        assert isinstance(channel, Redrawing)  # noqa: S101 - chosen for that
        try:
            channel.redraw(row.message_id, Message(key=f"{to.name}|{HEARTBEAT}", text=text))
        except Gone:
            self._write(row, gone=True)
            return False
        except TransientError as error:
            asked, wait_s = error.retry_after_s, self._ground.settings.outbox.retry_s
            until = now + timedelta(seconds=asked or wait_s)
            with transaction(self._ground.engine) as session:
                sending.rest(session, to.name if asked else _edits(to), until=until)
            return False
        except GroundswellError as error:
            log.error("heartbeat_refused", destination=to.name, reason=masked(str(error)))
        self._told[to.name] = not ails
        self._write(row)
        return True

    def _write(self, row: Heartbeat, *, gone: bool = False) -> None:
        now = self._machine.now()
        with transaction(self._ground.engine) as session:
            found = session.get_one(Heartbeat, row.destination)
            found.changed_at, found.gone_at = now, now if gone else None
            session.add(found)


def _client(ground: Ground, url: str) -> PoliteClient:
    """Return a client for the ping alone: the operator wrote its address, so it may be private."""
    hide([url, urlsplit(url).path])
    knobs = HttpKnobs(**{**ground.settings.http.model_dump(), "deadline_s": DEADLINE_S})
    return PoliteClient(knobs, allow_hosts=[parse_url(url).host_port])


def _stands(sent: Delivery) -> bool:
    """Tell whether it was sent, and we know what to edit."""
    return sent.state is DeliveryState.SENT and sent.remote_id is not None


def _edits(to: Destination) -> str:
    """Name the edits as something that rests by itself: a failed one must hold up no alert."""
    return f"{to.name}|edits"


def _last(session: Session, to: Destination) -> Delivery | None:
    query = select(Delivery).where(Delivery.kind == HEARTBEAT, Delivery.destination == to.name)
    return session.exec(query.order_by(col(Delivery.id).desc()).limit(1)).first()


def ping_warnings(session: Session) -> list[str]:
    """Return why the last ping did not arrive, if it did not."""
    last = session.get(Beat, PING)
    if last is None or not last.error:
        return []
    return [f"the ping that tells that we run fails: {last.error}; check [oncall] ping_url"]
