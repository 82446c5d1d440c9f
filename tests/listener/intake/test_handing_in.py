"""What people hand in: kept at once, taken once, tried thrice, its words gone when it is done."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from config.clock import FixedClock
from config.database import reading, transaction
from config.errors import PermanentError, TransientError
from config.ground import Ground
from listener.intake import handing_in, importing
from listener.intake.handing_in import Chat, hand_in, outcome_of, take_in_due
from listener.tables import HandedIn, Post, Product
from responders.delivery.opening import client_of
from tests.conftest import NOON

WORDS = "Sync hangs for me too since noon"


@pytest.fixture
def house(ground: Ground) -> Ground:
    with transaction(ground.engine) as session:
        session.add(Product(name="Fernsync", query="", languages=["en"], created_at=NOON))
    return replace(ground, clock=FixedClock(NOON))


def later(ground: Ground, minutes: float) -> Ground:
    return replace(ground, clock=FixedClock(NOON + timedelta(minutes=minutes)))


def take_in(ground: Ground) -> int:
    return take_in_due(ground, client_of(ground.settings))


def test_words_become_one_post_and_are_kept_nowhere_else(house: Ground) -> None:
    chat = Chat("discord:1", "https://discord.com/channels/1/2/3", "discord:9")
    number = hand_in(house, WORDS, product=None, chat=chat)
    assert outcome_of(house, number) is None
    assert (take_in(house), take_in(house)) == (1, 0)
    assert outcome_of(house, number) == "Thank you, it is noted: 1 post."
    with reading(house.engine) as session:
        (post,) = session.exec(select(Post)).all()
        (row,) = session.exec(select(HandedIn)).all()
    assert (post.text, post.url, post.lang) == (WORDS, chat.url, "en")
    assert (row.text, row.remote_id, row.url, row.author) == ("", "", None, None)


def test_no_words_are_refused_at_once(house: Ground) -> None:
    with pytest.raises(PermanentError, match="no words"):
        hand_in(house, " \n", product=None)


def test_more_than_can_be_read_soon_is_refused_until_it_was_read(
    house: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing_in, "MOST_WAITING", 2)
    for number in range(2):
        hand_in(house, f"{WORDS}, at place {number}", product=None)
    with pytest.raises(TransientError, match="2 reports wait to be read"):
        hand_in(house, WORDS, product=None)
    assert take_in(house) == 2
    hand_in(house, WORDS, product=None)


def test_what_fails_for_now_is_tried_three_times_and_then_told(
    house: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise TransientError("the place does not answer")

    monkeypatch.setattr(importing, "add_thread", fails)
    number = hand_in(house, "https://forum.example/t/1", product=None)
    assert (take_in(house), take_in(later(house, 0.2)), take_in(later(house, 1))) == (0, 0, 0)
    assert outcome_of(house, number) is None
    assert take_in(later(house, 2)) == 1
    assert outcome_of(house, number) == "the place does not answer"


def test_what_breaks_keeps_nothing_else_waiting(
    house: Ground, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(importing, "add_thread", breaks)
    hand_in(house, "https://forum.example/t/1", product=None)
    good = hand_in(house, WORDS, product=None)
    assert take_in(house) == 1
    assert outcome_of(house, good) == "Thank you, it is noted: 1 post."
    assert "handed_in_broke" in caplog.text


def test_a_row_that_another_process_holds_is_left_to_it_until_that_is_late(house: Ground) -> None:
    hand_in(house, WORDS, product=None)
    with reading(house.engine) as session:
        (row,) = session.exec(select(HandedIn)).all()
    with transaction(house.engine) as session:
        assert handing_in._claimed(session, house, row) == "Fernsync"
        assert handing_in._claimed(session, house, row) is None
    assert take_in(house) == 0
    assert take_in(later(house, 2)) == 1


def test_outcomes_are_forgotten_after_a_day(house: Ground) -> None:
    hand_in(house, WORDS, product=None)
    take_in(house)
    take_in(later(house, 25 * 60))
    with reading(house.engine) as session:
        assert session.exec(select(HandedIn)).all() == []


def test_the_store_is_free_while_the_models_of_languages_load(
    house: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote = []

    def loads(text: str) -> str:
        with transaction(house.engine) as session:  # another one's, who need not wait
            session.exec(select(Product)).one().aliases = ["Fern"]
        wrote.append(text)
        return "en"

    monkeypatch.setattr(importing, "detect_language", loads)
    hand_in(house, WORDS, product=None)
    assert take_in(house) == 1
    assert wrote == [WORDS]
