"""What comes back: one answer, read whole, unpacked, and never larger than allowed.

Apart from the client, which decides where to go; here is decided what to make of what came.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpcore2
import httpx2

from config.addresses import Target
from config.connections import Deadline
from config.content_coding import BodyDecoder
from config.http_dates import http_date
from config.http_requests import HEADER_TEXT
from config.http_trouble import TooLarge

MAX_RETRY_AFTER_S: Final = 24 * 3600.0
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SECONDS: Final = re.compile(
    rf"{_NUMBER.pattern}(?: ?(?:s|sec|secs|seconds?))?(?:\s*,\s*{_NUMBER.pattern})*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One answer, read whole.

    `url` is the address as asked, `final_url` where the answer came from. `permanent_redirect` is
    the address to remember instead of `url`: the one reached by 301 and 308 alone, None when there
    is none. `body` is unpacked. `elapsed_s` leaves out the waiting for our turn. `retry_after_s`
    counts from the answer, at most a day.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    permanent_redirect: str | None
    elapsed_s: float
    retry_after_s: float | None

    @property
    def not_modified(self) -> bool:
        """Whether the validators still hold, so that there is no body."""
        return self.status == 304


def read_answer(
    raw: httpcore2.Response, target: Target, *, deadline: Deadline, max_bytes: int, with_body: bool
) -> Response:
    """Read an answer to its end.

    Raises:
        TooLarge: the body holds more than `max_bytes`, packed or unpacked.
        zlib.error, UnknownCoding, EOFError: the body is not packed as it says.
    """
    headers = httpx2.Headers(raw.headers, encoding=HEADER_TEXT)
    body = _read_body(raw, headers, target, deadline, max_bytes) if with_body else b""
    return Response(
        url=target.url,
        final_url=target.url,
        status=raw.status,
        headers=headers,
        body=body,
        permanent_redirect=None,
        elapsed_s=0.0,
        retry_after_s=retry_after_s(headers.get("retry-after"), now=_sent_at(headers)),
    )


def _read_body(
    raw: httpcore2.Response,
    headers: Mapping[str, str],
    target: Target,
    deadline: Deadline,
    max_bytes: int,
) -> bytes:
    too_large = TooLarge(f"{target.shown} holds more than {max_bytes:,} bytes")
    # Spares both sides a download that would be thrown away. A 304 tells the length it would have.
    if raw.status != 304 and int(headers.get("content-length", "0")) > max_bytes:
        raise too_large
    decoder = BodyDecoder(headers.get("content-encoding", ""))
    body = bytearray()
    packed = 0
    for chunk in raw.iter_stream():
        # The packed bytes count too: endless empty gzip members unpack to nothing.
        packed += len(chunk)
        if packed > max_bytes:
            raise too_large
        for piece in decoder.feed(chunk):
            deadline.cut(None, httpcore2.ReadTimeout)
            body += piece
            if len(body) > max_bytes:
                raise too_large
    decoder.finish()
    return bytes(body)


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or an HTTP date, capped at a day; None when unreadable.

    Servers write "1.5", "30s" and, through two proxies, "60, 60" as well; the longest counts.
    Source: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        # A longer number is beyond the cap whatever it says.
        told = [float(number[:10]) for number in _NUMBER.findall(text)]
        return min(max(told), MAX_RETRY_AFTER_S)
    at = http_date(text)
    return None if at is None else min(max(0.0, (at - now).total_seconds()), MAX_RETRY_AFTER_S)


def _sent_at(headers: Mapping[str, str]) -> datetime:
    """When the answer was sent by the sender's own clock, so that a wrong clock cancels out."""
    return http_date(headers.get("date")) or datetime.now(UTC)
