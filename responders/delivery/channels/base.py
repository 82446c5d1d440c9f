"""What every channel promises the outbox, and what it may say went wrong.

A plug-in exports ``Options`` (pydantic: its section of the settings, importable without a heavy
library), ``destination(options) -> str | None`` (None: the on-call people do not read there) and
``build(options, *, ways) -> Channel``. One that leads to several places exports
``destinations(options) -> Sequence[str]``, too. One whose alerts are cards that are edited in place
exports ``keeps_cards(options) -> bool`` and opens as ``Redrawing``; one that strangers read exports
``PUBLIC = True`` and is always opened, because where it sends to stands in each message. It sends
and looks; it never stores, waits or tries again. The outbox does that, the same way for every
channel.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from pydantic import ConfigDict

from config.clock import Clock, SystemClock
from config.errors import GroundswellError, PermanentError
from config.http_client import PoliteClient
from config.setting_forms import Written
from config.settings import Credential, HttpKnobs


class ChannelOptions(Written):
    """The base of every plug-in's ``Options``."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InDoubt(GroundswellError):
    """The request left and no answer came: the message may stand there or not."""


class Closed(PermanentError):
    """Nobody can answer there any more: what we answer was taken away, or its thread is closed."""


@dataclass(frozen=True)
class Capabilities:
    """What a channel can do."""

    public: bool
    """Strangers read it: nothing leaves without a person's approval."""
    lookup: bool
    """``find`` can tell for certain whether a message stands there."""
    idempotent: bool
    """The same key sent twice makes one message."""
    by_hand: bool = False
    """``send`` only hands the text to a person, who posts it and tells us where it stands."""


@dataclass(frozen=True)
class Message:
    """One message as it leaves."""

    key: str
    """The same for every try of the same message."""
    text: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    """The same, as this channel draws it; empty where the text is all."""
    target: Mapping[str, Any] = field(default_factory=dict)
    """Where exactly it goes, as ``voice.addressing`` wrote it (see there); empty for alerts."""
    destination: str = ""
    """Which of a channel's destinations it is for, where there are several."""
    issue_id: int | None = None
    """What it is about, where it can be answered by a link."""


@dataclass(frozen=True)
class Receipt:
    """Proof that a message stands where it was sent."""

    remote_id: str | None
    url: str | None
    at: datetime
    """Aware UTC, as the platform or this machine says."""
    rest_s: float = 0.0
    """Machine seconds of silence that the platform asks for before the next message."""
    note: str = ""
    """What a person should know of it, such as that the place's moderators must let it pass."""


class Channel(Protocol):
    """A way out of the house."""

    @property
    def capabilities(self) -> Capabilities:
        """What this channel can do."""
        ...

    def send(self, message: Message) -> Receipt:
        """Send once; no second try in here.

        Raises:
            TransientError: it certainly did not go out; try again, not before ``retry_after_s``.
            PermanentError: it did not go out, and trying again will not help.
            Closed: the same, because nobody can answer there any more.
            InDoubt: it may have gone out.
        """
        ...

    def find(self, message: Message) -> Receipt | None:
        """Look for the message at the platform; None says that it is not there.

        Asked only where ``capabilities.lookup`` is true.

        Raises:
            TransientError: the platform does not answer now.
            PermanentError: the platform does not let us look any more.
        """
        ...


class Standing(StrEnum):
    """How a reply of ours stands at its place, compared with what it should say."""

    AS_ASKED = "as asked"
    OTHERWISE = "otherwise"
    """It stands there and says something else."""
    GONE = "gone"


@runtime_checkable
class Changing(Protocol):
    """What a channel promises besides, where a reply of ours can be changed or taken away.

    The message's target holds the reply's ``remote_id`` and ``url``. Both acts may be done twice
    without harm: the same text again is the same text.
    """

    def edit(self, message: Message) -> Receipt:
        """Put the message's text in the place of what the reply says.

        Raises:
            TransientError, PermanentError, InDoubt: as ``Channel.send``.
        """
        ...

    def remove(self, message: Message) -> Receipt:
        """Take the reply away.

        Raises:
            TransientError, PermanentError, InDoubt: as ``Channel.send``.
        """
        ...

    def standing(self, message: Message) -> Standing:
        """Tell how the reply stands now.

        Raises:
            TransientError, PermanentError: as ``Channel.find``.
        """
        ...


@dataclass(frozen=True)
class Sight:
    """What a stranger sees of a reply."""

    visible: bool | None
    """None: the place does not let us tell, such as one that only its members may read."""
    why: str = ""
    """What was seen instead, in words for a person."""


@runtime_checkable
class Showing(Protocol):
    """What a channel promises besides, where we can look as a stranger would."""

    def visible(self, message: Message, receipt: Receipt) -> Sight:
        """Tell whether somebody without an account sees a reply that was sent.

        Raises:
            TransientError, PermanentError: as ``Channel.find``.
        """
        ...


class Gone(PermanentError):
    """The message that was to be changed stands there no more."""


@runtime_checkable
class Redrawing(Protocol):
    """What a channel promises besides, where an alert is a card that is edited in place."""

    def redraw(self, remote_id: str, message: Message) -> Receipt:
        """Let a message that stands there show something else; twice does no harm.

        Raises:
            Gone: it stands there no more.
            TransientError, PermanentError: as ``Channel.find``.
        """
        ...


class Publisher(Protocol):
    """The public page as a channel sees it; the page's room implements it, the wiring hands it in.

    So the page is a destination of the outbox like any other, and delivery knows nothing of it.
    """

    def publish(self, message: Message) -> Receipt:
        """Publish an approved update; the same key twice publishes it once.

        Raises:
            PermanentError: the message is no update of the page.
        """
        ...

    def published(self, key: str) -> Receipt | None:
        """Return the proof that an update was published; None when it was not."""
        ...


@dataclass(frozen=True)
class Ways:
    """What an installation lends its channels."""

    http: HttpKnobs
    client: PoliteClient
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    """By the name that a message's target may hold."""
    key: bytes = field(default=b"", repr=False)
    """The installation's, which links that answer are signed with."""
    console_url: str = ""
    """Where people open the console; empty where nobody knows."""
    clock: Clock = field(default_factory=SystemClock)
    """The house's time, which says until when a link is good."""
    publisher: Publisher | None = None
    """None where no page is kept, as in most tests."""
    prompt: PoliteClient | None = None
    """For a platform that says itself when it wants silence, so we leave no pause of our own; None:
    the same client."""
