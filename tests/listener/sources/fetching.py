"""What the tests of sources share: a client that reads loopback at once, and places to read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from config.http_client import HttpKnobs, PoliteClient
from config.settings import Credential
from listener.sources.base import Place, SourceOptions
from listener.sources.reddit import Options as RedditOptions
from listener.sources.reddit import RedditSource
from listener.sources.reddit import build as build_reddit
from tests.places.reddit import CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME
from tests.places.web import Web

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


class Clock:
    """A clock that tests turn."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def loopback_client(*, deadline_s: float = 10.0) -> PoliteClient:
    """Return a client that may read this machine and waits for nobody."""
    knobs = HttpKnobs(
        user_agent="Groundswell-tests/1",
        deadline_s=deadline_s,
        connect_timeout_s=5.0,
        max_bytes=10_000_000,
        max_redirects=5,
        spacing_s=0.0,
        allow_hosts=("127.0.0.1",),
    )
    return PoliteClient(knobs)


def place_at(
    url: str,
    *,
    clock: Clock | None = None,
    credential: Credential | None = None,
    folder: Path | None = None,
    max_items: int = 2000,
    parse_timeout_s: float = 10.0,
    options: SourceOptions | None = None,
) -> Place:
    """Return a place as the operator would declare it."""
    return Place(
        url=url,
        options=options or SourceOptions(),
        credential=credential,
        folder=folder or Path(),
        max_items=max_items,
        parse_timeout_s=parse_timeout_s,
        now=clock or Clock(),
    )


def reddit_options(web: Web, **more: Any) -> RedditOptions:
    """Return the ``[reddit]`` section of the log-in that the Reddit on loopback takes."""
    given: dict[str, Any] = {
        "client_id": CLIENT_ID,
        "client_secret": SecretStr(CLIENT_SECRET),
        "username": USERNAME,
        "password": SecretStr(PASSWORD),
        "user_agent": "groundswell-tests by /u/reader",
        "url": web.url(""),
        "oauth_url": web.url(""),
    }
    return RedditOptions(**given | more)


def reddit_source(
    web: Web, path: str = "/r/fernsync", *, options: SourceOptions | None = None, **more: Any
) -> RedditSource:
    """Return a source on the Reddit on loopback."""
    place = place_at(web.url(path), options=options or reddit_options(web), **more)
    return build_reddit(place, loopback_client(deadline_s=5.0))
