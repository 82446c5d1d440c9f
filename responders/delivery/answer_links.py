"""Links by which an alert is answered where nobody can press a button, such as in a mail.

Pure. A link names the issue, where it was sent and until when it is good, and is signed with the
installation's key for this purpose alone; nothing of it is kept. Whoever holds it may acknowledge
that one issue and nothing else.
"""

import binascii
import hmac
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

GOOD_FOR = timedelta(hours=24)
"""An alert nobody answered for a day has been told again since, with a new link."""
PURPOSE = b"groundswell answer link"
SIGNATURE = 20
"""Bytes of the signature: 160 bits cannot be guessed."""
LONGEST = 400
"""Characters of a link's own part."""
PATH = "answer"


@dataclass(frozen=True)
class Answerable:
    """What a link says."""

    issue_id: int
    destination: str
    """Where it was sent, which says who reads there."""
    until: datetime
    """Aware UTC, whole seconds."""


def answer_link(key: bytes, console_url: str, what: Answerable) -> str:
    """Return the link's address; empty when nobody knows the console's address.

    Args:
        key: the installation's key.
        console_url: the console's address as people type it.
        what: what the link says.
    """
    base = console_url.rstrip("/")
    if not base:
        return ""
    base = base if base.endswith("/console") else f"{base}/console"
    return f"{base}/{PATH}/{sign(key, what)}"


def sign(key: bytes, what: Answerable) -> str:
    """Return the part of a link that holds what it says and its signature."""
    words = f"{what.issue_id}|{int(what.until.timestamp())}|{what.destination}".encode()
    return f"{_text(words)}.{_text(_signature(key, words))}"


def read_link(key: bytes, given: str, *, now: datetime) -> Answerable | None:
    """Return what a link says; None when we did not make it, or when it is over."""
    words, signature = (_bytes(part) for part in (given[:LONGEST].rpartition(".")[::2]))
    if not words or not hmac.compare_digest(_signature(key, words), signature):
        return None
    issue, until, destination = words.decode().split("|", 2)
    found = Answerable(int(issue), destination, datetime.fromtimestamp(int(until), UTC))
    return found if now < found.until else None


def _signature(key: bytes, words: bytes) -> bytes:
    own = hmac.digest(key, PURPOSE, "sha256")
    return hmac.digest(own, words, "sha256")[:SIGNATURE]


def _text(data: bytes) -> str:
    """Letters and figures alone: some services would put a backslash before anything else."""
    return b32encode(data).decode().rstrip("=").lower()


def _bytes(text: str) -> bytes:
    try:
        return b32decode(text + "=" * (-len(text) % 8), casefold=True)
    except (binascii.Error, ValueError):
        return b""
