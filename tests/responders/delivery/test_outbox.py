"""The outbox's laws: what is sent once, what again, and what waits for a person."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from config.database import durable
from responders.delivery import store
from responders.delivery import store_sending as sending
from responders.delivery.channels import discord
from responders.delivery.channels.base import Message
from responders.delivery.opening import ways_of
from responders.delivery.tables import DeliveryState
from tests.conftest import NOON
from tests.places import discord_webhook as discord_faults
from tests.places.board import BUSY_S, DOUBTFUL, Board, Fault
from tests.places.discord_webhook import DiscordPlace
from tests.responders.delivery.conftest import Day, dead_holder
from tests.responders.incidents import Incident, Said, erase, happen

FAULTS = st.lists(
    st.sampled_from(("busy", "down", "refused", *DOUBTFUL)), max_size=5
)  # fmt: skip
laws = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_a_message_is_sent_once_and_its_receipt_kept(day: Day) -> None:
    board, key = Board(), day.put()
    for _ in range(3):
        day.run({"board": board})
    row = day.row(key)
    assert (board.times(key), row.state, row.remote_id) == (1, DeliveryState.SENT, "1")
    assert (row.sent_at, row.url, row.lease_holder) == (NOON, "https://board.example/1", None)


def test_nothing_leaves_before_its_time(day: Day) -> None:
    board, key = Board(), day.put(next_try_at=NOON + timedelta(seconds=1))
    day.run({"board": board})
    assert (board.sends, day.row(key).state) == (0, DeliveryState.QUEUED)


def test_a_message_that_did_not_go_out_is_tried_later_and_later(day: Day) -> None:
    board, key = Board(), day.put()
    waits = []
    for _ in range(3):
        board.faults = ["down"]
        day.run({"board": board})
        waits.append((day.row(key).next_try_at - day.at).total_seconds())
        day.at = day.row(key).next_try_at
    assert waits == [30, 60, 120]
    day.run({"board": board})
    assert board.times(key) == 1


def test_a_public_text_is_given_up_after_its_tries_with_the_reason(day: Day) -> None:
    board, key = Board(), day.put(public=True)
    board.faults = ["down"] * 50
    row = day.run_until_quiet({"board": board}, key)
    assert (row.state, board.sends) == (DeliveryState.FAILED, 6)
    assert row.reason == "given up after 6 tries: nobody answers"


def test_an_alert_is_tried_for_a_day_every_ten_minutes_and_then_given_up(day: Day) -> None:
    board, key, began = Board(), day.put(), day.at
    board.faults = ["down"] * 999
    waits: list[float] = []
    while day.row(key).state is DeliveryState.QUEUED and len(waits) < 999:
        day.run({"board": board})
        row = day.row(key)
        waits.append((row.next_try_at - day.at).total_seconds())
        day.at = max(day.at, row.next_try_at)
    assert row.state is DeliveryState.FAILED
    assert waits[:8] == [30, 60, 120, 240, 480, 600, 600, 600]
    assert timedelta(hours=24) <= day.at - began < timedelta(hours=24, minutes=10)
    assert row.reason == f"given up after {row.tries} tries: nobody answers"


def test_an_alert_leaves_soon_after_a_chat_that_was_down_all_night_is_back(day: Day) -> None:
    board, key = Board(), day.put()
    board.faults = ["down"] * 50
    while board.faults:
        day.run({"board": board})
        day.at = day.row(key).next_try_at
    day.run({"board": board})
    assert (board.times(key), day.row(key).state) == (1, DeliveryState.SENT)


def test_an_alert_that_was_tried_is_looked_for_since_no_platform_remembers_it_for_hours(
    day: Day,
) -> None:
    board, key = Board(lookup=True, idempotent=False), day.put(tries=1)
    board.send(Message(key=key, text=day.row(key).text))
    board.sends = 0
    board.capabilities = replace(board.capabilities, idempotent=True)
    day.run({"board": board})
    assert (board.times(key), board.sends, day.row(key).state) == (1, 0, DeliveryState.SENT)


def test_a_refused_message_is_not_tried_again(day: Day) -> None:
    board, key = Board(), day.put()
    board.faults = ["refused"]
    row = day.run_until_quiet({"board": board}, key)
    assert (row.state, row.reason, board.sends) == (DeliveryState.FAILED, "not here", 1)


def test_a_request_for_silence_holds_its_destination_and_no_other(day: Day) -> None:
    board = Board()
    first, second, elsewhere = day.put(), day.put(), day.put(to="other")
    board.faults = ["busy"]
    day.run({"board": board})
    assert [board.times(key) for key in (first, second, elsewhere)] == [0, 0, 1]
    day.at += timedelta(seconds=BUSY_S - 1)
    late = day.put()
    day.run({"board": board})
    assert (board.times(late), board.sends) == (0, 2)
    day.at += timedelta(seconds=2)
    day.run({"board": board})
    assert [board.times(key) for key in (first, second, late)] == [1, 1, 1]


def test_silence_never_gives_a_message_up(day: Day) -> None:
    board, key = Board(), day.put()
    board.faults = ["busy"] * 12
    assert day.run_until_quiet({"board": board}, key).state is DeliveryState.SENT


def test_one_message_that_breaks_does_not_stop_the_others(day: Day) -> None:
    board = Board(public=True)
    first, second = day.put(public=True), day.put(public=True)
    board.faults = ["broke_after"]
    day.run({"board": board})
    assert day.row(first).state is DeliveryState.IN_DOUBT
    assert day.row(second).state is DeliveryState.SENT


def test_a_message_without_its_channel_waits_and_says_why(day: Day) -> None:
    key = day.put()
    day.run({})
    row = day.row(key)
    assert (row.state, row.reason) == (DeliveryState.QUEUED, "no channel board is configured")


def test_an_alert_found_after_a_crash_is_sent_again_in_the_next_pass(day: Day) -> None:
    board, key = Board(), day.put()
    board.faults = ["killed_before"]
    assert not day.run({"board": board}, holder=dead_holder())
    assert day.row(key).state is DeliveryState.SENDING
    day.run({"board": board})
    assert (board.times(key), day.row(key).state) == (1, DeliveryState.SENT)


def test_a_message_in_the_hands_of_a_living_process_is_left_alone(day: Day) -> None:
    board, key = Board(), day.put()
    board.faults = ["killed_after"]
    day.run({"board": board})
    day.run({"board": board})
    assert (day.row(key).state, board.sends) == (DeliveryState.SENDING, 1)


def test_a_public_text_that_cannot_be_looked_up_waits_for_a_person(day: Day) -> None:
    board, key = Board(public=True), day.put(public=True)
    board.faults = ["killed_after"]
    day.run({"board": board}, holder=dead_holder())
    row = day.run_until_quiet({"board": board}, key)
    assert (row.state, board.sends) == (DeliveryState.IN_DOUBT, 1)
    assert row.reason == (
        "the sender stopped before the answer was recorded; try 1 to board began at "
        "2026-05-12 12:00:00 UTC, look there whether it stands"
    )


def test_a_public_text_that_stands_there_is_found_and_not_sent_again(day: Day) -> None:
    board, key = Board(public=True, lookup=True), day.put(public=True)
    board.faults = ["killed_after"]
    day.run({"board": board}, holder=dead_holder())
    day.run({"board": board})
    assert (day.row(key).state, board.sends) == (DeliveryState.SENT, 1)


def test_a_public_text_that_is_not_there_is_sent_again_once_nothing_is_under_way(day: Day) -> None:
    board, key = Board(public=True, lookup=True), day.put(public=True)
    board.faults = ["lost_before"]
    day.run({"board": board})
    day.run({"board": board})
    assert (day.row(key).state, board.sends) == (DeliveryState.SENDING, 1)
    day.at += timedelta(seconds=121)
    day.run({"board": board})
    assert (board.times(key), day.row(key).state) == (1, DeliveryState.SENT)


@laws
@given(faults=FAULTS)
def test_where_the_platform_answers_a_public_text_stands_once_at_most(
    day: Day, faults: list[Fault]
) -> None:
    board, key = Board(public=True, lookup=True), day.put(public=True)
    board.faults = list(faults)
    row = day.run_until_quiet({"board": board}, key)
    assert row.state is not DeliveryState.IN_DOUBT
    assert board.times(key) == (row.state is DeliveryState.SENT)
    assert row.state is DeliveryState.SENT or "refused" in faults or len(faults) > 5


@laws
@given(faults=FAULTS)
def test_without_a_lookup_a_public_text_is_in_doubt_and_never_twice(
    day: Day, faults: list[Fault]
) -> None:
    board, key = Board(public=True), day.put(public=True)
    board.faults = list(faults)
    row = day.run_until_quiet({"board": board}, key)
    assert board.times(key) <= 1
    doubt = row.state is DeliveryState.IN_DOUBT
    assert doubt <= any(fault in DOUBTFUL for fault in faults)
    assert board.times(key) == 1 or row.state is not DeliveryState.SENT


@laws
@given(faults=FAULTS)
def test_an_alert_arrives_and_twice_only_where_an_answer_was_lost(
    day: Day, faults: list[Fault]
) -> None:
    board, key = Board(), day.put()
    board.faults = list(faults)
    row = day.run_until_quiet({"board": board}, key)
    assert row.state in {DeliveryState.SENT, DeliveryState.FAILED}
    lost = sum(fault in {"lost_after", "broke_after", "killed_after"} for fault in faults)
    assert (row.state is DeliveryState.SENT) <= board.times(key) <= 1 + lost


@laws
@given(faults=FAULTS)
def test_a_key_that_the_platform_knows_makes_one_message_of_many_sends(
    day: Day, faults: list[Fault]
) -> None:
    board, key = Board(public=True, idempotent=True), day.put(public=True)
    board.faults = list(faults)
    row = day.run_until_quiet({"board": board}, key)
    assert row.state is not DeliveryState.IN_DOUBT
    assert board.times(key) <= 1


def test_eight_processes_send_each_message_once(day: Day) -> None:
    board = Board()
    keys = [day.put() for _ in range(40)]
    threads = [
        threading.Thread(target=day.run, args=({"board": board},), kwargs={"holder": f"h:1:{n}"})
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [board.times(key) for key in keys] == [1] * 40
    assert {day.row(key).state for key in keys} == {DeliveryState.SENT}


@pytest.mark.parametrize("gone", ["lost_after", "killed_after"])
def test_a_late_answer_of_an_earlier_sender_settles_a_doubt(day: Day, gone: Fault) -> None:
    board, key = Board(public=True), day.put(public=True)
    board.faults = [gone]
    day.run({"board": board}, holder=dead_holder())
    claimed = day.row(key)
    day.run_until_quiet({"board": board}, key)
    with durable(day.ground.engine) as session:
        assert sending.record_sent(session, claimed, at=NOON, remote_id="9", url=None)
    assert day.row(key).state is DeliveryState.SENT


def through_discord(day: Day, place: DiscordPlace, key: str) -> DeliveryState:
    options = discord.Options(webhook_url=SecretStr(place.webhook_url))
    channel = discord.build(options, ways=ways_of(day.ground.settings))
    return day.run_until_quiet({"discord": channel}, key).state


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("fault", "cards"),
    [
        (discord_faults.too_many(3.0), 1),
        (discord_faults.fails(503), 1),
        (discord_faults.last_allowed(9.0), 1),
        (discord_faults.fails_after_keeping, 2),
        (discord_faults.hangs_up_after_keeping, 2),
    ],
)
def test_an_alert_reaches_discord_and_stands_twice_only_where_an_answer_was_lost(
    day: Day, fault: discord_faults.Fault, cards: int
) -> None:
    key = day.put(channel="discord", to="discord:4242")
    with DiscordPlace() as place:
        place.faults.append(fault)
        assert through_discord(day, place, key) is DeliveryState.SENT
        assert len(place.messages) == cards


def test_an_alert_with_words_that_were_erased_waits_until_it_is_drawn_anew(day: Day) -> None:
    said = [Said(text="It hangs."), Said(thread="t2")]
    board, key = Board(), day.put(issue_id=happen(day.ground, Incident(said=said)))
    erase(day.ground, "It hangs.")
    day.run({"board": board})
    assert (board.sends, day.row(key).tries) == (0, 0)
    with durable(day.ground.engine) as session:
        (row,) = store.outdated(session, day.product_id)
        assert store.redraw(session, row, text="Redrawn.", payload={}, without=1)
    day.run({"board": board})
    assert board.messages[0].text == "Redrawn."


def test_an_erasure_between_the_look_and_the_claim_is_in_time(day: Day) -> None:
    key = day.put(issue_id=happen(day.ground, Incident(said=[Said(text="It hangs.")])))
    erase(day.ground, "It hangs.")
    with durable(day.ground.engine) as session:
        row_id = day.row(key).id or 0
        until = NOON + timedelta(minutes=1)
        assert sending.claim(session, row_id, holder="we", until=until, now=NOON) is None


def test_an_alert_is_not_drawn_anew_while_it_is_being_sent(day: Day) -> None:
    key = day.put(state=DeliveryState.SENDING)
    with durable(day.ground.engine) as session:
        assert not store.redraw(session, day.row(key), text="Redrawn.", payload={}, without=1)
    assert day.row(key).text != "Redrawn."


def test_only_alerts_are_held_back_by_an_erasure(day: Day) -> None:
    issue = happen(day.ground, Incident(said=[Said(text="It hangs.")]))
    board, key = Board(), day.put(issue_id=issue, kind="update")
    erase(day.ground, "It hangs.")
    day.run({"board": board})
    assert board.times(key) == 1
