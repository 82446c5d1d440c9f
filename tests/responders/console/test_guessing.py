"""How often a password may be guessed."""

import pytest

from responders.console.guessing import PER_NAME, PER_PEER, REMEMBERED, Guesses


def _guess(guesses: Guesses, times: int, *, name: str = "ruth", peer: str = "192.0.2.7") -> None:
    for _ in range(times):
        guesses.wrong(name, peer, now_s=0.0)


def test_four_wrong_passwords_cost_nothing_and_the_fifth_a_wait() -> None:
    guesses = Guesses()
    _guess(guesses, PER_NAME - 1)
    assert guesses.wait_s("ruth", "192.0.2.7", now_s=0.0) == 0.0
    _guess(guesses, 1)
    assert guesses.wait_s("ruth", "192.0.2.7", now_s=0.0) == 30.0
    assert guesses.wait_s("RUTH", "192.0.2.7", now_s=10.0) == 20.0


@pytest.mark.parametrize(("more", "wait_s"), [(1, 60.0), (2, 120.0), (10, 900.0), (500, 900.0)])
def test_each_further_one_doubles_the_wait_up_to_a_quarter_of_an_hour(
    more: int, wait_s: float
) -> None:
    guesses = Guesses()
    _guess(guesses, PER_NAME + more)
    assert guesses.wait_s("ruth", "192.0.2.7", now_s=0.0) == wait_s


def test_a_stranger_elsewhere_locks_nobody_out() -> None:
    guesses = Guesses()
    _guess(guesses, PER_NAME + 3)
    assert guesses.wait_s("ruth", "192.0.2.8", now_s=0.0) == 0.0
    assert guesses.wait_s("ines", "192.0.2.7", now_s=0.0) == 0.0


def test_one_peer_cannot_go_through_all_names() -> None:
    guesses = Guesses()
    for number in range(PER_PEER):
        _guess(guesses, 1, name=f"name {number}")
    assert guesses.wait_s("another", "192.0.2.7", now_s=0.0) > 0


def test_who_knew_it_after_all_starts_afresh() -> None:
    guesses = Guesses()
    _guess(guesses, PER_NAME)
    guesses.right("ruth", "192.0.2.7")
    assert guesses.wait_s("ruth", "192.0.2.7", now_s=0.0) == 0.0


def test_after_an_hour_all_is_forgotten() -> None:
    guesses = Guesses()
    _guess(guesses, PER_NAME + 20)
    guesses.wrong("somebody", "192.0.2.9", now_s=3601.0)
    _guess(guesses, 1)
    assert guesses.wait_s("ruth", "192.0.2.7", now_s=0.0) == 0.0


def test_invented_names_do_not_fill_the_memory() -> None:
    guesses = Guesses()
    for number in range(REMEMBERED + 50):
        guesses.wrong(f"name {number}", "192.0.2.7", now_s=float(number) / 1000)
    assert len(guesses._counts) <= REMEMBERED + 2
