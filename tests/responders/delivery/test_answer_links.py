"""Links that answer: only ours, only for a while, only for what they say."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.delivery.answer_links import Answerable, answer_link, read_link, sign

KEY, NOW = b"k" * 32, datetime(2026, 5, 12, 12, tzinfo=UTC)
WHAT = Answerable(7, "apprise:ruth", NOW + timedelta(hours=24))


@given(issue=st.integers(1, 2**40), destination=st.text(max_size=60))
def test_what_was_signed_is_read_back(issue: int, destination: str) -> None:
    what = Answerable(issue, destination, NOW + timedelta(hours=1))
    try:
        given_link = sign(KEY, what)
    except UnicodeEncodeError:  # a lone surrogate, which no name of ours holds
        return
    assert read_link(KEY, given_link, now=NOW) == what
    assert given_link.replace(".", "").isalnum()


@given(st.text(max_size=200))
def test_what_we_did_not_make_is_nothing(given_link: str) -> None:
    assert read_link(KEY, given_link, now=NOW) is None


@given(st.integers(0, 200), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_link_is_nothing(place: int, char: str) -> None:
    link = sign(KEY, WHAT)
    place %= len(link)
    changed = link[:place] + char + link[place + 1 :]
    found = read_link(KEY, changed, now=NOW)
    assert found in (None, WHAT)  # the last character's spare bits say nothing


def test_a_link_is_good_until_its_end() -> None:
    link = sign(KEY, WHAT)
    assert read_link(KEY, link, now=WHAT.until - timedelta(seconds=1)) == WHAT
    assert read_link(KEY, link, now=WHAT.until) is None


def test_another_installation_reads_nothing() -> None:
    assert read_link(b"j" * 32, sign(KEY, WHAT), now=NOW) is None


@pytest.mark.parametrize("base", ["https://gs.example/console/", "https://gs.example"])
def test_a_link_leads_to_the_console(base: str) -> None:
    assert answer_link(KEY, base, WHAT).startswith("https://gs.example/console/answer/")


def test_nobody_is_led_to_a_console_whose_address_nobody_knows() -> None:
    assert answer_link(KEY, "", WHAT) == ""
