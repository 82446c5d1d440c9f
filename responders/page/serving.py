"""The rendered page from disk: routes that know nothing of the store, so it may be gone.

Every answer is a file of the page's folder; nothing outside of it can be named, by dots, by links
or by hidden names. What a file holds is kept in memory while its size and time stay.

Source: https://www.rfc-editor.org/rfc/rfc9110 (conditional requests: 13.1, ETag: 8.8.3).
"""

import gzip
import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from stat import S_ISREG

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from config.http_dates import http_date

TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What is given out; a file of another kind is none of the page's."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""On every answer. No answer sets a cookie."""
FRESH = "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
BRIEF = "public, max-age=30"
"""For what is not there yet: it may be, in a moment."""
OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Last-Modified"}
"""On JSON and feeds: widgets on other sites read them."""
SMALL = 500
"""Bytes under which compressing gains nothing."""
KEPT = 256
"""Files held in memory at most."""
NOT_YET = b"The page has not been written yet. Look again in a minute.\n"
NOT_HERE = b"Nothing stands at this address.\n"


@dataclass(frozen=True)
class Held:
    """A file as it is given out."""

    version: tuple[int, int, int]
    """Inode, nanoseconds and size: another file has others."""
    body: bytes
    packed: bytes
    """The same compressed; the body itself where that gains nothing."""
    tag: str
    changed_at: datetime


class Files:
    """The files of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: OrderedDict[Path, Held] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, path: str) -> tuple[Held, str] | None:
        """Return a file and its type for the path of an address; None when it names none."""
        names = [name for name in path.split("/") if name]
        if any(name.startswith(".") or "\\" in name or "\0" in name for name in names):
            return None
        place = self.folder.joinpath(*names)
        for file in (place, place / "index.html"):
            kind = TYPES.get(file.suffix)
            held = self._read(file) if kind and self._inside(file) else None
            if kind and held:
                return held, kind
        return None

    def _inside(self, file: Path) -> bool:
        """Tell whether no part of the file's way is a link that leads elsewhere."""
        try:
            return file.resolve() == self.folder.resolve() / file.relative_to(self.folder)
        except (OSError, ValueError, RuntimeError):
            return False

    def _read(self, file: Path) -> Held | None:
        try:
            if not S_ISREG(file.lstat().st_mode):
                return None  # a pipe would keep us waiting
            opened = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except (OSError, ValueError):
            return None
        with os.fdopen(opened, "rb") as stream:
            status = os.fstat(stream.fileno())
            version = (status.st_ino, status.st_mtime_ns, status.st_size)
            with self._lock:
                known = self._held.get(file)
            if known is None or known.version != version:
                known = _held(stream.read(), version)
        with self._lock:
            self._held[file] = known
            self._held.move_to_end(file)
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return known


def _held(body: bytes, version: tuple[int, int, int]) -> Held:
    packed = gzip.compress(body, 6, mtime=0) if len(body) >= SMALL else body
    return Held(
        version=version,
        body=body,
        packed=min(packed, body, key=len),
        tag=hashlib.sha256(body).hexdigest()[:24],
        changed_at=datetime.fromtimestamp(version[1] // 1_000_000_000, UTC),
    )


class Page:
    """What the routes answer."""

    def __init__(self, folder: Path) -> None:
        self.files = Files(folder)

    def answer(self, request: Request) -> Response:
        """Give out a file of the page."""
        found = self.files.find(request.path_params.get("path", ""))
        if found is None:
            return self._missing(request)
        held, kind = found
        return _given(request, held, kind, status=200)

    def _missing(self, request: Request) -> Response:
        page = self.files.find("404.html")
        if page is not None:
            return _given(request, *page, status=404)
        there = self.files.find("") is not None
        body, status = (NOT_HERE, 404) if there else (NOT_YET, 503)
        headers = {**HEADERS, "Cache-Control": "no-store" if status == 503 else BRIEF}
        return Response(body, status, headers, media_type="text/plain")


def _given(request: Request, held: Held, kind: str, *, status: int) -> Response:
    compressed = held.packed is not held.body and _takes_gzip(request)
    body = held.packed if compressed else held.body
    tag = f'"{held.tag}-gzip"' if compressed else f'"{held.tag}"'
    headers = {**HEADERS, "Content-Type": kind, "Vary": "Accept-Encoding"}
    headers["Cache-Control"] = FRESH if status == 200 else BRIEF
    if kind.startswith(("application/", "image/")):
        headers |= OPEN
    if status == 200:
        headers["ETag"] = tag
        headers["Last-Modified"] = format_datetime(held.changed_at, usegmt=True)
        if _unchanged(request, held):
            return Response(status_code=304, headers=headers)
    if compressed:
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return Response(b"" if request.method == "HEAD" else body, status, headers)


def _takes_gzip(request: Request) -> bool:
    for one in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = one.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _unchanged(request: Request, held: Held) -> bool:
    """Tell whether the asker holds this version; a tag decides alone where one is sent."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        given = {tag.strip().removeprefix("W/").strip('"') for tag in tags.split(",")}
        return bool(given & {"*", held.tag, f"{held.tag}-gzip"})
    since = http_date(request.headers.get("if-modified-since"))
    return since is not None and held.changed_at <= since


def routes(folder: Path) -> list[BaseRoute]:
    """Return the routes of the page; the last takes every path, so they stand after all others.

    Args:
        folder: where the page is rendered to; it may not be there yet.
    """
    return [Route("/{path:path}", Page(folder).answer, methods=["GET"])]


def make_app(folder: Path) -> Starlette:
    """Return an app that serves the page and nothing else."""
    return Starlette(routes=routes(folder))
