"""The audit chain in the store: add an entry, check it all, write it out, erase a payload.

What is hashed and how stands in chaining.py. A payload holds who, why and how: hashes of texts,
never the words of strangers, for an erasure does not look here.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from responders.decisions import store_audit as store
from responders.decisions.chaining import (
    Link,
    Verdict,
    canonical,
    check,
    digest_of,
    hash_of,
    moment,
)
from responders.decisions.tables_audit import AuditEntry

SALT_BYTES = 16


def add(
    session: Session, *, at: datetime, act: str, subject: str, payload: Mapping[str, Any]
) -> AuditEntry:
    """Add an entry behind the last; links never fork, because the end is held until the commit."""
    head = store.hold_head(session)
    salt = secrets.token_hex(SALT_BYTES)
    plain: dict[str, Any] = json.loads(canonical(payload))
    digest, number = digest_of(salt, plain), head.number + 1
    entry = AuditEntry(
        number=number,
        at=at,
        act=act,
        subject=subject,
        salt=salt,
        payload=plain,
        digest=digest,
        previous=head.hash,
        hash=hash_of(
            number=number, at=at, act=act, subject=subject, digest=digest, previous=head.hash
        ),
    )
    store.append(session, head, entry)
    return entry


def verify(session: Session) -> Verdict:
    """Tell whether the chain in the store is whole, and if not, where it first is not."""
    head = store.hold_head(session)  # so that nothing is added while we read
    return check(map(_link, store.entries(session)), last=head.number, last_hash=head.hash)


def export(session: Session) -> Iterator[str]:
    """Yield the chain as JSON lines, an entry each, with all that `verify` looks at."""
    for entry in store.entries(session):
        yield json.dumps(
            {
                "number": entry.number,
                "at": moment(entry.at),
                "act": entry.act,
                "subject": entry.subject,
                "salt": entry.salt,
                "payload": entry.payload,
                "digest": entry.digest,
                "previous": entry.previous,
                "hash": entry.hash,
            },
            ensure_ascii=False,
        )


def erase_payload(session: Session, number: int) -> bool:
    """Blank who, why and how of an entry; the chain stays whole. False when nothing was there."""
    return store.erase_payload(session, number)


def _link(entry: AuditEntry) -> Link:
    return Link(
        number=entry.number,
        at=entry.at,
        act=entry.act,
        subject=entry.subject,
        salt=entry.salt,
        payload=entry.payload,
        digest=entry.digest,
        previous=entry.previous,
        hash=entry.hash,
    )
