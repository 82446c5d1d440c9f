"""Tests of lived stores: a copy is as good as having lived through it, and no more than that."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Product, Source
from tests.conftest import NOON
from tests.lived import LivedStores


def add(engine: Engine, *names: str) -> list[int]:
    """Store a product with a place for each name; return the numbers of the places."""
    with transaction(engine) as session:
        made = []
        for name in names:
            product = Product(name=name, created_at=NOON)
            session.add(product)
            session.flush()
            source = Source(
                product_id=product.id or 0, name=name, kind="feed", created_at=NOON,
                url=f"https://forum.example/{name}",
            )  # fmt: skip
            session.add(source)
            session.flush()
            made.append(source.id or 0)
        return made


def places(engine: Engine) -> list[tuple[int | None, str]]:
    """Return what the places are, as somebody sees who had the store open already."""
    with reading(engine) as session:
        return [(row.id, row.name) for row in session.exec(select(Source)).all()]


@pytest.fixture(scope="module")
def stories() -> LivedStores:
    return LivedStores()


@pytest.mark.parametrize("turn", ["first", "second", "third"])
def test_whoever_comes_after_a_story_has_what_it_left_and_a_store_of_its_own(
    ground: Ground, store_url: str, stories: LivedStores, turn: str
) -> None:
    told = stories.after("two places", store_url, lambda: add(ground.engine, "one", "two"))
    assert told == [1, 2]
    assert places(ground.engine) == [(1, "one"), (2, "two")]
    told += add(ground.engine, turn)  # the next in the row, seen by no other test
    assert places(ground.engine) == [(1, "one"), (2, "two"), (3, turn)]


def test_a_story_is_lived_once_and_a_copy_leaves_nothing_of_what_was_there(
    ground: Ground, store_url: str
) -> None:
    stories, lived = LivedStores(), []

    def live() -> list[int]:
        lived.append("once")
        return add(ground.engine, "one")

    assert stories.after("a place", store_url, live) == [1]
    add(ground.engine, "two", "three")
    assert stories.after("a place", store_url, live) == [1]
    assert (lived, places(ground.engine)) == (["once"], [(1, "one")])
    assert add(ground.engine, "four") == [2]
    assert stories.after("another", store_url, lambda: add(ground.engine, "five")) == [3]
