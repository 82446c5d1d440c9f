"""The log: one line a decision, rich on a terminal and JSON otherwise, secrets taken out.

An event is a `noun_verb` with its facts: ``log.info("post_stored", source="forum", posts=3)``.
Text of strangers goes into facts only, where line ends and control characters are escaped, so no
post can forge a line or colour a terminal.
"""

import json
import logging
import math
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, TextIO
from urllib.parse import unquote, urlsplit

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


def secrets_of(settings: Settings) -> Iterable[str]:
    """Yield every secret that stands in the settings, also the database's password."""
    yield from _secrets_in(settings)
    with suppress(ValueError):
        yield unquote(urlsplit(settings.database.url).password or "")


def _secrets_in(value: object) -> Iterable[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        yield from _secrets_in(dict(value))
    elif isinstance(value, Mapping):
        yield from _secrets_in(list(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
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
        }
        line = {**getattr(record, "facts", {}), **line}  # no fact takes an event's own place
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        # Masked before it is written as JSON: a secret with a quote looks different afterwards.
        text = json.dumps(_plain(line), ensure_ascii=False)
        return "".join(char if char.isprintable() else _json_escape(char) for char in text)


def _plain(value: object) -> Any:
    """Return what JSON can hold, with secrets masked."""
    if isinstance(value, Mapping):
        return {masked(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return masked(str(value))


def _json_escape(char: str) -> str:
    """Return a character that could colour or forge a line as JSON writes it in ASCII."""
    return json.dumps(char)[1:-1]


class RichHandler(logging.Handler):
    """Coloured lines, for people at a terminal."""

    STYLES: ClassVar = {"WARNING": "yellow", "ERROR": "bold red", "DEBUG": "dim"}

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.console = Console(file=stream, highlight=False, soft_wrap=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Print the record; the facts never reach rich's markup, and a full disk no caller."""
        try:
            self.console.print(self._line(record))
        except (OSError, ValueError):
            self.handleError(record)

    def _line(self, record: logging.LogRecord) -> Text:
        style = self.STYLES.get(record.levelname, "")
        line = Text(datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S "), style="dim")
        line.append(printable(masked(record.getMessage())), style=style or "bold")
        for name, value in getattr(record, "facts", {}).items():
            line.append(f" {printable(name)}=", style="dim")
            line.append(printable(str(_plain(value))))
        if record.exc_info:
            trace = masked(logging.Formatter().formatException(record.exc_info))
            for row in trace.split("\n"):
                line.append("\n" + printable(row))
        return line


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
