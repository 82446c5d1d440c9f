"""Places without a way in for us: the text and the link, which a person takes there.

Nothing leaves the house by this channel, and nothing is ever called sent by it: the person who
posted the text says where it stands.
"""

from datetime import UTC, datetime

from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    Message,
    Receipt,
    Ways,
)

PUBLIC = True


class Options(ChannelOptions):
    """There is nothing to set."""


def destination(options: Options) -> str | None:  # noqa: ARG001 - the contract
    """No on-call person reads here."""
    return None


def build(options: Options, *, ways: Ways) -> "Manual":  # noqa: ARG001 - the contract
    """Return the channel."""
    return Manual()


class Manual:
    """Hands a text to a person."""

    capabilities = Capabilities(public=True, lookup=False, idempotent=True, by_hand=True)

    def send(self, message: Message) -> Receipt:  # noqa: ARG002 - the contract
        """Hand over; the receipt proves nothing, for nothing stands anywhere yet.

        The console and ``delivery show`` show the text with the link of its target.
        """
        return Receipt(remote_id=None, url=None, at=datetime.now(UTC))

    def find(self, message: Message) -> Receipt | None:  # noqa: ARG002 - the contract
        """Only the person who posted it knows."""
        return None
