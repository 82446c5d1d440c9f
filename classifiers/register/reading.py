"""Read a product's releases where it declares them: a feed, or a repository on GitHub.

What comes is outside and hostile: only a version, a time and an address are taken of it, and no
more than some hundred. Apart from the pass (releasing.py), which decides when, and keeps them.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from classifiers.register.mentions import names_in
from classifiers.releases import VERSION_MAX, version_in, without_v
from config import plugins
from config.clock import parse_time
from config.errors import PermanentError, SettingsError
from config.http_client import PoliteClient, Response
from config.settings import Settings
from listener.answers import check_answer, shown_address
from listener.cleaning import web_address
from listener.platforms.github_answers import check_github, no_api
from listener.reading.packing import how_packed
from listener.reading.parsing import shared_workers

DECLARED: Final = "releases"
"""The key of a product, in the file of `apply`, that says where its releases are told."""
MOST: Final = 100
"""Releases taken from one answer."""
MAX_BYTES: Final = 3_000_000
"""Release notes can be long; beyond it an answer is given up."""
MAX_FILE_BYTES: Final = 10_000_000
FULL_EVERY: Final = timedelta(hours=24)
"""How long "not modified" is believed: some caches say it for ever."""
LATEST: Final = timedelta(days=366)
"""A release further ahead is a mistake of its date."""
FEED_TYPES: Final = "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
GITHUB: Final = "listener.sources", "github"
_REPOSITORY: Final = re.compile(r"/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?(?:/releases)?/?")


@dataclass(frozen=True)
class Told:
    """A release as it was told; without a time it came out when we first heard of it."""

    version: str
    released_at: datetime | None = None
    url: str | None = None
    names: tuple[str, ...] = ()
    """The tickets and issues that its notes name."""


@dataclass(frozen=True)
class Look:
    """What one look brought."""

    releases: Sequence[Told]
    cursor: Mapping[str, Any]


class _OnGitHub(BaseModel):
    """A release. Source: https://docs.github.com/en/rest/releases/releases."""

    tag_name: str
    body: str | None = None
    html_url: str | None = None
    published_at: datetime | None = None
    draft: bool = False


class _InFile(BaseModel):
    """A release in a file, as `release list --json` writes it."""

    version: str
    released_at: str
    url: str | None = None


def declared_place(extra: Mapping[str, Any]) -> str | None:
    """Return the address at which a product tells its releases; None where it declares none.

    Raises:
        SettingsError: what it declares is no address.
    """
    value = extra.get(DECLARED)
    if value is None or value == "":
        return None
    if isinstance(value, str) and web_address(value):
        return value
    raise SettingsError(
        f"{DECLARED} is no web address: give a feed of the releases, or "
        "https://github.com/OWNER/NAME"
    )


def look_at(
    url: str, client: PoliteClient, cursor: Mapping[str, Any], *, settings: Settings, now: datetime
) -> Look:
    """Fetch the releases told at an address, conditionally.

    Args:
        url: a feed, or a repository on GitHub.
        client: the polite client.
        cursor: what the last look left.
        settings: of GitHub and of the parser.
        now: the time.

    Raises:
        TransientError, PermanentError: what is wrong and what to do.
    """
    known = cursor if _believes(cursor, now) else {}
    section = settings.plugins.get("github") or plugins.options_of(*GITHUB)()
    on_github = _repository(url, section)
    validators = {"etag": known.get("etag"), "last_modified": known.get("last_modified")}
    if on_github is not None:
        response = client.get(
            on_github, credentials=_login(section), accept="application/vnd.github+json",
            max_bytes=MAX_BYTES, **validators,
        )  # fmt: skip
    else:
        response = client.get(url, accept=FEED_TYPES, max_bytes=MAX_BYTES, **validators)
    if response.not_modified and known:
        return Look((), dict(known))
    if on_github is not None:
        check_github(response, now)
        found = _of_github(response, _named_like(url))
    else:
        check_answer(response)
        found = _of_feed(response, timeout_s=settings.listen.parse_timeout_s)
    fresh = {
        "etag": response.headers.get("etag"),
        "last_modified": response.headers.get("last-modified"),
        "full_at": now.isoformat(),
    }
    return Look(_plausible(found, now), fresh)


def _believes(cursor: Mapping[str, Any], now: datetime) -> bool:
    full_at = cursor.get("full_at")
    if not full_at or not (cursor.get("etag") or cursor.get("last_modified")):
        return False
    return timedelta() <= now - parse_time(str(full_at)) < FULL_EVERY


def _repository(url: str, section: Any) -> str | None:
    """Return the address of a repository's releases in GitHub's API; None for any other place."""
    api = str(section.api_url).rstrip("/")
    hosts = {"github.com", "www.github.com", (urlsplit(api).hostname or "").removeprefix("api.")}
    found = _REPOSITORY.fullmatch(urlsplit(url).path)
    if found is None or urlsplit(url).hostname not in hosts:
        return None
    return f"{api}/repos/{found['owner']}/{found['name']}/releases?per_page={MOST}"


def _login(section: Any) -> Mapping[str, str]:
    token = section.token
    return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}


def _named_like(url: str) -> str | None:
    """Return ``owner/name`` of a repository's address: its notes mean their own by a bare #7."""
    found = _REPOSITORY.fullmatch(urlsplit(url).path)
    return f"{found['owner']}/{found['name']}" if found else None


def _of_github(response: Response, repository: str | None) -> list[Told]:
    try:
        rows = json.loads(response.body)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        raise no_api(response)
    found = []
    for row in rows[:MOST]:
        try:
            one = _OnGitHub.model_validate(row)
        except ValidationError:
            continue  # one that is told oddly must not hide the others
        if not one.draft:
            names = names_in(one.body or "", repository=repository)
            found.append(_told(one.tag_name, _in_utc(one.published_at), one.html_url, names))
    return [one for one in found if one is not None]


def _of_feed(response: Response, *, timeout_s: float) -> list[Told]:
    document = shared_workers().read_feed(
        response.body,
        url=response.final_url,
        content_type=response.headers.get("content-type", ""),
        max_items=MOST,
        timeout_s=timeout_s,
    )
    if document.kind != "feed":
        raise PermanentError(
            f"{shown_address(response.final_url)} is no feed: give the address of the releases' "
            "RSS or Atom feed, or https://github.com/OWNER/NAME"
        )
    found = (
        _told(one.title or "", one.published_at, one.url, names_in(f"{one.title}\n{one.body}"))
        for one in document.entries
    )
    return [one for one in found if one is not None]


def _told(
    words: str, at: datetime | None, url: str | None, names: tuple[str, ...] = ()
) -> Told | None:
    version = version_in(words)
    return Told(version, at, web_address(url or "") or None, names) if version else None


def _in_utc(at: datetime | None) -> datetime | None:
    try:
        return parse_time(at.isoformat()) if at else None
    except (OverflowError, ValueError):  # year 1 east of Greenwich
        return None


def _plausible(found: Iterable[Told], now: datetime) -> list[Told]:
    return [one for one in found if one.released_at is None or one.released_at <= now + LATEST]


def read_file(path: Path, *, now: datetime) -> list[Told]:
    """Return the releases of a file: a JSON array, JSON lines or CSV with a line of names.

    Raises:
        PermanentError: it cannot be read, or a release in it cannot; it says which and why.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_FILE_BYTES + 1)
        text = body.decode("utf-8-sig")
    except OSError as error:
        raise PermanentError(f"{path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        why = how_packed(body) or "is no UTF-8 text; save it as UTF-8"
        raise PermanentError(f"{path} {why}") from error
    if len(body) > MAX_FILE_BYTES:
        raise PermanentError(f"{path} is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    found: list[Told] = []
    for number, row in enumerate(_rows(path, text), start=1):
        try:
            found.append(_from_row(row, now))
        except ValueError as error:
            words = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
            raise PermanentError(
                f"{path}: release {number}: {words}. Each must have version and released_at, "
                "such as 5.2.0 and 2026-05-12T07:00:00Z"
            ) from error
    return found


def _from_row(row: object, now: datetime) -> Told:
    one = _InFile.model_validate(row)
    version = clean_version(one.version)
    try:
        at = parse_time(one.released_at.strip())
    except OverflowError as error:
        raise ValueError("there is no such time") from error
    if at > now + LATEST:
        raise ValueError(f"{version} comes out more than a year from now; correct its date")
    return Told(version, at, web_address(one.url or "") or None)


def clean_version(text: str) -> str:
    """Return a version as a person wrote it, on one line.

    Raises:
        ValueError: nothing or too much is left.
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if not line:
        raise ValueError("the version is empty")
    if len(line) > VERSION_MAX:
        raise ValueError(f"a version has {VERSION_MAX} characters at the most")
    return without_v(line)


def _rows(path: Path, text: str) -> Iterable[object]:
    try:
        if text.lstrip()[:1] == "[":
            return list(json.loads(text))
        if text.lstrip()[:1] == "{":
            return [json.loads(line) for line in text.split("\n") if line.strip()]
        return list(csv.DictReader(io.StringIO(text, newline="")))
    except (ValueError, RecursionError, csv.Error) as error:
        raise PermanentError(f"{path} is neither JSON nor CSV: {error}") from error
