"""Every query on the voice's tables: who was not answered yet, and what was proposed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from classifiers.tables import Issue, Membership
from listener.tables import Post, Source, Thread
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft, DraftState, Told

ON_THEIR_WAY = frozenset(
    {
        DeliveryState.QUEUED,
        DeliveryState.SENDING,
        DeliveryState.BY_HAND,
        DeliveryState.IN_DOUBT,
    }
)
LIVE = (DraftState.PENDING, DraftState.APPROVED, DraftState.QUEUED)
"""Drafts that may still become a public text; a thread and a page have one at most."""
LEFT_ALONE = (DraftState.SILENT, DraftState.REJECTED)


def opener_roles(session: Session, thread_ids: Collection[int]) -> Mapping[int, str | None]:
    """Return the role of the author who opened each thread, as far as we heard it."""
    query = (
        select(Post.thread_id, Post.role)
        .where(col(Post.thread_id).in_(list(thread_ids)))
        .order_by(col(Post.published_at).desc(), col(Post.id).desc())
    )
    return {thread: role for thread, role in session.exec(query).all() if thread is not None}


def drafts_of(session: Session, issue_id: int) -> Sequence[Draft]:
    """Return the drafts of an issue in the order they were made."""
    query = select(Draft).where(Draft.issue_id == issue_id)
    return session.exec(query.order_by(col(Draft.id))).all()


def listed(
    session: Session, *, issue_id: int | None = None, first: Collection[int] = ()
) -> Sequence[tuple[Draft, Thread | None]]:
    """Return drafts with their threads: the issue whose next word is due first, its page first.

    Those of the issues in ``first`` come before all others, what waits of them before the rest.
    """
    query = select(Draft, Thread).join(Thread, col(Thread.id) == col(Draft.thread_id), isouter=True)
    if issue_id is not None:
        query = query.where(Draft.issue_id == issue_id)
    rows = session.exec(query.order_by(col(Draft.next_update_by), col(Draft.id))).all()
    soonest: dict[int, datetime] = {}
    for draft, _ in rows:
        if draft.next_update_by and draft.state in LIVE:
            known = soonest.get(draft.issue_id, draft.next_update_by)
            soonest[draft.issue_id] = min(known, draft.next_update_by)
    last = datetime.max.replace(tzinfo=UTC)

    def order(row: tuple[Draft, Thread | None]) -> tuple[object, ...]:
        draft = row[0]
        due = draft.next_update_by or last
        page_first = draft.thread_id is not None
        later = draft.issue_id not in first
        done = not later and draft.state is not DraftState.PENDING
        return (
            later,
            done,
            soonest.get(draft.issue_id, last),
            draft.issue_id,
            page_first,
            due,
            draft.id,
        )

    return sorted(((draft, thread) for draft, thread in rows), key=order)


def one(session: Session, draft_id: int) -> tuple[Draft, Thread | None] | None:
    """Return one draft with its thread."""
    draft = session.get(Draft, draft_id)
    if draft is None:
        return None
    return draft, session.get(Thread, draft.thread_id) if draft.thread_id else None


def shown_state(draft: Draft, delivery: Delivery | None, *, now: datetime) -> DraftState:
    """Return how far a draft is, as people see it: what it holds and where its message is.

    Approved while it can be taken back, queued while it is on its way, sent once it stands there.
    """
    if delivery is None or draft.state not in LIVE:
        return draft.state
    if delivery.state is DeliveryState.SENT:
        return DraftState.SENT
    if delivery.state is DeliveryState.QUEUED and delivery.next_try_at > now:
        return DraftState.APPROVED
    return DraftState.QUEUED if delivery.state in ON_THEIR_WAY else draft.state


def place_of(session: Session, draft: Draft) -> tuple[Thread, Post | None, Source] | None:
    """Return the thread that a draft answers, the post if it answers one, and their place."""
    thread = session.get(Thread, draft.thread_id) if draft.thread_id else None
    if thread is None:
        return None
    post = session.get(Post, draft.post_id) if draft.post_id else None
    return thread, post, session.get_one(Source, thread.source_id)


def family(session: Session, issue_id: int) -> Sequence[int]:
    """Return an issue and every issue that was merged into it, through others too."""
    found, news = [issue_id], [issue_id]
    while news:
        query = select(Issue.id).where(col(Issue.merged_into).in_(news)).order_by(col(Issue.id))
        news = [row for row in session.exec(query).all() if row is not None and row not in found]
        found += news
    return found


def whole(session: Session, issue_id: int) -> int:
    """Return the issue that an issue is part of now; itself when it is part of none."""
    seen = {issue_id}
    while True:
        issue = session.get(Issue, issue_id, populate_existing=True)
        into = issue.merged_into if issue else None
        if into is None or into in seen:
            return issue_id
        issue_id = into
        seen.add(into)


def stands() -> ColumnElement[bool]:
    """Tell whether what a thread was told can still be read there.

    A text that we took away, or that strangers do not see, told nobody; nor did one that the
    place's moderators hold back, or never let pass.
    """
    lost = or_(
        col(Delivery.removed_at).is_not(None), col(Delivery.hidden_at).is_not(None), _held_back()
    )
    return col(Told.delivery_id).not_in(select(Delivery.id).where(lost))


def _held_back() -> ColumnElement[bool]:
    """Tell whether a text left us for good and stands nowhere: it has a note and no address."""
    known = or_(col(Delivery.url).is_not(None), col(Delivery.remote_id).is_not(None))
    return and_(col(Delivery.state) == DeliveryState.SENT, col(Delivery.reason) != "", ~known)


def told(session: Session, issue_id: int) -> Sequence[Told]:
    """Return what threads were told of an issue, and of those merged into it, oldest first."""
    query = select(Told).where(col(Told.issue_id).in_(family(session, issue_id)), stands())
    return session.exec(query.order_by(col(Told.told_at), col(Told.id))).all()


ThreadState = Literal["told", "waiting", "silent", "unanswered"]


@dataclass(frozen=True, kw_only=True)
class ThreadOfIssue:
    """How far we are with one thread of an issue."""

    thread: Thread
    source: Source
    state: ThreadState
    """``told``: a text of ours stands there. ``waiting``: its first one is proposed or on its way.
    ``silent``: a person, or a rule, said that none goes there. ``unanswered``: nothing yet."""
    told_at: datetime | None = None
    phase: str | None = None
    """The last one it was told."""
    draft_id: int | None = None
    """The draft that waits there, else the newest."""
    lost: str = ""
    """Why what stood there told nobody, in words; empty where nothing is lost."""
    why: str = ""
    """Why none goes there, where that is so."""


def threads_of(session: Session, issue_id: int) -> Sequence[ThreadOfIssue]:
    """Return the threads in which people reported an issue, in order of their first report.

    History and erased posts do not count, unless the thread was told; nor do those of staff.
    """
    issues = family(session, issue_id)
    lasts = {row.thread_id: row for row in told(session, issue_id)}
    lost = _lost(session, issues)
    drafts = _drafts_by_thread(session, issues)
    reported = _reported_threads(session, issues)
    places = _places(session, [*reported, *lasts])
    openers = opener_roles(session, list(places))
    return [
        replace(
            _thread_of_issue(
                *place,
                lasts.get(number),
                drafts.get(number, ()),
                left=openers.get(number) is not None,
            ),
            lost="" if number in lasts else lost.get(number, ""),
        )
        for number, place in places.items()
    ]


def _thread_of_issue(
    thread: Thread, source: Source, last: Told | None, drafts: Sequence[Draft], *, left: bool
) -> ThreadOfIssue:
    live = next((draft for draft in drafts if draft.state in LIVE), None)
    newest = live or (drafts[-1] if drafts else None)
    state: ThreadState = "unanswered"
    if last:
        state = "told"
    elif live:
        state = "waiting"
    elif left or thread.locked or (newest and newest.state in LEFT_ALONE):
        state = "silent"
    return ThreadOfIssue(
        thread=thread,
        source=source,
        state=state,
        told_at=last.told_at if last else None,
        phase=last.phase if last else None,
        draft_id=newest.id if newest else None,
        why=_why_silent(thread, newest, left=left) if state == "silent" else "",
    )


def _why_silent(thread: Thread, newest: Draft | None, *, left: bool) -> str:
    if newest is not None and newest.state in LEFT_ALONE:
        return newest.reason
    if thread.locked:
        return "the thread is locked"
    return "one of ours, or a bot, opened it" if left else ""


def _lost(session: Session, issues: Sequence[int]) -> dict[int, str]:
    """Return why texts of ours told nobody, by thread."""
    query = (
        select(Told.thread_id, Delivery)
        .join(Delivery, col(Delivery.id) == col(Told.delivery_id))
        .where(col(Told.issue_id).in_(issues), ~stands())
        .order_by(col(Told.told_at), col(Told.id))
    )
    return {thread: _why_lost(delivery) for thread, delivery in session.exec(query).all()}


def _why_lost(delivery: Delivery) -> str:
    if delivery.removed_at is not None:
        return "our reply was deleted"
    if delivery.hidden_at is not None:
        return "our reply is not visible to others"
    return f"our reply is not visible yet: {delivery.reason}"


def _drafts_by_thread(session: Session, issues: Sequence[int]) -> dict[int, list[Draft]]:
    query = select(Draft).where(col(Draft.issue_id).in_(issues), col(Draft.thread_id).is_not(None))
    found: dict[int, list[Draft]] = {}
    for draft in session.exec(query.order_by(col(Draft.id))).all():
        found.setdefault(draft.thread_id or 0, []).append(draft)
    return found


def _reported_threads(session: Session, issues: Sequence[int]) -> Sequence[int]:
    query = (
        select(Post.thread_id)
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(col(Membership.issue_id).in_(issues), col(Post.thread_id).is_not(None))
        .where(col(Post.role).is_(None), col(Post.erased_at).is_(None), ~col(Post.backfill))
        .order_by(col(Post.seen_at), col(Post.id))
    )
    return [number for number in dict.fromkeys(session.exec(query).all()) if number is not None]


def _places(session: Session, thread_ids: Sequence[int]) -> dict[int, tuple[Thread, Source]]:
    query = (
        select(Thread, Source)
        .join(Source, col(Source.id) == col(Thread.source_id))
        .where(col(Thread.id).in_(list(thread_ids)))
    )
    rows = {thread.id: (thread, source) for thread, source in session.exec(query).all()}
    return {number: rows[number] for number in dict.fromkeys(thread_ids) if number in rows}
