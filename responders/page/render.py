"""The page as HTML, from one moment's values; templates escape every word that goes in.

Pure. A page is rendered into the folder it is served from, and names everything else by relative
links, so it stands at any address; the server gives ``incidents/ID`` with and without the slash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from responders.page import wording
from responders.page.api import texts
from responders.page.horizon import Picture, horizon, trend
from responders.page.snapshot import Entry, Heading, Impact, Snapshot, Status

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
ASSETS = "assets"
"""Where the files of ``static`` stand below the page."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""Stands in every page, because not every server of files sends headers."""
LATELY_SHOWN, LATELY = 5, timedelta(days=31)
HISTORY_SHOWN = 100
SYMBOLS: Mapping[Status, tuple[str, str]] = {
    "investigating": ("st-investigating", "open"),
    "identified": ("st-identified", "known"),
    "monitoring": ("st-monitoring", "watch"),
    "resolved": ("st-resolved", "done"),
}
"""The ring and the colour's class of each state."""
SEVERITIES: Mapping[Impact, tuple[str, str]] = {
    "none": ("sev-1", "Cosmetic"),
    "minor": ("sev-2", "Minor"),
    "major": ("sev-3", "Major"),
    "critical": ("sev-4", "Critical"),
}


@dataclass(frozen=True, kw_only=True)
class Month:
    """The incidents of one month, the newest first."""

    path: str
    name: str
    headings: Sequence[Heading]


def front(shot: Snapshot) -> bytes:
    """Return the first page."""
    hour = shot.now - timedelta(hours=1)
    recent = sum(hour < moment <= shot.now for moment in shot.reported_at)
    resolved = [
        entry
        for entry in shot.entries
        if entry.resolved_at and shot.now - entry.resolved_at <= LATELY
    ]
    resolved.sort(key=lambda entry: entry.resolved_at or shot.now, reverse=True)
    return _page(
        "index.html",
        shot,
        depth=0,
        headline=wording.headline(shot, recent=recent),
        subline=wording.subline(shot, recent=recent),
        picture=horizon(shot.reported_at, now=shot.now, since=shot.history_since),
        resolved=resolved[:LATELY_SHOWN],
        looks=[[_place_x(look, shot.now) for look in place.looks] for place in shot.places],
    )


def _place_x(look: datetime, now: datetime) -> float:
    """Return where a look of the last hour stands, in per cent from an hour ago to now."""
    return round(100 - (now - look) / timedelta(hours=1) * 99.6, 1)


def entry_page(entry: Entry, shot: Snapshot) -> bytes:
    """Return the page of one incident; of a resolved one it depends on that alone, not on now."""
    end = entry.resolved_at or shot.now
    return _page(
        "entry.html",
        shot,
        depth=2,
        entry=entry,
        picture=_trend(entry, end),
        steps=texts(entry.known.get("workaround")),
        fixed_in=texts(entry.known.get("fixed_in")),
        affected=[
            *texts(entry.known.get("affected_versions")),
            *texts(entry.known.get("platforms")),
        ],
        not_affected=texts(entry.known.get("not_affected")),
        symptoms=texts(entry.known.get("symptoms")),
    )


def _trend(entry: Entry, end: datetime) -> Picture | None:
    return trend(entry.reported_at, since=entry.started_at, end=end)


def months(headings: Sequence[Heading]) -> list[Month]:
    """Return the history by the month in which each incident was published, the newest first."""
    return [
        Month(
            path=f"history/{key[0]}-{key[1]:02}",
            name=f"{datetime(key[0], key[1], 1):%B} {key[0]}",  # noqa: DTZ001 - only its name
            headings=list(group),
        )
        for key, group in groupby(
            headings, key=lambda one: (one.created_at.year, one.created_at.month)
        )
    ]


def history(listed: Sequence[Month], shot: Snapshot) -> dict[str, bytes]:
    """Return the pages of the history: all months by name, and each month with its incidents."""
    made = {
        f"{month.path}/index.html": _page(
            "history.html", shot, depth=2, months=[month], others=[], heading=month.name
        )
        for month in listed
    }
    shown, count = [], 0
    for month in listed:
        if count < HISTORY_SHOWN:
            shown.append(month)
        count += len(month.headings)
    made["history/index.html"] = _page(
        "history.html", shot, depth=1, months=shown, others=listed[len(shown) :], heading="History"
    )
    return made


def missing(shot: Snapshot) -> bytes:
    """Return the page for an address that names nothing; it may be shown at any depth."""
    return _page("missing.html", shot, depth=None)


@cache
def assets() -> Mapping[str, bytes]:
    """Return the files that pages load, by their path below the page."""
    return {
        f"{ASSETS}/{file.name}": file.read_bytes()
        for file in sorted(STATIC.iterdir())
        if not file.name.startswith(".")
    }


@cache
def edition() -> str:
    """Return a digest of everything but the rows that pages are made of."""
    digest = hashlib.sha256()
    for folder in (TEMPLATES, STATIC, Path(__file__).parent):
        for file in sorted(folder.glob("*.*")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def root(url: str, depth: int | None) -> str:
    """Return what leads from a page to the first one.

    Relative, so that the folder can stand anywhere; below the root of a host ``..`` stops there,
    with and without the last slash. Where the page's own address has a path, or the depth is not
    known, that path: ``https://example.org/known/`` gives ``/known/``.
    """
    path = urlsplit(url).path or "/"
    if depth is None or path != "/":
        return path
    return "../" * depth or "./"


def _page(template: str, shot: Snapshot, *, depth: int | None, **values: object) -> bytes:
    text = (
        _environment()
        .get_template(template)
        .render(shot=shot, root=root(shot.url, depth), now=shot.now, policy=POLICY, **values)
    )
    return text.encode()


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        wording=wording, symbols=SYMBOLS, severities=SEVERITIES, states=wording.STATUS_WORDS
    )
    return made
