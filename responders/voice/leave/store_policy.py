"""What policy, wishes and lanes ask of the store: posts not read yet, replies that may still leave.

Apart from the other stores, because these rows are asked on the way to every draft and approval.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select, update

from classifiers.tables import Issue, IssueEvent, IssueKind, IssueState, Membership
from listener.tables import Post, Source, Thread
from responders.delivery.store_sending import MAY_STILL_LEAVE
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.store import LIVE
from responders.voice.tables import Answer, Called, Draft, DraftState, Heed, OptOut

AT_ONCE = 200
"""Posts that are read in one pass; each costs a millisecond or two."""
STAYED = (DeliveryState.FAILED, DeliveryState.CANCELLED)


@dataclass(frozen=True)
class Placed:
    """A post with its place."""

    post: Post
    thread: Thread | None
    source: Source


@dataclass(frozen=True)
class Reply:
    """A text for a thread, with everybody it would speak to."""

    draft: Draft
    delivery: Delivery | None
    thread: Thread
    source: Source
    posts: Sequence[Post]
    """The one it answers, and the one that opened the thread."""


def optouts(session: Session, *, lifted: bool = False) -> Sequence[OptOut]:
    """Return the wishes that hold, oldest first; with ``lifted`` also those that do no more."""
    query = select(OptOut).order_by(col(OptOut.id))
    if not lifted:
        query = query.where(col(OptOut.lifted_at).is_(None))
    return session.exec(query).all()


def replies_that_may_leave(session: Session, *, hold: bool) -> Sequence[Reply]:
    """Return every text for a thread that is not out and may still go; held where asked."""
    query = (
        select(Draft)
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id), isouter=True)
        .where(col(Draft.thread_id).is_not(None))
        .where(
            or_(
                and_(
                    col(Draft.state).in_(LIVE),
                    or_(col(Delivery.id).is_(None), col(Delivery.state).in_(STAYED)),
                ),
                and_(col(Delivery.state).in_(MAY_STILL_LEAVE), col(Delivery.forbidden) == ""),
            )
        )
        .order_by(col(Draft.id))
    )
    if hold:
        query = query.with_for_update(of=Draft).execution_options(populate_existing=True)
    return replies(session, session.exec(query).all())


def replies(session: Session, drafts: Sequence[Draft]) -> list[Reply]:
    """Return those of some drafts that are for a thread, in their order."""
    threads = {row.thread_id for row in drafts if row.thread_id is not None}
    query = (
        select(Thread, Source)
        .join(Source, col(Source.id) == col(Thread.source_id))
        .where(col(Thread.id).in_(threads))
    )
    places = {thread.id: (thread, source) for thread, source in session.exec(query).all()}
    answered = {row.post_id for row in drafts if row.post_id is not None}
    posts = {
        post.id: post for post in session.exec(select(Post).where(col(Post.id).in_(answered))).all()
    }
    opened = openers(session, threads)
    found = []
    for row in drafts:
        if row.thread_id in places:
            spoken_to = (posts.get(row.post_id), opened.get(row.thread_id or 0))
            delivery = session.get(Delivery, row.delivery_id) if row.delivery_id else None
            thread, source = places[row.thread_id]
            said = [post for post in spoken_to if post is not None]
            found.append(Reply(row, delivery, thread, source, said))
    return found


def openers(session: Session, threads: Collection[int]) -> Mapping[int, Post]:
    """Return the post that opened each thread, as far as we heard it."""
    query = (
        select(Post)
        .where(col(Post.thread_id).in_(list(threads)))
        .order_by(col(Post.published_at).desc(), col(Post.id).desc())
    )
    return {post.thread_id: post for post in session.exec(query).all() if post.thread_id}


def fall_silent(session: Session, draft: Draft, *, reason: str) -> bool:
    """Let a draft that is not out say nothing; False when it changed meanwhile."""
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.state).in_(LIVE))
        .where(col(Draft.version) == draft.version)
        .values(state=DraftState.SILENT, reason=reason, decided_by="", decided_at=None)
    )
    return session.connection().execute(statement).rowcount == 1


# What was read of posts ---------------------------------------------------------------------------


def unheeded(session: Session, product_id: int, *, since: datetime) -> Sequence[Placed]:
    """Return the posts of people that were not read yet, or not since they were edited.

    Those that came since then, and those of issues that somebody may be owed a word about.
    """
    new = (
        or_(col(Heed.post_id).is_(None), col(Heed.revision) != col(Post.revision)),
        Post.product_id == product_id,
        col(Post.role).is_(None),
        col(Post.erased_at).is_(None),
        ~col(Post.ours),
    )
    base = (
        select(Post, Thread, Source)
        .join(Source, col(Source.id) == col(Post.source_id))
        .join(Thread, col(Thread.id) == col(Post.thread_id), isouter=True)
        .join(Heed, col(Heed.post_id) == col(Post.id), isouter=True)
    )
    lately = base.where(*new, col(Post.seen_at) > since)
    in_issues = base.join(Membership, col(Membership.post_id) == col(Post.id)).where(
        *new, col(Membership.issue_id).in_(_tracked(product_id))
    )
    found: dict[int, Placed] = {}
    for query in (in_issues, lately):
        rows = session.exec(query.order_by(col(Post.id)).limit(AT_ONCE)).all()
        found.update({post.id or 0: Placed(post, thread, source) for post, thread, source in rows})
    return [found[number] for number in sorted(found)][:AT_ONCE]


def _tracked(product_id: int) -> Any:
    return (
        select(Issue.id)
        .where(Issue.product_id == product_id, Issue.kind == IssueKind.ISSUE)
        .where(or_(col(Issue.alerted_at).is_not(None), col(Issue.titled_by) != ""))
        .where(Issue.state != IssueState.RESOLVED)
    )


def lanes_in(session: Session, threads: Collection[int], *, but: str = "") -> Mapping[int, str]:
    """Return the lane of the first post in each thread that belongs to one, ``but`` left out."""
    query = (
        select(Post.thread_id, Heed.lane)
        .join(Heed, col(Heed.post_id) == col(Post.id))
        .where(col(Post.thread_id).in_(list(threads)), col(Heed.lane).is_not(None))
        .where(col(Heed.lane) != but, col(Post.role).is_(None), ~col(Post.ours))
        .where(col(Post.erased_at).is_(None), ~col(Post.backfill))
        .order_by(col(Post.id).desc())
    )
    return {thread: lane for thread, lane in session.exec(query).all() if thread and lane}


def uncalled(session: Session, product_id: int) -> Sequence[tuple[Issue, str, Placed]]:
    """Return for which lane of which tracked issue nobody was asked yet, with its first post."""
    about = func.coalesce(Membership.issue_id, Answer.issue_id)
    query = (
        select(Issue, Heed.lane, Post.id)
        .select_from(Heed)
        .join(Post, col(Post.id) == col(Heed.post_id))
        .join(Membership, col(Membership.post_id) == col(Post.id), isouter=True)
        .join(Answer, col(Answer.post_id) == col(Post.id), isouter=True)
        .join(Issue, col(Issue.id) == about)
        .join(
            Called,
            and_(col(Called.issue_id) == col(Issue.id), col(Called.lane) == col(Heed.lane)),
            isouter=True,
        )
        .where(col(Heed.lane).is_not(None), col(Called.id).is_(None))
        .where(col(Issue.id).in_(_tracked(product_id)), col(Issue.merged_into).is_(None))
        .where(col(Post.erased_at).is_(None), ~col(Post.backfill), col(Post.role).is_(None))
        .order_by(col(Issue.id), col(Post.id))
    )
    found: dict[tuple[int, str], tuple[Issue, str, Placed]] = {}
    for issue, lane, post_id in session.exec(query).all():
        key = (issue.id or 0, str(lane))
        if key not in found and "not-an-issue" not in issue.flags:
            found[key] = (issue, str(lane), placed(session, post_id or 0))
    return list(found.values())


def placed(session: Session, post_id: int) -> Placed:
    """Return a post with its place."""
    post = session.get_one(Post, post_id)
    thread = session.get(Thread, post.thread_id) if post.thread_id else None
    return Placed(post, thread, session.get_one(Source, post.source_id))


def crowds(
    session: Session, product_id: int, lanes: Collection[str]
) -> Sequence[tuple[Issue, str, int]]:
    """Return how many people say of a tracked issue what belongs to one of some lanes."""
    query = (
        select(Issue, Heed.lane, Post.author_key, Post.id)
        .select_from(Heed)
        .join(Post, col(Post.id) == col(Heed.post_id))
        .join(Membership, col(Membership.post_id) == col(Post.id))
        .join(Issue, col(Issue.id) == col(Membership.issue_id))
        .where(col(Heed.lane).in_([str(lane) for lane in lanes]))
        .where(col(Issue.id).in_(_tracked(product_id)), col(Issue.merged_into).is_(None))
        .where(col(Post.erased_at).is_(None), ~col(Post.backfill), col(Post.role).is_(None))
        .order_by(col(Issue.id), col(Post.id))
    )
    people: dict[tuple[int, str], set[str]] = {}
    issues: dict[int, Issue] = {}
    for issue, lane, author, number in session.exec(query).all():
        issues[issue.id or 0] = issue
        people.setdefault((issue.id or 0, str(lane)), set()).add(author or f"post {number}")
    return [(issues[number], lane, len(who)) for (number, lane), who in people.items()]


def returning(
    session: Session, product_id: int, *, since: datetime
) -> Mapping[tuple[int, str], Sequence[tuple[Post, Heed]]]:
    """Return what authors wrote since then about a tracked issue, of those who wrote twice.

    By issue and author, in no order; only posts that were read.
    """
    lately = (
        select(Membership.issue_id, Post.author_key)
        .join(Post, col(Post.id) == col(Membership.post_id))
        .where(col(Membership.issue_id).in_(_tracked(product_id)), col(Post.published_at) > since)
        .where(col(Post.author_key).is_not(None), col(Post.role).is_(None), ~col(Post.backfill))
        .where(col(Post.erased_at).is_(None))
    )
    twice = lately.group_by(col(Membership.issue_id), col(Post.author_key)).having(func.count() > 1)
    pairs = {(issue or 0, author or "") for issue, author in session.exec(twice).all()}
    if not pairs:
        return {}
    query = (
        select(Membership.issue_id, Post, Heed)
        .join(Post, col(Post.id) == col(Membership.post_id))
        .join(Heed, col(Heed.post_id) == col(Post.id))
        .where(col(Membership.issue_id).in_({issue for issue, _ in pairs}))
        .where(col(Post.author_key).in_({author for _, author in pairs}))
        .where(col(Post.published_at) > since, col(Post.erased_at).is_(None))
    )
    found: dict[tuple[int, str], list[tuple[Post, Heed]]] = {}
    for issue, post, read in session.exec(query).all():
        key = (issue or 0, post.author_key or "")
        if key in pairs:
            found.setdefault(key, []).append((post, read))
    return found


def lanes_of_posts(session: Session, post_ids: Collection[int]) -> Mapping[int, str]:
    """Return the lanes of some posts, where they belong to one."""
    query = select(Heed.post_id, Heed.lane).where(
        col(Heed.post_id).in_(list(post_ids)), col(Heed.lane).is_not(None)
    )
    return {number: lane for number, lane in session.exec(query).all() if lane}


def with_event(session: Session, issues: Collection[int], kind: str) -> Collection[int]:
    """Return those of some issues on whose timeline something of a kind stands."""
    query = select(IssueEvent.issue_id).where(
        col(IssueEvent.issue_id).in_(list(issues)), IssueEvent.kind == kind
    )
    return set(session.exec(query).all())


def lanes_of(session: Session, issue_id: int) -> Collection[str]:
    """Return the lanes to which posts of an issue belong."""
    query = (
        select(Heed.lane)
        .join(Membership, col(Membership.post_id) == col(Heed.post_id))
        .where(Membership.issue_id == issue_id, col(Heed.lane).is_not(None))
    )
    return {str(lane) for lane in session.exec(query.distinct()).all()}


def withdraw_prepared(session: Session, issue_id: int, *, reason: str) -> int:
    """Take away the prepared texts of an issue that nobody decided on; people's own stay."""
    statement = (
        update(Draft)
        .where(col(Draft.issue_id) == issue_id, col(Draft.state) == DraftState.PENDING)
        .where(col(Draft.edited_by) == "")
        .values(state=DraftState.STALE, reason=reason)
    )
    return session.connection().execute(statement).rowcount


def calls(session: Session, issues: Collection[int]) -> Sequence[tuple[Called, Placed]]:
    """Return who was asked to answer about some issues, oldest first."""
    query = select(Called).where(col(Called.issue_id).in_(list(issues)))
    rows = session.exec(query.order_by(col(Called.at), col(Called.id))).all()
    return [(row, placed(session, row.post_id)) for row in rows]


# What we said lately ------------------------------------------------------------------------------


def sent_lately(
    session: Session, *, since: datetime, thread_id: int | None = None, source_id: int | None = None
) -> Sequence[datetime]:
    """Return when our texts of a thread, or of a place, were sent since then, or will leave."""
    out = and_(col(Delivery.state) == DeliveryState.SENT, col(Delivery.sent_at) > since)
    query = (
        select(Delivery.sent_at, Delivery.next_try_at)
        .join(Draft, col(Draft.delivery_id) == col(Delivery.id))
        .join(Thread, col(Thread.id) == col(Draft.thread_id))
        .where(or_(out, col(Delivery.state).in_(MAY_STILL_LEAVE)))
    )
    if thread_id is not None:
        query = query.where(Thread.id == thread_id)
    if source_id is not None:
        query = query.where(Thread.source_id == source_id)
    return [sent or due for sent, due in session.exec(query).all()]


def said_by(session: Session, author_key: str, issues: Collection[int]) -> Sequence[Post]:
    """Return what one author wrote about some issues, as far as it stands."""
    query = (
        select(Post)
        .join(Membership, col(Membership.post_id) == col(Post.id))
        .where(col(Membership.issue_id).in_(list(issues)), Post.author_key == author_key)
        .where(col(Post.erased_at).is_(None), ~col(Post.backfill))
    )
    return session.exec(query.order_by(col(Post.id))).all()
