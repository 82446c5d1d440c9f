import threading
import time

import pytest

from config import pacing
from config.pacing import HostPacing


def test_two_turns_at_one_host_lie_the_spacing_apart_and_other_hosts_do_not_wait() -> None:
    waited: list[float] = []
    polite = HostPacing(60, sleep=waited.append)
    for host in ("a.example:80", "b.example:80", "a.example:80", "a.example:81"):
        with polite.turn(host):
            pass
    assert len(waited) == 1
    assert 55 < waited[0] <= 60


def test_the_pause_counts_from_the_end_of_a_turn_even_when_it_failed() -> None:
    waited: list[float] = []
    polite = HostPacing(60, sleep=waited.append)
    with pytest.raises(ZeroDivisionError), polite.turn("a.example:80"):
        1 / 0  # noqa: B018 - raises
    with polite.turn("a.example:80"):
        pass
    assert len(waited) == 1


def test_a_host_that_asks_for_longer_pauses_gets_them_and_the_others_do_not_wait() -> None:
    waited: list[float] = []
    polite = HostPacing(10, sleep=waited.append)
    polite.slow_down("a.example:80", 60)
    polite.slow_down("b.example:80", 1)  # less than everybody gets
    for host in ("a.example:80", "a.example:80", "b.example:80", "b.example:80"):
        with polite.turn(host):
            pass
    first, second = waited
    assert 55 < first <= 60
    assert 5 < second <= 10

    polite.slow_down("a.example:80", None)
    for _ in range(2):
        with polite.turn("a.example:80"):
            pass
    first, second = waited[2:]
    assert 55 < first <= 60
    assert 5 < second <= 10


def test_one_host_is_visited_by_one_thread_at_a_time_while_others_go_on() -> None:
    polite = HostPacing(0)
    inside, most = 0, 0
    others_done = threading.Event()

    def visit() -> None:
        nonlocal inside, most
        with polite.turn("slow.example:80"):
            inside += 1
            most = max(most, inside)
            assert others_done.wait(5)
            inside -= 1

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    with polite.turn("quick.example:80"):
        others_done.set()
    for thread in threads:
        thread.join()
    assert most == 1


def test_hosts_not_heard_of_for_long_are_forgotten_but_not_those_still_pausing() -> None:
    polite = HostPacing(0)
    for number in range(pacing._KEPT_TURNS * 2):
        with polite.turn(f"{number}.example:80"):
            pass
    assert len(polite._turns) <= pacing._KEPT_TURNS + 2
    slow = HostPacing(3600, sleep=lambda seconds: None)
    for number in range(pacing._KEPT_TURNS + 10):
        with slow.turn(f"{number}.example:80"):
            pass
    assert slow._turns["0.example:80"].free_at > time.monotonic()
