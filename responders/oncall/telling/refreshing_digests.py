"""Keep the digest of a storm true where it can be edited; part of the deliver pass.

The message left in our own words only; titles come with the first edit, so that no row holds words
that somebody may erase. What got worse in the list is told below it, all of one look together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from config import leases
from config.clock import Clock, SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError, TransientError
from config.ground import Ground
from config.logs import event_log, masked
from responders.delivery import store as outbox
from responders.delivery import store_sending as sending
from responders.delivery.channels.base import Channel, Gone, Message, Redrawing
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.oncall.grouping import rank
from responders.oncall.storms import store_storms as store
from responders.oncall.tables import DigestShown
from responders.oncall.telling.digest import Digest
from responders.oncall.telling.digesting import LOOKED_BACK, digest_of, drawn
from responders.oncall.telling.refreshing import LINE

EVERY = timedelta(seconds=5)
"""Between two edits of one digest: a storm of hundreds would use up what the platform allows."""
WORSE = 10
"""So many that got worse are named in one line; the list names them all."""

log = event_log(__name__)


def refresh_digests(
    ground: Ground,
    channels: Mapping[str, Channel],
    *,
    machine: Clock | None = None,
    only: str | None = None,
) -> int:
    """Bring every digest up to date, or one destination's; return how many were edited."""
    clock, done = machine or SystemClock(), 0
    for to in destinations(ground.settings):
        if only not in (None, to.name):
            continue
        channel = channels.get(to.channel)
        if not (to.keeps_cards and isinstance(channel, Redrawing)):
            continue
        desk = _Desk(ground, to, channel, clock)
        if desk.has_work():
            with leases.holding(
                ground.engine, f"cards:{to.name}", clock=clock, holder=ground.holder
            ) as held:
                done += desk.refresh() if held is not None else 0
    return done


@dataclass(frozen=True)
class _Desk:
    """One destination's digests at one pass."""

    ground: Ground
    to: Destination
    channel: Redrawing
    machine: Clock

    def has_work(self) -> bool:
        """Tell whether a digest was sent and not noted, or looks otherwise than its rows do."""
        since = self.ground.clock.now() - LOOKED_BACK
        with reading(self.ground.engine) as session:
            return bool(store.unnoted(session, self.to.name)) or any(
                row.shown.get("mark") != store.mark(session, storm)
                for row, storm in store.standing(session, self.to.name, since=since)
            )

    def refresh(self) -> int:
        """Edit what is not true any more."""
        self._note_sent()
        now, done = self.ground.clock.now(), 0
        with reading(self.ground.engine) as session:
            found = store.standing(session, self.to.name, since=now - LOOKED_BACK)
        for row, storm in found:
            if row.shown and now - row.changed_at < EVERY:
                continue
            with reading(self.ground.engine) as session:
                mark = store.mark(session, storm)
                if row.shown.get("mark") == mark:
                    continue
                digest = digest_of(session, self.ground, storm)
            if not self._must_wait():
                done += self._look(row, digest, mark)
        return done

    def _must_wait(self) -> bool:
        with reading(self.ground.engine) as session:
            resting = sending.resting(session, now=self.machine.now())
            waits = not resting.isdisjoint({self.to.name, self._edits})
            return waits or outbox.paused(session) is not None

    @property
    def _edits(self) -> str:
        """Name the edits as something that rests by itself: a failed one must hold up no alert."""
        return f"{self.to.name}|edits"

    def _note_sent(self) -> None:
        with transaction(self.ground.engine) as session:
            for row, older in store.unnoted(session, self.to.name):
                session.add(_noted(row, older))

    def _look(self, row: DigestShown, digest: Digest, mark: str) -> bool:
        text, payload = drawn(digest, self.to.channel)
        looks = sha256(dumps([text, payload], sort_keys=True).encode()).hexdigest()
        if looks == row.drawn_sha256:
            self._note(row, shown={**row.shown, "mark": mark})
            return False
        key = f"{self.to.name}|storm|{row.storm_id}|{LINE}"
        return self._edit(row, digest, Message(key=key, text=text, payload=payload), mark, looks)

    def _edit(
        self, row: DigestShown, digest: Digest, message: Message, mark: str, looks: str
    ) -> bool:
        try:
            receipt = self.channel.redraw(row.message_id, message)
        except Gone:
            log.warning("digest_gone", storm=row.storm_id, destination=self.to.name)
            self._note(row, gone_at=self.ground.clock.now())
            return False
        except TransientError as error:
            self._rest(error)
            return False
        except GroundswellError as error:  # asked for again when the list changes next
            log.error("digest_not_edited", storm=row.storm_id, reason=masked(str(error)))
            self._note(row, shown={**row.shown, "mark": mark})
            return False
        self._edited(row, digest, mark, looks)
        if receipt.rest_s > 0:
            self._rest(TransientError("the limit is near", retry_after_s=receipt.rest_s))
        return True

    def _edited(self, row: DigestShown, digest: Digest, mark: str, looks: str) -> None:
        before: Mapping[str, str] = row.shown.get("severity", {})
        now = {str(one.number): one.severity for one in digest.listed}
        worse = [
            one.number
            for one in digest.listed
            if not one.over and rank(before.get(str(one.number), one.severity)) < rank(one.severity)
        ]
        lines = int(row.shown.get("lines", 0)) + bool(worse)
        shown = {"severity": now, "lines": lines, "mark": mark}
        with transaction(self.ground.engine) as session:
            if worse:
                outbox.queue(session, self._line(row, digest, worse, number=lines))
            self._write(
                session.get_one(DigestShown, row.id),
                shown=shown, drawn_sha256=looks, changed_at=self.ground.clock.now(),
            )  # fmt: skip
        log.info("digest_edited", storm=row.storm_id, issues=len(digest.listed))

    def _line(self, row: DigestShown, digest: Digest, worse: list[int], *, number: int) -> Delivery:
        now = self.ground.clock.now()
        named = {one.number: one.severity for one in digest.listed}
        told = ", ".join(f"GS-{each} {named[each]}" for each in worse[:WORSE])
        rest = f" and {len(worse) - WORSE} more" if len(worse) > WORSE else ""
        text = f"Worse now: {told}{rest}; see the list above."
        return Delivery(
            key=f"{self.to.name}|storm|{row.storm_id}|{LINE}|{number}",
            product_id=row.product_id, channel=self.to.channel, destination=self.to.name,
            target={"below": row.message_id, "thread_name": "storm"}, kind=LINE, text=text,
            payload={"content": text} if self.to.channel == "discord" else {},
            next_try_at=now, created_at=now,
        )  # fmt: skip

    def _note(self, row: DigestShown, **values: Any) -> None:
        with transaction(self.ground.engine) as session:
            self._write(session.get_one(DigestShown, row.id), **values)

    def _write(self, row: DigestShown, **values: Any) -> None:
        for name, value in values.items():
            setattr(row, name, value)

    def _rest(self, error: TransientError) -> None:
        asked = error.retry_after_s is not None
        wait_s = error.retry_after_s or self.ground.settings.outbox.retry_s
        until = self.machine.now() + timedelta(seconds=wait_s)
        with transaction(self.ground.engine) as session:
            sending.rest(session, self.to.name if asked else self._edits, until=until)
        log.info("digests_wait", destination=self.to.name, reason=masked(str(error)), wait_s=wait_s)


def _noted(row: Delivery, older: DigestShown | None) -> DigestShown:
    """Return the row of a digest that was sent; the lines below it are counted on."""
    noted = older or DigestShown(
        product_id=row.product_id, storm_id=int(row.target["storm"]), destination=row.destination,
        delivery_id=0, message_id="", changed_at=row.created_at,
    )  # fmt: skip
    noted.delivery_id, noted.message_id = row.id or 0, row.remote_id or ""
    noted.shown = {"lines": older.shown.get("lines", 0)} if older else {}
    noted.drawn_sha256, noted.gone_at = "", None
    noted.changed_at = row.sent_at or row.created_at
    return noted
