"""A press counts once, in one process or in several."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, update
from sqlmodel import select

from config.database import make_engine, reading, transaction
from config.errors import TransientError
from config.ground import Ground
from responders.decisions.once import KEPT, is_first
from responders.decisions.tables import PressTaken
from tests.conftest import NOON


def kept(ground: Ground) -> list[str]:
    with reading(ground.engine) as session:
        return sorted(row.press for row in session.exec(select(PressTaken)).all())


def test_a_press_is_the_first_of_its_name_once(ground: Ground) -> None:
    asked = [is_first(ground, word, now=NOON) for word in ("one", "one", "two", "one")]
    assert asked == [True, False, True, False]


def test_of_many_at_once_one_is_first(ground: Ground) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: is_first(ground, "one", now=NOON), range(8)))
    assert sorted(found) == [False] * 7 + [True]


def test_what_nobody_tells_again_any_more_is_forgotten(ground: Ground) -> None:
    is_first(ground, "one", now=NOON)
    assert not is_first(ground, "one", now=NOON + KEPT)
    assert is_first(ground, "two", now=NOON + KEPT + timedelta(seconds=1))
    assert kept(ground) == ["two"]


def test_a_store_that_is_held_is_told_and_the_press_is_not_used_up(
    ground: Ground, store_url: str
) -> None:
    impatient = make_engine(store_url)
    hurry = "PRAGMA busy_timeout=1" if store_url.startswith("sqlite") else "SET lock_timeout=1"
    event.listen(impatient, "connect", lambda connection, _: connection.execute(hurry))
    with transaction(ground.engine) as session:
        session.add(PressTaken(press="other", at=NOON - 2 * KEPT))
    with transaction(ground.engine) as session:
        session.execute(update(PressTaken).values(at=NOON - 3 * KEPT))
        with pytest.raises(TransientError, match="press again"):
            is_first(replace(ground, engine=impatient), "one", now=NOON)
    assert is_first(replace(ground, engine=impatient), "one", now=NOON)
    impatient.dispose()
