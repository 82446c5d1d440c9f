"""The channel that is always there: the message on the terminal where Groundswell runs."""

import sys
from datetime import UTC, datetime
from typing import TextIO

from pydantic import Field
from rich.console import Console
from rich.text import Text

from config.errors import TransientError
from config.logs import masked, printable
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    Message,
    Receipt,
    Ways,
)

DESTINATION = "terminal"


class Options(ChannelOptions):
    """The section ``[terminal]``."""

    enabled: bool = Field(
        default=True, description="alerts are written where the service runs, too"
    )


def destination(options: Options) -> str | None:
    """Return the name of the one terminal, unless it is switched off."""
    return DESTINATION if options.enabled else None


def build(options: Options, *, ways: Ways) -> "Terminal":  # noqa: ARG001 - the contract
    """Return the channel."""
    return Terminal()


class Terminal:
    """Prints to standard output, the first line set off; markup in the text means nothing."""

    capabilities = Capabilities(public=False, lookup=False, idempotent=False)

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def send(self, message: Message) -> Receipt:
        """Print the message and push it out of our buffer."""
        stream = self._stream or sys.stdout
        first, *rest = (printable(masked(line)) for line in message.text.splitlines() or [""])
        drawn = Text(first, style="bold")
        for line in rest:
            drawn.append("\n" + line, style="not bold")
        try:
            Console(file=stream, highlight=False, soft_wrap=True).print(drawn)
            stream.flush()
        except (OSError, ValueError) as error:  # closed, full, or the reader went away
            raise TransientError(f"the terminal takes no text: {error}") from error
        return Receipt(remote_id=None, url=None, at=datetime.now(UTC))

    def find(self, message: Message) -> Receipt | None:  # noqa: ARG002 - the contract
        """Nobody can read a terminal back."""
        return None
