"""A file of records on the web, of which only what was appended is fetched.

Apart from the plug-in, which reads a file wherever it lies: here a stretch of a distant file
is made to look like one. A server that knows no ranges sends the whole; what is read is the same.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from config.http_client import PoliteClient, Response
from listener.answers import check_answer, shown_address
from listener.diagnoses import DiagnosedError
from listener.discovery import recognise_page
from listener.platforms.record_lines import MAX_RECORD
from listener.tables import SourceState

STRETCH: Final = 4 * MAX_RECORD
"""Bytes asked for at a time: more than one record may have."""
_RANGE: Final = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")


class Stretch(io.BytesIO):
    """A part of a distant file, read by the places of the whole."""

    def __init__(self, data: bytes, *, begins: int, length: int | None) -> None:
        super().__init__(data)
        self.begins = begins
        self.ends = begins + len(data)
        self.length = self.ends if length is None else max(length, self.ends)
        """Bytes of the whole file, as far as is known."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place of the whole file; return it."""
        moved = offset - self.begins if whence == io.SEEK_SET else offset
        return super().seek(max(moved, 0), whence) + self.begins

    def tell(self) -> int:
        """Return the place in the whole file."""
        return super().tell() + self.begins


@dataclass(frozen=True)
class Fetched:
    """What a server gave of a file."""

    stretch: Stretch
    is_part: bool
    validators: Mapping[str, str]
    moved_to: str | None


def fetch_stretch(
    client: PoliteClient,
    url: str,
    *,
    begins: int,
    credentials: Mapping[str, str],
    validators: Mapping[str, str],
) -> Fetched | None:
    """Fetch a file from a place on; None when nothing was changed since ``validators``.

    Args:
        client: the polite client.
        url: where the file lies.
        begins: the first byte that is of interest.
        credentials: headers that open it.
        validators: ``etag`` and ``last_modified`` of the answer that was read to its end.

    Raises:
        DiagnosedError: the answer is no file of records.
    """
    response = client.get(
        url,
        headers={"Range": f"bytes={begins}-{begins + STRETCH - 1}"},
        credentials=credentials,
        etag=validators.get("etag"),
        last_modified=validators.get("last_modified"),
        accept="application/x-ndjson, application/jsonl, text/csv, */*;q=0.5",
    )
    if response.not_modified and validators:
        return None
    if response.status == 416 and begins:
        # It is shorter than it was: another file lies there now.
        return fetch_stretch(client, url, begins=0, credentials=credentials, validators={})
    return _fetched(response)


def _fetched(response: Response) -> Fetched:
    check_answer(response)
    part = _part(response)
    if part is None or not part.begins:
        # A later part may begin with a "<" in the middle of somebody's text.
        _refuse_pages(response)
    named = {"etag": "etag", "last_modified": "last-modified"}
    found = {name: response.headers.get(header) for name, header in named.items()}
    return Fetched(
        part or Stretch(response.body, begins=0, length=None),
        is_part=part is not None and part.begins > 0,
        validators={name: value for name, value in found.items() if value},
        moved_to=response.permanent_redirect,
    )


def _part(response: Response) -> Stretch | None:
    told = _RANGE.fullmatch(response.headers.get("content-range", "").strip())
    if response.status != 206 or told is None:
        return None
    length = None if told[3] == "*" else int(told[3])
    return Stretch(response.body, begins=int(told[1]), length=length)


def _refuse_pages(response: Response) -> None:
    head = response.body[:4_096].decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if not head.startswith("<"):
        return
    kind = recognise_page(head, url=response.final_url).kind
    state = {"challenge": SourceState.CHALLENGE, "log-in": SourceState.NEEDS_LOGIN}
    raise DiagnosedError(
        state.get(kind, SourceState.HTML),
        f"{shown_address(response.final_url)} is a web page, not a file of records: give the "
        "address of the file, or a credential that opens it",
    )
