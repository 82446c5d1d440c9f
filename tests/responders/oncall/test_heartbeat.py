"""The heartbeat: a message that grows old, and a ping that stops, when we do."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from config.clock import FixedClock
from config.database import durable, reading, transaction
from config.ground import Ground
from config.tables import Beat
from responders.delivery import store as outbox
from responders.oncall.heartbeat import Heart, ping_warnings
from responders.overview import look
from tests.conftest import NOON
from tests.places import discord_faults as faults
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL
from tests.places.web import Asked, Reply, Web
from tests.responders.incidents import Incident, happen
from tests.responders.oncall.storms.outbreak import Watch, with_discord

PASSES = ("crawl", "detect", "respond", "deliver")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


def run_passes(ground: Ground, at: datetime, names: tuple[str, ...] = PASSES) -> None:
    """Note that passes ran."""
    with transaction(ground.engine) as session:
        for name in names:
            session.merge(Beat(name=name, at=at, took_s=0.1, done=0, error=""))


def beating(watch: Watch, *, well: tuple[str, ...] = PASSES) -> None:
    """Let the heart beat with every look, while these passes run."""

    def beat(ground: Ground, clock: FixedClock) -> None:
        run_passes(ground, clock.now(), well)
        Heart(ground, watch.channels, PASSES, machine=clock).beat_due()

    watch.more = [beat]


@pytest.fixture
def watch(ground: Ground, place: Discord) -> Watch:
    found = Watch(with_discord(ground, place, heartbeat_minutes=10.0))
    happen(ground, Incident(alerted=False))
    beating(found)
    return found


def test_one_message_is_edited_in_place_every_ten_minutes(watch: Watch, place: Discord) -> None:
    watch.look(times=3)
    (message,) = place.cards
    assert message["content"] == (
        "Groundswell is listening: all passes ran lately, 12:00 UTC, 12 May. If this still stands "
        "here after 12:25 UTC, 12 May, it has stopped."
    )
    watch.look(later=MINUTE, times=30)
    assert len(place.cards) == 1
    assert len(place.edits) == 3
    assert "12:30 UTC, 12 May. If" in place.cards[0]["content"]


def test_a_pass_that_stopped_is_named_by_the_message(watch: Watch, place: Discord) -> None:
    watch.look(times=2)
    beating(watch, well=("crawl", "respond", "deliver"))
    watch.look(later=MINUTE, times=12)
    assert "is not well" in place.cards[0]["content"]
    assert "detect last ran" in place.cards[0]["content"]


def test_a_message_of_the_start_is_put_right_within_a_minute(watch: Watch, place: Discord) -> None:
    class Now:
        def now(self) -> datetime:
            return watch.at

    heart = Heart(watch.ground, watch.channels, PASSES, machine=Now())

    def beat(ground: Ground, clock: FixedClock) -> None:
        heart.beat_due()
        run_passes(ground, clock.now())

    watch.more = [beat]
    watch.look()
    assert "detect has not run yet" in place.cards[0]["content"]
    watch.look(later=MINUTE, times=2)
    assert "all passes ran lately" in place.cards[0]["content"]
    edits = len(place.edits)
    watch.look(later=MINUTE, times=5)
    assert len(place.edits) == edits


def test_without_the_setting_there_is_no_message(ground: Ground, place: Discord) -> None:
    watch = Watch(with_discord(ground, place))
    happen(ground, Incident(alerted=False))
    beating(watch)
    watch.look(later=MINUTE, times=20)
    assert place.cards == []


def test_a_message_that_somebody_took_away_is_made_anew(watch: Watch, place: Discord) -> None:
    watch.look(times=2)
    place.cards.clear()
    watch.look(later=10 * MINUTE, times=3)
    assert len(place.cards) == 1


def test_silence_that_was_asked_for_is_kept(watch: Watch, place: Discord) -> None:
    watch.look(times=2)
    place.faults.append(faults.too_many(600.0))
    watch.look(later=10 * MINUTE)
    asked = len(place.asked)
    watch.look(later=MINUTE, times=8)
    assert len(place.asked) == asked


def test_it_beats_on_while_a_person_holds_everything_back_and_says_so(
    watch: Watch, place: Discord
) -> None:
    """A message that stood still meanwhile would tell that we had stopped."""
    watch.look(times=2)
    with durable(watch.ground.engine) as session:
        outbox.set_paused(session, True, by="Ruth", reason="a storm", now=NOON)
    watch.look(later=10 * MINUTE)
    (message,) = place.cards
    assert "Groundswell is listening" in message["content"]
    assert "But sending is paused since 12:00 UTC, 12 May" in message["content"]
    assert "Ruth" not in message["content"]
    with durable(watch.ground.engine) as session:
        outbox.set_paused(session, False, by="Ruth", reason="", now=NOON)
    watch.look(later=10 * MINUTE)
    assert "paused" not in place.cards[0]["content"]


def test_a_message_that_was_given_up_is_begun_again_a_day_later(
    watch: Watch, place: Discord
) -> None:
    path = f"/channels/{CHANNEL}/messages"
    place.denied.add(path)
    watch.look(times=3)
    place.denied.clear()
    watch.look(later=60 * MINUTE, times=23)
    assert place.cards == []
    watch.look(later=60 * MINUTE, times=2)
    assert [message["content"][:24] for message in place.cards] == ["Groundswell is listening"]


class Waiting:
    """A service that waits for pings, as healthchecks.io does."""

    def __init__(self) -> None:
        self.pings: list[Asked] = []
        self.status = 200

    def __call__(self, asked: Asked) -> Reply:
        self.pings.append(asked)
        return Reply(self.status, b"OK", {"Content-Type": "text/plain"})


@pytest.fixture
def service() -> Iterator[tuple[Waiting, str]]:
    waiting = Waiting()
    with Web(waiting) as web:
        yield waiting, web.url("/ping/0f1e2d3c-secret-of-the-check")


def pinging(ground: Ground, url: str, place: Discord) -> Watch:
    """An installation whose address guard refuses this machine, save for what is written."""
    http = ground.settings.http.model_copy(update={"allow_hosts": ()})
    found = with_discord(ground, place, ping_url=SecretStr(url))
    settings = found.settings.model_copy(update={"http": http})
    watch = Watch(replace(found, settings=settings))
    beating(watch)
    return watch


def test_it_pings_once_a_minute_while_every_pass_runs(
    ground: Ground, place: Discord, service: tuple[Waiting, str]
) -> None:
    waiting, url = service
    watch = pinging(ground, url, place)
    watch.look(later=timedelta(seconds=10), times=31)
    assert len(waiting.pings) == 6
    assert {asked.method for asked in waiting.pings} == {"GET"}


@pytest.mark.parametrize("missing", PASSES)
def test_it_does_not_ping_for_a_pass_that_stopped(
    ground: Ground, place: Discord, service: tuple[Waiting, str], missing: str
) -> None:
    waiting, url = service
    watch = pinging(ground, url, place)
    beating(watch, well=tuple(name for name in PASSES if name != missing))
    watch.look(later=MINUTE, times=3)
    assert waiting.pings == []


def test_three_processes_ping_as_often_as_one(
    ground: Ground, place: Discord, service: tuple[Waiting, str]
) -> None:
    waiting, url = service
    watch = pinging(ground, url, place)
    watch.more *= 3
    watch.look(later=MINUTE, times=5)
    assert len(waiting.pings) == 5


def test_a_ping_that_fails_is_in_the_status_and_its_address_in_no_log(
    ground: Ground, place: Discord, service: tuple[Waiting, str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    waiting, url = service
    waiting.status = 404
    watch = pinging(ground, url, place)
    with caplog.at_level(logging.DEBUG):
        watch.look(later=MINUTE)
        with reading(ground.engine) as session:
            found = look(session, watch.ground.settings, machine_time=watch.at)
        assert any("it answered 404" in one for one in found.warnings)
        waiting.status = 200
        watch.look(later=MINUTE)
    with reading(ground.engine) as session:
        assert ping_warnings(session) == []
    assert "secret-of-the-check" not in caplog.text


def test_a_service_that_is_not_there_holds_up_nothing_and_its_address_stays_secret(
    ground: Ground, place: Discord
) -> None:
    with Web(Waiting()) as web:
        url = web.url("/ping/0f1e2d3c-secret-of-the-check")
    watch = pinging(ground, url, place)
    watch.look(later=MINUTE)
    with reading(ground.engine) as session:
        (warning,) = ping_warnings(session)
    assert "secret-of-the-check" not in warning


def test_a_ping_address_elsewhere_on_this_machine_stays_refused(
    ground: Ground, place: Discord, service: tuple[Waiting, str]
) -> None:
    waiting, url = service

    class Elsewhere(Waiting):
        def __call__(self, asked: Asked) -> Reply:
            return Reply(302, b"", {"Location": url})

    with Web(Elsewhere()) as web:
        watch = pinging(ground, web.url("/ping/one-that-leads-elsewhere"), place)
        watch.look(later=MINUTE)
    assert waiting.pings == []
