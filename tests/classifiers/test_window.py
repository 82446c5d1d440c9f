"""Tests of the hot window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifiers.embedding import half
from classifiers.window import FIELDS, Row, Window

DIM = 8


def filled(size: int) -> tuple[Window, dict[str, NDArray[np.float32]]]:
    window, vectors = Window(), half(np.random.default_rng(1).normal(size=(size, DIM)))
    window.reserve(size, DIM)
    for place in range(size):
        words = np.arange(place, dtype=np.uint32)
        row = Row(f"p{place}", 100.0 * place, place, 7, words, backfill=place % 2 == 0)
        window.add(row, vectors[place])
    return window, dict(zip(window.ids, vectors, strict=True))


def test_rows_come_back_from_bytes_as_they_were_but_for_the_vectors() -> None:
    window, vectors = filled(6)
    window.fields["label"] = np.arange(6)
    data = window.dump()
    again = Window.load(data, lambda ids: np.stack([vectors[name] for name in ids]))
    assert again.ids == window.ids
    assert (again.fields == window.fields).all()
    assert (again.raw == window.raw).all()
    for mine, theirs in zip(again.words, window.words, strict=True):
        assert (mine == theirs).all()
    assert window.raw.tobytes() not in data


def test_rows_of_a_version_that_settled_nothing_come_back_unsettled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    older = np.dtype([(name, FIELDS[name]) for name in FIELDS.names or () if name != "final"])
    with monkeypatch.context() as before:
        before.setattr("classifiers.window.FIELDS", older)
        window, vectors = filled(4)
        window.fields["label"] = np.arange(4)
        data = window.dump()
    again = Window.load(data, lambda ids: np.stack([vectors[name] for name in ids]))
    assert again.fields["final"].tolist() == [0, 0, 0, 0]
    assert (again.fields[list(older.names or ())] == window.fields).all()


def test_an_empty_window_comes_back_empty() -> None:
    again = Window.load(Window().dump(), lambda _: np.zeros((0, DIM), dtype=np.float32))
    assert len(again) == 0


def test_the_earliest_arrivals_leave_first_and_serials_stay() -> None:
    window, _ = filled(10)
    window.expire(keep=6, oldest=0.0)
    assert window.ids == [f"p{n}" for n in range(4, 10)]
    assert (window.first, window.next_serial) == (4, 10)
    window.expire(keep=6, oldest=650.0)
    assert window.ids == ["p7", "p8", "p9"]


def test_a_window_of_old_posts_only_is_emptied() -> None:
    window, _ = filled(3)
    window.expire(keep=10, oldest=1e9)
    assert (len(window), window.next_serial) == (0, 3)


def test_an_erased_post_leaves_only_its_place() -> None:
    window, vectors = filled(4)
    assert window.forget(["p2", "unknown"]) == [2]
    assert window.ids == ["p0", "p1", "", "p3"]
    assert not window.raw[2].any()
    assert window.fields["gone"].tolist() == [False, False, True, False]
    asked: list[str] = []

    def stored(ids: list[str]) -> NDArray[np.float32]:
        asked.extend(ids)
        return np.stack([vectors[name] for name in ids])

    again = Window.load(window.dump(), stored)
    assert asked == ["p0", "p1", "p3"]
    assert (again.raw == window.raw).all()


@given(st.lists(st.floats(-1, 1, width=32), min_size=DIM, max_size=DIM))
def test_stored_and_fresh_vectors_are_equal_to_the_last_bit(values: list[float]) -> None:
    vector = np.array(values, dtype=np.float32)
    stored = vector.astype(np.float16)
    assert half(vector).tobytes() == half(stored).tobytes() == half(half(vector)).tobytes()
