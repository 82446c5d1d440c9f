"""Files of records, JSONL or CSV, here or on the web: exports, archives, what others write for us.

A file that grows is read on from where the last look ended; one that was replaced is read anew, and
the ids of its records keep them from coming twice. A line that cannot be read is told with its
number. ``read_records`` reads one file whole, for ``post import``.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel

from config.errors import PermanentError
from config.http_client import PoliteClient, RefusedAddress
from listener.answers import login_headers, shown_address
from listener.diagnoses import DiagnosedError
from listener.platforms.record_fetching import Fetched, Stretch, fetch_stretch
from listener.platforms.record_lines import (
    MAX_RECORD,
    BadRecordError,
    Chunk,
    chunks,
    delimiter_of,
    parse_json,
    parse_row,
)
from listener.reading.packing import HEAD_BYTES, how_packed
from listener.sources.base import Batch, Capabilities, Loss, Place, RawPost, SourceOptions
from listener.tables import SourceState

MAX_NAMED: Final = 10
"""Unreadable lines that are named one by one."""
_ENDINGS: Final = frozenset({".jsonl", ".ndjson", ".csv", ".tsv"})
_SAMPLE: Final = 4_096
"""Bytes at the beginning and before the end of what was read, by which a file is known again."""


class Options(SourceOptions):
    """Files of records have no settings of their own."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no record."""

    number: int
    """Counted from 1."""
    reason: str

    def __str__(self) -> str:
        return f"line {self.number} {self.reason}"


class _Position(BaseModel):
    """The cursor: how far the file was read."""

    offset: int = 0
    line: int = 0
    header: str | None = None
    """The first line of a CSV file."""
    head: str = ""
    """Digest of the first ``head_bytes``, by which a replaced file is noticed."""
    head_bytes: int = 0
    tail: str = ""
    """Digest of the last ``tail_bytes`` before ``offset``: a file may be changed in its middle."""
    tail_bytes: int = 0
    unfinished: str | None = None
    """Digest of a last line without its end; it is taken once it stayed the same."""
    validators: dict[str, str] = {}
    """Of a file on the web that was read to its end."""


@dataclass
class _Reading:
    """What one pass over a file has found so far."""

    position: _Position
    delimiter: str | None
    final: bool
    """Nobody writes to the file any more, so its last line is whole."""
    posts: list[RawPost] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)

    def take(self, chunk: Chunk) -> bool:
        """Read one record; False when it may not be whole yet and is left for later."""
        left_before, self.position.unfinished = self.position.unfinished, None
        header = self.position.header
        try:
            post = self._post(chunk)
        except BadRecordError as error:
            if not self._ended(chunk, left_before):
                return False
            self.bad.append(BadLine(chunk.number, str(error)))
        else:
            # A row of CSV that was cut off may look whole; an object of JSON cannot.
            if self.delimiter is not None and not self._ended(chunk, left_before):
                self.position.header = header
                return False
            if post is not None:
                self.posts.append(post)
        self.position.offset, self.position.line = chunk.end, chunk.end_number
        return True

    def _ended(self, chunk: Chunk, left_before: str | None) -> bool:
        if chunk.whole or self.final or left_before == _digest(chunk.data):
            return True
        self.position.unfinished = _digest(chunk.data)
        return False

    def _post(self, chunk: Chunk) -> RawPost | None:
        if chunk.too_long:
            raise BadRecordError(f"is longer than {MAX_RECORD:,} bytes")
        if not chunk.text:
            return None
        if self.delimiter is None:
            return parse_json(chunk.text)
        if self.position.header is None:
            self.position.header = chunk.text
            return None
        return parse_row(chunk.text, self.position.header, self.delimiter)


class RecordsSource:
    """One file."""

    capabilities = Capabilities(
        detects_edits=False, detects_deletions=False, replies=False, max_backfill=None
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client
        self._on_web = is_on_web(place.url)
        self._max_items = place.max_items

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return what was appended, in the order of the file; see ``Source.fetch``."""
        position = _Position.model_validate(dict(cursor))
        if self._on_web:
            return self._fetch_from_web(position, cursor)
        path = file_path(self._place.url, self._place.folder)
        with _opened(path) as file:
            if not _is_known(file, position):
                position = _Position()
            reading = _Reading(position, delimiter_of(path), final=False)
            more = self._read(file, reading)
            _remember(file, position)
        return _batch(path.name, str(path), reading, cursor, more=more)

    def _fetch_from_web(self, position: _Position, cursor: Mapping[str, Any]) -> Batch:
        fetched = self._fetched(position)
        if fetched is None:
            return Batch((), dict(cursor), unchanged=True)
        stretch = fetched.stretch
        if fetched.is_part and _tail(stretch, position) != position.tail:
            position = _Position()
            fetched = self._fetched(position)
            stretch = fetched.stretch if fetched else stretch
        elif not fetched.is_part and not _is_known(stretch, position):
            position = _Position()
        name = Path(urlsplit(self._place.url).path)
        if packed := how_packed(_beginning(stretch)):
            raise DiagnosedError(
                SourceState.NOT_A_FEED, f"{shown_address(self._place.url)} {packed}"
            )
        reading = _Reading(position, delimiter_of(name), final=False)
        more = self._read(stretch, reading) or position.offset < stretch.ends < stretch.length
        if not position.offset and position.unfinished:
            # Of a file here somebody may be writing the first line; a server's is as good as done.
            raise _no_records(shown_address(self._place.url), "its first line is none")
        _remember(stretch, position)
        position.validators = {} if more or fetched is None else dict(fetched.validators)
        batch = _batch(name.name, shown_address(self._place.url), reading, cursor, more=more)
        return replace(batch, moved_to=fetched.moved_to if fetched else None)

    def _fetched(self, position: _Position) -> Fetched | None:
        return fetch_stretch(
            self._client,
            self._place.url,
            begins=position.offset - position.tail_bytes,
            credentials=login_headers(self._place.credential),
            validators={} if position.unfinished else position.validators,
        )

    def _read(self, file: IO[bytes], reading: _Reading) -> bool:
        """Read records up to the limit of one batch; return whether there are more."""
        found = chunks(
            file,
            offset=reading.position.offset,
            line=reading.position.line,
            quoted=reading.delimiter is not None,
        )
        for chunk in found:
            if not reading.take(chunk):
                return False
            if len(reading.posts) + len(reading.bad) >= self._max_items:
                return reading.position.offset < file.seek(0, io.SEEK_END)
        return False


def build(place: Place, client: PoliteClient) -> RecordsSource:
    """Return the source at a place; for a file of this machine it asks nobody."""
    return RecordsSource(place, client)


def recognises(url: str) -> bool:
    """Tell whether an address on the web is a file of records, by its ending."""
    return is_on_web(url) and Path(urlsplit(url).path).suffix.lower() in _ENDINGS


def is_on_web(url: str) -> bool:
    """Tell a file on the web from one of this machine."""
    return url.lower().startswith(("http://", "https://"))


def file_path(url: str, folder: Path) -> Path:
    """Return the file that a path names, relative to ``folder``.

    Raises:
        PermanentError: it is an address. A ``file:`` one is refused like any other that a page or
            a redirect might name; who means a file gives its path.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        raise RefusedAddress(f"{url!r} refused: of a file give the path, without file:")
    if parts.scheme in {"http", "https"}:
        raise PermanentError(
            f"{shown_address(url)} is no file: give a path, or another kind with --kind"
        )
    return (folder / url).absolute()


def read_records(
    path: Path, *, on_bad: Callable[[BadLine], None] | None = None
) -> Iterator[RawPost]:
    """Yield every record of a file that nobody writes to any more.

    Args:
        path: ``.csv`` and ``.tsv`` are read as such, anything else as JSONL.
        on_bad: told of each line that is no record; without it the first one is an error.

    Raises:
        DiagnosedError: the file cannot be read.
        PermanentError: a line is no record, and nobody wants to be told; with its number.
    """
    delimiter = delimiter_of(path)
    reading = _Reading(_Position(), delimiter, final=True)
    with _opened(path) as file:
        for chunk in chunks(file, offset=0, line=0, quoted=delimiter is not None):
            reading.take(chunk)
            yield from reading.posts
            for bad in reading.bad:
                if on_bad is None:
                    raise PermanentError(f"{path}: {bad}; correct it or leave the line out")
                on_bad(bad)
            reading.posts.clear()
            reading.bad.clear()


def _opened(path: Path) -> IO[bytes]:
    try:
        file = path.open("rb")
        head = file.peek(HEAD_BYTES)
    except OSError as error:
        raise DiagnosedError(
            SourceState.NOT_FOUND,
            f"{path} cannot be read ({error.strerror}): check the path and who may read it; an "
            "address begins with https://",
        ) from error
    if packed := how_packed(head):
        file.close()
        raise DiagnosedError(SourceState.NOT_A_FEED, f"{path} {packed}")
    return file


def _is_known(file: IO[bytes], position: _Position) -> bool:
    """Tell whether the file still begins with what was read; its middle is taken on trust."""
    return (
        file.seek(0, io.SEEK_END) >= position.offset
        and _head(file, position) == position.head
        and _tail(file, position) == position.tail
    )


def _head(file: IO[bytes], position: _Position) -> str:
    file.seek(0)
    return _digest(file.read(position.head_bytes))


def _beginning(stretch: Stretch) -> bytes:
    return b"" if stretch.begins else stretch.getvalue()[:HEAD_BYTES]


def _tail(file: IO[bytes], position: _Position) -> str:
    file.seek(position.offset - position.tail_bytes)
    return _digest(file.read(position.tail_bytes))


def _remember(file: IO[bytes], position: _Position) -> None:
    """Note by what the file is known again; of a stretch, the beginning stays as it was."""
    begins = getattr(file, "begins", 0)
    position.tail_bytes = min(_SAMPLE, position.offset - begins)
    position.tail = _tail(file, position)
    if not begins:
        position.head_bytes = position.tail_bytes
        position.head = _head(file, position)


def _batch(
    name: str, where: str, reading: _Reading, cursor: Mapping[str, Any], *, more: bool
) -> Batch:
    if cursor.get("offset") is None and reading.bad and not reading.posts:
        raise _no_records(where, str(reading.bad[0]))
    return Batch(
        tuple(reading.posts),
        reading.position.model_dump(exclude_defaults=True),
        unchanged=not reading.posts and not reading.bad,
        more=more,
        loss=_loss(name, reading.bad),
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32] if data else ""


def _no_records(where: str, why: str) -> DiagnosedError:
    return DiagnosedError(
        SourceState.NOT_A_FEED, f"{where} holds no records ({why}): give a file of JSONL or CSV"
    )


def _loss(name: str, bad: list[BadLine]) -> Loss | None:
    if not bad:
        return None
    named = "; ".join(str(line) for line in bad[:MAX_NAMED])
    rest = f"; and {len(bad) - MAX_NAMED} more" if len(bad) > MAX_NAMED else ""
    return Loss(f"{name}: {named}{rest}")
