"""The audit chain's arithmetic: what an entry's digest and hash are, and whether a chain is whole.

Pure, and apart so that anybody can check an exported chain with these few lines. A payload counts
through its salted digest only, so it may be erased and the chain still closes.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

START = "0" * 64
"""What the first entry follows."""


@dataclass(frozen=True)
class Link:
    """One entry as it stands in the store or in an exported file."""

    number: int
    at: datetime
    act: str
    subject: str
    salt: str | None
    payload: Mapping[str, Any] | None
    digest: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Verdict:
    """Whether the chain is whole, and if not, where it first is not."""

    ok: bool
    entries: int
    problem: str = ""
    erased: int = 0
    """Entries whose payload was erased; that is no fault."""

    def in_words(self) -> str:
        """Say it in one line, such as ``12 entries, whole; 1 payload erased``."""
        if not self.ok:
            return self.problem
        entries = "1 entry" if self.entries == 1 else f"{self.entries} entries"
        gone = f"; {self.erased} payload{'' if self.erased == 1 else 's'} erased"
        return f"{entries}, whole{gone if self.erased else ''}"


def canonical(payload: Mapping[str, Any]) -> str:
    """Return a payload as the one JSON text that it is hashed by: keys sorted, no spaces.

    Raises:
        TypeError: a value has no place in JSON.
    """
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(salt: str, payload: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the salt followed by the canonical payload, as hexadecimal.

    Without the salt nobody can find a short payload again by trying.
    """
    return sha256(f"{salt}{canonical(payload)}".encode()).hexdigest()


def moment(at: datetime) -> str:
    """Return a time to the microsecond, as it is hashed and exported."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(
    *, number: int, at: datetime, act: str, subject: str, digest: str, previous: str
) -> str:
    """Return the SHA-256 over what an entry says and the hash of the one before, as hexadecimal."""
    told = json.dumps([number, moment(at), act, subject, digest, previous], separators=(",", ":"))
    return sha256(told.encode()).hexdigest()


def check(links: Iterable[Link], *, last: int, last_hash: str) -> Verdict:
    """Tell whether entries, in the order of their numbers, are the whole chain.

    Args:
        links: all there are.
        last: the number of the entry that was written last.
        last_hash: its hash.
    """
    count, erased, previous = 0, 0, START
    for link in links:
        problem = _gap(link, count + 1, last) or _fault(link, previous, last)
        if problem:
            return Verdict(False, count, problem, erased)
        count, previous = count + 1, link.hash
        erased += link.payload is None
    if count < last:
        gone = f"entry {last} is" if count + 1 == last else f"entries {count + 1} to {last} are"
        return Verdict(False, count, f"the end of the chain was cut off: {gone} missing", erased)
    if previous != last_hash:
        return Verdict(False, count, f"entry {count} is not the one that was written last", erased)
    return Verdict(True, count, erased=erased)


def _gap(link: Link, expected: int, last: int) -> str:
    if link.number > last:
        return f"entry {link.number} was added behind the end of the chain, which is {last}"
    if link.number > expected + 1:
        return f"entries {expected} to {link.number - 1} are missing"
    if link.number == expected + 1:
        return f"entry {expected} is missing"
    return "" if link.number == expected else f"entry {link.number} stands there twice"


def _fault(link: Link, previous: str, last: int) -> str:
    if _hash(link, link.number) != link.hash:
        own = next((n for n in range(1, last + 1) if _hash(link, n) == link.hash), None)
        if own is not None:
            return f"entry {link.number} was moved: it was written as entry {own}"
        return f"entry {link.number} was changed"
    if link.previous != previous:
        return f"entry {link.number} does not follow the entry before it"
    if (link.payload is None) != (link.salt is None):
        return f"the payload of entry {link.number} was taken away by half"
    if link.payload is not None and digest_of(link.salt or "", link.payload) != link.digest:
        return f"the payload of entry {link.number} was changed"
    return ""


def _hash(link: Link, number: int) -> str:
    return hash_of(
        number=number,
        at=link.at,
        act=link.act,
        subject=link.subject,
        digest=link.digest,
        previous=link.previous,
    )
