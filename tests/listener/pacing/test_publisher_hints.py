"""What publishers ask for is understood in each of its four ways; odd words cost nothing."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from listener.pacing.publisher_hints import Hints, asked_pause, hints_of, max_age_s

TIMES = "<a:updateFrequency>{}</a:updateFrequency>"
NOON = datetime(2026, 5, 12, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "pause_s"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl> 5\n</ttl>", 300),
        ("<ttl>often</ttl>", 0),
        ("<ttl>-5</ttl>", 0),
        ("<ttl>99999999999999</ttl>", 0),
        ("<sy:updatePeriod>\n hourly </sy:updatePeriod>", 3600),
        (f"<a:updatePeriod>Hourly</a:updatePeriod>{TIMES.format(4)}", 900),
        (f"<a:updatePeriod>daily</a:updatePeriod>{TIMES.format(0)}", 86_400),
        ("<sy:updatePeriod>whenever</sy:updatePeriod>", 0),
        ("<ttl>10</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 3600),
        ("<item><ttl>60</ttl></item>", 0),
        ("", 0),
    ],
)
def test_the_head_of_a_feed_says_how_often(head: str, pause_s: float) -> None:
    assert hints_of(f"<rss><channel>{head}<item>x</item>".encode()).pause_s == pause_s


@pytest.mark.parametrize(
    ("told", "hours"),
    [
        ("<hour>0</hour><hour>23</hour>", {0, 23}),
        ("\n <hour>1</hour>\n <hour>24</hour>\n", {0, 1}),
        ("<hour>99</hour>", set()),
        ("<hour>noon</hour>", set()),
        ("", set()),
    ],
)
def test_hours_to_skip_are_hours_of_the_day(told: str, hours: set[int]) -> None:
    body = f"<rss><channel><skipHours>{told}</skipHours><item/>".encode()

    assert hints_of(body).skip_hours == hours


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=600", 600),
        ("public, Max-Age=600, must-revalidate", 600),
        ('max-age="600"', 600),
        ("s-maxage=600", 0),
        ("no-cache", 0),
        ("max-age=soon", 0),
        (None, 0),
    ],
)
def test_an_answer_says_how_long_it_stays_fresh(header: str | None, seconds: float) -> None:
    assert max_age_s(header) == seconds


@pytest.mark.parametrize(
    ("hints", "fresh_s", "minutes"),
    [
        (Hints(), 0, None),
        (Hints(600), 60, 10),
        (Hints(60), 600, 10),
        (Hints(600, frozenset({12})), 0, 30),
        (Hints(0, frozenset({12, 13})), 0, 90),
        (Hints(0, frozenset({13})), 0, None),
        (Hints(0, frozenset(range(24))), 0, None),
    ],
)
def test_the_longest_pause_that_was_asked_for_counts(
    hints: Hints, fresh_s: float, minutes: int | None
) -> None:
    wanted = None if minutes is None else timedelta(minutes=minutes)

    assert asked_pause(hints, fresh_s=fresh_s, now=NOON) == wanted


def test_no_head_costs_time() -> None:
    began = time.process_time()
    hints_of(b"<skipHours>" + b"<hour>" * 2_000_000)
    hints_of(b"<sy:updatePeriod>" * 600_000)
    hints_of(b"<a:" + b"x" * 10_000_000)
    max_age_s("max-age=" * 100_000)

    assert time.process_time() - began < 1.0
