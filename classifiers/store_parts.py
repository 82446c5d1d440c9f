"""Where posts on an issue belong after a person split it: rows in, decided by parting."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from sqlmodel import Session, col, select

from classifiers import store_decisions
from classifiers.corrections import store_changes, store_verdicts
from classifiers.corrections.parting import nearer_part
from classifiers.embedding import Matrix
from classifiers.tables import Issue, JudgeState, Membership, VerdictKind

REMEMBERED = 60
"""So many posts of each part, the newest, are held against a new one."""


def rightful(session: Session, post_ids: Sequence[int], issue: Issue) -> Mapping[int, list[int]]:
    """Return the posts by the issue that each belongs to: this one, or one split off it.

    Args:
        session: an open session.
        post_ids: posts that joined the issue, judged already.
        issue: the issue, held.
    """
    own = issue.id or 0
    parts = [own, *_parts(session, own)]
    if len(parts) == 1:
        return {own: list(post_ids)}
    state = session.get(JudgeState, issue.product_id)
    model = state.model if state else ""
    known = {part: _rows(session, part, post_ids, model) for part in parts}
    homes: dict[int, list[int]] = defaultdict(list)
    vectors = _vectors(session, post_ids, model)
    for post_id in post_ids:
        vector = vectors.get(post_id)
        homes[(None if vector is None else nearer_part(vector, known)) or own].append(post_id)
    return homes


def _parts(session: Session, issue_id: int) -> list[int]:
    """Return the issues that people split off this one, merges followed, oldest first."""
    found = []
    for verdict in store_verdicts.standing(session, [VerdictKind.SPLIT], issue_id=issue_id):
        whole = store_changes.hold_whole(session, int(verdict.data["into"]))
        if whole is not None and whole.id is not None and whole.id != issue_id:
            found.append(whole.id)
    return list(dict.fromkeys(found))


def _rows(session: Session, issue_id: int, without: Sequence[int], model: str) -> Matrix:
    query = (
        select(Membership.post_id)
        .where(Membership.issue_id == issue_id, col(Membership.post_id).not_in(list(without)))
        .order_by(col(Membership.post_id).desc())
    )
    found = _vectors(session, session.exec(query.limit(REMEMBERED)).all(), model)
    return np.stack(list(found.values())) if found else np.zeros((0, 0), dtype=np.float32)


def _vectors(session: Session, post_ids: Sequence[int], model: str) -> dict[int, Matrix]:
    hashes = store_decisions.text_hashes(session, list(post_ids))
    stored = store_decisions.vectors(session, sorted(set(hashes.values())), model)
    return {
        post_id: stored[name].astype(np.float32)
        for post_id, name in hashes.items()
        if name in stored
    }
