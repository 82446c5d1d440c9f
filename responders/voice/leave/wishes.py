"""Who wants no answer of ours: known again by a keyed digest, at every place of their host.

A row names nobody. It is made of the host and the name as shown there, by the installation's key;
beside it stands the pseudonym of the source where the wish was said. So it outlives the erasure of
everything its author wrote, and a change of their name at that source.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from listener.tables import Post, Source, Thread
from responders.delivery import store_sending as outbox
from responders.voice.leave import store_policy as store
from responders.voice.leave.declared_policies import host_of
from responders.voice.tables import OptOut

ASKED = "its author asked us not to answer them"
THEMSELVES = "the author"
"""Who noted a wish that stands in a post."""


@dataclass(frozen=True)
class Wishes:
    """The wishes that hold, ready to be asked of many posts."""

    key: bytes
    authors: Collection[str]
    pseudonyms: Collection[str]

    @property
    def empty(self) -> bool:
        """Whether nobody wishes anything."""
        return not (self.authors or self.pseudonyms)

    def hold_for_reply(self, one: store.Reply) -> bool:
        """Tell whether a text would speak to somebody who wants no answer."""
        return any(self.hold_for(post, one.source, one.thread) for post in one.posts)

    def hold_for(self, post: Post, source: Source, thread: Thread | None) -> bool:
        """Tell whether the author of a post wants no answer."""
        if post.author_key in self.pseudonyms:
            return True
        return bool(self.authors) and any(
            digest in self.authors
            for digest in digests(self.key, post.author, hosts(source, thread))
        )


def digest_of(key: bytes, place: str, author: str) -> str:
    """Return the keyed digest by which somebody's wish is known: 64 hexadecimal digits.

    How the name is written does not matter: "@Ann", "ann" and "ＡＮＮ" are one.
    """
    name = unicodedata.normalize("NFKC", author).strip().casefold().removeprefix("@")
    message = f"optout\x00{place.casefold()}\x00{name}".encode("utf-8", "replace")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def digests(key: bytes, author: str | None, places: Iterable[str]) -> list[str]:
    """Return the digests of a name at each of some places; none where there is no name."""
    return [digest_of(key, place, author) for place in places] if author else []


def hosts(source: Source, thread: Thread | None) -> tuple[str, ...]:
    """Return the hosts by which a thread's place is known: its own, and that of its source."""
    return tuple(dict.fromkeys((host_of(source, thread), host_of(source))))


def wishes(session: Session, key: bytes) -> Wishes:
    """Return every wish that holds."""
    rows = store.optouts(session)
    return Wishes(
        key,
        frozenset(row.author for row in rows if row.author),
        frozenset(row.author_key for row in rows if row.author_key),
    )


def unsilenced(session: Session, key: bytes) -> bool:
    """Tell whether a text may still leave to somebody who wants no answer."""
    known = wishes(session, key)
    return not known.empty and any(
        known.hold_for_reply(one) for one in store.replies_that_may_leave(session, hold=False)
    )


def silence(session: Session, key: bytes) -> int:
    """Let nothing more go to anybody who wants no answer; return how many texts were stopped.

    Drafts are held before they are looked at: an approval that is under way comes first or later,
    and both ends are right. What is being sent, or in doubt, is kept from every further try.
    """
    known = wishes(session, key)
    if known.empty:
        return 0
    found = store.replies_that_may_leave(session, hold=True)
    return sum([_stop(session, one) for one in found if known.hold_for_reply(one)])


def _stop(session: Session, one: store.Reply) -> bool:
    stays = True
    if one.delivery is not None and one.delivery.state in outbox.MAY_STILL_LEAVE:
        stays = outbox.forbid(session, one.delivery.id or 0, reason=ASKED)
    return store.fall_silent(session, one.draft, reason=ASKED) if stays else True


def said_in(key: bytes, placed: store.Placed, *, now: datetime) -> OptOut:
    """Return the wish that the author of a post says in it."""
    post, place = placed.post, host_of(placed.source, placed.thread)
    return OptOut(
        place=place,
        author=next(iter(digests(key, post.author, [place])), ""),
        author_key=post.author_key,
        post_id=post.id,
        by=THEMSELVES,
        at=now,
    )


def add(session: Session, row: OptOut) -> OptOut:
    """Keep a wish, unless the same one holds already; return the row that does."""
    for known in store.optouts(session):
        same_author = bool(row.author) and known.author == row.author
        if same_author or (row.author_key is not None and known.author_key == row.author_key):
            return known
    session.add(row)
    session.flush()
    return row
