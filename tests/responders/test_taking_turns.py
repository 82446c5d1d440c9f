"""Steps take turns: what fails rests by itself, and what hangs is left to itself."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from responders.taking_turns import Abreast, Steps, in_turn, rest_s


def failing(error: Exception | None = None) -> Callable[[], int]:
    def step() -> int:
        raise error or ValueError("odd")

    return step


class Counting:
    """A step that counts its runs."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self) -> int:
        """Move one thing."""
        self.runs += 1
        return 1


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a hanging step waits for; it is open at the end."""
    event = threading.Event()
    yield event
    event.set()


def test_rests_double_up_to_a_minute() -> None:
    assert [rest_s(failures) for failures in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_step_that_failed_rests_while_the_others_run_on() -> None:
    fine, broken = Counting(), Counting()

    def breaks() -> int:
        broken()
        raise ValueError("odd")

    steps = in_turn(breaks, fine)
    with pytest.raises(ValueError, match="odd"):
        steps.run(time.monotonic())
    assert (steps.moved, steps.failures) == (1, 1)
    assert steps.run(time.monotonic()) == 1
    assert (broken.runs, fine.runs) == (1, 2)
    assert isinstance(steps.trouble, ValueError)


def test_after_its_rest_it_runs_again_and_rests_longer() -> None:
    steps = in_turn(failing())
    for failures in (1, 2, 3):
        with pytest.raises(ValueError, match="odd"):
            steps.run(time.monotonic() + 3600)
        assert steps.failures == failures
    assert steps.run(time.monotonic() + 3.5) == 0


def test_once_it_goes_well_nothing_is_wrong_any_more() -> None:
    ends: Iterator[int | Exception] = iter([ValueError("odd"), 2, 1])

    def step() -> int:
        end = next(ends)
        if isinstance(end, Exception):
            raise end
        return end

    steps = in_turn(step)
    with pytest.raises(ValueError, match="odd"):
        steps()
    assert steps() == 2
    assert steps.trouble is None
    assert steps.run(time.monotonic()) == 1


def test_called_without_a_time_nothing_is_left_out() -> None:
    counting = Counting()
    steps = in_turn(failing(), counting)
    for _ in range(3):
        with pytest.raises(ValueError, match="odd"):
            steps()
    assert counting.runs == 3


def test_what_hangs_holds_up_no_other_and_is_not_begun_twice(gate: threading.Event) -> None:
    begun, fine = Counting(), Counting()

    def hang() -> int:
        begun()
        gate.wait(30)
        return 5

    abreast = Abreast({"slow": hang, "fine": fine}, grace_s=0.2)
    first = abreast.run(0.0)
    second = abreast.run(0.0)
    assert (first, second, begun.runs, fine.runs) == (1, 1, 1, 2)
    gate.set()
    for thread in [found for found in threading.enumerate() if found.daemon]:
        thread.join(5)
    assert abreast.run(0.0) >= 5 + 1


def test_what_moved_beside_a_failure_is_counted_and_the_failure_told() -> None:
    abreast = Abreast({"odd": failing(), "fine": Counting()}, grace_s=20)
    with pytest.raises(ValueError, match="odd"):
        abreast.run(0.0)
    assert (abreast.moved, abreast.failures) == (1, 1)
    assert isinstance(abreast.trouble, ValueError)
    assert abreast.run(0.0) == 1, "it rests, the other one does not"


def test_only_those_with_something_to_do_are_begun() -> None:
    busy, idle = Counting(), Counting()
    abreast = Abreast({"busy": busy, "idle": idle}, wanted=lambda: {"busy"}, grace_s=20)
    assert abreast.run(0.0) == 1
    assert (busy.runs, idle.runs) == (1, 0)


def test_steps_of_one_destination_rest_each_by_itself() -> None:
    send = Counting()
    abreast = Abreast({"discord": Steps(send, failing())}, grace_s=20)
    with pytest.raises(ValueError, match="odd"):
        abreast.run(0.0)
    assert abreast.run(0.0) == 1
    assert send.runs == 2
