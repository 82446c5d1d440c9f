"""What does not arrive is told at the next destination and shown in the status: never dropped."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlmodel import select

from config.clock import FixedClock
from config.database import durable, reading
from config.ground import Ground
from responders.delivery import store as outbox
from responders.delivery.channels import discord, terminal
from responders.delivery.opening import Destination
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.tables import HandedOver
from responders.oncall.telling.handing_over import UNDELIVERED, hand_over_due, next_after
from responders.overview import look
from tests.conftest import NOON
from tests.places import discord_faults as faults
from tests.places.board import Board, Fault
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL
from tests.responders.incidents import Incident, happen
from tests.responders.oncall.storms.outbreak import Watch, break_out, queued, with_discord

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def watch_of(ground: Ground, board: Board, other: Board) -> Watch:
    """A webhook that is a board, and the terminal that is another one."""
    options = discord.Options(webhook_url=SecretStr("https://discord.com/api/webhooks/12/token-t"))
    settings = ground.settings.model_copy(update={"plugins": {"discord": options}})
    watch = Watch(replace(ground, settings=settings), {"discord": board, "terminal": other})
    watch.more.append(lambda ground, clock: hand_over_due(ground, machine=clock))
    return watch


def warnings(watch: Watch) -> list[str]:
    with reading(watch.ground.engine) as session:
        found = look(session, watch.ground.settings, machine_time=watch.at)
    return [one for one in found.warnings if one.startswith("alerts do not reach")]


def told(board: Board) -> list[str]:
    return [message.text for message in board.messages if "did not reach" in message.text]


def test_what_is_refused_for_good_is_told_at_the_next_destination_at_once(ground: Ground) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    issue = happen(ground, Incident())
    board.faults += ["refused"]
    watch.look(times=3)
    since = "discord:12 since 12:00 UTC, 12 May"
    (text,) = told(other)
    assert text == (
        f"1 message did not reach {since}: not here. It is about GS-{issue}. "
        "See groundswell status."
    )
    (warning,) = warnings(watch)
    assert warning == (
        f"alerts do not reach {since} (GS-{issue}): not here; told at terminal instead; see "
        "groundswell delivery list, and settle what will never arrive: groundswell delivery "
        "resolve ID --not-sent"
    )


def test_what_finds_nobody_is_in_the_status_and_told_elsewhere_within_a_minute(
    ground: Ground,
) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    happen(ground, Incident())
    board.faults += ["down"] * 99
    shown_at, told_at = None, None
    for second in range(5, 400, 5):
        watch.look(later=5 * SECOND)
        shown_at = shown_at or (second if warnings(watch) else None)
        told_at = told_at or (second if told(other) else None)
        if told_at:
            break
    assert shown_at is not None
    assert shown_at <= 60
    assert told_at is not None
    assert 45 <= told_at <= 55


def test_one_message_tells_of_all_and_the_next_comes_only_after_a_while(ground: Ground) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    break_out(ground, 4)
    board.faults += ["refused"] * 4
    watch.look(times=3)
    break_out(ground, 3, first=5)
    board.faults += ["refused"] * 3
    watch.look(later=5 * SECOND, times=8)
    assert [text.split(" did")[0] for text in told(other)] == ["4 messages"]
    watch.look(later=MINUTE, times=6)
    assert [text.split(" did")[0] for text in told(other)] == ["4 messages", "3 messages"]
    with reading(ground.engine) as session:
        assert len(session.exec(select(HandedOver)).all()) == 7


def test_what_arrived_later_is_no_warning_any_more(ground: Ground) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    happen(ground, Incident())
    board.faults += ["down"]
    watch.look(times=25)
    assert warnings(watch)
    watch.look(later=10 * SECOND)
    assert warnings(watch) == []
    assert told(other) == []


@pytest.mark.parametrize("fault", ["busy", "down"])
def test_a_short_silence_is_no_trouble(ground: Ground, fault: Fault) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    happen(ground, Incident())
    board.faults += [fault]
    watch.look(later=SECOND, times=10)
    assert warnings(watch) == []
    watch.look(later=30 * SECOND, times=3)
    assert len(board.messages) == 1
    assert told(other) == []


def test_where_there_is_nothing_else_the_status_alone_says_so(ground: Ground) -> None:
    board = Board()
    watch = watch_of(ground, board, Board())
    plugins = dict(watch.ground.settings.plugins)
    plugins["terminal"] = terminal.Options(enabled=False)
    settings = watch.ground.settings.model_copy(update={"plugins": plugins})
    watch.ground = replace(watch.ground, settings=settings)
    happen(ground, Incident())
    board.faults += ["refused"]
    watch.look(times=3)
    assert queued(ground, UNDELIVERED) == []
    assert len(warnings(watch)) == 1
    assert "told at" not in warnings(watch)[0]


def test_while_all_is_held_back_nothing_is_handed_over(ground: Ground) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    happen(ground, Incident())
    with durable(ground.engine) as session:
        outbox.set_paused(session, True, by="Ruth", reason="a storm", now=NOON)
    watch.look(later=10 * MINUTE, times=3)
    assert queued(ground, UNDELIVERED) == []


def test_two_processes_tell_it_once(ground: Ground) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    watch.more.append(lambda ground, clock: hand_over_due(ground, machine=clock))
    happen(ground, Incident())
    board.faults += ["refused"]
    watch.look(times=5)
    assert len(told(other)) == 1


def test_what_waited_only_for_the_end_of_a_pause_is_not_called_lost(ground: Ground) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    happen(ground, Incident())
    with durable(ground.engine) as session:
        outbox.set_paused(session, True, by="Ruth", reason="a storm", now=NOON)
    watch.look()
    watch.look(later=10 * MINUTE)
    assert warnings(watch) == []
    with durable(ground.engine) as session:
        outbox.set_paused(session, False, by="Ruth", reason="", now=watch.at)
    hand_over_due(replace(watch.ground, clock=FixedClock(watch.at + SECOND)))
    assert queued(ground, UNDELIVERED) == []


def test_what_was_made_before_a_long_pause_and_is_refused_after_it_is_told(ground: Ground) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    happen(ground, Incident())
    with durable(ground.engine) as session:
        outbox.set_paused(session, True, by="Ruth", reason="a storm", now=NOON)
    watch.look()
    with durable(ground.engine) as session:
        outbox.set_paused(session, False, by="Ruth", reason="", now=NOON + 48 * 60 * MINUTE)
    board.faults += ["refused"]
    watch.look(later=48 * 60 * MINUTE, times=1)
    watch.look(times=2)
    assert len(told(other)) == 1


def test_a_destination_that_works_again_is_told_of_what_another_one_lost(ground: Ground) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    happen(ground, Incident())
    other.faults += ["refused"]
    watch.look(times=3)
    happen(ground, Incident(title="Another one"))
    watch.look(later=10 * MINUTE, times=3)
    happen(ground, Incident(title="A third one"))
    board.faults += ["refused"]
    watch.look(later=10 * MINUTE, times=3)
    assert [text.split(" since")[0] for text in told(other)] == [
        "1 message did not reach discord:12"
    ]


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


def test_a_digest_that_is_refused_names_its_issues(ground: Ground, place: Discord) -> None:
    watch = Watch(with_discord(ground, place))
    watch.more.append(lambda ground, clock: hand_over_due(ground, machine=clock))
    break_out(ground, 10)
    watch.look(times=2)
    place.denied.add(f"/channels/{CHANNEL}/messages")
    break_out(ground, 2, first=11)
    watch.look(times=2)
    (warning,) = warnings(watch)
    assert "(GS-11, GS-12)" in warning
    assert "check [discord]" in warning


def test_a_rest_that_the_platform_asked_for_is_told_when_it_is_long(
    ground: Ground, place: Discord
) -> None:
    watch = Watch(with_discord(ground, place))
    happen(ground, Incident())
    place.faults.append(faults.too_many(3600.0))
    watch.look(times=30)
    (warning,) = warnings(watch)
    assert "asks for silence" in warning


def test_a_word_on_others_that_does_not_arrive_either_goes_on_with_their_issues(
    ground: Ground,
) -> None:
    board, other = Board(), Board()
    watch = watch_of(ground, board, other)
    issue = happen(ground, Incident())
    board.faults += ["refused"]
    watch.look()
    with durable(ground.engine) as session:
        (row,) = session.exec(select(Delivery).where(Delivery.kind == UNDELIVERED)).all()
        row.state, row.reason = DeliveryState.FAILED, "no paper"
        session.add(row)
    with reading(ground.engine) as session:
        found = look(session, watch.ground.settings, machine_time=watch.at)
    about = [one for one in found.warnings if one.startswith("alerts do not reach terminal")]
    assert f"(GS-{issue}): no paper" in about[0]


NAMES = ("apprise", "discord", "slack", "terminal")
ALL = [Destination(name, name) for name in NAMES]


@pytest.mark.parametrize(
    ("name", "failing", "to"),
    [
        ("discord", {"discord"}, "slack"),
        ("slack", {"slack"}, "apprise"),
        ("slack", {"slack", "apprise", "discord"}, "terminal"),
        ("apprise", set(NAMES), None),
        ("gone", {"gone"}, "apprise"),
    ],
)
def test_the_next_destination_is_one_that_works(
    name: str, failing: set[str], to: str | None
) -> None:
    found = next_after(name, ALL, failing)
    assert (found.name if found else None) == to


@given(st.sampled_from(NAMES), st.sets(st.sampled_from(NAMES)), st.permutations(ALL))
def test_it_is_never_one_that_fails_and_always_one_if_one_works(
    name: str, failing: set[str], there_are: Sequence[Destination]
) -> None:
    found = next_after(name, there_are, failing)
    able = set(NAMES) - failing - {name}
    assert (found is None) == (not able)
    assert found is None or found.name in able
