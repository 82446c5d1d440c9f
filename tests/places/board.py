"""A channel that is a board in memory, with the faults real platforms have.

A real implementation of the contract of responders/delivery/channels/base.py: the contract's own
tests run over it, so it cannot promise what no channel could keep. ``faults`` are taken one by one
by the next sends.
"""

import threading
from datetime import UTC, datetime
from typing import Literal

from config.errors import PermanentError, TransientError
from responders.delivery.channels.base import Capabilities, InDoubt, Message, Receipt

Fault = Literal[
    "busy", "down", "refused", "lost_before", "lost_after", "broke_after", "killed_before",
    "killed_after",
]  # fmt: skip
DOUBTFUL: tuple[Fault, ...] = (
    "lost_before", "lost_after", "broke_after", "killed_before", "killed_after",
)  # fmt: skip
BUSY_S = 40.0
AT = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing of ours may catch it."""


class Board:
    """What stands on it, in order."""

    def __init__(
        self, *, public: bool = False, lookup: bool = False, idempotent: bool = False
    ) -> None:
        self.capabilities = Capabilities(public=public, lookup=lookup, idempotent=idempotent)
        self.messages: list[Message] = []
        self.faults: list[Fault] = []
        self.sends = 0
        self._guard = threading.Lock()

    def send(self, message: Message) -> Receipt:
        """Pin the message up, unless a fault is waiting."""
        with self._guard:
            self.sends += 1
            fault = self.faults.pop(0) if self.faults else None
        self._before(fault)
        number = self._keep(message)
        self._after(fault)
        return Receipt(remote_id=str(number), url=f"https://board.example/{number}", at=AT)

    def find(self, message: Message) -> Receipt | None:
        """Look for the message by its key."""
        for number, kept in enumerate(self.messages, start=1):
            if kept.key == message.key:
                return Receipt(str(number), f"https://board.example/{number}", AT)
        return None

    def times(self, key: str) -> int:
        """Count how often a message stands there."""
        return sum(kept.key == key for kept in self.messages)

    def _keep(self, message: Message) -> int:
        with self._guard:
            known = [kept.key for kept in self.messages]
            if not (self.capabilities.idempotent and message.key in known):
                self.messages.append(message)
            return len(self.messages)

    def _before(self, fault: Fault | None) -> None:
        match fault:
            case "busy":
                raise TransientError("too many at once", retry_after_s=BUSY_S)
            case "down":
                raise TransientError("nobody answers")
            case "refused":
                raise PermanentError("not here")
            case "lost_before":
                raise InDoubt("the line broke")
            case "killed_before":
                raise Killed

    def _after(self, fault: Fault | None) -> None:
        match fault:
            case "lost_after":
                raise InDoubt("the line broke")
            case "broke_after":
                raise RuntimeError("a mistake of ours in the plug-in")
            case "killed_after":
                raise Killed
