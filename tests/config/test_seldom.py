"""An act that is asked for in each round is done once in a while."""

import time

import pytest

from config.seldom import Seldom


def test_an_act_rests_between_two_times(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    done: list[float] = []

    def act() -> int:
        done.append(now[0])
        return 3

    often = Seldom(5.0, act)
    assert [often(), often()] == [3, 0]
    now[0] = 104.9
    assert often() == 0
    now[0] = 105.0
    assert often() == 3
    assert done == [100.0, 105.0]


def test_an_act_that_fails_rests_as_well() -> None:
    def act() -> int:
        raise ValueError("it broke")

    often = Seldom(5.0, act)
    with pytest.raises(ValueError, match="it broke"):
        often()
    assert often() == 0
