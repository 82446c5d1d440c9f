"""Posts told straight to the store, for the tests of the live pass: quiet talk and a burst."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from classifiers import store
from classifiers.detect import Detector
from classifiers.tables import Cluster, Emergence, Issue, IssueEvent, Membership
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post, Product, Source
from tests.listener.installation import rows
from tests.places.tiny_embedder import TinyEmbedder

START = datetime(2026, 3, 2, tzinfo=UTC)
QUIET_H = 24 * 6
TALK = (
    "where is the dark theme setting on android",
    "love the new icons great work",
    "how do i share a folder with my team",
    "import from dropbox takes a while",
    "the invoice has the wrong address",
    "can we get a linux build",
    "search does not find old notes",
    "what is the price for students",
)
OUTAGE = ("upload", "stuck", "percent", "update", "progress", "hangs", "ninety", "forever")
DECIDED = (Cluster, Issue, Emergence, Membership, IssueEvent)
FILLERS = ("today", "again", "here", "too", "help", "please", "since monday", "on my mac", "why")


@dataclass
class Told:
    """A product with two places, and posts by hand."""

    ground: Ground
    product_id: int
    sources: tuple[int, ...]
    seed: int = 1
    ids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def post(self, text: str, at: datetime, **more: Any) -> int:
        """Store one post; return its id."""
        return self._store([self._row(text, at, 0, more)])[0]

    def talk(
        self, posts: int = 150, *, since: datetime = START, hours: float = QUIET_H, **more: Any
    ) -> datetime:
        """Tell ordinary talk, evenly, over six days unless said; return the time of its end."""
        rows = []
        for number in range(posts):
            words = [self.random.choice(TALK), *self.random.sample(FILLERS, 3), f"x{number}"]
            at = since + timedelta(hours=hours * number / posts)
            rows.append(self._row(" ".join(words), at, number, more))
        self._store(rows)
        return since + timedelta(hours=hours)

    def burst(self, at: datetime, posts: int = 12, **more: Any) -> list[int]:
        """Tell the same new problem in several people's words, a post each five minutes."""
        times = [at + timedelta(minutes=5 * number) for number in range(posts)]
        return self._store(
            [self._row(self.complaint(), when, n, more) for n, when in enumerate(times)]
        )

    def _row(self, text: str, at: datetime, offset: int, more: dict[str, Any]) -> Post:
        number = len(self.ids) + offset
        values: dict[str, Any] = {
            "product_id": self.product_id,
            "source_id": self.sources[number % len(self.sources)],
            "identity": f"post {self.product_id} {number}",
            "remote_id": str(number),
            "url": f"https://forum.example/{number}",
            "author": f"author {number}",
            "author_key": f"key{number}",
            "published_at": at,
            "seen_at": at,
            "text": text,
            "lang": "en",
            "content_hash": str(number),
        }
        return Post(**values | more)

    def _store(self, rows: list[Post]) -> list[int]:
        with transaction(self.ground.engine) as session:
            session.add_all(rows)
            session.flush()
            fresh = [row.id or 0 for row in rows]
        self.ids += fresh
        return fresh

    def complaint(self) -> str:
        """Say the one new problem, its words and their order this person's own."""
        own = [f"{self.random.choice(FILLERS)}{self.random.randrange(10**6)}" for _ in range(2)]
        words = [*self.random.sample(OUTAGE, 6), *own]
        self.random.shuffle(words)
        return " ".join(words).capitalize() + "."


def told(ground: Ground, name: str = "fernsync", *, seed: int = 1) -> Told:
    """Store a product with two places."""
    with transaction(ground.engine) as session:
        product = Product(name=name, created_at=START)
        session.add(product)
        session.flush()
        ids = []
        for place in ("forum", "blog"):
            source = Source(
                product_id=product.id or 0,
                name=f"{name} {place}",
                kind="feed",
                url=f"https://{place}.example/{name}",
                created_at=START,
            )
            session.add(source)
            session.flush()
            ids.append(source.id or 0)
        return Told(ground, product.id or 0, tuple(ids), seed)


def change(ground: Ground, post_id: int, **values: Any) -> None:
    """Change a post's row as the listener would."""
    with transaction(ground.engine) as session:
        row = session.get_one(Post, post_id)
        for key, value in values.items():
            setattr(row, key, value)
        session.add(row)


def erase(ground: Ground, post_ids: Iterable[int]) -> None:
    """Blank posts as erasure does."""
    for post_id in post_ids:
        change(ground, post_id, text="", title=None, author=None, erased_at=ground.clock.now())


def detect(ground: Ground, embedder: TinyEmbedder | None = None) -> int:
    """Run the pass once, as a process of its own would."""
    return Detector(ground, embedder or TinyEmbedder()).detect_due()


def everything(ground: Ground) -> dict[str, list[dict[str, Any]]]:
    """Return all that was decided."""
    return {table.__name__: [row.model_dump() for row in rows(ground, table)] for table in DECIDED}


def only_issue(ground: Ground) -> Issue:
    """Return the one issue there must be."""
    (issue,) = rows(ground, Issue)
    return issue


def of_issue(ground: Ground, issue_id: int) -> set[int]:
    """Return the posts of an issue."""
    with reading(ground.engine) as session:
        return set(store.post_ids_of_issue(session, issue_id))
