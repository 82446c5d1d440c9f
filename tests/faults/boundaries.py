"""Finds the places where a kill could hurt, by itself: every transaction and every request.

The hooks sit below all passes and acts, in SQLAlchemy's dialects, in the polite client, around
every channel that is opened and where the page's files are written. So a pass or an act that is
added or changed is covered without a word in here.
The begin of a transaction is none of its own: since the boundary before it nothing has happened.
"""

import functools
import os
import re
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

from config.http_client import PoliteClient
from responders.delivery import outbox
from responders.delivery.channels.base import Capabilities, Channel, Message, Receipt
from responders.page import writing
from tests.faults.exchanging import exchange

FILES = ("page/incidents/gs-1/index.html", "page/index.html", "page/.rendered.json")
"""Of the page's files an early one, the last one, and what is noted after them."""
_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
_SETS = re.compile(r"(\w+)\s*=", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


class Boundaries:
    """Counts the boundaries that this process reaches and ends it at the one asked for."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.kill_at = kill_at
        self.labels: list[str] = []
        self.kinds: list[str] = []
        """What each boundary has in common with others; see ``choosing``."""
        self.where = ""
        self._tables: dict[str, None] = {}
        self._statements: dict[str, None] = {}
        self._guard = threading.Lock()

    def reach(self, what: str) -> None:
        """Note a boundary; it is the last thing this process does if it is the one asked for."""
        with self._guard:
            number = len(self.labels)
            self.labels.append(f"{self.where} · {what}")
            part = self.where.partition(" · ")[2]
            self.kinds.append(_NUMBER.sub("#", f"{part} · {what} · {'; '.join(self._statements)}"))
            if number == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Hook into everything that this process opens from now on."""
        self._around(DefaultDialect, "do_commit", self._commit)
        for name in ("get", "post"):
            self._around(PoliteClient, name, functools.partial(self._request, name))
        event.listen(Engine, "rollback", self._rollback)
        event.listen(Engine, "before_cursor_execute", self._statement)
        opened = getattr(outbox, "open_channels")  # noqa: B009 - another room's name

        def watched(*given: Any) -> Mapping[str, Channel]:
            return {kind: Watched(kind, way, self) for kind, way in opened(*given).items()}

        exchange(outbox, "open_channels", watched)
        write = getattr(writing, "_write")  # noqa: B009 - another room's name
        exchange(writing, "_write", functools.partial(self._file, write))

    def _around(self, owner: type, name: str, around: Callable[..., Any]) -> None:
        original = getattr(owner, name)

        @functools.wraps(original)
        def wrapped(*args: Any, **named: Any) -> Any:
            return around(lambda: original(*args, **named), *args[1:])

        exchange(owner, name, wrapped)

    def _commit(self, commit: Callable[[], Any], *_args: object) -> None:
        tables = ", ".join(self._tables) or "nothing"
        self.reach(f"before commit of {tables}")
        commit()
        self._tables.clear()
        self.reach(f"after commit of {tables}")
        self._statements.clear()

    def _request(self, name: str, request: Callable[[], Any], *args: object) -> Any:
        self.reach(f"before {name} of {args[0]}")
        answer = request()
        self.reach(f"after {name} of {args[0]}")
        return answer

    def _file(self, write: Callable[[Path, bytes], bool], file: Path, content: bytes) -> bool:
        for name in FILES:
            if file.as_posix().endswith(name):
                self.reach(f"before file {name}")
        return write(file, content)

    def _rollback(self, connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            self._tables.clear()
            self.reach("before rollback")
            self._statements.clear()

    def _statement(self, _connection: Connection, _cursor: object, statement: str, *_: Any) -> None:
        if found := _WRITES.match(statement):
            self._tables[found[2]] = None
            changed = statement.partition(" SET ")[2].partition(" WHERE ")[0]
            shape = f"{found[1]} {found[2]} {' '.join(_SETS.findall(changed))}"
            self._statements[shape.strip()] = None


@dataclass(frozen=True)
class Watched:
    """A channel with a boundary before and after each thing it does."""

    kind: str
    channel: Channel
    boundaries: Boundaries

    @property
    def capabilities(self) -> Capabilities:
        """What the channel can do."""
        return self.channel.capabilities

    def send(self, message: Message) -> Receipt:
        """Send through the channel."""
        self.boundaries.reach(f"before send by {self.kind}")
        receipt = self.channel.send(message)
        self.boundaries.reach(f"after send by {self.kind}")
        return receipt

    def find(self, message: Message) -> Receipt | None:
        """Look through the channel."""
        self.boundaries.reach(f"before look by {self.kind}")
        return self.channel.find(message)
