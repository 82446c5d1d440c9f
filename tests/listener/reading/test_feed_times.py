"""Dates as programs write them, and the ones that no date can be."""

from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.reading.feed_times import first_time, iso_time

EIGHT = datetime(2026, 5, 11, 8, 15, tzinfo=UTC)


def read(date: str) -> datetime | None:
    """Return what is made of a pubDate."""
    body = f"<rss version='2.0'><channel><item><pubDate>{date}</pubDate></item></channel></rss>"
    return first_time(feedparser.parse(body.encode()).entries[0])


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 11 May 2026 08:15:00 GMT",
        "Monday, 11-May-26 08:15:00 GMT",
        "Mon May 11 08:15:00 2026",
        "2026-05-11T08:15Z",
        "20260511T081500Z",
        "2026-W20-1T08:15:00Z",
        "2026-05-11 10:15:00+02:00",
        "11 mai 2026 10:15:00 +0200",
        "lun, 11 mag 2026 10:15:00 CEST",
        "Mo., 11. Mai 2026 10:15:00 MESZ",
        "Mon, 11 May 2026 17:15:00 JST",
        "Thu, 11 May 2026 08:15:00 GMT",
        "lundi 11 mai 2026 08:15:00 GMT",
        "11 May 26 08:15 GMT",
        "Mon, 11 May 126 08:15:00 GMT",
        "Mon, 11 May 2026 08:15:00 M",
        "Mon, 11 May 2026 04:15:00 EDT",
        "Mon, 11 May 2026 08:15:00 UT",
        "Mon, 11 May 2026 08:15:00 -0000",
        "Mon, 11 May 2026 08:15:00 +9999",
        "Mon, 11 May 2026 08:15:00.250 GMT",
        "Пн, 11 мая 2026 08:15:00 +0000",
        "2026/05/11 08:15:00",
        "2026年5月11日 08:15",
        "2026-05-11 08:15:00 UTC",
        "May 11, 2026 8:15 AM",
        "May 11th, 2026 08:15:00 GMT",
        "1778487300",
        "1778487300123",
    ],
)
def test_a_date_is_read_however_it_is_written(date: str) -> None:
    assert read(date) == EIGHT


@pytest.mark.parametrize(
    "date", ["", "soon", "0", "Mon, 99 May 2026", "2026-13-45", "2026-000", "2026-W60-1", "1"]
)
def test_what_is_no_date_is_none(date: str) -> None:
    at = read(date)
    assert at is None or at.year >= 1995


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Sat, 31 Dec 2016 23:59:60 GMT", datetime(2017, 1, 1, tzinfo=UTC)),
        ("Sat, 31 Dec 2016 15:59:60 -0800", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("Sat, 31 Dec 2016 24:00:00 GMT", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T24:00:00Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("May 11, 2026 8:15 PM", datetime(2026, 5, 11, 20, 15, tzinfo=UTC)),
        ("May 11, 2026 12:15 AM", datetime(2026, 5, 11, 0, 15, tzinfo=UTC)),
        ("May 11, 2026", datetime(2026, 5, 11, tzinfo=UTC)),
        ("11 May 98 08:15:00 EST", datetime(1998, 5, 11, 13, 15, tzinfo=UTC)),
    ],
)
def test_times_that_no_clock_shows_are_read(date: str, at: datetime) -> None:
    assert read(date) == at


def test_a_leap_second_of_a_json_feed_is_read() -> None:
    assert iso_time("2016-12-31T23:59:60Z") == datetime(2017, 1, 1, tzinfo=UTC)
    assert iso_time("9999-12-31T23:59:60Z") is None


def test_a_default_value_is_no_date() -> None:
    assert read("Thu, 01 Jan 1970 00:00:00 GMT") is None
    assert iso_time("0001-01-01T00:00:00+01:00") is None
    assert iso_time(1_778_000_000) is None


def test_when_it_was_written_counts_before_when_it_was_edited() -> None:
    assert first_time({"published": "2026-05-11T08:15Z", "updated": "2026-05-12"}) == EIGHT
    assert first_time({"published": "gestern", "updated": "2026-05-11T08:15Z"}) == EIGHT


@given(st.datetimes(min_value=datetime(1995, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - UTC
def test_every_time_that_iso_can_write_is_read_back(at: datetime) -> None:
    assert iso_time(at.isoformat()) == at


@given(st.text(max_size=60), st.one_of(st.none(), st.text(max_size=9), st.tuples(st.integers())))
def test_no_text_breaks_the_reading_of_a_date(text: str, parsed: object) -> None:
    at = first_time({"published": text, "published_parsed": parsed})
    assert at is None or at.tzinfo is UTC
