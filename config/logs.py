"""The log: one line a decision, rich on a terminal and JSON otherwise, secrets taken out.

An event is a `noun_verb` with its facts: ``log.info("post_stored", source="forum", posts=3)``.
Text of strangers goes into facts only, where line ends and control characters are escaped, so no
post can forge a line or colour a terminal.
"""

import json
import logging
import sys
from collections.abc import Iterable, MutableMapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, TextIO

from pydantic import BaseModel, SecretStr
from rich.console import Console
from rich.text import Text

from config.clock import rfc3339
from config.settings import Settings

MASK = "•••"
MIN_SECRET = 6
"""A shorter secret is not masked: it would hide ordinary words everywhere."""

_SECRETS: set[str] = set()


class EventLog(logging.LoggerAdapter[logging.Logger]):
    """A logger whose keywords are the facts of an event."""

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        """Move the facts to where the formatters find them."""
        exc_info = kwargs.pop("exc_info", None)
        return msg, {"extra": {"facts": dict(kwargs)}, "exc_info": exc_info}


def event_log(name: str) -> EventLog:
    """Return the log of one module."""
    return EventLog(logging.getLogger(name))


def hide(secrets: Iterable[str]) -> None:
    """Mask these texts in every line from now on."""
    _SECRETS.update(secret for secret in secrets if len(secret) >= MIN_SECRET)


def masked(text: str) -> str:
    """Return the text with every known secret masked."""
    for secret in sorted(_SECRETS, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def secrets_of(model: BaseModel) -> Iterable[str]:
    """Yield every secret that stands in the settings."""
    for value in dict(model).values():
        yield from _secrets_in(value)


def _secrets_in(value: object) -> Iterable[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        yield from secrets_of(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _secrets_in(inner)


class JsonLines(logging.Formatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, Any] = {
            "at": rfc3339(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "in": record.name,
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return masked(json.dumps(line, ensure_ascii=False, default=str))


class RichHandler(logging.Handler):
    """Coloured lines, for people at a terminal."""

    STYLES: ClassVar = {"WARNING": "yellow", "ERROR": "bold red", "DEBUG": "dim"}

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.console = Console(file=stream, highlight=False, soft_wrap=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record; the facts never reach rich's markup."""
        style = self.STYLES.get(record.levelname, "")
        line = Text(datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S "), style="dim")
        line.append(printable(masked(record.getMessage())), style=style or "bold")
        for name, value in getattr(record, "facts", {}).items():
            line.append(f" {name}=", style="dim")
            line.append(printable(masked(str(value))))
        if record.exc_info:
            line.append("\n" + masked(logging.Formatter().formatException(record.exc_info)))
        self.console.print(line)


def printable(text: str) -> str:
    """Return the text with control characters escaped: one line, no terminal codes.

    A form feed becomes the four characters of its escape.
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def set_up_logs(
    settings: Settings,
    *,
    stream: TextIO | None = None,
    style: Literal["text", "json"] | None = None,
) -> None:
    """Send every event of the house to ``stream`` (standard error by default)."""
    stream = stream or sys.stderr
    chosen = style or settings.log.format
    if chosen == "auto":
        chosen = "text" if stream.isatty() else "json"
    handler: logging.Handler
    if chosen == "text":
        handler = RichHandler(stream)
    else:
        handler = logging.StreamHandler(stream)
        handler.setFormatter(JsonLines())
    hide(secrets_of(settings))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for floor in ("config", "listener", "classifiers", "responders"):
        logging.getLogger(floor).setLevel(settings.log.level.upper())
