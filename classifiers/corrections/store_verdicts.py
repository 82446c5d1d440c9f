"""Every query on what people corrected and confirmed, and on what was learned of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from classifiers.tables import Emergence, Issue, Learned, Membership, Verdict, VerdictKind
from listener.tables import Post


def add(session: Session, verdict: Verdict) -> int:
    """Store a verdict; return its id."""
    session.add(verdict)
    session.flush()
    if verdict.id is None:
        raise ValueError("the store gave the verdict no id")
    return verdict.id


def verdict_with_id(session: Session, verdict_id: int) -> Verdict | None:
    """Return one verdict, held until the transaction ends."""
    return session.get(Verdict, verdict_id, with_for_update=True)


def verdicts(
    session: Session, *, product_id: int | None = None, everything: bool = False
) -> Sequence[Verdict]:
    """Return verdicts, the newest first; without ``everything`` only those that stand."""
    query = select(Verdict).order_by(col(Verdict.id).desc())
    if product_id is not None:
        query = query.where(Verdict.product_id == product_id)
    if not everything:
        query = query.where(col(Verdict.undone_at).is_(None))
    return session.exec(query).all()


def standing(
    session: Session,
    kinds: Collection[VerdictKind],
    *,
    issue_id: int | None = None,
    post_id: int | None = None,
) -> Sequence[Verdict]:
    """Return the verdicts of these kinds that stand on an issue or a post, oldest first."""
    query = select(Verdict).where(
        col(Verdict.what).in_(list(kinds)), col(Verdict.undone_at).is_(None)
    )
    if issue_id is not None:
        query = query.where(Verdict.issue_id == issue_id)
    if post_id is not None:
        query = query.where(Verdict.post_id == post_id)
    return session.exec(query.order_by(col(Verdict.id))).all()


def undo(session: Session, found: Collection[Verdict], *, by: str, at: datetime) -> None:
    """Take verdicts back."""
    for verdict in found:
        verdict.undone_by, verdict.undone_at = by, at
        session.add(verdict)
    session.flush()


def said_of_posts(session: Session, product_id: int) -> Sequence[tuple[Verdict, Post, str]]:
    """Return what people said of posts, with each post and the hash of the text it was judged by.

    In order of the verdicts. An erased post teaches nothing any more.
    """
    query = (
        select(Verdict, Post, Membership.text_hash)
        .join(Post, col(Post.id) == col(Verdict.post_id))
        .join(Membership, col(Membership.post_id) == col(Verdict.post_id))
        .where(Verdict.product_id == product_id, Verdict.what == VerdictKind.POST)
        .where(col(Verdict.undone_at).is_(None), col(Post.erased_at).is_(None))
        .where(Membership.text_hash != "")
        .order_by(col(Verdict.id))
    )
    return [(row[0], row[1], row[2]) for row in session.exec(query).all()]


def said_of(session: Session, post_ids: Collection[int]) -> Mapping[int, str]:
    """Return what people said of these posts, by post id."""
    query = select(Verdict.post_id, Verdict.said).where(
        Verdict.what == VerdictKind.POST,
        col(Verdict.undone_at).is_(None),
        col(Verdict.post_id).in_(list(post_ids)),
    )
    return {post_id: said for post_id, said in session.exec(query).all() if post_id is not None}


def dismissed_emergences(session: Session, product_id: int) -> Sequence[int]:
    """Return the numbers of the emergences whose issue a person called none, in order.

    Merges are followed: what counts is what was said of the whole that an issue is part of now.
    """
    dismissed = dismissed_issues(session, product_id)
    if not dismissed:
        return []
    parts = select(Issue.id, Issue.merged_into).where(col(Issue.merged_into).is_not(None))
    into = dict(session.exec(parts.where(Issue.product_id == product_id)).all())
    query = select(Emergence.number, Emergence.issue_id).where(Emergence.product_id == product_id)
    return sorted(
        number for number, issue_id in session.exec(query).all()
        if _whole(issue_id, into) in dismissed
    )  # fmt: skip


def dismissed_issues(session: Session, product_id: int) -> set[int]:
    """Return the issues of a product that a person called none, and that nothing woke since."""
    query = (
        select(Issue.id, Issue.flags)
        .join(Verdict, col(Verdict.issue_id) == Issue.id)
        .where(Issue.product_id == product_id, Verdict.what == VerdictKind.NOT_AN_ISSUE)
        .where(col(Verdict.undone_at).is_(None))
    )
    called = VerdictKind.NOT_AN_ISSUE.value
    return {number for number, flags in session.exec(query).all() if number and called in flags}


def _whole(issue_id: int, into: Mapping[int | None, int | None]) -> int:
    while (found := into.get(issue_id)) is not None:
        issue_id = found
    return issue_id


def alerted_since(session: Session, product_id: int, since: datetime) -> Sequence[tuple[int, bool]]:
    """Return the issues that the scan alerted since a moment, and whether a person judged each.

    Returns:
        (issue id, False) for one that nobody judged; of the others judged_alerts tells more.
    """
    judged = (VerdictKind.REAL, VerdictKind.NOT_AN_ISSUE)
    known = (
        select(Verdict.id)
        .where(Verdict.issue_id == Issue.id, col(Verdict.what).in_(judged))
        .where(col(Verdict.undone_at).is_(None))
        .exists()
    )
    raised = select(Emergence.id).where(Emergence.issue_id == Issue.id).exists()
    query = (
        select(Issue.id, known)
        .where(Issue.product_id == product_id, Issue.kind == "issue", raised)
        .where(col(Issue.alerted_at) >= since)
        .order_by(col(Issue.id))
    )
    return [(row[0], bool(row[1])) for row in session.exec(query).all() if row[0] is not None]


def newest_learned(session: Session, product_id: int) -> Learned | None:
    """Return the version of what was learned that decides now."""
    query = select(Learned).where(Learned.product_id == product_id)
    return session.exec(query.order_by(col(Learned.version).desc()).limit(1)).first()


def learned_versions(session: Session, product_id: int) -> Sequence[Learned]:
    """Return all versions, oldest first."""
    query = select(Learned).where(Learned.product_id == product_id)
    return session.exec(query.order_by(col(Learned.version))).all()


def add_learned(
    session: Session, product_id: int, *, model: str, verdicts: Sequence[int], at: datetime
) -> int:
    """Note a new version; return its number."""
    last = newest_learned(session, product_id)
    version = 1 + (last.version if last else 0)
    session.add(
        Learned(
            product_id=product_id, version=version, model=model, verdicts=list(verdicts), made_at=at
        )
    )
    return version
