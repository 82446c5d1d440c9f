"""What was asked is counted by the UTC day; what hosts and platforms allow is kept in rows."""

from datetime import timedelta

from config.database import reading, transaction
from config.ground import Ground
from listener import store
from listener.pacing import store_pacing
from listener.pacing.metering import Spent
from listener.pacing.quotas import QuotaKey, QuotaLeft
from listener.tables import HostState, Source
from tests.conftest import NOON
from tests.listener.installation import declare, rows, source, watch

HOUR = timedelta(hours=1)
KEY = QuotaKey("api.example", "ours", "core")


def spend(ground: Ground, found: int, spent: Spent, *, later: timedelta = timedelta()) -> None:
    with transaction(ground.engine) as session:
        row = session.get_one(Source, found)
        store_pacing.note_spent(session, row, spent, now=NOON + later)


def used_up(ground: Ground, credential: str, later: timedelta = timedelta()) -> set[QuotaKey]:
    with reading(ground.engine) as session:
        return set(store_pacing.quotas_used_up(session, credential, now=NOON + later))


def test_requests_are_counted_anew_each_day(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u")
    assert store_pacing.requests_today(source(ground), now=NOON) == 0

    spend(ground, found, Spent(2))
    spend(ground, found, Spent(3), later=HOUR)
    assert store_pacing.requests_today(source(ground), now=NOON + HOUR) == 5
    assert store_pacing.requests_today(source(ground), now=NOON + 12 * HOUR) == 0

    spend(ground, found, Spent(1), later=12 * HOUR)
    assert store_pacing.requests_today(source(ground), now=NOON + 12 * HOUR) == 1


def test_a_quota_belongs_to_its_credential_until_it_is_given_again(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u")
    spend(ground, found, Spent(1, {KEY: QuotaLeft(1, NOON + HOUR)}))
    assert used_up(ground, "ours") == set()

    spend(ground, found, Spent(1, {KEY: QuotaLeft(0, NOON + HOUR)}))
    assert used_up(ground, "ours") == {KEY}
    assert used_up(ground, "theirs") == set()
    assert used_up(ground, "ours", HOUR) == set()


def test_a_quota_noted_while_the_clock_was_wrong_holds_nobody_back(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u")
    spend(ground, found, Spent(1, {KEY: QuotaLeft(0, NOON + 365 * 24 * HOUR)}))
    assert used_up(ground, "ours") == set()
    assert used_up(ground, "ours", 364 * 24 * HOUR) == {KEY}


def test_an_answer_that_was_overtaken_gives_no_quota_back(ground: Ground) -> None:
    found = watch(ground, declare(ground), "u")
    spend(ground, found, Spent(1, {KEY: QuotaLeft(0, NOON + HOUR)}))
    spend(ground, found, Spent(1, {KEY: QuotaLeft(9, NOON + HOUR)}))
    assert used_up(ground, "ours") == {KEY}

    spend(ground, found, Spent(1, {KEY: QuotaLeft(60, NOON + 2 * HOUR)}))
    assert used_up(ground, "ours") == set()


def test_a_host_that_rests_keeps_its_crawl_delay(ground: Ground) -> None:
    with transaction(ground.engine) as session:
        store_pacing.slow_host(session, "a.example", 5.0)
    with transaction(ground.engine) as session:
        store.rest_host(session, "a.example", until=NOON)
    with transaction(ground.engine) as session:
        store_pacing.slow_host(session, "b.example", None)

    assert [
        (row.host, row.crawl_delay_s, row.retry_after_at) for row in rows(ground, HostState)
    ] == [("a.example", 5.0, NOON), ("b.example", None, None)]
