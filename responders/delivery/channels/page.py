"""The public page as a destination: an approved update is handed to whoever keeps the page."""

from config.errors import TransientError
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    Message,
    Publisher,
    Receipt,
    Ways,
)

PUBLIC = True


class Options(ChannelOptions):
    """There is nothing to set: [page] says where the page stands, and all the house reads that."""


def destination(options: Options) -> str | None:  # noqa: ARG001 - the contract
    """No on-call person reads here."""
    return None


def build(options: Options, *, ways: Ways) -> "Page":  # noqa: ARG001 - the contract
    """Return the channel."""
    return Page(ways.publisher)


class Page:
    """Publishes by another room's hands; the same key twice is published once."""

    capabilities = Capabilities(public=True, lookup=True, idempotent=True)

    def __init__(self, publisher: Publisher | None) -> None:
        self._publisher = publisher

    def send(self, message: Message) -> Receipt:
        """Publish the update.

        Raises:
            PermanentError: the message is no update of the page.
            TransientError: this process keeps no page.
        """
        return self._kept().publish(message)

    def find(self, message: Message) -> Receipt | None:
        """Return the proof that the update was published.

        Raises:
            TransientError: this process keeps no page.
        """
        return self._kept().published(message.key)

    def _kept(self) -> Publisher:
        if self._publisher is None:
            raise TransientError("no page is kept by this process")
        return self._publisher
