"""The outbox: claim, send, record. The only place that calls ``Channel.send``.

A message is claimed in a transaction of its own before the first byte leaves, and recorded in
another one after the answer. What is found claimed and never recorded is in doubt: we look at the
platform first. If that settles nothing, an alert is sent again (a double alert is harmless) and a
public text waits for a person (a double public reply is not).

Where the platform can be read, a public text is looked for before the first try as well: a store
that was restored or copied does not know what left since.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from config.clock import Clock, SystemClock
from config.database import durable, reading, transaction
from config.errors import GroundswellError, PermanentError, TransientError
from config.ground import Ground
from config.logs import event_log, masked
from responders.delivery import store
from responders.delivery import store_sending as sending
from responders.delivery.barring import DELETED, Bar, barred
from responders.delivery.changing import take_over, way_of
from responders.delivery.channels.base import Channel, Closed, InDoubt, Message, Publisher, Receipt
from responders.delivery.erasures import blank, words_to_blank
from responders.delivery.opening import open_channels, ways_of
from responders.delivery.overtaking import state_now
from responders.delivery.quiet import after_quiet, told_quiet
from responders.delivery.store_sending import EVERYWHERE, Scope
from responders.delivery.tables import Delivery, DeliveryState

BATCH = 100
"""Messages of one pass at the most; the next pass goes on."""
LOOKED_FOR = timedelta(hours=1)
"""How long we look for a public text at a platform that does not answer; then a person is told."""
PUBLIC_WAIT_S, ALERT_WAIT_S = 3600.0, 600.0
"""The longest wait between two tries."""
MARGIN_S = 10.0
"""What a send may take besides its request."""
HANDED_OVER = "waiting for a person to post it"

log = event_log(__name__)


def channels_of(ground: Ground, publisher: Publisher | None = None) -> Mapping[str, Channel]:
    """Return every configured channel by its kind, for the life of the pass.

    Args:
        ground: the installation.
        publisher: keeps the public page; without one nothing can be published there.
    """
    ways = replace(ways_of(ground.settings, publisher), key=ground.key, clock=ground.clock)
    return open_channels(ground.settings, ways)


def deliver_due(
    ground: Ground,
    channels: Mapping[str, Channel],
    *,
    machine: Clock | None = None,
    scope: Scope = EVERYWHERE,
) -> int:
    """Take back what answers an erased post, settle what a crash left open, send what is due.

    While somebody holds everything back, nothing is sent; doubts are still settled.

    Args:
        ground: what the pass stands on; its clock says what is due.
        channels: every configured channel by its kind.
        machine: the time of leases and of the platforms' Retry-After, by default the machine's.
        scope: which destinations are served; where it is but one, what is over is left to others.

    Returns:
        How many messages were found to stand where they should.
    """
    desk = _Desk(ground, channels, machine or SystemClock())
    if scope.only is None:
        _forget(desk)
    with reading(ground.engine) as session:
        open_ends = sending.abandoned(session, now=desk.machine.now())
    mine = [row for row in open_ends if scope.has(row.destination)]
    settled = sum([desk.survive(desk.settle, row) for row in mine])
    return settled + sum([desk.survive(desk.send, row) for row in _due(desk, scope)])


def _forget(desk: "_Desk") -> None:
    """Take back what answers an erased post, and the words of erased posts out of what is over."""
    with reading(desk.ground.engine) as session:
        for_nobody, repeating = sending.bereft(session), words_to_blank(session)
    for row in for_nobody:
        desk.survive(desk.drop, row)
    for row in repeating:
        desk.survive(desk.blank, row)


def _due(desk: "_Desk", scope: Scope) -> list[Delivery]:
    now, machine_now = desk.ground.clock.now(), desk.machine.now()
    with reading(desk.ground.engine) as session:
        if store.paused(session):
            return []
        found = sending.due(session, now=now, machine_now=machine_now, limit=BATCH, scope=scope)
        return list(found)


@dataclass(frozen=True)
class _Desk:
    """One pass at work."""

    ground: Ground
    channels: Mapping[str, Channel]
    machine: Clock
    silent: set[str] = field(default_factory=set)
    """Destinations that did not answer in this pass: the others do not wait for them again."""

    def survive(self, act: Callable[[Delivery], bool], row: Delivery) -> bool:
        """Do one row; whatever goes wrong with it must not keep the others from leaving."""
        try:
            return act(row)
        except Exception as error:
            # The row stays claimed; when its lease has run out it is settled like a crash.
            log.error("delivery_broke", delivery=row.id, error=type(error).__name__, exc_info=True)
            return False

    def drop(self, row: Delivery) -> bool:
        """Cancel what answers a post that was erased; its words go with it."""
        with durable(self.ground.engine) as session:
            done = sending.bar(session, row, state=DeliveryState.CANCELLED, reason=DELETED)
        log.info("delivery_cancelled", delivery=row.id, reason=DELETED, recorded=done)
        return False

    def blank(self, row: Delivery) -> bool:
        """Take the words of erased posts out of a message that is over."""
        with transaction(self.ground.engine) as session:
            done = blank(session, row)
        log.info("delivery_blanked", delivery=row.id, recorded=done)
        return False

    def send(self, row: Delivery) -> bool:
        """Send one queued message, unless it stands there already, and record what came of it."""
        if row.destination in self.silent or self._is_held(row):
            return False
        channel = way_of(row, self.channels.get(row.channel))
        trouble = None
        if channel and _may_stand(row, channel):
            try:
                found = self._look(row, channel)
            except PermanentError as error:  # nothing says that it stands there
                log.info("delivery_not_looked_up", delivery=row.id, reason=masked(str(error)))
            except TransientError as error:
                trouble = error
            else:
                if found is not None:
                    return self._sent(row, found, unclaimed=True)
        claimed = self._claim(row)
        if claimed is None:
            return False
        if channel is None:
            return self._again(claimed, f"no channel {claimed.channel} is configured")
        if trouble is not None:
            self.silent.add(row.destination)
            return self._again(claimed, str(trouble), retry_after_s=trouble.retry_after_s)
        return self._attempt(claimed, channel)

    def _is_held(self, row: Delivery) -> bool:
        """Tell whether it would be in vain to look; the claim asks again and has the last word."""
        with reading(self.ground.engine) as session:
            resting = sending.resting(session, now=self.machine.now())
            return store.paused(session) is not None or row.destination in resting

    def _claim(self, row: Delivery) -> Delivery | None:
        """Take the message if it may leave at this moment."""
        now = self.ground.clock.now()
        with durable(self.ground.engine) as session:
            store.make_pause(session, now=now)
            if store.paused(session, hold=True):
                return None
            if row.destination in sending.resting(session, now=self.machine.now()):
                return None
            found = sending.locked(session, row)
            if found is None or found.id is None:
                return None
            erased, state = sending.post_erased(session, found), state_now(session, found)
            bar = barred(found, post_erased=erased, state=state)
            loud_at = after_quiet(told_quiet(found.target), now)
            if bar is None and loud_at > now:
                sending.put_off(session, found, until=loud_at)
                return None
            if bar is None:
                holder, until = self.ground.holder, self._until()
                return sending.claim(session, found.id, holder=holder, until=until, now=now)
            sending.bar(session, found, state=bar.state, reason=bar.reason)
        self._tell(row, bar)
        return None

    def _tell(self, row: Delivery, bar: Bar) -> None:
        note = log.error if bar.state is DeliveryState.FAILED else log.info
        note(f"delivery_{bar.state}", delivery=row.id, key=row.key, reason=bar.reason)

    def _attempt(self, row: Delivery, channel: Channel) -> bool:
        try:
            receipt = channel.send(_message(row))
        except InDoubt as error:
            self.silent.add(row.destination)
            return self._doubtful(row, channel, str(error))
        except TransientError as error:
            self.silent.add(row.destination)
            return self._again(row, str(error), retry_after_s=error.retry_after_s)
        except (PermanentError, GroundswellError) as error:
            closed = isinstance(error, Closed)
            return self._end(row, DeliveryState.FAILED, str(error), closed=closed)
        except Exception as error:
            log.error("channel_broke", delivery=row.id, channel=row.channel, exc_info=True)
            return self._doubtful(row, channel, f"{row.channel} broke: {type(error).__name__}")
        if channel.capabilities.by_hand:
            return self._end(row, DeliveryState.BY_HAND, HANDED_OVER)
        return self._sent(row, receipt)

    def settle(self, row: Delivery) -> bool:
        """Find out what became of a message that was being sent when its sender stopped."""
        ran_out = sending.lease_ran_out(row, now=self.machine.now())
        with durable(self.ground.engine) as session:
            if not sending.take_over(session, row, holder=self.ground.holder, until=self._until()):
                return False
        channel = way_of(row, self.channels.get(row.channel))
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
        looks = channel is not None and channel.capabilities.lookup
        try:
            found = self._look(row, channel) if channel and looks else None
        except PermanentError as error:
            found, looks, reason = None, False, f"{reason}; we cannot look: {error}"
        except TransientError as error:
            log.warning("delivery_not_looked_up", delivery=row.id, reason=masked(str(error)))
            found, waited, reason = None, False, f"{reason}; we looked in vain: {error}"
            looks = self.ground.clock.now() - row.next_try_at < LOOKED_FOR
        if found is not None:
            return self._sent(row, found)
        if not row.public or (able and (able.idempotent or able.by_hand)):
            return self._again(row, reason, at_once=waited)
        if not looks:
            return self._end(row, DeliveryState.IN_DOUBT, _evidence(row, reason))
        if waited:  # the platform says that it is not there, and nothing is under way any more
            return self._again(row, reason, at_once=True)
        return False  # stays claimed; looked for again when the lease has run out

    def _look(self, row: Delivery, channel: Channel) -> Receipt | None:
        """Look for a message where it should stand; the proof of another one proves nothing.

        Raises:
            TransientError, PermanentError: as ``Channel.find`` does.
        """
        try:
            found = channel.find(_message(row))
        except GroundswellError:
            raise
        except Exception as error:
            log.error("channel_broke", delivery=row.id, channel=row.channel, exc_info=True)
            raise TransientError(f"{row.channel} broke: {type(error).__name__}") from error
        if found is None:
            return None
        with reading(self.ground.engine) as session:
            taken = sending.is_anothers(session, row, remote_id=found.remote_id, url=found.url)
        return None if taken else found

    def _sent(self, row: Delivery, receipt: Receipt, *, unclaimed: bool = False) -> bool:
        with durable(self.ground.engine) as session:
            recorded = sending.record_sent(
                session,
                row,
                at=self.ground.clock.now(),
                remote_id=receipt.remote_id,
                url=receipt.url,
                note=receipt.note,
                unclaimed=unclaimed,
            )
            if recorded:
                take_over(session, row, at=self.ground.clock.now())
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
        """Put a message back, or give it up after too many tries; an alert after too long a time.

        A platform that only asked us to wait did not refuse: that never gives a message up.
        """
        if self._is_hopeless(row) and retry_after_s is None:
            return self._end(
                row, DeliveryState.FAILED, f"given up after {row.tries} tries: {reason}"
            )
        now = self.ground.clock.now()
        longest_s = PUBLIC_WAIT_S if _counts_tries(row) else ALERT_WAIT_S
        knobs = self.ground.settings.outbox
        wait = sending.backoff(row.tries, retry_s=knobs.retry_s, longest_s=longest_s)
        next_try_at = now if at_once or retry_after_s is not None else now + wait
        return self._end(
            row, DeliveryState.QUEUED, reason, rest_s=retry_after_s, next_try_at=next_try_at
        )

    def _is_hopeless(self, row: Delivery) -> bool:
        knobs = self.ground.settings.outbox
        if _counts_tries(row):
            return row.tries >= knobs.max_tries
        return self.ground.clock.now() - row.created_at >= timedelta(hours=knobs.alert_hours)

    def _end(
        self,
        row: Delivery,
        state: DeliveryState,
        reason: str,
        *,
        rest_s: float | None = None,
        closed: bool = False,
        **values: datetime,
    ) -> bool:
        reason = masked(reason)
        more: dict[str, Any] = {**values, "forbidden": reason} if closed else {**values}
        with durable(self.ground.engine) as session:
            sending.record_other(
                session, row, holder=self.ground.holder, state=state, reason=reason, **more
            )
            self._rest(session, row, rest_s or 0.0)
        expected = (DeliveryState.QUEUED, DeliveryState.BY_HAND)
        note = log.info if state in expected else log.warning
        note(f"delivery_{state}", delivery=row.id, destination=row.destination, reason=reason)
        return False

    def _rest(self, session: Session, row: Delivery, rest_s: float) -> None:
        if rest_s > 0:
            until = self.machine.now() + timedelta(seconds=rest_s)
            sending.rest(session, row.destination, until=until)

    def _until(self) -> datetime:
        """Return when nothing of a send that begins now can be under way any more."""
        settings = self.ground.settings
        longest_s = settings.http.spacing_s + settings.http.deadline_s + MARGIN_S
        return self.machine.now() + timedelta(seconds=max(settings.outbox.lease_s, longest_s))


def _may_stand(row: Delivery, channel: Channel) -> bool:
    """Tell whether to look before a message is sent.

    Strangers would read it twice; others, too, where it was tried before. A platform that knows a
    second send again does so for some minutes only, and an alert is tried for a day.
    """
    return channel.capabilities.lookup and (row.public or row.tries > 0)


def _counts_tries(row: Delivery) -> bool:
    """Tell whether a person is asked after some tries; what is for the on-call people goes on."""
    return row.public or row.kind == store.TICKET


def _message(row: Delivery) -> Message:
    return Message(
        key=row.key, text=row.text, payload=row.payload, target=row.target,
        destination=row.destination, issue_id=row.issue_id,
    )  # fmt: skip


def _evidence(row: Delivery, reason: str) -> str:
    """Say what a person must know to settle a doubt: what was sent where, when, what came back."""
    where = row.target.get("post_url") or row.target.get("thread_url") or row.destination
    began = f"{row.next_try_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{reason}; try {row.tries} to {where} began at {began}, look there whether it stands"
