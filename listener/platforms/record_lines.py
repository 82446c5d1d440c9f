"""One record after the other out of a JSONL or CSV file, with the numbers of the lines.

Apart from the source because ``post import`` reads the same files, and because what counts as a
record (a quoted line end, a time as seconds, a missing id) is a rule of its own.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from config.clock import parse_time
from listener.sources.base import RawPost

MAX_RECORD: Final = 1_000_000
"""Bytes of one record; a file without line ends must not fill the memory."""
DELIMITERS: Final[Mapping[str, str]] = {".csv": ",", ".tsv": "\t"}
_MILLISECONDS_FROM: Final = 100_000_000_000
"""As seconds this would be the year 5138, so larger numbers are milliseconds."""


class BadRecordError(ValueError):
    """A line is no record; says why in a few words."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The bytes of one record."""

    data: bytes
    number: int
    """The line it begins on, counted from 1."""
    end: int
    """Where the next one begins, in bytes from the start of the file."""
    end_number: int
    """The line it ends on."""
    too_long: bool

    @property
    def whole(self) -> bool:
        """Whether it ends with a line end; otherwise somebody may still be writing it."""
        return self.data.endswith(b"\n") or self.too_long

    @property
    def text(self) -> str:
        """Return the record as text, which spreadsheets may write in the letters of Windows."""
        text = self.data.decode("utf-8-sig" if self.number == 1 else "utf-8", "replace").strip()
        lost = text.count("\ufffd")
        if lost and lost == sum(byte >= 0x80 for byte in self.data):
            return self.data.decode("cp1252", "replace").strip()  # not one letter was of UTF-8
        return text


def chunks(file: IO[bytes], *, offset: int, line: int, quoted: bool) -> Iterator[Chunk]:
    """Yield the records from ``offset`` on.

    Args:
        file: open for reading.
        offset: where to begin, in bytes.
        line: the lines before it.
        quoted: a line end between quotes belongs to the record (CSV).
    """
    file.seek(offset)
    while True:
        data, lines, too_long = _chunk(file, quoted=quoted)
        if not data:
            return
        first, line = line + 1, line + lines
        yield Chunk(data, first, file.tell(), line, too_long)


def _chunk(file: IO[bytes], *, quoted: bool) -> tuple[bytes, int, bool]:
    pieces: list[bytes] = []
    lines = size = quotes = 0
    while size < MAX_RECORD:
        piece = file.readline(MAX_RECORD)
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
        quotes += piece.count(b'"')
        if piece.endswith(b"\n"):
            lines += 1
            if not quoted or quotes % 2 == 0:
                break
    too_long = size >= MAX_RECORD
    if too_long and not pieces[-1].endswith(b"\n"):
        while (rest := file.readline(MAX_RECORD)) and not rest.endswith(b"\n"):
            continue
        lines += 1
    return b"".join(pieces), max(lines, 1), too_long


def parse_json(text: str) -> RawPost:
    """Return the post of one line of JSONL.

    Raises:
        BadRecordError: it is none.
    """
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRecordError("is no JSON") from error
    if not isinstance(fields, dict):
        raise BadRecordError("is no JSON object")
    return parse_fields(fields)


def parse_row(text: str, header: str, delimiter: str) -> RawPost:
    """Return the post of one row of CSV.

    Raises:
        BadRecordError: it is none.
    """
    try:
        names, delimiter = _names(header, delimiter)
        row = next(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        raise BadRecordError("is no row of CSV") from error
    if len(row) != len(names):
        raise BadRecordError(f"has {len(row)} fields where the first line names {len(names)}")
    return parse_fields({name: value for name, value in zip(names, row, strict=True) if value})


def _names(header: str, delimiter: str) -> tuple[list[str], str]:
    """Return the names of the fields and what parts them: some spreadsheets write semicolons."""
    found = [(_row(header, mark), mark) for mark in (delimiter, ";", "\t")]
    fitting = [one for one in found if {"text", "title"} & set(one[0])]
    return (fitting or found)[0]


def _row(header: str, mark: str) -> list[str]:
    row = next(csv.reader(io.StringIO(header), delimiter=mark, strict=True))
    return [name.strip().lower() for name in row]


def parse_fields(fields: Mapping[str, Any]) -> RawPost:
    """Return the post of one record: ``text``, ``ts`` and ``id``, and what else is known.

    Raises:
        BadRecordError: a field is missing or cannot be read.
    """
    title, text = _text(fields, "title"), _text(fields, "text")
    if text is None and title is None:
        raise BadRecordError('has no "text"')
    leads_to = _text(fields, "thread_url")
    thread = _text(fields, "thread") or leads_to
    author = _text(fields, "author")
    return RawPost(
        remote_id=_text(fields, "id") or _made_id(fields),
        body=text or "",
        is_html=False,
        title=title,
        url=_text(fields, "url"),
        author_id=author,
        author_name=author,
        published_at=_time(fields.get("ts")),
        lang=_text(fields, "lang"),
        thread_id=thread,
        thread_url=next((one for one in (leads_to, thread) if _is_address(one)), None),
        place=_text(fields, "source"),
    )


def _is_address(text: str | None) -> bool:
    return text is not None and text.startswith(("http://", "https://"))


def delimiter_of(path: Path) -> str | None:
    """Return what parts the fields of a CSV file; None for JSONL."""
    return DELIMITERS.get(path.suffix.lower())


def _text(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise BadRecordError(f'has a "{name}" that is no text')
    return str(value)


def _time(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = None
    try:
        if seconds is None:
            return parse_time(str(value))
        if seconds >= _MILLISECONDS_FROM:
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadRecordError('has a "ts" that is no time') from error


def _made_id(fields: Mapping[str, Any]) -> str:
    """Return an id made of all fields, so that the same record is the same post."""
    told = json.dumps(dict(fields), sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:32]
