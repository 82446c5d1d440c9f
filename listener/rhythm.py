"""From a source's row to when it is due again, and back: the schedule's rule over what is stored.

Apart from the crawl, which asks, and from the schedule, which is pure: here the rhythm is kept in
the row, so that a look at an unchanged place asks nothing of its posts.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from config.settings import ListenKnobs
from listener import store
from listener.schedule import RHYTHM_POSTS, Pace, interval_for, next_due, usual_pause_of
from listener.tables import Source


def note_news(session: Session, source: Source, *, now: datetime) -> None:
    """Note that a look brought something new, and what that makes of the place's rhythm."""
    pause = usual_pause_of(store.post_times(session, source.id or 0, limit=RHYTHM_POSTS))
    source.last_new_at = now  # after the question, which would write the row before its time
    source.usual_pause_s = None if pause is None else pause.total_seconds()


def due_after_answer(
    source: Source, knobs: ListenKnobs, *, asked: timedelta | None, now: datetime
) -> datetime:
    """Return when to look again at a place that answered.

    Args:
        source: its row, with the news of this look noted.
        knobs: the bounds.
        asked: the pause that its publisher asks for.
        now: aware UTC.
    """
    pause = source.usual_pause_s
    interval = interval_for(
        _pace(knobs),
        usual_pause=None if pause is None else timedelta(seconds=pause),
        quiet=max(now - (source.last_new_at or source.created_at), timedelta()),
        asked=asked,
        hurried=source.sooner_until is not None and now < source.sooner_until,
    )
    return next_due(now, interval=interval, name=source.name)


def due_after_miss(
    source: Source, knobs: ListenKnobs, *, retry_after_s: float | None, now: datetime
) -> datetime:
    """Return when to look again at a place that did not answer, this miss not counted yet.

    However much breaks, one that fails is not hurried.
    """
    return next_due(
        now,
        interval=_pace(knobs).shortest,
        failures=source.failures + 1,
        retry_after_s=retry_after_s,
        name=source.name,
    )


def _pace(knobs: ListenKnobs) -> Pace:
    return Pace(
        shortest=timedelta(minutes=knobs.interval_minutes),
        longest=timedelta(minutes=knobs.longest_minutes),
        burst=timedelta(minutes=knobs.burst_minutes),
    )
