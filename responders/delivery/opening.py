"""From settings to channels: what is configured, and how it is opened.

Apart from the outbox, so that the passes learn their destinations without opening a connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

from config import plugins
from config.settings import Settings
from responders.delivery.channels.base import Channel

ROOM = "responders.delivery.channels"


@dataclass(frozen=True)
class Destination:
    """Where a message can go."""

    channel: str
    name: str
    """Stable over restarts and free of secrets: it stands in keys and logs."""


def open_channels(settings: Settings) -> Mapping[str, Channel]:
    """Return every configured channel by its kind."""
    return {
        kind: cast("Channel", module.build(options, http=settings.http))
        for kind, module, options in _configured(settings)
    }


def destinations(settings: Settings) -> tuple[Destination, ...]:
    """Return where the on-call people read: every configured channel that is not public."""
    return tuple(
        Destination(kind, module.destination(options))
        for kind, module, options in _configured(settings)
        if not getattr(module, "PUBLIC", False)
    )


def _configured(settings: Settings) -> list[tuple[str, ModuleType, Any]]:
    found = []
    for kind in plugins.names(ROOM):
        module = plugins.load(ROOM, kind)
        options = settings.plugins.get(kind) or module.Options()
        if module.destination(options) is not None:
            found.append((kind, module, options))
    return found
