"""Dates in headers are read in one way, whatever a server writes."""

from datetime import UTC, datetime

import pytest

from config.http_dates import http_date

NOON = datetime(2026, 5, 12, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 12 May 2026 12:00:05 GMT",
        "Tue, 12 May 2026 12:00:05 -0000",
        "Tue, 12 May 2026 12:00:05",
        "Tue, 12 May 2026 14:00:05 +0200",
        "Tuesday, 12-May-26 12:00:05 GMT",
        "Tue May 12 12:00:05 2026",
    ],
)
def test_every_way_to_write_a_date_names_a_moment_in_utc(text: str) -> None:
    assert http_date(text) == NOON


def test_a_leap_second_is_the_second_before_it() -> None:
    assert http_date("Thu, 31 Dec 2026 23:59:60 GMT") == datetime(
        2026, 12, 31, 23, 59, 59, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "0",
        "-1",
        "Tue, 32 May 2026 12:00:05 GMT",
        "Tue, 12 May 2026 12:00:05 +9999",
        f"Tue, 12 May {'9' * 40} 12:00:05 GMT",
        ",",
    ],
)
def test_what_names_no_moment_is_no_error(text: str | None) -> None:
    assert http_date(text) is None
