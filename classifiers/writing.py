"""One batch of decisions as rows: what is made of each post, and what that means for issues.

Apart from the pass, which decides when and what; this only writes, inside the pass's transaction.
"""

from collections.abc import Sequence

from sqlmodel import Session

from classifiers import store_decisions as store
from classifiers.arriving import Arrival, Decision
from classifiers.embedding import text_hash
from classifiers.issues import IssueWriter
from classifiers.judging import Judge
from classifiers.known_issues import KnownIssues
from classifiers.languages import Bounded
from config.ground import Ground
from config.logs import event_log
from listener.tables import Post, Product

log = event_log(__name__)


class BatchWriter:
    """Writes one batch of decisions inside the pass's transaction."""

    def __init__(
        self,
        session: Session,
        product: Product,
        ground: Ground,
        embedder: Bounded,
        known: KnownIssues,
    ) -> None:
        """Begin a batch.

        Args:
            session: the open transaction.
            product: whose posts.
            ground: what the pass stands on.
            embedder: says which texts its model cannot judge.
            known: recognises what is known already.
        """
        self._session, self._embedder = session, embedder
        self._product_id = stored_id(product.id)
        self._now = ground.clock.now()
        self._issues = IssueWriter(session, product, now=self._now, known=known)

    def write(
        self,
        batch: Sequence[Post],
        arrivals: Sequence[Arrival],
        kinds: Sequence[str],
        decisions: Sequence[Decision],
    ) -> None:
        """Write memberships first, then what they mean for issues."""
        judged = {decision.post_id: decision for decision in decisions}
        clusters = self._clusters(decisions)
        rows = []
        for post, arrival, kind in zip(batch, arrivals, kinds, strict=True):
            decision = judged.get(arrival.post_id)
            if decision is None:
                self._revised(post, arrival, kind)
                continue
            rows.append(self._row(post, arrival, kind, decision, clusters))
        store.add_memberships(self._session, rows)
        for decision in decisions:
            moved = {int(p): clusters[number] for p, number in decision.moved.items()}
            store.settle(self._session, moved)
        self._issues.follow(decisions)
        posts = {str(post.id): post for post in batch}
        self._issues.recognise([(posts[found.post_id], found) for found in decisions])
        log.info("posts_judged", product=self._product_id, posts=len(batch))

    def _revised(self, post: Post, arrival: Arrival, kind: str) -> None:
        beyond = next(iter(self._embedder.beyond([arrival.words])))
        store.mark_revised(
            self._session, stored_id(post.id), revision=post.revision, kind=kind, beyond=beyond
        )

    def _clusters(self, decisions: Sequence[Decision]) -> dict[int, int]:
        numbers = {decision.cluster for decision in decisions if decision.cluster is not None}
        for decision in decisions:
            numbers.update(decision.moved.values())
        found = store.cluster_ids(self._session, self._product_id, numbers, now=self._now)
        return dict(found)

    def _row(
        self,
        post: Post,
        arrival: Arrival,
        kind: str,
        decision: Decision,
        clusters: dict[int, int],
    ) -> dict[str, object]:
        cluster = None if decision.cluster is None else clusters[decision.cluster]
        return {
            "post_id": post.id,
            "product_id": self._product_id,
            "revision": post.revision,
            "text_hash": text_hash(arrival.words),
            "kind": kind,
            "cluster_id": cluster,
            "final_cluster_id": cluster,
            "issue_id": None,
            "duplicate_of": None if decision.duplicate_of is None else int(decision.duplicate_of),
            "beyond": next(iter(self._embedder.beyond([arrival.words]))),
            "decided_at": self._now,
        }

    def remember(self, judge: Judge) -> int:
        """Write what the judge must remember; returns the number of this writing."""
        return store.keep_judge_state(
            self._session, self._product_id, model=self._embedder.model_id, data=judge.snapshot()
        )


def stored_id(row_id: int | None) -> int:
    """Return the id of a row that was read from the store, where every row has one."""
    if row_id is None:
        raise ValueError("the row was not stored yet")
    return row_id
