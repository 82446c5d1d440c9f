"""Ask sources again for posts: what was edited becomes a revision, what was deleted is erased.

In the source's own turn, after its look and within its time, and never more than its capability
says. Whatever goes wrong here, the look stands, and what was told before is kept.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, cast

from sqlmodel import Session

from config.database import reading, transaction
from config.errors import GroundswellError
from config.ground import Ground
from config.logs import event_log
from listener import store, store_batch
from listener.answers import host_of
from listener.diagnoses import is_of_one
from listener.health import diagnose
from listener.minding import store_minding as minding
from listener.minding.believing import Doubt, believed
from listener.minding.erasing import erase_posts
from listener.pacing.metering import Meter
from listener.preparing import Rules, prepare
from listener.reading.parsing import clean_bodies
from listener.schedule import asked_until
from listener.sources.base import Batch, RawPost, Recheck, Rechecking
from listener.sources.base import Source as Reader
from listener.store_batch import ReadyPost, Stored
from listener.tables import Post, Source

PAUSE: Final = timedelta(hours=1)
"""How long a post that was asked for is left alone. What was deleted at Reddit must be erased
within a day, so each of its posts is asked for many times in it."""

log = event_log(__name__)


@dataclass
class _Told:
    """What a source told in one turn."""

    posts: list[RawPost] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    """Ids that were asked for with an answer, be it that it leaves them out."""
    refused: set[str] = field(default_factory=set)
    """Ids that were asked for in vain."""
    error: GroundswellError | None = None
    """The last one."""

    def add(self, ids: Sequence[str], told: Recheck) -> None:
        """Take one answer."""
        self.answered.update(ids)
        self.posts += told.posts
        self.deleted.update(told.deleted)

    @property
    def asked(self) -> set[str]:
        """The ids that were asked for."""
        return self.answered | self.refused


@dataclass(frozen=True)
class Rechecker:
    """Asks one source again, in its turn."""

    ground: Ground
    source: Source
    rules: Rules
    check: Callable[[Session, Source], object]
    """Refuses to write where the lease is lost or the source was changed."""
    meter: Meter
    """The client of the look."""
    ends: float
    """Monotonic seconds after which no further slice is asked for: the end of the look."""
    writing: AbstractContextManager[object] = field(default_factory=nullcontext)
    """Held while something is written, as by every look."""

    def take_turn(self, reader: Reader) -> Stored:
        """Ask for what is due and write what became of it; whatever goes wrong is only noted."""
        turn, now = turn_of(reader), self.ground.clock.now()
        if turn is None:
            return Stored()
        try:
            with reading(self.ground.engine) as session:
                due = minding.due_for_recheck(session, self.source.id or 0, turn, now=now)
                titles = minding.thread_titles(session, due)
            return self._ask(reader, due, titles, now=now) if due else Stored()
        except GroundswellError as error:
            self._note(error)
        except Exception as error:
            log.error("recheck_broke", source=self.source.name, exc_info=error)
        return Stored()

    def _ask(
        self, reader: Reader, due: Sequence[Post], titles: Mapping[str, str], *, now: datetime
    ) -> Stored:
        told = self._hear(reader, list(dict.fromkeys(post.remote_id for post in due)))
        asked = [post for post in due if post.remote_id in told.asked]
        ready: list[ReadyPost] = []
        try:
            ready = self._ready(told, titles, now=now)
        except Exception as error:
            log.error("recheck_broke", source=self.source.name, exc_info=error)
        stored = self._written(asked, told, ready, now=now) if asked else Stored()
        if told.error is not None:
            self._note(told.error)
        return stored

    def _hear(self, reader: Reader, ids: Sequence[str]) -> _Told:
        """Ask in slices until the look ends; an error ends it unless it is about one post."""
        told, size = _Told(), reader.capabilities.recheck_a_slice
        for start in range(0, len(ids), size):
            part = ids[start : start + size]
            try:
                told.add(part, cast("Rechecking", reader).recheck(part))
            except GroundswellError as error:
                told.error = error
                if diagnose(error).retry_after_s is None:
                    # What it stumbles over must not stand before all others in every turn.
                    told.refused.update(part)
                if not is_of_one(error):
                    break
            except Exception as error:
                log.error("recheck_broke", source=self.source.name, exc_info=error)
                told.refused.update(part)
            if time.monotonic() >= self.ends:
                break
        return told

    def _ready(self, told: _Told, titles: Mapping[str, str], *, now: datetime) -> list[ReadyPost]:
        # A post by itself need not name its thread, whose title says what "same here" is about.
        posts = [
            replace(raw, thread_title=raw.thread_title or titles.get(raw.remote_id))
            for raw in told.posts
            if raw.remote_id in told.answered
        ]
        timeout_s = self.ground.settings.listen.parse_timeout_s
        return prepare(posts, clean_bodies(posts, timeout_s=timeout_s), self.rules, now=now)

    def _written(
        self, asked: Sequence[Post], told: _Told, ready: Sequence[ReadyPost], *, now: datetime
    ) -> Stored:
        with self.writing, transaction(self.ground.engine) as session:
            self.check(session, self.source)
            stored, erased = self._write(session, asked, told, ready, now=now)
        log.info(
            "posts_rechecked",
            source=self.source.name,
            asked=len(asked),
            revised=stored.revised,
            erased=erased,
        )
        return stored

    def _write(
        self,
        session: Session,
        asked: Sequence[Post],
        told: _Told,
        ready: Sequence[ReadyPost],
        *,
        now: datetime,
    ) -> tuple[Stored, int]:
        stored = store_batch.save_posts(session, self.source, ready, now=now)
        minding.mark_rechecked(session, [post.id or 0 for post in asked], now=now)
        answered = [post for post in asked if post.remote_id in told.answered]
        gone = [post for post in answered if post.remote_id in told.deleted]
        back = [post.id or 0 for post in answered if post.gone_at and post not in gone]
        minding.mark_gone(session, back, now=None)
        return stored, _erase_believed(
            session, gone, answered=len(ready) + len(told.deleted), now=now
        )

    def _note(self, error: GroundswellError) -> None:
        found = diagnose(error)
        until = asked_until(self.ground.clock.now(), found.retry_after_s)
        if found.of_quota and found.retry_after_s is not None:
            self.meter.refused(found.retry_after_s)  # others may ask the host in another name
        elif until is not None:
            with self.writing, transaction(self.ground.engine) as session:
                store.rest_host(session, host_of(self.source.url), until=until)
        log.warning("recheck_unanswered", source=self.source.name, reason=found.reason)


def turn_of(reader: Reader) -> minding.Turn | None:
    """Return what may be asked for again of a source; None where it cannot be asked."""
    able = reader.capabilities
    if able.recheck_at_once < 1:
        return None
    return minding.Turn(able.recheck_at_once, timedelta(hours=able.recheck_fresh_hours), PAUSE)


def erase_told(session: Session, source_id: int, batch: Batch, *, now: datetime) -> int:
    """Erase what a look told to be deleted; return how many posts that were."""
    gone = minding.standing_posts(session, source_id, batch.deleted)
    answered = len(batch.posts) + len(batch.deleted)
    return _erase_believed(session, gone, answered=answered, now=now)


def _erase_believed(session: Session, gone: Sequence[Post], *, answered: int, now: datetime) -> int:
    """Erase what was deleted as far as that is believed; the rest waits for a second word."""
    early = now - PAUSE
    before = frozenset(post.id or 0 for post in gone if post.gone_at and post.gone_at <= early)
    told = Doubt(answered=answered, gone=frozenset(post.id or 0 for post in gone), before=before)
    sure = believed(told)
    if doubted := told.gone - sure:
        fresh = [post.id or 0 for post in gone if post.gone_at is None and post.id in doubted]
        minding.mark_gone(session, fresh, now=now)
        log.warning("deletions_doubted", posts=len(doubted), answered=answered)
    erased = erase_posts(session, sure, now=now)
    if erased:
        log.info("posts_erased", posts=erased, reason="deleted at its source")
    return erased
