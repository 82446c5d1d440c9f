"""The outbox: claim, send, record. The only place that calls ``Channel.send``.

A message is claimed in a transaction of its own before the first byte leaves, and recorded in
another one after the answer. What is found claimed and never recorded is in doubt: we look at the
platform first. If that settles nothing, an alert is sent again (a double alert is harmless) and a
public text waits for a person (a double public reply is not).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from config.clock import Clock, SystemClock
from config.database import durable, reading
from config.errors import GroundswellError, PermanentError, TransientError
from config.ground import Ground
from config.logs import event_log, masked
from responders.delivery import store
from responders.delivery.channels.base import Channel, InDoubt, Message, Receipt
from responders.delivery.opening import open_channels
from responders.delivery.tables import Delivery, DeliveryState

BATCH = 100
"""Messages of one pass at the most; the next pass goes on."""

log = event_log(__name__)


def channels_of(ground: Ground) -> Mapping[str, Channel]:
    """Return every configured channel by its kind, for the life of the pass."""
    return open_channels(ground.settings)


def deliver_due(
    ground: Ground, channels: Mapping[str, Channel], *, machine: Clock | None = None
) -> int:
    """Settle what a crash left open, then send what is due.

    Args:
        ground: what the pass stands on; its clock says what is due.
        channels: every configured channel by its kind.
        machine: the time of leases and of the platforms' Retry-After, by default the machine's.

    Returns:
        How many messages were found to stand where they should.
    """
    desk = _Desk(ground, channels, machine or SystemClock())
    with reading(ground.engine) as session:
        open_ends = store.abandoned(session, now=desk.machine.now())
    settled = sum([desk.survive(desk.settle, row) for row in open_ends])
    with reading(ground.engine) as session:
        due = store.due(session, now=ground.clock.now(), limit=BATCH)
    return settled + sum([desk.survive(desk.send, row) for row in due])


@dataclass(frozen=True)
class _Desk:
    """One pass at work."""

    ground: Ground
    channels: Mapping[str, Channel]
    machine: Clock

    def survive(self, act: Callable[[Delivery], bool], row: Delivery) -> bool:
        """Do one row; whatever goes wrong with it must not keep the others from leaving."""
        try:
            return act(row)
        except Exception as error:
            # The row stays claimed; when its lease has run out it is settled like a crash.
            log.error("delivery_broke", delivery=row.id, error=type(error).__name__, exc_info=True)
            return False

    def send(self, row: Delivery) -> bool:
        """Claim one queued message, send it and record what came of it."""
        assert row.id is not None  # noqa: S101 - a row read from the store has an id
        with durable(self.ground.engine) as session:
            if row.destination in store.resting(session, now=self.machine.now()):
                return False
            claimed = store.claim(session, row.id, holder=self.ground.holder, until=self._until())
        if claimed is None:
            return False
        channel = self.channels.get(claimed.channel)
        if channel is None:
            return self._again(claimed, f"no channel {claimed.channel} is configured")
        return self._attempt(claimed, channel)

    def _attempt(self, row: Delivery, channel: Channel) -> bool:
        try:
            receipt = channel.send(_message(row))
        except InDoubt as error:
            return self._doubtful(row, channel, str(error))
        except TransientError as error:
            return self._again(row, str(error), retry_after_s=error.retry_after_s)
        except (PermanentError, GroundswellError) as error:
            return self._end(row, DeliveryState.FAILED, str(error))
        except Exception as error:
            log.error("channel_broke", delivery=row.id, channel=row.channel, exc_info=True)
            return self._doubtful(row, channel, f"{row.channel} broke: {type(error).__name__}")
        return self._sent(row, receipt)

    def settle(self, row: Delivery) -> bool:
        """Find out what became of a message that was being sent when its sender stopped."""
        ran_out = store.lease_ran_out(row, now=self.machine.now())
        with durable(self.ground.engine) as session:
            if not store.take_over(session, row, holder=self.ground.holder, until=self._until()):
                return False
        channel = self.channels.get(row.channel)
        reason = "the sender stopped before the answer was recorded"
        return self._doubtful(row, channel, reason, waited=ran_out or not row.public)

    def _doubtful(
        self, row: Delivery, channel: Channel | None, reason: str, *, waited: bool = False
    ) -> bool:
        """Settle a message that may have gone out.

        Args:
            row: the message, claimed by us.
            channel: its way out, if it is still configured.
            reason: why there is doubt.
            waited: whether there is no need to wait for a request that was under way.
        """
        able = channel.capabilities if channel else None
        try:
            found = channel.find(_message(row)) if channel and able and able.lookup else None
        except PermanentError as error:
            found, able, reason = None, None, f"{reason}; we cannot look: {error}"
        except TransientError as error:
            log.warning("delivery_not_looked_up", delivery=row.id, reason=masked(str(error)))
            found, waited = None, False
        if found is not None:
            return self._sent(row, found)
        if not row.public or (able and able.idempotent):
            return self._again(row, reason, at_once=waited)
        if able is None or not able.lookup:
            return self._end(row, DeliveryState.IN_DOUBT, reason)
        if waited:  # the platform says that it is not there, and nothing is under way any more
            return self._again(row, reason, at_once=True)
        return False  # stays claimed; looked for again when the lease has run out

    def _sent(self, row: Delivery, receipt: Receipt) -> bool:
        with durable(self.ground.engine) as session:
            recorded = store.record_sent(
                session,
                row,
                at=self.ground.clock.now(),
                remote_id=receipt.remote_id,
                url=receipt.url,
            )
            self._rest(session, row, receipt.rest_s)
        log.info("delivery_sent", delivery=row.id, destination=row.destination, recorded=recorded)
        return recorded

    def _again(
        self,
        row: Delivery,
        reason: str,
        *,
        retry_after_s: float | None = None,
        at_once: bool = False,
    ) -> bool:
        """Put a message back, or give it up after too many tries.

        A platform that only asked us to wait did not refuse: that never gives a message up.
        """
        knobs = self.ground.settings.outbox
        if row.tries >= knobs.max_tries and retry_after_s is None:
            return self._end(
                row, DeliveryState.FAILED, f"given up after {row.tries} tries: {reason}"
            )
        now = self.ground.clock.now()
        wait = store.backoff(row.tries, retry_s=knobs.retry_s)
        next_try_at = now if at_once or retry_after_s is not None else now + wait
        return self._end(
            row, DeliveryState.QUEUED, reason, rest_s=retry_after_s, next_try_at=next_try_at
        )

    def _end(
        self,
        row: Delivery,
        state: DeliveryState,
        reason: str,
        *,
        rest_s: float | None = None,
        **values: datetime,
    ) -> bool:
        reason = masked(reason)
        with durable(self.ground.engine) as session:
            store.record_other(
                session, row, holder=self.ground.holder, state=state, reason=reason, **values
            )
            self._rest(session, row, rest_s or 0.0)
        note = log.info if state is DeliveryState.QUEUED else log.warning
        note(f"delivery_{state}", delivery=row.id, destination=row.destination, reason=reason)
        return False

    def _rest(self, session: Session, row: Delivery, rest_s: float) -> None:
        if rest_s > 0:
            until = self.machine.now() + timedelta(seconds=rest_s)
            store.rest(session, row.destination, until=until)

    def _until(self) -> datetime:
        return self.machine.now() + timedelta(seconds=self.ground.settings.outbox.lease_s)


def _message(row: Delivery) -> Message:
    return Message(key=row.key, text=row.text, payload=row.payload)
