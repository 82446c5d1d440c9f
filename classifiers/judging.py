"""The judging core: one post at a time, in order of arrival, from vector to decision.

Apart from storing, embedding and clocks, so that the live pass, the backtest and the tests run the
very same rules. A judge never looks ahead: the prefix of a stream is decided as in the whole.

Between two refreshes only whole numbers are decided and rows are added. At a refresh everything
with a fraction in it (mean, centred and smoothed vectors, sums, radii) is made anew from the rows.
So a snapshot is the rows of the last refresh and the posts since, and restoring it plays those
posts again with the same result to the last bit.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.calibration import Knobs
from classifiers.clustering import (
    Clusters,
    Labels,
    agglomerated,
    centred,
    keep_numbers,
    smoothed,
    smoothed_rows,
    time_term,
)
from classifiers.duplicates import (
    SHORT_PAIRS,
    Copies,
    Copy,
    hashed_words,
    is_copy,
    is_same_text,
    name_number,
)
from classifiers.embedding import Matrix, half
from classifiers.emergence import Emergence, Scanner
from classifiers.window import Row, Vectors, Window

COPY_COSINE = 0.8


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A post as it arrives.

    Attributes:
        author: a pseudonym, or None where unknown.
        published_at: when it was written, as its source says.
        seen_at: when we heard it; posts are judged in this order.
        backfill: old when heard; teaches the baseline, never alerts.
        counts: False for staff, bots and ourselves: may join a cluster, is never evidence.
        relevant: False for a post that is not about the product: no cluster, no evidence.
    """

    post_id: str
    text: str
    title: str | None = None
    author: str | None = None
    source: str | None = None
    thread: str | None = None
    published_at: datetime
    seen_at: datetime
    lang: str | None = None
    backfill: bool = False
    counts: bool = True
    relevant: bool = True

    @property
    def words(self) -> str:
        """Title and text, the title not said twice."""
        title = (self.title or "").strip()
        return self.text if not title or self.text.startswith(title) else f"{title}\n{self.text}"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided about one post, for good.

    Attributes:
        cluster: number given at arrival, never changed; None for a post outside all clusters.
        kind: what sort of post it is, see relevance.
        duplicate_of: id of the post whose text it repeats.
        joins: number of an emergence opened earlier that explains it.
        emergence: the emergence that this post opened.
        moved: clusters now of earlier posts that were settled anew at this arrival.
    """

    post_id: str
    cluster: int | None = None
    kind: str = "other"
    duplicate_of: str | None = None
    joins: int | None = None
    emergence: Emergence | None = None
    moved: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


class Judge:
    """Decides posts one by one."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self.window = Window()
        self.scanner = Scanner(knobs)
        self.copies = Copies()
        self.next_cluster = 1
        self.tail: list[Row] = []
        self._dim = 0
        self._mean: Matrix = np.zeros(0, dtype=np.float32)
        self._x: Matrix = np.zeros((0, 0), dtype=np.float32)
        self._clusters = Clusters(np.zeros(0, np.int64), self._x, np.zeros(0), extra=0)
        self._checkpoint = self._dump()

    def take(self, arrival: Arrival, vector: NDArray[Any]) -> Decision:
        """Decide one post, in order of arrival.

        Args:
            arrival: the post.
            vector: (d,) its embedding; rounded to half precision as stored ones are.
        """
        if not arrival.relevant:
            return Decision(post_id=arrival.post_id)
        row = Row(
            post_id=arrival.post_id,
            at=min(arrival.published_at, arrival.seen_at).timestamp(),
            author=name_number(arrival.author) if arrival.author else 0,
            source=name_number(arrival.source) if arrival.source else 0,
            words=hashed_words(arrival.words),
            backfill=arrival.backfill,
        )
        raw = half(vector)
        return self._decide(row, raw) if arrival.counts else self._listen(row, raw)

    def _decide(self, row: Row, raw: Matrix) -> Decision:
        if self._dim == 0:
            self._begin(raw.size)
        self.tail.append(row)
        x = centred(raw, self._mean, self.knobs.centring)
        similarity = self._x[: len(self.window)] @ x
        origin = self._origin(row, raw, similarity)
        if origin is None:
            decision = self._decide_new(row, raw, x, similarity)
        else:
            decision = self._decide_copy(row, origin)
        due = self.window.next_serial - self._refreshed >= self.knobs.refresh_posts
        if due or len(self.tail) >= 10 * self.knobs.refresh_posts:
            decision = replace(decision, moved=self._refresh())
        return decision

    def _origin(self, row: Row, raw: Matrix, similarity: Matrix) -> int | None:
        """Find the place of the earlier post whose text this one repeats."""
        fields = self.window.fields
        since = row.at - self.knobs.copy_days * 86400.0
        for place in np.flatnonzero(similarity >= COPY_COSINE - 0.15)[::-1].tolist():
            if fields["at"][place] < since or fields["gone"][place]:
                continue
            words = self.window.words[place]
            if is_same_text(row.words, words):
                author = int(fields["author"][place])
                alone = row.author == 0 or author in (0, row.author)
                if alone or row.words.size > SHORT_PAIRS:
                    return int(place)
            elif is_copy(row.words, words) and self.window.raw[place] @ raw >= COPY_COSINE:
                return int(place)
        return None

    def _decide_copy(self, row: Row, origin: int) -> Decision:
        serial = self.window.first + origin
        fields = self.window.fields[origin]
        self.copies.add(serial, Copy(row.post_id, row.at, row.author))
        emergence = None
        number = int(fields["explained"])
        if not number and not row.backfill and not fields["backfill"]:
            emergence = self.scanner.flood(origin, self.copies.of(serial), self.window, self._x)
        return Decision(
            post_id=row.post_id,
            cluster=int(fields["label"]),
            duplicate_of=self.window.ids[origin],
            joins=number or None,
            emergence=emergence,
        )

    def _decide_new(self, row: Row, raw: Matrix, x: Matrix, similarity: Matrix) -> Decision:
        window, place = self.window, self.window.add(row, raw)
        self._x[place] = x
        cluster = self._assign(row, x, similarity)
        window.fields["given"][place] = window.fields["label"][place] = cluster
        self.scanner.close(now=row.at, serial=window.next_serial)
        joins, emergence = self._explain(place, x, np.append(similarity, np.float32(1.0)))
        return Decision(post_id=row.post_id, cluster=cluster, joins=joins, emergence=emergence)

    def _explain(
        self, place: int, x: Matrix, similarity: Matrix
    ) -> tuple[int | None, Emergence | None]:
        """Explain the newest row by what is open; scan around it only if nothing does."""
        item = self.scanner.explains(x)
        if item is None:
            return self._scan(place, similarity)
        self.scanner.join(item, [place], self.window, self._x)
        return item.number, None

    def _assign(self, row: Row, x: Matrix, similarity: Matrix) -> int:
        """Join the nearest cluster, or open one."""
        place, z = self._nearest(row, x, similarity)
        if place is None:
            number, self.next_cluster = self.next_cluster, self.next_cluster + 1
            self._clusters.open(number, z, row.at)
            return number
        self._clusters.add(place, z, row.at)
        return int(self._clusters.numbers[place])

    def _nearest(self, row: Row, x: Matrix, similarity: Matrix) -> tuple[int | None, Matrix]:
        hours = (row.at - self.window.fields["at"][: similarity.size]) / 3600.0
        timed = similarity - time_term(hours, self.knobs)
        z = smoothed(x, timed, self._x[: similarity.size], self.knobs)
        place, best = self._clusters.nearest(z, row.at, self.knobs)
        return (place if best >= self.knobs.join_level else None), z

    def _scan(self, place: int, similarity: Matrix) -> tuple[int | None, Emergence | None]:
        """Scan around the newest row: a repeat joins what is open, news opens an emergence."""
        if self.window.fields["backfill"][place]:
            return None, None
        x, scanner = self._x[: len(self.window)], self.scanner
        found = scanner.candidate(self.window, x, similarity)
        if found is None:
            return None, None
        same = scanner.same_as(found, x)
        if same is not None:
            scanner.join(same, found.places, self.window, x)
            return same.number, None
        kind = scanner.kind_of(found, self.window)
        return None, scanner.open(kind, found.places, self.window, x, found.ball)

    def _listen(self, row: Row, raw: Matrix) -> Decision:
        """Place a post that is no evidence without changing anything."""
        if self._dim == 0:
            return Decision(post_id=row.post_id)
        x = centred(raw, self._mean, self.knobs.centring)
        place, _ = self._nearest(row, x, self._x[: len(self.window)] @ x)
        cluster = None if place is None else int(self._clusters.numbers[place])
        item = self.scanner.explains(x)
        joins = item.number if item else None
        return Decision(post_id=row.post_id, cluster=cluster, joins=joins)

    # -- refreshing -----------------------------------------------------------------------------

    def _begin(self, dim: int) -> None:
        self._dim = dim
        self._derive()

    def _derive(self) -> tuple[Matrix, NDArray[np.bool_]]:
        """Make everything with a fraction anew from the rows."""
        knobs, window = self.knobs, self.window
        extra = knobs.refresh_posts + 1
        window.reserve(extra, self._dim)
        there = int((~window.fields["gone"]).sum())
        total = window.raw.sum(axis=0, dtype=np.float64) / (there + knobs.mean_prior)
        self._mean = total.astype(np.float32)
        size = len(window)
        self._x = np.zeros((size + extra, self._dim), dtype=np.float32)
        self._x[:size] = centred(window.raw, self._mean, knobs.centring)
        self._x[:size][window.fields["gone"]] = 0.0
        at = np.ascontiguousarray(window.fields["at"])
        z, dense = smoothed_rows(self._x[:size], at, knobs)
        self._refreshed = window.next_serial
        self._z, self._dense = z, dense
        self._count()
        self.scanner.refresh(window, self._x[:size])
        return z, dense

    def _count(self) -> None:
        fields = self.window.fields
        live = ~fields["gone"]
        self._clusters = Clusters(
            fields["label"][live],
            self._z[live],
            fields["at"][live],
            extra=self.knobs.refresh_posts + 1,
        )

    def _refresh(self) -> Mapping[str, int]:
        """Expire, settle clusters, begin a new stretch; give the posts whose cluster changed."""
        window, knobs = self.window, self.knobs
        oldest = float(window.fields["at"].max()) - knobs.window_days * 86400.0
        window.expire(keep=knobs.window_posts, oldest=oldest)
        self.copies.expire(window.first)
        self._derive()
        labels, self.next_cluster = self._settled(self._z, self._dense)
        before = window.fields["label"].copy()
        window.fields["label"] = labels
        self._count()
        self.tail = []
        self._checkpoint = self._dump()
        changed = np.flatnonzero(before != labels)
        return self._with_copies({int(place): int(labels[place]) for place in changed})

    def _settled(self, z: Matrix, dense: NDArray[np.bool_]) -> tuple[Labels, int]:
        fields = self.window.fields
        at = np.ascontiguousarray(fields["at"])
        groups = agglomerated(z, at, dense & ~fields["gone"], self.knobs)
        return keep_numbers(groups, fields["given"], self.next_cluster)

    def _with_copies(self, labels: Mapping[int, int]) -> dict[str, int]:
        """Name the posts behind places, copies with their origin."""
        named: dict[str, int] = {}
        for place, label in labels.items():
            if self.window.ids[place]:
                named[self.window.ids[place]] = label
            for copy in self.copies.of(self.window.first + place):
                named[copy.post_id] = label
        return named

    def settle(self) -> dict[str, int | None]:
        """Give the clusters as they would be settled now, for the posts still in the window.

        Changes nothing: later decisions do not depend on who asked.
        """
        if not len(self.window):
            return {}
        at = np.ascontiguousarray(self.window.fields["at"])
        z, dense = smoothed_rows(self._x[: len(self.window)], at, self.knobs)
        labels, _ = self._settled(z, dense)
        return dict(self._with_copies(dict(enumerate(labels.tolist()))))

    def forget(self, post_ids: Sequence[str]) -> None:
        """Drop erased posts; the numbers they were counted under stay."""
        self.copies.forget(post_ids)
        self.window.forget(post_ids)
        self.tail = []
        if self._dim:
            self._derive()
        self._checkpoint = self._dump()

    # -- snapshots ------------------------------------------------------------------------------

    def _dump(self) -> bytes:
        state = {
            "next_cluster": self.next_cluster,
            "dim": self._dim,
            "copies": self.copies.dump(),
            "scanner": self.scanner.dump(),
        }
        rows = self.window.dump()
        head = json.dumps(state).encode()
        return len(head).to_bytes(8, "big") + head + rows

    def snapshot(self) -> bytes:
        """Write what restore() needs, without vectors and without texts."""
        tail = json.dumps(
            [[r.post_id, r.at, r.author, r.source, r.words.tolist(), r.backfill] for r in self.tail]
        ).encode()
        return len(tail).to_bytes(8, "big") + tail + self._checkpoint

    @classmethod
    def restore(cls, knobs: Knobs, data: bytes, vectors: Vectors) -> "Judge":
        """Continue where snapshot() was taken, exactly as if never stopped.

        Args:
            knobs: the same knobs.
            data: bytes of snapshot().
            vectors: gives (n, d) stored vectors for post ids, in their order.
        """
        tail, rest = _cut(data)
        head, rows = _cut(rest)
        state = json.loads(head)
        judge = cls(knobs)
        judge.window = Window.load(rows, vectors)
        judge.next_cluster, judge._dim = state["next_cluster"], state["dim"]
        judge.copies.load(state["copies"])
        judge.scanner.load(state["scanner"])
        if judge._dim:
            judge._derive()
        judge._checkpoint = rest
        played = [
            Row(post_id, at, author, source, np.array(words, dtype=np.uint32), backfill)
            for post_id, at, author, source, words, backfill in json.loads(tail)
        ]
        if played:
            for row, vector in zip(played, vectors([row.post_id for row in played]), strict=True):
                judge._decide(row, half(vector))
        return judge


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Split off a part that its length precedes."""
    end = 8 + int.from_bytes(data[:8], "big")
    return data[8:end], data[end:]
