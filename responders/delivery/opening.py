"""From settings to channels: what is configured, and how it is opened.

Apart from the outbox, so that the passes learn their destinations without opening a connection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import ModuleType
from typing import Any, cast

from config import plugins
from config.addresses import parse_url
from config.http_client import HttpKnobs, PoliteClient
from config.settings import Settings
from responders.delivery.channels.base import Channel, Publisher, Ways

ROOM = "responders.delivery.channels"


@dataclass(frozen=True)
class Destination:
    """Where a message can go."""

    channel: str
    name: str
    """Stable over restarts and free of secrets: it stands in keys and logs."""
    keeps_cards: bool = False
    """An alert there is one card for each issue, which is edited in place."""


def open_channels(settings: Settings, ways: Ways) -> Mapping[str, Channel]:
    """Return every configured channel by its kind, and every one that strangers read."""
    return {
        kind: cast("Channel", module.build(options, ways=ways))
        for kind, module, options in _configured(settings)
    }


def ways_of(settings: Settings, publisher: Publisher | None = None) -> Ways:
    """Return what an installation lends its channels: its client, credentials and page.

    The client is the channels' own, so that no reply waits behind what the listener reads.
    """
    return Ways(
        http=settings.http,
        client=client_of(settings),
        prompt=client_of(settings, spacing_s=0.0),
        credentials=settings.credentials,
        publisher=publisher,
        console_url=settings.console.url,
    )


def client_of(settings: Settings, *, spacing_s: float | None = None) -> PoliteClient:
    """Return a polite client that may reach, of refused addresses, what the operator wrote."""
    written = [found.api_url for found in settings.credentials.values() if found.api_url]
    for options in settings.plugins.values():
        written += getattr(options, "base_urls", tuple)()
    knobs = settings.http.model_dump()
    if spacing_s is not None:
        knobs["spacing_s"] = spacing_s
    return PoliteClient(
        HttpKnobs(**knobs),
        allow_hosts=[parse_url(url).host_port for url in written],
    )


def destinations(settings: Settings) -> tuple[Destination, ...]:
    """Return where the on-call people read, cards first: all that is not only called in need."""
    return tuple(to for to in every_destination(settings) if not is_only_called(settings, to))


def is_only_called(settings: Settings, to: Destination) -> bool:
    """Tell whether a destination gets no alert, only calls to a pager when nobody answers."""
    return any(fnmatchcase(to.name, pattern) for pattern in settings.oncall.only_called)


def every_destination(settings: Settings) -> tuple[Destination, ...]:
    """Return every destination that is not public, cards first."""
    found = [
        Destination(kind, name, keeps_cards=_keeps_cards(module, options))
        for kind, module, options in _configured(settings)
        if not _is_public(module)
        for name in names_of(module, options)
    ]
    return tuple(sorted(found, key=lambda one: not one.keeps_cards))


def names_of(module: ModuleType, options: Any) -> Sequence[str]:
    """Return every destination that a plug-in leads to; none where it is not configured."""
    several = getattr(module, "destinations", None)
    found = several(options) if several else (module.destination(options),)
    return [name for name in found if name is not None]


def _keeps_cards(module: ModuleType, options: Any) -> bool:
    ask = getattr(module, "keeps_cards", None)
    return bool(ask(options)) if ask else False


def _configured(settings: Settings) -> list[tuple[str, ModuleType, Any]]:
    found = []
    for kind in plugins.names(ROOM):
        module = plugins.load(ROOM, kind)
        options = settings.plugins.get(kind) or module.Options()
        if _is_public(module) or module.destination(options) is not None:
            found.append((kind, module, options))
    return found


def _is_public(module: ModuleType) -> bool:
    return bool(getattr(module, "PUBLIC", False))
