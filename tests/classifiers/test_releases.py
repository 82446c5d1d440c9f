"""Which release an issue probably followed: the rule, its laws and its worked numbers."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.releases import (
    LEAST,
    MOST,
    Followed,
    Shipped,
    Usual,
    followed,
    likely,
    version_in,
    version_key,
)
from tests.conftest import NOON

HOUR = timedelta(hours=1)
NOTHING_KNOWN = Usual(issues=0, days=0.0)
REPORTS = [NOON, NOON, NOON]


def after(
    *hours: float, named: Mapping[str, int] | None = None, usual: Usual = NOTHING_KNOWN
) -> Followed | None:
    """Return what an issue followed that began so many hours after releases 1.0, 2.0 …"""
    releases = [Shipped(f"{n}.0", NOON - HOUR * age) for n, age in enumerate(hours, start=1)]
    return followed(REPORTS, releases, usual=usual, named=named or {})


@pytest.mark.parametrize(
    ("hours", "probability"),
    [(1, 0.75), (6, 0.73), (24, 0.65), (48, 0.53), (96, None), (24 * 40, None), (-3, 0.77)],
)
def test_the_older_a_release_the_less_likely_it_is(hours: int, probability: float | None) -> None:
    found = after(hours)
    assert (found and found.probability) == probability


def test_a_release_long_after_the_first_reports_is_not_followed() -> None:
    assert after(-12) is None


def test_without_releases_or_reports_nothing_is_followed() -> None:
    assert followed(REPORTS, [], usual=NOTHING_KNOWN, named={"5.2": 9}) is None
    assert followed([], [Shipped("1.0", NOON)], usual=NOTHING_KNOWN, named={}) is None


def test_of_two_releases_the_nearer_one_wins_unless_people_name_the_other() -> None:
    nearer = after(60, 6)
    named = after(60, 6, named={"1.0": 5})
    assert nearer is not None
    assert named is not None
    assert (nearer.version, named.version) == ("2.0", "1.0")


def test_people_who_name_another_version_speak_against_it() -> None:
    assert after(6, named={"0.9": 4}) is None


def test_people_who_name_it_make_an_older_release_likely() -> None:
    assert after(24 * 7) is None
    found = after(24 * 7, named={"1.0": 5})
    assert found is not None
    assert found.probability > LEAST


def test_a_product_with_an_issue_a_day_blames_its_release_less() -> None:
    quiet, busy = after(6), after(6, usual=Usual(issues=60, days=60.0))
    assert quiet is not None
    assert quiet.probability > 0.7
    assert busy is None


def test_the_reason_says_all_that_counted() -> None:
    found = after(6, named={"v1.0": 3, "0.9": 1}, usual=Usual(issues=9, days=56.0))
    assert found is not None
    assert found.reason == (
        "1.0 came out 6 h before the first report; 3 of 4 people who name a version name it; "
        "without any release an issue begins here about every 7 days"
    )


def test_a_release_after_the_first_report_says_so() -> None:
    found = after(-1)
    assert found is not None
    assert found.reason.startswith("1.0 came out 60 min after the first report")


def test_one_old_post_does_not_decide_when_it_began() -> None:
    release = [Shipped("1.0", NOON - 6 * HOUR)]
    reports = [NOON - timedelta(days=90), NOON, NOON]
    found = followed(reports, release, usual=NOTHING_KNOWN, named={})
    assert found is not None
    assert found.version == "1.0"


@pytest.mark.parametrize(
    ("named", "counts"),
    [("5.2", True), ("v5.2.1", True), ("5.2.1", True), ("5.2.1.0", True), ("5", False)],
)
def test_people_name_a_version_in_their_own_spelling(named: str, counts: bool) -> None:
    releases = [Shipped("5.2.1", NOON - 5 * HOUR)]
    found = followed(REPORTS, releases, usual=NOTHING_KNOWN, named={named: 4})
    assert (found is not None) is counts


def test_two_spellings_of_one_release_count_once() -> None:
    once = [Shipped("5.2.0", NOON - 6 * HOUR)]
    twice = [*once, Shipped("v5.2", NOON - 5 * HOUR), Shipped("Autumn", NOON - 900 * HOUR)]
    both = [followed(REPORTS, told, usual=NOTHING_KNOWN, named={}) for told in (once, twice)]
    assert both[0] == both[1]


def test_half_a_version_that_two_releases_share_names_neither() -> None:
    releases = [Shipped("5.2.1", NOON - 30 * HOUR), Shipped("5.2.2", NOON - 5 * HOUR)]
    assert followed(REPORTS, releases, usual=NOTHING_KNOWN, named={"5.2": 6}) is None


@given(
    ages=st.lists(st.floats(-1e5, 1e5), max_size=8),
    named=st.dictionaries(st.text(max_size=12), st.integers(1, 10**9), max_size=6),
    issues=st.integers(0, 10**6),
    days=st.floats(-1e4, 1e6),
)
def test_it_is_a_probability_whatever_is_told(
    ages: list[float], named: dict[str, int], issues: int, days: float
) -> None:
    found = after(*ages, named=named, usual=Usual(issues=issues, days=days))
    assert found is None or LEAST <= found.probability <= MOST


@given(ages=st.permutations([3.0, 30.0, 300.0]), reports=st.permutations([0, 5, 9]))
def test_the_order_of_rows_does_not_matter(ages: list[float], reports: list[int]) -> None:
    releases = [Shipped(str(age), NOON - HOUR * age) for age in ages]
    times = [NOON + HOUR * late for late in reports]
    found = followed(times, releases, usual=NOTHING_KNOWN, named={"3.0": 2})
    assert found is not None
    assert found.version == "3.0"


@given(people=st.integers(0, 40))
def test_one_more_who_names_it_never_makes_it_less_likely(people: int) -> None:
    fewer, more = after(6, named={"1.0": people}), after(6, named={"1.0": people + 1})
    assert fewer is not None
    assert more is not None
    assert more.probability >= fewer.probability


@pytest.mark.parametrize(
    ("words", "version"),
    [
        ("v5.2.0", "5.2.0"),
        ("release-3", "release-3"),
        ("Fernsync 5.1 is out", "5.1"),
        ("Release 2026.11.2 (Android)", "2026.11.2"),
        ("Version 10 is here", "10"),
        ("10 tips for you", None),
        ("nightly", None),
        ("", None),
        ("\u202e5.2\x1b[31m", "5.2"),
        ("1.2" * 400, ("1.2" * 400)[:80]),
    ],
)
def test_a_version_is_found_in_a_tag_or_a_title(words: str, version: str | None) -> None:
    assert version_in(words) == version


@given(st.text(max_size=200))
def test_any_words_are_read_without_an_error(words: str) -> None:
    found = version_in(words)
    assert found is None or (0 < len(found) <= 80 and found.isprintable())


@pytest.mark.parametrize(
    ("one", "other"), [("v5.2.0", "5.2"), ("Release 5.02", "5.2"), ("5.2.0-BETA1", "5.2.0-beta.1")]
)
def test_spellings_of_one_version_are_one(one: str, other: str) -> None:
    assert version_key(one) == version_key(other)


def test_a_guess_is_said_as_one() -> None:
    assert likely(None, None) == ""
    assert likely("5.2.0", 0.734) == "5.2.0, 73 % likely"
    assert likely("5.2.0", 0.734, "why") == "5.2.0, 73 % likely: why"
    assert likely("5.2.0", None) == "5.2.0"
