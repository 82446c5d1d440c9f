"""What the live pass reads and writes: due posts, vectors, decisions and the judge's memory.

Apart from store.py because it has one caller, detect.py, and because all of it happens in that
pass's transactions.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Engine, delete, func, insert, update
from sqlmodel import Session, and_, col, or_, select

from classifiers.corrections.learning import QUIET
from classifiers.tables import (
    Cluster,
    Emergence,
    Issue,
    IssueEvent,
    JudgeState,
    Membership,
    Vector,
    Verdict,
    VerdictKind,
)
from config.database import reading, transaction
from listener.tables import Post

Halves = NDArray[np.float16]


class StoredVectors:
    """The vector cache of the live pass: rows keyed by text hash and model."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, hashes: Sequence[str], model_id: str) -> Mapping[str, Halves]:
        """Return the vectors that are there, by hash."""
        with reading(self._engine) as session:
            return vectors(session, hashes, model_id)

    def put(self, fresh: Mapping[str, Halves], model_id: str) -> None:
        """Keep vectors; one that another worker kept first stays as it is."""
        with transaction(self._engine) as session:
            known = vectors(session, list(fresh), model_id)
            rows = [
                {"text_hash": name, "model": model_id, "data": vector.tobytes()}
                for name, vector in fresh.items()
                if name not in known
            ]
            if rows:
                session.connection().execute(insert(Vector), rows)


def vectors(session: Session, hashes: Sequence[str], model_id: str) -> dict[str, Halves]:
    """Return stored vectors by text hash."""
    found: dict[str, Halves] = {}
    for start in range(0, len(hashes), 500):
        query = select(Vector.text_hash, Vector.data).where(
            Vector.model == model_id, col(Vector.text_hash).in_(hashes[start : start + 500])
        )
        for name, data in session.exec(query).all():
            found[name] = np.frombuffer(data, dtype=np.float16)
    return found


def due_posts(session: Session, product_id: int, *, limit: int) -> Sequence[Post]:
    """Return posts that were never judged, or were judged before an edit, in order of arrival."""
    query = (
        select(Post)
        .outerjoin(Membership, col(Membership.post_id) == Post.id)
        .where(Post.product_id == product_id, col(Post.erased_at).is_(None))
        .where(or_(col(Membership.post_id).is_(None), Membership.revision != Post.revision))
        .order_by(col(Post.seen_at), col(Post.id))
        .limit(limit)
    )
    return session.exec(query).all()


def erased_memberships(session: Session, product_id: int) -> Sequence[Membership]:
    """Return what still stands for posts that were erased."""
    query = (
        select(Membership)
        .join(Post, col(Post.id) == Membership.post_id)
        .where(Membership.product_id == product_id, col(Post.erased_at).is_not(None))
        .where(Membership.text_hash != "")
    )
    return session.exec(query).all()


def forget_vectors(session: Session, hashes: Iterable[str]) -> None:
    """Delete the vectors of texts that no post has any more."""
    for name in set(hashes):
        query = select(Membership.post_id).where(Membership.text_hash == name).limit(1)
        if session.exec(query).first() is None:
            session.connection().execute(delete(Vector).where(col(Vector.text_hash) == name))


def text_hashes(session: Session, post_ids: Sequence[int]) -> Mapping[int, str]:
    """Return the hash of the text each post was judged by."""
    found: dict[int, str] = {}
    for start in range(0, len(post_ids), 500):
        part = list(post_ids[start : start + 500])
        query = select(Membership.post_id, Membership.text_hash)
        found.update(dict(session.exec(query.where(col(Membership.post_id).in_(part))).all()))
    return found


def judge_state(session: Session, product_id: int) -> JudgeState | None:
    """Return what the judge of a product remembered."""
    return session.get(JudgeState, product_id)


def keep_judge_state(session: Session, product_id: int, *, model: str, data: bytes) -> int:
    """Write what the judge must remember; returns the number of this writing."""
    row = session.get(JudgeState, product_id)
    if row is None:
        row = JudgeState(product_id=product_id, model=model, data=data)
    else:
        row.model, row.data, row.number = model, data, row.number + 1
    session.add(row)
    return row.number


def next_numbers(session: Session, product_id: int) -> tuple[int, int]:
    """Return the first free cluster number and the first free emergence number of a product."""
    clusters = select(func.max(Cluster.number)).where(Cluster.product_id == product_id)
    emergences = select(func.max(Emergence.number)).where(Emergence.product_id == product_id)
    return (session.exec(clusters).one() or 0) + 1, (session.exec(emergences).one() or 0) + 1


def cluster_ids(
    session: Session, product_id: int, numbers: Iterable[int], *, now: datetime
) -> Mapping[int, int]:
    """Return the row id of each cluster number, made now if it is new."""
    wanted = sorted(set(numbers))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        query = select(Cluster.number, Cluster.id).where(
            Cluster.product_id == product_id, col(Cluster.number).in_(part)
        )
        found.update({number: row_id for number, row_id in session.exec(query).all() if row_id})
    rows = [
        {"product_id": product_id, "number": number, "created_at": now}
        for number in wanted
        if number not in found
    ]
    if rows:
        statement = insert(Cluster).returning(col(Cluster.id), sort_by_parameter_order=True)
        ids = session.connection().execute(statement, rows).scalars().all()
        found.update({int(str(r["number"])): i for r, i in zip(rows, ids, strict=True) if i})
    return found


def add_memberships(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Write what was made of new posts in one statement."""
    if rows:
        session.connection().execute(insert(Membership), list(rows))


def mark_revised(
    session: Session, post_id: int, *, revision: int, kind: str, beyond: str | None
) -> None:
    """Note that an edited post was looked at again; it stays in its cluster and its issue."""
    session.connection().execute(
        update(Membership)
        .where(col(Membership.post_id) == post_id)
        .values(revision=revision, kind=kind, beyond=beyond)
    )


def settle(session: Session, final: Mapping[int, int]) -> None:
    """Note the cluster that posts belong to now, by post id."""
    for post_id, cluster_id in final.items():
        session.connection().execute(
            update(Membership)
            .where(col(Membership.post_id) == post_id)
            .values(final_cluster_id=cluster_id)
        )


def put_into_issue(session: Session, post_ids: Sequence[int], issue_id: int) -> set[int]:
    """Let posts belong to an issue, those that belong to none or were only recognised elsewhere.

    Returns:
        The other issues that recognised posts were taken from.
    """
    mine = col(Membership.post_id).in_(list(post_ids))
    free = and_(
        or_(col(Membership.issue_id).is_(None), col(Membership.recognised)),
        ~said_to_be_none(),
    )
    before = select(Membership.issue_id).where(mine, col(Membership.recognised))
    taken_from = {found for found in session.exec(before).all() if found not in (None, issue_id)}
    session.connection().execute(
        update(Membership).where(mine, free).values(issue_id=issue_id, recognised=False)
    )
    return {found for found in taken_from if found is not None}


def recognise(session: Session, post_id: int, *, issue_id: int) -> None:
    """Let a post that belongs to no issue stand in a known one, by likeness alone."""
    session.connection().execute(
        update(Membership)
        .where(col(Membership.post_id) == post_id, col(Membership.issue_id).is_(None))
        .values(issue_id=issue_id, recognised=True)
    )


def said_to_be_none() -> ColumnElement[bool]:
    """Tell that a person said a post is spam or not about us: no pass puts it into an issue."""
    return (
        select(Verdict.id)
        .where(Verdict.post_id == col(Membership.post_id), Verdict.what == VerdictKind.POST)
        .where(col(Verdict.undone_at).is_(None), col(Verdict.said).in_(sorted(QUIET)))
        .correlate(Membership)
        .exists()
    )


def issue_of_emergence(session: Session, product_id: int, number: int) -> Issue | None:
    """Return the issue that an emergence opened, merges followed; held until the commit.

    Held, because posts that join an issue while a person merges it away would stay behind.
    """
    query = select(Emergence.issue_id).where(
        Emergence.product_id == product_id, Emergence.number == number
    )
    issue_id = session.exec(query).first()
    while issue_id is not None:
        issue = session.get(Issue, issue_id, with_for_update=True, populate_existing=True)
        if issue is None or issue.merged_into is None:
            return issue
        issue_id = issue.merged_into
    return None


def count_change(session: Session, issue: Issue) -> None:
    """Let an issue's version grow by one, counted by the store.

    A number counted here could be the one that a person's decision was given meanwhile.
    """
    session.add(issue)
    session.flush()
    session.connection().execute(
        update(Issue).where(col(Issue.id) == issue.id).values(version=col(Issue.version) + 1)
    )
    session.refresh(issue, ["version"])


def count_erasure(session: Session, issue: Issue) -> None:
    """Let it be known that words were taken out of an issue: what repeats it is looked at again."""
    session.flush()
    session.connection().execute(
        update(Issue).where(col(Issue.id) == issue.id).values(erasures=col(Issue.erasures) + 1)
    )
    session.refresh(issue, ["erasures"])


def retitle(session: Session, issue: Issue, title: str) -> None:
    """Name an issue anew, unless a person named it."""
    session.flush()
    session.connection().execute(
        update(Issue)
        .where(col(Issue.id) == issue.id, col(Issue.titled_by) == "")
        .values(title=title)
    )
    session.refresh(issue, ["title", "titled_by"])


def add_event(session: Session, issue_id: int, *, at: datetime, kind: str, text: str) -> None:
    """Add a line to an issue's timeline."""
    session.add(IssueEvent(issue_id=issue_id, at=at, kind=kind, text=text))
