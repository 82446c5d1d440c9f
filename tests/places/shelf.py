"""A page kept in memory: a real implementation of the publisher that delivery knows by contract."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from config.errors import PermanentError
from responders.delivery.channels.base import Message, Receipt

AT = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


@dataclass
class Shelf:
    """Holds each published update once, by its key."""

    updates: dict[str, Message] = field(default_factory=dict)

    def publish(self, message: Message) -> Receipt:
        """Publish an update; the same key twice publishes it once.

        Raises:
            PermanentError: it has no words.
        """
        if not message.text.strip():
            raise PermanentError("an update needs words")
        self.updates.setdefault(message.key, message)
        return _receipt(message.key)

    def published(self, key: str) -> Receipt | None:
        """Return the proof that an update stands there."""
        return _receipt(key) if key in self.updates else None


def _receipt(key: str) -> Receipt:
    return Receipt(remote_id=key, url="https://status.example/incidents/gs-1", at=AT)
