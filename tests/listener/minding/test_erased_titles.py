"""An erased title is known again inside another one; the subjects of others are theirs."""

import pytest

from listener.identity import ONE_THREAD
from listener.minding.erased_titles import gave_title, repeats, title_key


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Is it broken", True),
        ("IS IT  BROKEN (3 comments)", True),
        ("Re: Is it broken", True),
        ("Comment on Is it broken by Ann", True),
        ("It hangs", False),
        ("", False),
        (None, False),
    ],
)
def test_a_title_is_known_by_its_digest(title: str | None, expected: bool) -> None:
    assert repeats(title, 1, {title_key(1, "Is it broken")}) is expected


def test_a_title_is_erased_in_its_thread_alone() -> None:
    assert not repeats("Is it broken", 2, {title_key(1, "Is it broken")})
    assert not repeats("Is it broken", 1, ())


def test_a_short_title_stands_in_others_by_chance() -> None:
    keys = {title_key(1, "new")}
    assert repeats("new", 1, keys)
    assert repeats("Re: new", 1, keys)
    assert not repeats("a new problem", 1, keys)
    assert not repeats("is it new", 1, keys)
    assert not repeats("ew", 1, keys)


def test_the_longest_title_is_looked_at_in_no_time() -> None:
    assert not repeats("x" * 1_000_000, 1, {title_key(1, "y" * 1_000)})


def test_only_who_gave_the_title_takes_it_away() -> None:
    shown = "Is it broken"
    assert gave_title("Is it broken (2 comments)", shown, name="t", opens=False)
    assert gave_title("Is it broken for all of us", shown, name="t", opens=True)
    assert not gave_title("Is it broken for all of us", shown, name="t", opens=False)
    assert not gave_title("It hangs", shown, name="t", opens=True)
    assert not gave_title(shown, shown, name=ONE_THREAD, opens=True)
    assert not gave_title(shown, None, name="t", opens=True)
