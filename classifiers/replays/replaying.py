"""The posts of the store as a history, to be decided once more: `backtest --store`.

Apart from history.py, which reads files, and from the live pass: nothing is written here. What
people decided meanwhile (merges, moves, dismissals) is not replayed, and an edited post stands as
it reads now.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from classifiers.arriving import Arrival
from classifiers.detect import arrival_of
from classifiers.embedding import Halves, MemoryCache
from classifiers.store_decisions import vectors
from config.database import reading
from listener.store import Wanted, posts, title_owners
from listener.tables import Post

CHUNK = 500


def stored_history(
    session: Session, product_id: int, *, since: datetime | None = None
) -> list[Arrival]:
    """Return the posts of a product in order of arrival; erased ones are gone.

    Args:
        session: an open session.
        product_id: whose posts.
        since: only those written from then on.
    """
    wanted = Wanted(product_id=product_id, since=since)
    found = [post for post in posts(session, wanted) if post.erased_at is None]
    owners = _owners(session, found)
    ordered = sorted(found, key=lambda post: (post.seen_at, post.id or 0))
    return [arrival_of(post, titled=post.id in owners) for post in ordered]


def digest(arrivals: Sequence[Arrival]) -> str:
    """Return the SHA-256 of what was decided about: ids, times and words."""
    found = hashlib.sha256()
    for one in arrivals:
        line = f"{one.post_id}\n{one.published_at}\n{one.seen_at}\n{one.words}\n"
        found.update(line.encode("utf-8", "surrogatepass"))
    return found.hexdigest()


class ReadVectors:
    """The vectors that the live pass made; further ones are kept for this run only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fresh = MemoryCache()

    def get(self, hashes: Sequence[str], model_id: str) -> Mapping[str, Halves]:
        """Return the vectors that are there, by hash."""
        with reading(self._engine) as session:
            stored = vectors(session, hashes, model_id)
        return {**stored, **self._fresh.get(hashes, model_id)}

    def put(self, fresh: Mapping[str, Halves], model_id: str) -> None:
        """Keep vectors beside the store: trying something out leaves it as it was."""
        self._fresh.put(fresh, model_id)


def _owners(session: Session, found: Sequence[Post]) -> set[int]:
    threads = sorted({post.thread_id for post in found if post.thread_id})
    owners: set[int] = set()
    for start in range(0, len(threads), CHUNK):
        owners |= title_owners(session, threads[start : start + CHUNK])
    return owners
