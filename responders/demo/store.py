"""Every query that only the demo asks: what has come about since the day began."""

from collections.abc import Collection, Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.tables import Membership
from listener.tables import Post, Source, Thread
from responders.decisions.tables import Approval
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.addressing import PAGE
from responders.voice.proposing import BY_HAND
from responders.voice.tables import Draft, DraftState, Promise, Told


def first_draft(session: Session, issue_id: int) -> Draft | None:
    """Return the first draft of an issue that waits, for a thread before that for the page."""
    query = select(Draft).where(Draft.issue_id == issue_id, Draft.state == DraftState.PENDING)
    ordered = query.order_by(col(Draft.channel) == PAGE, col(Draft.id))
    return session.exec(ordered.limit(1)).first()


def count_drafts(session: Session, issue_id: int) -> int:
    """Return how many drafts an issue has."""
    query = select(func.count(col(Draft.id))).where(Draft.issue_id == issue_id)
    return int(session.exec(query).one())


def count_history(session: Session) -> int:
    """Return how many posts were history when they were heard."""
    return int(session.exec(select(func.count(col(Post.id))).where(col(Post.backfill))).one())


def count_elsewhere(session: Session) -> int:
    """Return how many fresh posts are about something else than the product."""
    query = select(func.count(col(Post.id))).where(~col(Post.relevant), ~col(Post.backfill))
    return int(session.exec(query).one())


def count_judged(session: Session) -> int:
    """Return how many posts the classifiers have decided."""
    return int(session.exec(select(func.count(col(Membership.post_id)))).one())


def deliveries(session: Session, issue_id: int) -> Sequence[Delivery]:
    """Return what was sent, or will be, for an issue."""
    query = select(Delivery).where(Delivery.issue_id == issue_id).order_by(col(Delivery.id))
    return session.exec(query).all()


def members(session: Session, issue_id: int) -> Sequence[tuple[str, str]]:
    """Return the source's name and the remote id of each post of an issue."""
    query = (
        select(Source.name, Post.remote_id)
        .join(Post, col(Post.source_id) == Source.id)
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(Membership.issue_id == issue_id)
    )
    return [(name, remote_id) for name, remote_id in session.exec(query).all()]


def on_their_way(session: Session) -> Sequence[Draft]:
    """Return the drafts that wait or were approved and do not stand there yet, the page's first."""
    states = (DraftState.PENDING, DraftState.APPROVED, DraftState.QUEUED)
    query = select(Draft).where(col(Draft.state).in_(states))
    return session.exec(query.order_by(col(Draft.channel) != PAGE, col(Draft.id))).all()


def by_hand(session: Session) -> Sequence[Delivery]:
    """Return what waits for a person to post it."""
    query = select(Delivery).where(Delivery.state == DeliveryState.BY_HAND)
    return session.exec(query.order_by(col(Delivery.id))).all()


def approved_hashes(session: Session) -> Collection[str]:
    """Return the hashes of all texts that a person approved and did not take back."""
    query = select(Approval.text_sha256).where(col(Approval.taken_back_at).is_(None))
    return set(session.exec(query).all())


def approvals(session: Session) -> Sequence[tuple[int, str, int]]:
    """Return number, person and issue of each approval, the oldest first."""
    query = select(Approval.id, Approval.by, Draft.issue_id).join(
        Draft, col(Draft.id) == Approval.draft_id
    )
    found = session.exec(query.order_by(col(Approval.id))).all()
    return [(number or 0, by, issue) for number, by, issue in found]


def public_deliveries(session: Session) -> Sequence[Delivery]:
    """Return everything that was queued for strangers' eyes."""
    return session.exec(
        select(Delivery).where(col(Delivery.public)).order_by(col(Delivery.id))
    ).all()


def drafts(session: Session, issue_id: int) -> Sequence[Draft]:
    """Return the drafts of an issue in the order they were made."""
    query = select(Draft).where(Draft.issue_id == issue_id)
    return session.exec(query.order_by(col(Draft.id))).all()


def told(session: Session, issue_id: int | None = None) -> Sequence[tuple[Told, Thread, str]]:
    """Return what threads were told, with the threads and the texts, in the order of telling."""
    query = (
        select(Told, Thread, Delivery.text)
        .join(Thread, col(Thread.id) == Told.thread_id)
        .join(Delivery, col(Delivery.id) == Told.delivery_id)
    )
    if issue_id is not None:
        query = query.where(Told.issue_id == issue_id)
    found = session.exec(query.order_by(col(Told.id))).all()
    return [(row, thread, text) for row, thread, text in found]


def promises(session: Session, issue_id: int) -> Sequence[Promise]:
    """Return what was promised of an issue, the first due first."""
    query = select(Promise).where(Promise.issue_id == issue_id)
    return session.exec(query.order_by(col(Promise.due_at))).all()


def all_promises(session: Session) -> Sequence[Promise]:
    """Return every promise, in the order they were made."""
    return session.exec(select(Promise).order_by(col(Promise.id))).all()


def written_by(session: Session, author: str) -> Sequence[Post]:
    """Return the posts of an author as they were heard back."""
    return session.exec(select(Post).where(Post.author == author)).all()


def public_of(session: Session, issue_id: int) -> Sequence[Delivery]:
    """Return what was queued for strangers' eyes about an issue: nothing before an approval."""
    return [row for row in deliveries(session, issue_id) if row.public]


def was_by_hand(session: Session, row: Told) -> bool:
    """Tell whether a person posted what a thread was told, and said where it stands."""
    delivery = session.get_one(Delivery, row.delivery_id)
    return delivery.channel == BY_HAND and bool(delivery.url)
