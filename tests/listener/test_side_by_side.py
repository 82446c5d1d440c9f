"""Many places at a time: none waits for a slow one, none is asked by two at once."""

import threading
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from listener import side_by_side
from listener.side_by_side import SideBySide

PATIENCE_S = 30.0
"""Far beyond what any of it takes; a test that waits so long has failed."""
LATER = float("inf")


def place_of(task: str) -> str:
    return task.partition("/")[0]


def once(*tasks: str) -> "Due":
    return Due(list(tasks))


class Due:
    """Gives all tasks each time it is asked, as rows that stay due do."""

    def __init__(self, tasks: Sequence[str]) -> None:
        self.tasks = list(tasks)

    def __call__(self) -> list[str]:
        return list(self.tasks)


@pytest.fixture(autouse=True)
def short_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a place count as slow at once, so that no test waits for it."""
    monkeypatch.setattr(side_by_side, "MOMENT_S", 0.01)
    monkeypatch.setattr(side_by_side, "ASKED_S", 0.01)


def test_more_slow_places_than_workers_keep_no_other_waiting() -> None:
    heard = threading.Event()

    def act(task: str) -> bool:
        if task.startswith("good"):
            heard.set()
        return heard.wait(PATIENCE_S)

    slow = [f"slow{number}/" for number in range(5)]
    done = SideBySide(act, place_of, str, workers=2, ends=LATER).do(once(*slow, "good/"))

    assert done == [True] * 6


def test_what_becomes_due_meanwhile_waits_for_nobody() -> None:
    heard = threading.Event()
    due = once("slow/")

    def act(task: str) -> bool:
        if task == "late/":
            heard.set()
        due.tasks.append("late/")
        return heard.wait(PATIENCE_S)

    assert SideBySide(act, place_of, str, workers=1, ends=LATER).do(due) == [True, True]


def test_one_place_is_asked_in_turn() -> None:
    guard, busy, worst = threading.Lock(), Counter[str](), Counter[str]()

    def act(task: str) -> str:
        with guard:
            busy[place_of(task)] += 1
            worst[place_of(task)] = max(worst[place_of(task)], busy[place_of(task)])
        threading.Event().wait(0.001)
        with guard:
            busy[place_of(task)] -= 1
        return task

    tasks = [f"host{number % 3}/{number}" for number in range(60)]
    done = SideBySide(act, place_of, str, workers=4, ends=LATER).do(once(*tasks))

    assert sorted(done) == sorted(tasks), "each is done once, though it stays due"
    assert set(worst.values()) == {1}


def test_only_so_many_are_busy_in_all() -> None:
    guard, busy, worst = threading.Lock(), 0, 0

    def act(_task: str) -> None:
        nonlocal busy, worst
        with guard:
            busy += 1
            worst = max(worst, busy)
        threading.Event().wait(0.02)
        with guard:
            busy -= 1

    SideBySide(act, str, str, workers=1, ends=LATER).do(once(*map(str, range(40))))

    assert worst <= side_by_side.MOST


def test_a_slow_task_keeps_no_other_waiting_after_the_time_of_the_pass() -> None:
    heard, over = threading.Event(), time.monotonic() - 1

    def act(task: str) -> bool:
        if task == "good/":
            heard.set()
        return heard.wait(PATIENCE_S)

    due = once("slow/1", "slow/2", "good/")
    done = SideBySide(act, place_of, str, workers=2, ends=over).do(due)
    assert done == [True] * 2, "the slow place is not asked again in this pass"


def test_a_slow_task_begun_after_the_time_of_the_pass_makes_it_no_longer() -> None:
    begun, ended = threading.Event(), threading.Event()
    due, over = once("first/", "second/"), time.monotonic() - 1

    def act(task: str) -> str:
        if task == "first/":
            begun.wait(PATIENCE_S)
            ended.set()
        if task == "second/":
            begun.set()
            ended.wait(PATIENCE_S)
            threading.Event().wait(0.1)
            due.tasks.append("late/")
            threading.Event().wait(0.1)
        return task

    done = SideBySide(act, place_of, str, workers=2, ends=over).do(due)
    assert done == ["first/", "second/"]


def test_after_its_time_a_pass_begins_nothing_but_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(side_by_side, "MOMENT_S", PATIENCE_S)  # nothing is slow
    over = time.monotonic() - 1
    assert SideBySide(str, place_of, str, workers=2, ends=over).do(once("a/", "b/")) == ["a/"]
    assert SideBySide(str, place_of, str, workers=2, ends=over).do(once()) == []
