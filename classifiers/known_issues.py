"""The issues that are known while a batch is decided, with the vectors that stand for them.

Apart from recognising.py, which is the rule, because this asks the store; apart from issues.py
because acts of people come through there and need no vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlmodel import Session

from classifiers.embedding import Matrix
from classifiers.judging import Judge
from classifiers.known import recognising, store_known
from classifiers.known.recognising import Known
from classifiers.tables import Issue
from classifiers.window import Vectors

MOST: Final = 200
"""So many issues of a product, those heard of last, are held in mind."""
REMEMBERED: Final = timedelta(days=180)
"""How long a resolved issue is."""
ROWS: Final = 30
"""So many of an issue's posts, spread over it, stand for it."""


@dataclass
class Memory:
    """Vectors of issues, kept between passes as long as an issue's version is the same."""

    items: dict[int, tuple[int, Known | None]] = field(default_factory=dict)
    """By issue: its version, and what stands for it, as raw vectors; None for nothing."""


class KnownIssues:
    """Recognises bursts and posts, inside the pass's transaction."""

    def __init__(
        self,
        session: Session,
        product_id: int,
        *,
        judge: Judge,
        vectors: Vectors,
        memory: Memory,
        now: datetime,
    ) -> None:
        """Begin with what the store knows; nothing is asked before something is to be recognised.

        Args:
            session: the open transaction.
            product_id: the product.
            judge: what decided the batch; it holds the newest posts as points.
            vectors: gives the stored vectors of posts.
            memory: what earlier passes asked already.
            now: aware UTC.
        """
        self._session, self._product_id, self._judge = session, product_id, judge
        self._vectors, self._memory, self._now = vectors, memory, now
        self._found: list[Known] | None = None

    def returning(self, post_ids: Sequence[str], *, beside: int | None) -> Known | None:
        """Return which of the issues that are no bursts a burst is about.

        Args:
            post_ids: its posts.
            beside: the issue that it is about if it is about none of them, held against them too.
        """
        burst = self._judge.seen(post_ids)
        made = store_known.without_bursts(
            self._session, [item.key for item in self._known()], self._judge.numbers
        )
        if len(burst) < 2 or not made:
            return None
        fit = [item for item in self._known() if item.key in made or item.key == beside]
        return recognising.returning(burst, fit)

    def about(self, post_id: str, *, written: datetime) -> Known | None:
        """Return the known issue that one post is about."""
        level, rows = self._judge.near_level, self._judge.seen([post_id])
        if level is None or not len(rows):
            return None
        return recognising.about(rows[0], self._known(), level, written=written)

    def forget(self) -> None:
        """Ask the store anew: an issue was opened or has grown."""
        self._found = None

    def _known(self) -> list[Known]:
        if self._found is None:
            since = self._now - REMEMBERED
            rows = store_known.known_issues(
                self._session, self._product_id, since=since, limit=MOST
            )
            self._found = [item for issue in rows if (item := self._item(issue)) is not None]
        return self._found

    def _item(self, issue: Issue) -> Known | None:
        """Return what stands for an issue, asked again when it has changed."""
        issue_id = issue.id or 0
        version, item = self._memory.items.get(issue_id, (0, None))
        if version != issue.version:
            raw = self._raw(issue_id)
            ended_at = store_known.resolved_at(self._session, issue)
            item = Known(issue_id, raw, ended_at) if len(raw) else None
            self._memory.items[issue_id] = issue.version, item
        return None if item is None else replace(item, rows=self._judge.centred(item.rows))

    def _raw(self, issue_id: int) -> Matrix:
        """Return the stored vectors of some of an issue's posts, spread over it."""
        ids = store_known.own_posts(self._session, issue_id)
        places = np.unique(np.linspace(0, len(ids) - 1, min(ROWS, len(ids))).astype(int))
        rows = self._vectors([str(ids[place]) for place in places])
        return np.asarray(rows[np.linalg.norm(rows, axis=1) > 0.0], dtype=np.float32)
