"""A place that falls silent is noticed, and one that was never loud is left in peace."""

from datetime import datetime, timedelta
from typing import Any

from config.database import reading, transaction
from config.ground import Ground
from listener import store
from listener.health import Standing
from listener.sources.base import Loss
from listener.standings import standings
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
