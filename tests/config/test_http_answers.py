from datetime import UTC, datetime

import pytest

from config.http_answers import retry_after_s
from config.http_client import HttpKnobs, PoliteClient
from tests.places.web import Web, raw

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("5", 5),
        (" 120 ", 120),
        ("0", 0),
        ("99999999999", 86400),
        ("9" * 5000, 86400),
        ("-5", None),
        ("1.5", 1.5),
        ("120.0", 120),
        ("30s", 30),
        ("60 seconds", 60),
        ("60, 120", 120),
        ("1e3", None),
        ("1.2.3", None),
        ("Mon, 04 May 2026 23:59:60 GMT", 43199),
        ("Monday, 04-May-26 12:00:30 GMT", 30),
        ("٥", None),
        ("soon", None),
        ("Mon, 04 May 2026 12:00:30 GMT", 30),
        ("Mon, 04 May 2026 12:00:30 -0000", 30),
        ("Mon, 04 May 2026 14:00:30 +0200", 30),
        ("Mon, 04 May 2026 11:00:00 GMT", 0),
        ("Mon, 04 May 2099 11:00:00 GMT", 86400),
        ("Mon, 99 Foo 99999 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_read_whatever_its_form(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, now=NOON) == seconds


def test_a_retry_date_is_measured_on_the_senders_own_clock() -> None:
    headers = {
        "Date": "Mon, 04 May 1998 12:00:00 GMT",
        "Retry-After": "Mon, 04 May 1998 12:00:07 GMT",
    }
    # The library server writes its own Date first; the script's must be the only one.
    answer = b"HTTP/1.1 429 X\r\nContent-Length: 0\r\n"
    answer += "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    knobs = HttpKnobs(user_agent="test/1", allow_hosts=("127.0.0.1",))
    with Web(lambda asked: raw(answer + b"\r\n")) as web:
        assert PoliteClient(knobs).get(web.url()).retry_after_s == 7
