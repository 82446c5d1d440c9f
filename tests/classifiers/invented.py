"""Invented streams: posts as points around topics, and an embedder that needs no model."""

import hashlib
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from classifiers.arriving import Arrival

START = datetime(2026, 3, 2, tzinfo=UTC)
DIM = 32


@dataclass
class Stream:
    """Posts with their vectors; each topic is a direction that all its posts share."""

    seed: int = 1
    arrivals: list[Arrival] = field(default_factory=list)
    vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._noise = np.random.default_rng(self.seed)
        self._topics: dict[str, NDArray[np.float64]] = {}

    def add(self, topic: str, at: datetime, **more: object) -> Arrival:
        """Write one post on a topic; its words are its own."""
        if topic not in self._topics:
            self._topics[topic] = self._noise.normal(size=DIM)
        vector = self._topics[topic] + 0.4 * self._noise.normal(size=DIM)
        number = len(self.vectors)
        words = " ".join(f"w{self._random.randrange(10**6)}" for _ in range(8))
        given = {
            "post_id": f"p{number}",
            "text": words,
            "author": f"a{number}",
            "published_at": at,
            "seen_at": at,
        } | more
        arrival = Arrival(**given)  # type: ignore[arg-type]  # a test may give any field
        self.vectors[arrival.post_id] = (vector / np.linalg.norm(vector)).astype(np.float32)
        self.arrivals.append(arrival)
        return arrival

    def background(self, posts: int, *, hours: float, topics: int = 40) -> datetime:
        """Write ordinary talk, evenly; give the time of its end."""
        for number in range(posts):
            topic = f"t{self._random.randrange(topics)}"
            self.add(topic, START + timedelta(hours=hours * number / posts))
        return START + timedelta(hours=hours)

    def burst(self, topic: str, at: datetime, posts: int, **more: object) -> list[Arrival]:
        """Write a burst, one post each five minutes."""
        return [
            self.add(topic, at + timedelta(minutes=5 * number), **more) for number in range(posts)
        ]

    def of(self, post_ids: list[str]) -> NDArray[np.float32]:
        """Give stored vectors as a store would."""
        return np.stack([self.vectors[post_id] for post_id in post_ids])


class WordEmbedder:
    """An embedder whose vectors are sums of the words' own directions."""

    model_id = "words/32"
    dim = DIM
    languages = frozenset({"en"})

    def __init__(self) -> None:
        self.texts_seen: list[str] = []

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Give (n, d) float32 rows of length 1, in the order of the texts."""
        self.texts_seen += texts
        if not texts:
            return np.zeros((0, DIM), dtype=np.float32)
        rows = np.stack([sum(map(_direction, text.split()), _direction("")) for text in texts])
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _direction(word: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
    return np.random.default_rng(seed).normal(size=DIM)
