"""A place that falls silent is noticed, and one that was never loud is left in peace."""

from datetime import datetime, timedelta
from typing import Any

from config.database import reading, transaction
from config.ground import Ground
from listener import store
from listener.health import Standing
from listener.sources.base import Loss
from listener.standings import standings, troubles
from listener.tables import Post, Source, SourceState
from tests.conftest import NOON
from tests.listener.installation import declare, watch


def wrote(ground: Ground, source_id: int, *times: datetime) -> None:
    with transaction(ground.engine) as session:
        for number, at in enumerate(times):
            session.add(
                Post(
                    product_id=1,
                    source_id=source_id,
                    identity=str(number),
                    remote_id=str(number),
                    published_at=at,
                    seen_at=at,
                    content_hash="x",
                )
            )


def fares(ground: Ground, name: str = "blog") -> Standing:
    with reading(ground.engine) as session:
        return standings(session, store.sources(session), now=NOON)[name]


def heard(ground: Ground, **more: Any) -> int:
    given: dict[str, Any] = {
        "state": SourceState.OK,
        "posts_seen": True,
        "first_heard_at": NOON - timedelta(days=60),
        "last_heard_at": NOON,
    } | more
    return watch(ground, declare(ground), "https://a.org/feed", **given)


def days(*ago: float) -> list[datetime]:
    return [NOON - timedelta(days=number) for number in ago]


def test_a_place_silent_longer_than_its_rhythm_is_told(ground: Ground) -> None:
    source_id = heard(ground)
    wrote(ground, source_id, *days(*(3 + number for number in range(12))))
    assert fares(ground).state == "silent"
    assert "3.0 days" in fares(ground).reason
    assert "source check NAME" in (fares(ground).remedy or "")


def test_an_old_place_that_was_added_just_now_is_not_silent(ground: Ground) -> None:
    """It ended before we listened; it is so once we have listened for longer than its rhythm."""
    source_id = heard(ground, first_heard_at=NOON - timedelta(hours=1))
    wrote(ground, source_id, *days(*(300 + number for number in range(12))))
    with reading(ground.engine) as session:
        assert fares(ground).state == "ok"
        assert troubles(session, now=NOON) == []
    with transaction(ground.engine) as session:
        session.get_one(Source, source_id).first_heard_at = NOON - timedelta(days=2)
    assert fares(ground).reason == (
        "it answers, but nothing new came for 2.0 days, longer than its rhythm"
    )


def test_a_removed_place_and_one_that_is_not_heard_are_not_silent(ground: Ground) -> None:
    source_id = heard(ground, enabled=False)
    wrote(ground, source_id, *days(*(3 + number for number in range(12))))
    assert fares(ground).state == "ok"
    with transaction(ground.engine) as session:
        row = session.get_one(Source, source_id)
        row.enabled, row.state, row.reason = True, SourceState.TIMED_OUT, "late"
    assert fares(ground) == Standing("timed_out", "late")


def test_a_gap_is_said_for_a_day(ground: Ground) -> None:
    source_id = heard(ground)
    for hours, state in ((30, "ok"), (2, "gap")):
        with transaction(ground.engine) as session:
            found_at = NOON - timedelta(hours=hours)
            store.add_gap(session, source_id, Loss("rolled over"), now=found_at)
        assert fares(ground).state == state


def test_a_person_is_told_of_each_watched_place_in_trouble(ground: Ground) -> None:
    silent = heard(ground)
    wrote(ground, silent, *days(*(3 + number for number in range(12))))
    product, long = 1, NOON - timedelta(hours=7)
    failing: dict[str, Any] = {"state": SourceState.TIMED_OUT, "failing_since": long}
    watch(ground, product, "b", "slow", **failing)
    watch(ground, product, "c", "removed", enabled=False, **failing)
    watch(ground, product, "d", "ended", enabled=False, state=SourceState.GONE, failing_since=NOON)
    holed = watch(ground, product, "e", "holed", state=SourceState.OK)
    with transaction(ground.engine) as session:
        store.add_gap(session, holed, Loss("lost"), now=NOON - timedelta(hours=2))
        store.add_gap(session, holed, Loss("lost"), now=NOON - timedelta(hours=1))
    with reading(ground.engine) as session:
        found = [(one.source.name, one.kind, one.since) for one in troubles(session, now=NOON)]
    assert found == [
        ("blog", "silent", NOON - timedelta(days=3)),
        ("ended", "gone", NOON),
        ("holed", "gap", NOON - timedelta(hours=2)),
        ("slow", "failing", long),
    ]
