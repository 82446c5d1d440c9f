"""The live pass: due posts → vectors → kinds → clusters → emergences → issues, as rows.

The judge's decisions and what it must remember are written in one transaction, so a kill anywhere
leaves either both or neither, and the next run goes on as if nothing had happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from classifiers import store_decisions as store
from classifiers.arriving import Arrival, Decision
from classifiers.calibration import Knobs
from classifiers.corrections.learning import shown_kind
from classifiers.corrections.store_verdicts import said_of
from classifiers.embedders.base import Embedder
from classifiers.embedding import Matrix, embed, text_hash
from classifiers.issues import IssueWriter
from classifiers.judging import Judge
from classifiers.known import store_known
from classifiers.known_issues import KnownIssues, Memory
from classifiers.languages import bounded
from classifiers.relevance import KindJudge
from classifiers.teaching import Lessons, level_extra, teach
from classifiers.writing import BatchWriter, stored_id
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.errors import GroundswellError
from config.ground import Ground
from config.logs import event_log
from listener.store import products, title_owners
from listener.tables import Post, Product

BATCH = 256
"""Posts decided in one transaction: what a kill may cost, and what readers wait for."""

log = event_log(__name__)


@dataclass
class _Remembered:
    """A judge in memory: a cache of the rows, good while its number is the stored one."""

    judge: Judge
    number: int
    model: str


@dataclass(frozen=True)
class _Judged:
    """A batch decided but not yet written; the judge has moved on already."""

    judge: Judge
    batch: Sequence[Post]
    arrivals: Sequence[Arrival]
    kinds: Sequence[str]
    decisions: Sequence[Decision]


class Detector:
    """The live pass with its memory; one a process."""

    def __init__(self, ground: Ground, embedder: Embedder) -> None:
        self._ground = ground
        self._model = embedder
        self._embedder = bounded(embedder)
        self._cache = store.StoredVectors(ground.engine)
        self._kinds = KindJudge(embedder)
        self._lessons = Lessons(self._kinds)
        self._judges: dict[int, _Remembered] = {}
        self._memories: dict[int, Memory] = {}
        self._failed: list[GroundswellError] = []

    def detect_due(self) -> int:
        """Judge every due post of every product; returns how many were decided."""
        with reading(self._ground.engine) as session:
            found = [product for product in products(session) if product.id is not None]
        self._failed.clear()
        decided = sum(self._survive(product, shared_by=len(found)) for product in found)
        if self._failed:
            raise self._failed[0]
        return decided

    def _survive(self, product: Product, *, shared_by: int) -> int:
        """Judge one product; whatever goes wrong there must not keep the others waiting."""
        try:
            return self._detect_product(product, shared_by=shared_by)
        except leases.LeaseLost as lost:
            log.warning("detect_left_to_another_process", product=product.name, reason=str(lost))
        except GroundswellError as error:
            self._failed.append(error)
            log.error("detect_failed", product=product.name, reason=str(error))
        return 0

    def _detect_product(self, product: Product, *, shared_by: int) -> int:
        name = f"detect:{product.id}"
        clock, holder = SystemClock(), self._ground.holder
        decided = 0
        with leases.holding(self._ground.engine, name, clock=clock, holder=holder) as held:
            if held is None:
                return 0
            self._embedder = bounded(self._model, next(iter(product.languages), None))
            knobs = self._knobs(stored_id(product.id), shared_by)
            self._forget_erased(product, held, knobs)
            while batch := self._due(product):
                self._decide_or_split(product, held, batch, knobs)
                decided += len(batch)
        return decided

    def _decide_or_split(
        self, product: Product, held: leases.Held, batch: Sequence[Post], knobs: Knobs
    ) -> None:
        """Decide a batch; one post that cannot be judged is set aside, the others go on.

        What is wrong with the store, the lease or the model is no post's fault and ends the pass.
        """
        try:
            judged = self._judged(product, batch, knobs)
        except (GroundswellError, SQLAlchemyError):
            raise
        except Exception as error:
            if len(batch) > 1:
                for post in batch:
                    self._decide_or_split(product, held, [post], knobs)
                return
            log.error("post_set_aside", post=batch[0].id, exc_info=error)
            self._set_aside(held, batch[0])
        else:
            self._write(product, held, judged)

    def _set_aside(self, held: leases.Held, post: Post) -> None:
        """Note that a post was looked at and is part of nothing."""
        with transaction(self._ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            if store.text_hashes(session, [stored_id(post.id)]):
                store.mark_revised(
                    session, stored_id(post.id), revision=post.revision, kind="other", beyond=None
                )
                return
            row = {
                "post_id": post.id,
                "product_id": post.product_id,
                "revision": post.revision,
                "text_hash": text_hash(post.text),
                "kind": "other",
                "decided_at": self._ground.clock.now(),
            }
            store.add_memberships(session, [row])

    def _knobs(self, product_id: int, shared_by: int) -> Knobs:
        """Share the budget evenly over the products; add what verdicts say of this one's alerts."""
        budget = self._ground.settings.detect.false_alerts_per_week / shared_by
        now = self._ground.clock.now()
        with reading(self._ground.engine) as session:
            extra = level_extra(session, product_id, budget=budget, now=now)
        return Knobs(false_alerts_per_week=budget, level_extra=extra)

    def _due(self, product: Product) -> Sequence[Post]:
        with reading(self._ground.engine) as session:
            return store.due_posts(session, stored_id(product.id), limit=BATCH)

    def _judged(self, product: Product, batch: Sequence[Post], knobs: Knobs) -> "_Judged":
        with reading(self._ground.engine) as session:
            owners = title_owners(session, [post.thread_id for post in batch if post.thread_id])
            arrivals = [arrival_of(post, titled=post.id in owners) for post in batch]
            known = store.text_hashes(session, [stored_id(post.id) for post in batch])
            learned = self._lessons.of(session, stored_id(product.id), self._embedder)
            said = said_of(session, [stored_id(post.id) for post in batch])
        vectors = self._vectors(arrivals, [post.id in known for post in batch])
        found = zip(batch, learned.kinds(arrivals, vectors), strict=True)
        kinds = [shown_kind(said.get(stored_id(post.id), kind)) for post, kind in found]
        ours = learned.ours(vectors)
        arrivals = [
            arrival if our else replace(arrival, relevant=False)
            for arrival, our in zip(arrivals, ours, strict=True)
        ]
        judge, _ = self._judge(stored_id(product.id), knobs)
        self._end_resolved(stored_id(product.id), judge)
        decisions = [
            judge.take(arrival, vector)
            for post, arrival, vector in zip(batch, arrivals, vectors, strict=True)
            if post.id not in known
        ]
        return _Judged(judge, batch, arrivals, kinds, decisions)

    def _write(self, product: Product, held: leases.Held, judged: "_Judged") -> None:
        with transaction(self._ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            known = self._known(session, stored_id(product.id), judged.judge)
            writer = BatchWriter(session, product, self._ground, self._embedder, known)
            writer.write(judged.batch, judged.arrivals, judged.kinds, judged.decisions)
            number = writer.remember(judged.judge)
            self._lessons.note(session, stored_id(product.id), at=self._ground.clock.now())
        remembered = _Remembered(judged.judge, number, self._embedder.model_id)
        self._judges[stored_id(product.id)] = remembered

    def _vectors(self, arrivals: Sequence[Arrival], edited: Sequence[bool]) -> Matrix:
        """Embed posts; only what they are judged by is kept.

        The text of an edit would stay behind when its post is erased: no row names its hash.
        """
        vectors = np.zeros((len(arrivals), self._embedder.dim), dtype=np.float32)
        for cache, wanted in ((self._cache, False), (None, True)):
            places = [place for place, is_edit in enumerate(edited) if is_edit is wanted]
            words = [arrivals[place].words for place in places]
            if places:
                vectors[places] = embed(words, self._embedder, cache)
        return vectors

    def _judge(self, product_id: int, knobs: Knobs) -> tuple[Judge, int]:
        """Take the judge out of memory, or make it from the rows; back only once all is written."""
        remembered = self._judges.pop(product_id, None)
        with reading(self._ground.engine) as session:
            state = store.judge_state(session, product_id)
            if state is None or state.model != self._embedder.model_id:
                return _fresh_judge(session, product_id, knobs, self._kinds), 0
            if remembered and remembered.number == state.number:
                remembered.judge.knobs = knobs
                return remembered.judge, state.number
            judge = Judge.restore(knobs, state.data, self._vectors_in(session), self._kinds)
            return judge, state.number

    def _known(self, session: Session, product_id: int, judge: Judge) -> KnownIssues:
        return KnownIssues(
            session,
            product_id,
            judge=judge,
            vectors=self._vectors_in(session),
            memory=self._memories.setdefault(product_id, Memory()),
            now=self._ground.clock.now(),
        )

    def _end_resolved(self, product_id: int, judge: Judge) -> None:
        """Let no later post join what a person has resolved, and take in what people dismissed."""
        with reading(self._ground.engine) as session:
            teach(session, product_id, judge)
            judge.end(store_known.resolved_emergences(session, product_id, judge.unresolved))

    def _vectors_in(self, session: Session) -> "_VectorsOfPosts":
        return _VectorsOfPosts(session, self._embedder.model_id, self._embedder.dim)

    def _forget_erased(self, product: Product, held: leases.Held, knobs: Knobs) -> None:
        """Take erased posts out of the judge's memory before anything else is decided."""
        product_id = stored_id(product.id)
        with reading(self._ground.engine) as session:
            erased = store.erased_memberships(session, product_id)
        if not erased:
            return
        judge, _ = self._judge(product_id, knobs)
        judge.forget([str(row.post_id) for row in erased])
        with transaction(self._ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            hashes = [row.text_hash for row in erased]
            for row in erased:
                row.text_hash = ""
                session.add(row)
            session.flush()
            store.forget_vectors(session, hashes)
            issue_ids = {row.issue_id for row in erased if row.issue_id is not None}
            IssueWriter(session, product, now=self._ground.clock.now()).forget(issue_ids)
            store.keep_judge_state(
                session, product_id, model=self._embedder.model_id, data=judge.snapshot()
            )
        log.info("posts_forgotten", product=product.name, posts=len(erased))


def _fresh_judge(session: Session, product_id: int, knobs: Knobs, kinds: KindJudge) -> Judge:
    """Return a judge that knows nothing yet, and never gives a number that was given before.

    After a change of the model the old clusters and issues stay; their numbers are taken.
    """
    judge = Judge(knobs, kinds)
    judge.next_cluster, judge.scanner.next_number = store.next_numbers(session, product_id)
    judge.forget([])  # its snapshots count from here
    return judge


class _VectorsOfPosts:
    """Gives the judge the stored vectors of posts it remembers."""

    def __init__(self, session: Session, model: str, dim: int) -> None:
        self._session, self._model, self._dim = session, model, dim

    def __call__(self, post_ids: list[str]) -> Matrix:
        """Return (n, d) vectors in the order of the ids; zeros for an erased post."""
        hashes = store.text_hashes(self._session, [int(post_id) for post_id in post_ids if post_id])
        found = store.vectors(self._session, sorted(set(hashes.values())), self._model)
        empty = np.zeros(self._dim, dtype=np.float16)
        rows = [
            found.get(hashes.get(int(post_id), ""), empty) if post_id else empty
            for post_id in post_ids
        ]
        return np.stack(rows).astype(np.float32) if rows else np.zeros((0, self._dim), np.float32)


def arrival_of(post: Post, *, titled: bool) -> Arrival:
    """Return a stored post as the judge takes it; a thread's title counts on its first post."""
    return Arrival(
        post_id=str(post.id),
        text=post.text,
        title=post.title if titled else None,
        author=post.author_key,
        source=str(post.source_id),
        thread=None if post.thread_id is None else str(post.thread_id),
        published_at=post.published_at,
        seen_at=post.seen_at,
        lang=post.lang,
        backfill=post.backfill,
        counts=post.role is None,
        relevant=post.relevant,
    )
