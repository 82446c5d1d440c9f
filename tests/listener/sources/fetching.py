"""What the tests of sources share: a client that reads loopback at once, and places to read."""

from datetime import UTC, datetime
from pathlib import Path

from config.http_client import HttpKnobs, PoliteClient
from config.settings import Credential
from listener.sources.base import Place, SourceOptions

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
) -> Place:
    """Return a place as the operator would declare it."""
    return Place(
        url=url,
        options=SourceOptions(),
        credential=credential,
        folder=folder or Path(),
        max_items=max_items,
        parse_timeout_s=parse_timeout_s,
        now=clock or Clock(),
    )
