"""A public text is looked for where it should stand before anything is sent, first try or not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from config.errors import PermanentError, TransientError
from config.settings import Credential
from responders.delivery.channels import discourse
from responders.delivery.channels.base import Message, Receipt, Ways
from responders.delivery.opening import client_of
from responders.delivery.tables import DeliveryState
from tests.conftest import NOON
from tests.places import faults
from tests.places.board import Board
from tests.places.discourse import Forum, forum_post
from tests.places.faults import POST, Faulty
from tests.places.web import Web
from tests.responders.delivery.conftest import Day, dead_holder

SENT, QUEUED, IN_DOUBT = DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.IN_DOUBT


class Blind(Board):
    """A board that shows itself only when it wants to."""

    def __init__(self, trouble: Exception | None) -> None:
        super().__init__(public=True, lookup=True)
        self.trouble = trouble
        self.looks = 0

    def find(self, message: Message) -> Receipt | None:
        """Look, unless there is trouble."""
        self.looks += 1
        if self.trouble is not None:
            raise self.trouble
        return super().find(message)


def test_what_stands_there_already_is_not_sent_at_all(day: Day) -> None:
    board, key = Board(public=True, lookup=True), day.put(public=True)
    board.messages.append(Message(key=key, text=day.row(key).text))
    day.run({"board": board})
    row = day.row(key)
    assert (row.state, row.remote_id, row.tries, board.sends) == (SENT, "1", 0, 0)


def test_the_proof_of_another_message_with_the_same_words_proves_nothing(day: Day) -> None:
    words = {"text": "It hangs, still."}
    first, second = (day.put(public=True, **words) for _ in range(2))

    class ByText(Board):
        def find(self, message: Message) -> Receipt | None:
            found = [n for n, kept in enumerate(self.messages, 1) if kept.text == message.text]
            return Receipt(str(found[-1]), None, NOON) if found else None

    board = ByText(public=True, lookup=True)
    day.run({"board": board})
    assert [day.row(key).remote_id for key in (first, second)] == ["1", "2"]
    assert board.sends == 2


def test_a_place_that_cannot_be_asked_now_is_not_written_to_now(day: Day) -> None:
    board, key = Blind(TransientError("busy", retry_after_s=50)), day.put(public=True)
    day.run({"board": board})
    row = day.row(key)
    assert (row.state, row.reason, board.sends) == (QUEUED, "busy", 0)
    board.trouble, day.at = None, day.at + timedelta(seconds=49)
    day.run({"board": board})
    assert board.looks == 1
    day.at += timedelta(seconds=2)
    day.run({"board": board})
    assert board.times(key) == 1


def test_a_plug_in_that_breaks_while_it_looks_sends_nothing(day: Day) -> None:
    board, key = Blind(ValueError("a mistake of ours")), day.put(public=True)
    day.run({"board": board})
    assert (day.row(key).state, board.sends) == (QUEUED, 0)


def test_a_place_that_shows_us_nothing_is_written_to_once(day: Day) -> None:
    board, key = Blind(PermanentError("no reading here")), day.put(public=True)
    day.run({"board": board})
    assert (day.row(key).state, board.times(key)) == (SENT, 1)


def test_a_doubt_that_cannot_be_looked_up_tells_a_person_all_there_is(day: Day) -> None:
    board = Blind(PermanentError("no reading here"))
    target = {"post_url": "https://forum.example/t/hangs/7/2"}
    key = day.put(public=True, target=target)
    board.faults = ["lost_after"]
    day.run({"board": board})
    row = day.row(key)
    assert (row.state, board.sends) == (IN_DOUBT, 1)
    assert row.reason == (
        "the line broke; we cannot look: no reading here; try 1 to "
        "https://forum.example/t/hangs/7/2 began at 2026-05-12 12:00:00 UTC, "
        "look there whether it stands"
    )


def test_after_an_hour_of_looking_in_vain_a_person_is_told(day: Day) -> None:
    board, key = Blind(None), day.put(public=True)
    board.faults = ["killed_after"]
    day.run({"board": board}, holder=dead_holder())
    board.trouble = TransientError("nobody answers")
    for _ in range(3):
        day.run({"board": board})
        assert day.row(key).state is DeliveryState.SENDING
        day.at += timedelta(minutes=20)
    day.run({"board": board})
    row = day.row(key)
    assert (row.state, board.sends) == (IN_DOUBT, 1)
    assert "we looked in vain: nobody answers" in row.reason


def test_nothing_is_looked_for_while_everything_is_held(day: Day) -> None:
    board = Blind(None)
    day.put(public=True)
    day.pause()
    day.run({"board": board})
    assert board.looks == 0


ALL = (*faults.BEFORE, *faults.AFTER, faults.too_many(7))


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("times", [1, 2])
def test_a_reply_stands_once_in_a_forum_whatever_goes_wrong(
    day: Day, fault: faults.Fault, times: int
) -> None:
    settings = day.ground.settings
    http = settings.http.model_copy(update={"deadline_s": 0.4})
    credential = Credential(api_key=SecretStr("a-key"), api_username="fernsync")
    forum = Forum([forum_post(1), replace(forum_post(2))])
    faulty = Faulty(forum)
    for _ in range(times):
        faulty.next(fault, POST)
    with Web(faulty) as web:
        place = {"source_url": web.url("/"), "credential": "forum", "thread": "1", "post": "2"}
        words = "It is known to us, and we are on it."
        key = day.put(public=True, channel="discourse", to="source:1", target=place, text=words)
        client = client_of(settings.model_copy(update={"http": http}))
        ways = Ways(http, client, {"forum": credential})
        channel = discourse.build(discourse.Options(), ways=ways)
        row = day.run_until_quiet({"discourse": channel}, key)
    assert [post.raw for post in forum.by("fernsync")] == [row.text]
    assert (row.state, row.url) == (SENT, web.url("/t/-/1/3"))
    assert faulty.left == 0 or fault in faults.AFTER


def test_a_pause_between_the_look_and_the_claim_is_in_time(day: Day) -> None:
    class Pausing(Board):
        def find(self, message: Message) -> Receipt | None:
            day.pause()
            return super().find(message)

    board, key = Pausing(public=True, lookup=True), day.put(public=True)
    day.run({"board": board})
    row = day.row(key)
    assert (row.state, row.tries, board.sends) == (QUEUED, 0, 0)
