"""The judging core: one post at a time, in order of arrival, from vector to decision.

Apart from storing, embedding and clocks, so that the live pass, the backtest and the tests run the
very same rules. A judge never looks ahead: the prefix of a stream is decided as in the whole.

Between two refreshes only whole numbers are decided and rows are added. At a refresh everything
with a fraction in it (mean, centred and smoothed vectors, sums, radii) is made anew from the rows.
So a snapshot is the rows of the last refresh and the posts since, and restoring it plays those
posts again with the same result to the last bit.
"""

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.arriving import Arrival, Decision
from classifiers.calibration import Knobs
from classifiers.copies.brigading import GLAD_COST
from classifiers.copies.duplicates import (
    Copies,
    Copy,
    hashed_words,
    name_number,
)
from classifiers.copying import origin_of
from classifiers.corrections.dismissing import DOUBT
from classifiers.embedding import Matrix, half
from classifiers.emergence import Candidate, Scanner
from classifiers.emergence import Kind as WaveKind
from classifiers.known.remembering import PastBursts
from classifiers.relevance import KindJudge
from classifiers.space import Space
from classifiers.window import Row, Vectors, Window

YOUNG_STRETCH = 10
"""Posts of a stretch as long as nothing can be measured."""


class Judge:
    """Decides posts one by one."""

    def __init__(self, knobs: Knobs, kinds: KindJudge | None = None) -> None:
        """Begin with nothing heard.

        Args:
            knobs: see Knobs.
            kinds: tells what sort a post is; without it every post is "other", no wave a brigade.
        """
        self._knobs = knobs
        self._kinds = kinds
        self.window = Window()
        self.scanner = Scanner(knobs)
        self.copies = Copies()
        self.past = PastBursts()
        self.next_cluster = 1
        self.tail: list[Row] = []
        self._space: Space | None = None
        self._checkpoint = self._dump()

    @property
    def knobs(self) -> Knobs:
        """The knobs that decide now."""
        return self._knobs

    @knobs.setter
    def knobs(self, knobs: Knobs) -> None:
        """Turn the knobs; what was decided stays."""
        if knobs != self._knobs:
            self._knobs = self.scanner.knobs = knobs
            self._restart()

    def dismiss(self, numbers: Collection[int]) -> None:
        """Let the posts of emergences that a person called no issue be what is usual.

        So that subject must grow clearly beyond what it was to alert again, and no other one pays.

        Args:
            numbers: of all that are dismissed now; one that is left out is evidence again.
        """
        if frozenset(numbers) != self.scanner.dismissed:
            self.scanner.dismissed = frozenset(numbers)
            self._restart()

    def take(self, arrival: Arrival, vector: NDArray[Any]) -> Decision:
        """Decide one post, in order of arrival.

        Args:
            arrival: the post.
            vector: (d,) its embedding; rounded to half precision as stored ones are.
        """
        raw = half(vector)
        kind = self._kinds.kinds([arrival], raw[None, :])[0] if self._kinds else "other"
        if not arrival.relevant:
            return Decision(post_id=arrival.post_id, kind=kind)
        row = Row(
            post_id=arrival.post_id,
            at=min(arrival.published_at, arrival.seen_at).timestamp(),
            author=name_number(arrival.author) if arrival.author else 0,
            source=name_number(arrival.source) if arrival.source else 0,
            words=hashed_words(arrival.words),
            backfill=arrival.backfill,
            thread=name_number(f"{arrival.source}/{arrival.thread}") if arrival.thread else 0,
        )
        decision = self._decide(row, raw) if arrival.counts else self._listen(row, raw)
        return replace(decision, kind=kind)

    def _decide(self, row: Row, raw: Matrix) -> Decision:
        space = self._space or self._begin(raw.size)
        self.tail.append(row)
        x = space.centre(raw)
        similarity = space.rows @ x
        origin = origin_of(
            row, raw, similarity, self.window,
            since=row.at - self.knobs.copy_days * 86400.0, talked={0, *self.open_numbers},
        )  # fmt: skip
        if origin is None:
            decision = self._decide_new(space, row, raw, x, similarity)
        else:
            decision = self._decide_copy(space, row, origin)
        if self._is_stretch_over(space):
            decision = replace(decision, moved=self._refresh(space))
        return decision

    def _is_stretch_over(self, space: Space) -> bool:
        """Tell whether everything with a fraction is due to be made anew.

        Until the first radii are known that is often, or the first burst of a young stream would
        be over before anything could be measured.
        """
        fresh, posts = self.window.next_serial - space.began, self.knobs.refresh_posts
        if self.scanner.levels is None:
            posts = min(posts, YOUNG_STRETCH)
        return fresh >= posts or len(self.tail) >= 10 * self.knobs.refresh_posts

    def _decide_copy(self, space: Space, row: Row, origin: int) -> Decision:
        serial = self.window.first + origin
        fields = self.window.fields[origin]
        self.copies.add(serial, Copy(row.post_id, row.at, row.author))
        fields["final"] = 0  # the copy is settled with it next time
        emergence = None
        number = int(fields["explained"])
        if not number and not row.backfill and not fields["backfill"]:
            copies = self.copies.of(serial)
            emergence = self.scanner.flood(origin, copies, self.window, space.rows)
        return Decision(
            post_id=row.post_id,
            cluster=int(fields["label"]),
            duplicate_of=self.window.ids[origin],
            joins=number or None,
            emergence=emergence,
        )

    def _decide_new(
        self, space: Space, row: Row, raw: Matrix, x: Matrix, similarity: Matrix
    ) -> Decision:
        window = self.window
        cluster = space.assign(row.at, x, similarity, free=self.next_cluster)
        self.next_cluster = max(self.next_cluster, cluster + 1)
        place = space.add(row, raw, x)
        window.fields["given"][place] = window.fields["label"][place] = cluster
        self.past.add(self.scanner.close(now=row.at, serial=window.next_serial), window)
        item = self.scanner.explains(x) or self.scanner.continues(place, x, window)
        if item is not None:
            self.scanner.join(item, [place], window, space.rows)
            return Decision(post_id=row.post_id, cluster=cluster, joins=item.number)
        decision = Decision(post_id=row.post_id, cluster=cluster)
        if row.backfill:
            return decision
        return self._scan(decision, space, np.append(similarity, np.float32(1.0)))

    def _scan(self, decision: Decision, space: Space, similarity: Matrix) -> Decision:
        """Scan around the newest row: a repeat joins what is open, news opens an emergence."""
        x, scanner = space.rows, self.scanner
        found = scanner.candidate(self.window, x, similarity)
        if found is None:
            return decision
        same = scanner.same_as(found, x)
        if same is not None:
            scanner.join(same, found.places, self.window, x)
            earlier = tuple(self.window.ids[place] for place in found.places[:-1])
            return replace(decision, joins=same.number, brings=earlier)
        kind = self._kind_of(found)
        if kind is None:
            return decision
        back = None
        if kind == "issue":
            back = self.past.returning(x[list(found.places)], space.centre)
            if self._is_old_news(back, found):
                return decision
        opened = scanner.open(kind, found.places, self.window, x, found.ball)
        self.past.replace(back)
        return replace(decision, emergence=replace(opened, returns=back))

    def _is_old_news(self, back: int | None, wave: Candidate) -> bool:
        """Tell whether a burst that comes back is too little of what a person was done with."""
        if back in self.scanner.dismissed:
            return wave.beyond < DOUBT
        fresh = self.window.fields["at"][list(wave.places)] > self.past.resolved_at(back)
        return int(fresh.sum()) < min(self.knobs.recent_people, len(wave.places))

    def _kind_of(self, wave: Candidate) -> WaveKind | None:
        """Say what a wave is; None for praise that is not surprising enough to be looked into."""
        if self._kinds is None:
            return "issue"
        rows = self.window.raw[list(wave.places)]
        if wave.beyond < GLAD_COST and self._kinds.is_praise(rows):
            return None
        return "brigade" if self._kinds.is_brigade(rows) else "issue"

    def _listen(self, row: Row, raw: Matrix) -> Decision:
        """Place a post that is no evidence without changing anything."""
        if self._space is None:
            return Decision(post_id=row.post_id)
        x = self._space.centre(raw)
        cluster = self._space.cluster_near(row.at, x)
        item = self.scanner.explains(x)
        return Decision(
            post_id=row.post_id, cluster=cluster, joins=None if item is None else item.number
        )

    def _begin(self, dim: int) -> Space:
        """Make everything with a fraction in it anew from the rows."""
        self._space = Space(self.window, self.knobs, dim)
        self.scanner.refresh(self.window, self._space.rows)
        return self._space

    def _refresh(self, old: Space) -> Mapping[str, int]:
        """Expire, group anew, begin a new stretch; give the posts that were settled elsewhere."""
        window, dim = self.window, old.rows.shape[1]
        if len(window) > self.knobs.window_posts:  # it goes on longer than the window reaches back
            talked = [item.number for item in self.scanner.opened if item.kind == "issue"]
            self.past.add(talked, window)
        oldest = float(window.fields["at"].max()) - self.knobs.window_days * 86400.0
        window.expire(keep=self.knobs.window_posts, oldest=oldest)
        self.copies.expire(window.first)
        space = self._begin(dim)
        window.fields["label"], self.next_cluster = space.grouped(self.next_cluster)
        space.count()
        moved = self._settled(space) if space.is_to_settle else {}
        self.tail = []
        self._checkpoint = self._dump()
        return moved

    def _settled(self, space: Space) -> dict[str, int]:
        before = self.window.fields["final"].copy()
        labels, self.next_cluster = space.settled(self.next_cluster)
        self.window.fields["final"] = labels
        changed = np.flatnonzero(before != labels)
        return self._named({int(place): int(labels[place]) for place in changed})

    def _named(self, labels: Mapping[int, int]) -> dict[str, int]:
        """Name the posts behind places, copies with their origin."""
        named: dict[str, int] = {}
        for place, label in labels.items():
            if not self.window.ids[place]:  # erased: its copies stay where they are
                continue
            named[self.window.ids[place]] = label
            for copy in self.copies.of(self.window.first + place):
                named[copy.post_id] = label
        return named

    def settle(self) -> dict[str, int | None]:
        """Give the clusters as they would be settled now, for the posts still in the window.

        Changes nothing: later decisions do not depend on who asked.
        """
        if self._space is None:
            return {}
        labels, _ = self._space.settled(self.next_cluster)
        return dict(self._named(dict(enumerate(labels.tolist()))))

    def seen(self, post_ids: Sequence[str]) -> Matrix:
        """Give (n, d) centred unit rows of those posts that are in the window, in their order."""
        if self._space is None:
            return np.zeros((0, 0), dtype=np.float32)
        wanted = set(post_ids)
        places = {name: place for place, name in enumerate(self.window.ids) if name in wanted}
        return self._space.rows[[places[name] for name in post_ids if name in places]]

    def centred(self, raw: Matrix) -> Matrix:
        """Give (n, d) stored vectors as the points that they are in this stretch."""
        return raw if self._space is None else self._space.centre(raw)

    @property
    def near_level(self) -> float | None:
        """Similarity to an issue's middle at which a post is about it; None while unknown."""
        return self.scanner.near_level

    @property
    def open_numbers(self) -> list[int]:
        """Numbers of the emergences that later posts may still join."""
        return [item.number for item in self.scanner.opened]

    @property
    def numbers(self) -> set[int]:
        """Numbers of all emergences that a new one could be the return of."""
        return {*self.open_numbers, *self.past.numbers}

    @property
    def unresolved(self) -> list[int]:
        """Numbers of the emergences, also of those that are over, that nobody called resolved."""
        return [*self.open_numbers, *self.past.unresolved()]

    def end(self, resolved: Mapping[int, datetime]) -> None:
        """Let no later post join these emergences: what they were about was resolved.

        Args:
            resolved: when a person said so, by number; what was written before is no return.
        """
        ended = self.scanner.end(resolved)
        self.past.add(ended, self.window)
        noted = self.past.resolve({number: at.timestamp() for number, at in resolved.items()})
        if ended or noted:
            self._restart()

    def forget(self, post_ids: Sequence[str]) -> None:
        """Drop erased posts; the numbers they were counted under stay."""
        self.copies.forget(post_ids)
        self.past.forget(set(post_ids))
        self.window.forget(post_ids)
        self._restart()

    def _restart(self) -> None:
        """Begin a new stretch between refreshes, from what is decided."""
        self.tail = []
        if self._space is not None:
            self._begin(self._space.rows.shape[1])
        self._checkpoint = self._dump()

    def _dump(self) -> bytes:
        state = {
            "knobs": dataclasses.asdict(self.knobs),
            "next_cluster": self.next_cluster,
            "dim": 0 if self._space is None else self._space.rows.shape[1],
            "copies": self.copies.dump(),
            "past": self.past.dump(),
            "scanner": self.scanner.dump(),
            "dismissed": sorted(self.scanner.dismissed),
        }
        rows = self.window.dump()
        head = json.dumps(state).encode()
        return len(head).to_bytes(8, "big") + head + rows

    def snapshot(self) -> bytes:
        """Write what restore() needs, without vectors and without texts."""
        tail = json.dumps(
            [
                [r.post_id, r.at, r.author, r.source, r.words.tolist(), r.backfill, r.thread]
                for r in self.tail
            ]
        ).encode()
        return len(tail).to_bytes(8, "big") + tail + self._checkpoint

    @classmethod
    def restore(
        cls, knobs: Knobs, data: bytes, vectors: Vectors, kinds: KindJudge | None = None
    ) -> "Judge":
        """Continue where snapshot() was taken, exactly as if never stopped.

        Args:
            knobs: if they differ from the snapshot's, they hold for what comes.
            data: bytes of snapshot().
            vectors: gives (n, d) stored vectors for post ids, in their order.
            kinds: as for a new judge.
        """
        tail, rest = _cut(data)
        head, rows = _cut(rest)
        state = json.loads(head)
        judge = cls(Knobs(**state["knobs"]), kinds)
        judge.window = Window.load(rows, vectors)
        judge.next_cluster = state["next_cluster"]
        judge.copies.load(state["copies"])
        judge.past.load(state.get("past", []), vectors)
        judge.scanner.load(state["scanner"])
        judge.scanner.dismissed = frozenset(state.get("dismissed", ()))
        if state["dim"]:
            judge._begin(state["dim"])
        judge._checkpoint = rest
        played = [
            Row(post_id, at, author, source, np.array(words, dtype=np.uint32), backfill, thread)
            for post_id, at, author, source, words, backfill, thread in json.loads(tail)
        ]
        if played:
            for row, vector in zip(played, vectors([row.post_id for row in played]), strict=True):
                judge._decide(row, half(vector))
        judge.knobs = knobs
        return judge


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Split off a part that its length precedes."""
    end = 8 + int.from_bytes(data[:8], "big")
    return data[8:end], data[end:]
