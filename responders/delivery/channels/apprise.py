"""Alerts to mail, pagers and a hundred services more through Apprise; one destination each address.

Only our own words leave here (see ``fan_out``), with the link by which they are answered. The
library runs in a process of its own (see ``apprise_sender``), once for each message: retries are
the outbox's concern. What it says of a failure is passed on without the secrets of the address.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field, SecretStr, field_validator

from config.errors import PermanentError, TransientError
from config.logs import hide, masked
from responders.delivery.answer_links import GOOD_FOR, Answerable, answer_link
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    InDoubt,
    Message,
    Receipt,
    Ways,
)
from responders.delivery.inert import cut, plain
from responders.delivery.platforms import apprise_sender as sender
from responders.delivery.platforms.fan_out import said

KIND = "apprise"
ADDRESS = re.compile(
    r"(?:(?P<name>[^\W_][\w .@-]{0,39})=)?(?P<url>(?P<scheme>[A-Za-z][\w.+-]*)://\S+)"
)
"""``NAME=URL`` as in Apprise's own files; the name says who reads there."""
SECRET_KEYS = frozenset({"pass", "password", "pwd", "secret", "token", "key", "apikey", "api_key"})
REASON = 200
"""Characters of what the library said that are told."""
STATUS = re.compile(r"(?:error|code|status)\W{1,3}([1-5]\d\d)\b")
TRY_AGAIN = frozenset({408, 421, 425, 429})
"""Refusals that are over after a while; the other 4xx stay."""
LEVELS = frozenset({"info", "warning", "failure"})


class Options(ChannelOptions):
    """The section ``[apprise]``."""

    urls: tuple[SecretStr, ...] = Field(
        default=(),
        max_length=50,
        description="addresses as Apprise writes them, each a destination of its own; a name "
        "before it says who reads there: ruth=ntfy://topic",
    )

    @field_validator("urls", mode="before")
    @classmethod
    def _one_a_line(cls, value: Any) -> Any:
        """Take a text with an address in each line, too, as a file with secrets holds it."""
        return value.split() if isinstance(value, str) else value

    @field_validator("urls")
    @classmethod
    def _are_addresses(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        """Refuse what is no address; the message must not repeat the secret."""
        for number, one in enumerate(value, start=1):
            if not ADDRESS.fullmatch(one.get_secret_value().strip()):
                raise ValueError(
                    f"holds no address at place {number}; write each as Apprise does, such as "
                    "mailtos://user:password@example.org, or with who reads there: ruth=ntfy://topic"
                )
            if not _is_whole(one.get_secret_value().strip()):
                raise ValueError(
                    f"holds an address at place {number} that cannot be read; write each character "
                    "of a password that is neither letter nor figure as %XX: [ as %5B, ] as %5D"
                )
        return value


def _is_whole(address: str) -> bool:
    """Tell whether an address can be taken apart; the reason why not may repeat the password."""
    found = ADDRESS.fullmatch(address)
    try:
        return found is not None and bool(urlsplit(found["url"]))
    except ValueError:
        return False


@dataclass(frozen=True)
class Address:
    """One address of the settings."""

    url: str
    scheme: str
    name: str | None

    @property
    def destination(self) -> str:
        """Return its name in keys and logs: stable, and free of secrets."""
        if self.name:
            return f"{KIND}:{self.name}"
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        user = (parts.username or "") if parts.password is not None else parts.netloc
        open_query = [pair for pair in parse_qsl(parts.query) if pair[0].lower() not in SECRET_KEYS]
        told = json.dumps([parts.scheme, user, place, parts.path, open_query])
        return f"{KIND}:{self.scheme}:{sha256(told.encode()).hexdigest()[:8]}"


def destination(options: Options) -> str | None:
    """Return the first destination; None without any address."""
    return next(iter(destinations(options)), None)


def destinations(options: Options) -> Sequence[str]:
    """Return where the on-call people read, one for each address."""
    return tuple(_addresses(options))


def build(options: Options, *, ways: Ways) -> "Fan":
    """Return the channel; the library is not loaded."""
    addresses = _addresses(options)
    for one in addresses.values():
        hide(secrets_of(one.url))
    return Fan({name: one.url for name, one in addresses.items()}, ways)


def _addresses(options: Options) -> dict[str, Address]:
    """Return every address by its destination; an address that stands there twice counts once."""
    found: dict[str, Address] = {}
    for one in options.urls:
        match = ADDRESS.fullmatch(one.get_secret_value().strip())
        if match is None:  # refused when the settings were read
            continue
        address = Address(match["url"], match["scheme"].lower(), match["name"])
        name, number = address.destination, 2
        while name in found and found[name].url != address.url:
            name, number = f"{address.destination}:{number}", number + 1
        found[name] = address
    return found


def secrets_of(url: str) -> Iterator[str]:
    """Yield what must show nowhere: the address, its password, and all that looks drawn by lot.

    Ordinary words of it, such as a topic's name, stay readable: hidden, they would be hidden
    everywhere in the log.
    """
    yield url
    parts = urlsplit(url)
    pieces = [*parts.netloc.replace("@", ":").split(":"), *parts.path.split("/")]
    pieces += [value for _, value in parse_qsl(parts.query)]
    secret = [
        parts.password or "",
        *(dict(parse_qsl(parts.query)).get(key, "") for key in SECRET_KEYS),
    ]
    secret += [piece for piece in pieces if _looks_drawn(unquote(piece))]
    for piece in filter(None, secret):
        yield piece
        yield unquote(piece)


def _looks_drawn(piece: str) -> bool:
    """Tell whether a piece looks like a key and not like a word or a host."""
    if "." in piece or "@" in piece:
        return False
    return len(piece) >= 20 or (len(piece) >= 8 and any(char.isdigit() for char in piece))


class Fan:
    """Every address of the section; a message says which one it is for."""

    capabilities = Capabilities(public=False, lookup=False, idempotent=False)

    def __init__(self, urls: Mapping[str, str], ways: Ways) -> None:
        self._urls, self._ways = urls, ways

    def send(self, message: Message) -> Receipt:
        """Have the library send once, within the deadline."""
        url = self._urls.get(message.destination)
        if url is None:
            raise PermanentError(f"{message.destination} stands no longer in [apprise] urls")
        title, body = said(message.text, message.payload)
        level = str(message.payload.get("level", "info"))
        job = {
            "url": url,
            "title": title,
            "body": "\n".join(filter(None, [body, self._answer(message)])),
            "level": level if level in LEVELS else "info",
        }
        _judge(_sent(job, deadline_s=self._ways.http.deadline_s), message.destination)
        return Receipt(None, None, at=datetime.now(UTC))

    def find(self, message: Message) -> Receipt | None:  # noqa: ARG002 - the contract
        """None of these services can be read back."""
        return None

    def _answer(self, message: Message) -> str:
        """Return the line with the link by which the message is answered."""
        if message.issue_id is None:
            return ""
        until = self._ways.clock.now() + GOOD_FOR
        what = Answerable(message.issue_id, message.destination, until)
        link = answer_link(self._ways.key, self._ways.console_url, what)
        return f"Acknowledge (good for a day): {link}" if link and self._ways.key else ""


def not_understood(options: Options, *, deadline_s: float) -> list[str]:
    """Return the destinations whose addresses the library takes for no service's; sends nothing.

    Raises:
        InDoubt: the library broke or was late.
    """
    addresses = _addresses(options)
    if not addresses:
        return []
    job = {"urls": [one.url for one in addresses.values()]}
    known = _sent(job, deadline_s=deadline_s)["understood"]
    return [name for name, fine in zip(addresses, known, strict=True) if not fine]


def _sent(job: Mapping[str, Any], *, deadline_s: float) -> Mapping[str, Any]:
    """Run the library; return what came of it.

    Raises:
        InDoubt: it was late or broke on the way; the message may have left.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", sender.__name__],
            input=json.dumps({**job, "deadline_s": deadline_s}).encode(),
            capture_output=True,
            timeout=deadline_s,
            check=True,
        )
        outcome = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise InDoubt(f"no answer within {deadline_s:g} s") from None  # its text holds the job
    except (subprocess.CalledProcessError, ValueError) as error:
        raise InDoubt(f"the sending process broke ({type(error).__name__})") from None
    return dict(outcome)


def _judge(outcome: Mapping[str, Any], to: str) -> None:
    """Do nothing for a message that was taken.

    Raises:
        TransientError: the service asks for patience.
        PermanentError: it was not taken, and never will be.
        InDoubt: it failed, and what the library says of it leaves open whether it was taken.
    """
    if outcome["outcome"] == sender.KNOWN:
        return
    if outcome["outcome"] == sender.UNKNOWN:
        raise PermanentError(
            f"Apprise does not understand the address of {to}; check [apprise] urls"
        )
    why = cut(plain(masked(str(outcome["said"]))), REASON) or "no reason was given"
    statuses = [int(found) for found in STATUS.findall(why)]
    if statuses and statuses[-1] in TRY_AGAIN:
        raise TransientError(f"{to} does not take the message now: {why}")
    if statuses and 400 <= statuses[-1] < 500:
        raise PermanentError(f"{to} refused the message ({why}); check [apprise] urls")
    raise InDoubt(f"{to} did not take the message: {why}")
