"""The crawl pass: due sources → fetch → parse → clean → store.

A source's cursor and its items are written in one transaction, so a kill anywhere loses nothing
and brings nothing twice: the next look begins where the last committed one ended.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlmodel import Session

from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError, TransientError
from config.ground import Ground
from config.http_client import PoliteClient
from config.logs import event_log
from listener import rhythm, store, store_batch
from listener.answers import host_of
from listener.diagnoses import DiagnosedError
from listener.health import Diagnosis, diagnose
from listener.opening import open_source, rules_for
from listener.pacing import store_pacing
from listener.pacing.metering import Meter
from listener.pacing.moving import follow_move
from listener.preparing import Rules, is_caught_up, prepare
from listener.reading.parsing import clean_bodies
from listener.rechecking import Rechecker, erase_told
from listener.schedule import FARTHEST, asked_until
from listener.side_by_side import SideBySide, one_writer
from listener.sources.base import Batch
from listener.sources.base import Source as Reader
from listener.tables import Product, Source, SourceState

PAGES_A_LOOK = 20
"""Batches taken from one source in one look; the rest waits for the next one."""
LOOK_S = 30.0
"""Machine seconds after which a look turns no further page, so that a slow host holds up no pass;
its source stays due."""
PAGES_AT_ONCE, AT_ONCE_S = 100, 120.0
"""The same where somebody asks for all there is now, and waits for it."""
PASS_S = 60.0
"""Machine seconds after which a pass begins no further look. Those left over stay due, and the next
pass begins with the longest overdue, so that a host with many sources starves no other."""

log = event_log(__name__)


@dataclass(frozen=True)
class Look:
    """What one look at one source came to."""

    source: str
    new: int
    revised: int
    state: SourceState
    reason: str = ""


def recheck(ground: Ground, client: PoliteClient, name: str) -> Look | None:
    """Read one source anew as at its first look; None if it must not be looked at now.

    What is unknown and old comes as history; what is remembered of the place stays, so that the
    next look finds a gap as if this had not been.
    """
    with transaction(ground.engine) as session:
        source = store.source_to_change(session, name)
        if source is not None and source.state is SourceState.GONE:
            source.enabled, source.state = True, SourceState.NEW
    looks = crawl_due(ground, client, everything=True, only=name, anew=True)
    return looks[0] if looks else None


def crawl_due(
    ground: Ground,
    client: PoliteClient,
    *,
    everything: bool = False,
    only: str | None = None,
    anew: bool = False,
) -> list[Look]:
    """Look at every due source and store what is new.

    Args:
        ground: the installation.
        client: the polite client.
        everything: also the sources that are not due yet.
        only: the name of the one source to look at.
        anew: as if it were the first look, but for what is remembered of the place.
    """
    with reading(ground.engine) as session:
        known = {product.id or 0: product for product in store.products(session)}
    writing = one_writer(ground.engine.dialect.name)
    limits = _Limits(PAGES_AT_ONCE, AT_ONCE_S) if everything else _Limits(PAGES_A_LOOK, LOOK_S)
    with ExitStack() as leased:

        def begin(product: Product) -> _Visit | None:
            held = leased.enter_context(_holding(ground, product))
            return _Visit(ground, client, product, held, writing, limits, anew) if held else None

        visits = _Visits(_Wanted(everything, only), ground, known, begin)
        return SideBySide(
            act=visits.look,
            place=lambda source: host_of(source.url) or source.name,
            name=lambda source: source.name,
            workers=ground.settings.listen.workers,
            ends=math.inf if everything else time.monotonic() + PASS_S,
        ).do(visits.due)


@dataclass(frozen=True)
class _Limits:
    """How far one look goes."""

    pages: int
    look_s: float


@dataclass(frozen=True)
class _Wanted:
    """Which sources this pass is about."""

    everything: bool
    only: str | None

    def due(self, ground: Ground) -> list[Source]:
        """Return what is to be looked at as the rows stand now."""
        now = ground.clock.now()
        with reading(ground.engine) as session:
            resting = store.hosts_resting(session, now=now)
            return [
                source
                for source in store.due_sources(session, now=now, everything=self.everything)
                if host_of(source.url) not in resting and self.only in {None, source.name}
            ]


@dataclass(frozen=True)
class _Visits:
    """The products this pass may look at; the lease of each is taken when it has a source due."""

    wanted: _Wanted
    ground: Ground
    known: Mapping[int, Product]
    begin: Callable[[Product], "_Visit | None"]
    begun: dict[int, "_Visit | None"] = field(default_factory=dict)

    def due(self) -> list[Source]:
        """Return what is to be looked at by us, the longest overdue first."""
        for source in self.wanted.due(self.ground):
            if source.product_id in self.known and source.product_id not in self.begun:
                product = self.known[source.product_id]
                self.begun[source.product_id] = self.begin(product)
        # Read again under the leases: whoever held them before us may have moved the cursors on.
        return [one for one in self.wanted.due(self.ground) if self.begun.get(one.product_id)]

    def look(self, source: Source) -> Look:
        """Look at one of them."""
        visit = self.begun[source.product_id]
        assert visit is not None  # noqa: S101 - only what is ours is due
        return visit.look(source)


@contextmanager
def _holding(ground: Ground, product: Product) -> Iterator[leases.Held | None]:
    name = f"crawl:{product.id}"
    with leases.holding(ground.engine, name, clock=SystemClock(), holder=ground.holder) as held:
        if held is None:
            log.info("crawl_left_to_another_process", product=product.name)
        yield held


class _HostRests(TransientError):
    """The host asked for silence."""


class _SourceChanged(TransientError):
    """The operator changed the source during the look."""


_ABANDONED = (leases.LeaseLost, _HostRests, _SourceChanged)
"""Why a look ends without a word about the source: it is looked at again when due."""


@dataclass(frozen=True)
class _Visit:
    """What the looks at one product's sources share."""

    ground: Ground
    client: PoliteClient
    product: Product
    held: leases.Held
    writing: AbstractContextManager[object]
    """Held while a look is written."""
    limits: _Limits
    anew: bool = False

    def look(self, source: Source) -> Look:
        """Look at one source; whatever it does, the others go on."""
        try:
            return self._look(source)
        except _ABANDONED as reason:
            log.warning("look_abandoned", source=source.name, reason=str(reason))
            return Look(source.name, 0, 0, source.state, str(reason))
        except Exception as error:  # even the note of a miss could not be written
            log.error("look_lost", source=source.name, exc_info=error)
            return Look(source.name, 0, 0, source.state, diagnose(error).reason)

    def _look(self, source: Source) -> Look:
        meter = self._meter(source)
        try:
            stored = self._take_all(source, meter)
        except _ABANDONED:
            raise
        except Exception as error:
            if not isinstance(error, GroundswellError):
                log.error("look_broke", source=source.name, exc_info=error)
            diagnosis = diagnose(error)
            self._note_miss(source, diagnosis, meter)
            return Look(source.name, 0, 0, diagnosis.state, diagnosis.reason)
        log.info("source_heard", source=source.name, new=stored.new, revised=stored.revised)
        return Look(source.name, stored.new, stored.revised, SourceState.OK)

    def _take_all(self, source: Source, meter: Meter) -> store_batch.Stored:
        reader = open_source(self.ground, meter, source)
        rules = rules_for(
            self.ground,
            self.product,
            source.name,
            first_fetch=self.anew or self._catches_up(source),
            stable_ids=reader.capabilities.stable_ids,
        )
        ends = time.monotonic() + self.limits.look_s
        asking = Rechecker(self.ground, source, rules, self._check, meter, ends, self.writing)
        try:
            stored = self._take_pages(source, meter, reader, rules, ends=ends)
        except DiagnosedError as error:
            if error.state in {SourceState.NOT_FOUND, SourceState.GONE}:
                asking.take_turn(reader)  # an account that was deleted took its posts along
            raise
        if time.monotonic() < ends:
            stored += asking.take_turn(reader)
            self._count(source, meter)
        return stored

    def _catches_up(self, source: Source) -> bool:
        history = timedelta(hours=self.ground.settings.listen.backfill_after_hours)
        first, last, now = source.first_heard_at, source.last_heard_at, self.ground.clock.now()
        return is_caught_up(first, last, history=history, now=now)

    def _take_pages(
        self, source: Source, meter: Meter, reader: Reader, rules: Rules, *, ends: float
    ) -> store_batch.Stored:
        stored, cursor = store_batch.Stored(), {} if self.anew else dict(source.cursor)
        moved_to: str | None = None
        for page in range(1, self.limits.pages + 1):
            batch = reader.fetch(cursor)
            moved_to = moved_to or batch.moved_to
            goes_on = batch.more and page < self.limits.pages
            batch = replace(batch, moved_to=moved_to)
            stored += self._store(source, batch, rules, meter, goes_on=goes_on)
            cursor = dict(batch.cursor)
            if not goes_on or time.monotonic() >= ends:
                break
        return stored

    def _count(self, source: Source, meter: Meter) -> None:
        """Count what was asked beside the look itself."""
        spent = meter.take()
        if spent.requests:
            now = self.ground.clock.now()
            with self.writing, transaction(self.ground.engine) as session:
                store_pacing.note_spent(session, self._check(session, source), spent, now=now)

    def _meter(self, source: Source) -> Meter:
        """Return the client of one look, by what hosts and quotas allow in this instant.

        Raises:
            _HostRests: since this pass began, the host asked for silence through another source.
        """
        now, host = self.ground.clock.now(), host_of(source.url)
        credential = source.credential or ""
        with reading(self.ground.engine) as session:
            state = store_pacing.host_asked(session, host)
            used_up = store_pacing.quotas_used_up(session, credential, now=now)
        if state.retry_after_at and now < state.retry_after_at <= now + FARTHEST:
            raise _HostRests(f"{host} has just asked us to wait; it is left alone")
        if state.crawl_delay_s is not None:
            self.client.slow_down(source.url, state.crawl_delay_s)
        return Meter(self.client, credential=credential, used_up=used_up, now=self.ground.clock.now)

    def _check(self, session: Session, source: Source) -> Source:
        """Return the row to write to, under our lease and as it stood when we asked the place."""
        leases.check(session, self.held, now=SystemClock().now())
        # Locked, or a change that commits while we write would be mixed with ours.
        row = session.get(Source, source.id, with_for_update=True)
        if row is None or (row.url, row.kind, row.enabled) != (
            source.url,
            source.kind,
            source.enabled,
        ):
            raise _SourceChanged("it was changed or removed while we looked; nothing was stored")
        return row

    def _store(
        self,
        source: Source,
        batch: Batch,
        rules: Rules,
        meter: Meter,
        *,
        goes_on: bool,
    ) -> store_batch.Stored:
        now = self.ground.clock.now()
        knobs = self.ground.settings.listen
        texts = clean_bodies(batch.posts, timeout_s=knobs.parse_timeout_s)
        rules = replace(rules, first_fetch=rules.first_fetch or batch.fills)
        ready = prepare(batch.posts, texts, rules, now=now)
        spent = meter.take()
        took_s = spent.slowest_s  # our own parser may be late where the place was not
        with self.writing, transaction(self.ground.engine) as session:
            row = self._check(session, source)
            stored = store_batch.save_posts(session, source, ready, now=now)
            if stored.new or stored.revised:
                rhythm.note_news(session, row, now=now)
            if batch.loss is not None:
                store.add_gap(session, _id(source), batch.loss, now=now)
            # Between two pages the source stays due: after a kill the rest is fetched at once.
            asked = batch.asked_pause
            due_at = None if goes_on else rhythm.due_after_answer(row, knobs, asked=asked, now=now)
            if self.anew and source.first_heard_at is not None:
                batch = replace(batch, cursor=session.get_one(Source, source.id).cursor)
            store.heard(session, _id(source), batch, now=now, next_due_at=due_at, took_s=took_s)
            store_pacing.note_spent(session, row, spent, now=now)
            erase_told(session, _id(source), batch, now=now)  # the cursor, too, may hold titles
            if not goes_on:
                follow_move(row, batch.moved_to)
        return stored

    def _note_miss(self, source: Source, diagnosis: Diagnosis, meter: Meter) -> None:
        now, asked = self.ground.clock.now(), diagnosis.retry_after_s
        knobs, rests_until = self.ground.settings.listen, asked_until(now, asked)
        if diagnosis.of_quota and asked is not None:
            meter.refused(asked)
        with self.writing, transaction(self.ground.engine) as session:
            row = self._check(session, source)
            due_at = rhythm.due_after_miss(row, knobs, retry_after_s=asked, now=now)
            store.missed(
                session,
                _id(source),
                diagnosis,
                now=now,
                next_due_at=due_at,
                retry_after_at=rests_until,
            )
            store_pacing.note_spent(session, row, meter.take(), now=now)
            if rests_until is not None and not diagnosis.of_quota:
                store.rest_host(session, host_of(source.url), until=rests_until)
        log.warning("source_missed", source=source.name, state=diagnosis.state)


def _id(source: Source) -> int:
    if source.id is None:
        raise ValueError("the source was not stored yet")
    return source.id
