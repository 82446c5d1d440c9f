"""What the respond pass reads and writes: which issues owe somebody a word, and who is owed it.

Apart from store.py, because all of it happens in that pass, most of it in its transactions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select, update

from classifiers.tables import Issue, IssueEvent, IssueKind, IssueState, Membership
from listener.tables import Post, Source, Thread
from responders.delivery import erasures as outbox
from responders.delivery.erasures import erased_members
from responders.delivery.tables import Delivery
from responders.voice.leave.withholding import FOR_A_PERSON
from responders.voice.store import LIVE, stands
from responders.voice.tables import Draft, DraftState, DraftVersion, Promise, Told
from responders.voice.words.drafting import digest
from responders.voice.words.packs import Packs
from responders.voice.words.redacting import kept_of


@dataclass(frozen=True)
class Reported:
    """A post of an issue with its place."""

    post: Post
    thread: Thread
    source: Source


TOLD_LATE = timedelta(days=14)
"""So long after a rule kept the last word from a thread it is told once the rule falls; later it
would be news of yesterday."""


def issues_to_tell_of(session: Session, product_id: int, *, now: datetime) -> Sequence[Issue]:
    """Return the issues that somebody may be owed a word about, oldest first."""
    query = (
        select(Issue)
        .where(Issue.product_id == product_id, Issue.kind == IssueKind.ISSUE)
        .where(or_(col(Issue.alerted_at).is_not(None), col(Issue.titled_by) != ""))
        .where(col(Issue.merged_into).is_(None))
        .where(
            or_(col(Issue.state) != IssueState.RESOLVED, col(Issue.id).in_(_owing(session, now)))
        )
        .order_by(col(Issue.id))
    )
    return session.exec(query).all()


def _owing(session: Session, now: datetime) -> Sequence[int]:
    """Return the resolved issues whose end was not told everywhere, or has drafts on their way.

    So one that owes nothing is not looked at in every pass for ever. A silence that a rule keeps
    tells nobody: for a while the rule may fall, and the word is told after all.
    """
    said, later, root = aliased(Draft), aliased(Draft), aliased(Issue)
    home = func.coalesce(Issue.merged_into, Issue.id)
    about = col(later.issue_id)
    told_of_the_end = (
        select(later.id)
        .where(or_(about == col(Issue.id), about == col(Issue.merged_into)))
        .where(later.phase == IssueState.RESOLVED.value, later.state != DraftState.STALE)
        .where(~_kept_silent(later, since=now - TOLD_LATE))
        .where(col(later.id) >= col(said.id))
        .where(col(later.thread_id).is_not_distinct_from(col(said.thread_id)))
        .exists()
    )
    query = (
        select(home)
        .select_from(said)
        .join(Issue, col(Issue.id) == said.issue_id)
        .join(root, col(root.id) == home)
        .where(root.state == IssueState.RESOLVED)
        .where(
            or_(
                col(said.state).in_(LIVE),
                and_(col(said.state) == DraftState.SENT, ~told_of_the_end),
            )
        )
    )
    return session.exec(query.distinct()).all()


def _kept_silent(row: Any, *, since: datetime) -> ColumnElement[bool]:
    return and_(
        col(row.state) == DraftState.SILENT,
        col(row.decided_by) == "",
        ~col(row.reason).startswith(FOR_A_PERSON),
        col(row.created_at) > since,
    )


def merges(session: Session, product_id: int) -> Mapping[int, int]:
    """Return what every merged issue of a product was merged into."""
    query = select(Issue.id, Issue.merged_into).where(
        Issue.product_id == product_id, col(Issue.merged_into).is_not(None)
    )
    return {child: parent for child, parent in session.exec(query).all() if child and parent}


def drafts(session: Session, issues: Collection[int]) -> Sequence[Draft]:
    """Return all drafts of some issues in the order they were made."""
    query = select(Draft).where(col(Draft.issue_id).in_(list(issues)))
    return session.exec(query.order_by(col(Draft.id))).all()


def deliveries(session: Session, issues: Collection[int]) -> Mapping[int, Delivery]:
    """Return the messages that the drafts of some issues were approved to, by draft."""
    query = (
        select(Draft.id, Delivery)
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id))
        .where(col(Draft.issue_id).in_(list(issues)))
    )
    return {draft: delivery for draft, delivery in session.exec(query).all() if draft}


def told(session: Session, issues: Collection[int]) -> Sequence[Told]:
    """Return what threads were told of some issues, oldest first."""
    query = select(Told).where(col(Told.issue_id).in_(list(issues)), stands())
    return session.exec(query.order_by(col(Told.told_at), col(Told.id))).all()


def unsettled(session: Session, issues: Collection[int]) -> Sequence[Promise]:
    """Return the promises of some issues whose word did not come yet, the soonest due first."""
    query = select(Promise).where(
        col(Promise.issue_id).in_(list(issues)), col(Promise.settled_at).is_(None)
    )
    return session.exec(query.order_by(col(Promise.due_at), col(Promise.id))).all()


def last_changes(session: Session, issues: Collection[int]) -> Mapping[int, IssueEvent]:
    """Return the event by which each issue came into its present state."""
    query = select(IssueEvent).where(
        col(IssueEvent.issue_id).in_(list(issues)), IssueEvent.kind == "state"
    )
    rows = session.exec(query.order_by(col(IssueEvent.at), col(IssueEvent.id))).all()
    return {row.issue_id: row for row in rows}


def unanswered(session: Session, issues: Collection[int]) -> Sequence[Reported]:
    """Return the posts of some issues whose threads have no draft, in order of arrival.

    Only those of people: not of staff or bots, not history, not erased, not in a locked thread.
    A stale draft is as good as none.
    """
    drafted = (
        select(Draft.id)
        .where(col(Draft.issue_id).in_(list(issues)), Draft.thread_id == Post.thread_id)
        .where(Draft.state != DraftState.STALE)
        .exists()
    )
    return _reported(session, issues, ~drafted, ~col(Post.backfill))


def reported_in(session: Session, issues: Collection[int], thread_id: int) -> Sequence[Reported]:
    """Return the posts of some issues that people left standing in one open thread."""
    return _reported(session, issues, col(Thread.id) == thread_id)


def reported_in_each(
    session: Session, issues: Collection[int], threads: Collection[int]
) -> Mapping[int, Sequence[Reported]]:
    """Return the same of several threads, by thread; one in which nothing stands is left out."""
    found: dict[int, list[Reported]] = {}
    for one in _reported(session, issues, col(Thread.id).in_(list(threads))):
        found.setdefault(one.thread.id or 0, []).append(one)
    return found


def _reported(
    session: Session, issues: Collection[int], *only: ColumnElement[bool]
) -> Sequence[Reported]:
    query = (
        select(Post, Thread, Source)
        .join(Membership, col(Membership.post_id) == Post.id)
        .join(Thread, col(Thread.id) == Post.thread_id)
        .join(Source, col(Source.id) == Post.source_id)
        .where(col(Post.role).is_(None), col(Post.erased_at).is_(None), ~col(Thread.locked))
        .where(col(Membership.issue_id).in_(list(issues)), *only)
        .order_by(col(Post.seen_at), col(Post.id))
    )
    return [Reported(*row) for row in session.exec(query).all()]


def unsent_with_erasures(
    session: Session, product_id: int
) -> Sequence[tuple[Draft, Post | None, Issue]]:
    """Return the drafts not sent yet whose post, or another one of their issue, was erased."""
    query = (
        select(Draft, Post, Issue)
        .join(Post, col(Post.id) == col(Draft.post_id), isouter=True)
        .join(Issue, col(Issue.id) == col(Draft.issue_id))
        .where(Draft.product_id == product_id, Draft.text != "")
        .where(
            or_(
                and_(col(Draft.state) != DraftState.SENT, col(Post.erased_at).is_not(None)),
                and_(col(Draft.state).in_(LIVE), erased_members(col(Draft.issue_id)) > 0),
            )
        )
        .order_by(col(Draft.id))
    )
    return [(draft, post, issue) for draft, post, issue in session.exec(query).all()]


def to_look_at_again(session: Session, product_id: int) -> Sequence[Draft]:
    """Return the drafts whose issue lost words since, and those done with whose post was erased."""
    query = (
        select(Draft)
        .join(Issue, col(Issue.id) == col(Draft.issue_id))
        .join(Post, col(Post.id) == col(Draft.post_id), isouter=True)
        .where(Draft.product_id == product_id, Draft.text != "")
        .where(
            or_(
                col(Draft.erasures) != col(Issue.erasures),
                and_(col(Post.erased_at).is_not(None), col(Draft.state).not_in(LIVE)),
            )
        )
        .order_by(col(Draft.id))
    )
    return session.exec(query).all()


def forget_versions(session: Session, draft: Draft, *, erasures: int) -> None:
    """Blank the earlier texts of a draft that waits; its own is drawn anew where it must be."""
    looked_at = update(Draft).where(col(Draft.id) == draft.id).values(erasures=erasures)
    earlier = update(DraftVersion).where(col(DraftVersion.draft_id) == draft.id).values(text="")
    for statement in (looked_at, earlier):
        session.connection().execute(statement)


def drawn_before(session: Session, draft: Draft) -> Sequence[str]:
    """Return the earlier texts of a draft that were the template's own."""
    query = select(DraftVersion.text).where(
        DraftVersion.draft_id == draft.id, DraftVersion.by == ""
    )
    return session.exec(query).all()


def look_at(session: Session, draft: Draft, text: str, *, erasures: int) -> None:
    """Note that a draft that is done with was looked at, with what is left of its text.

    The hash of what a person approved stays; the message, and with it the page, says what is left.
    """
    statement = update(Draft).where(col(Draft.id) == draft.id, col(Draft.state).not_in(LIVE))
    left: dict[str, object] = {} if text == draft.text else {"findings": []}  # its words
    session.connection().execute(statement.values(text=text, erasures=erasures, **left))
    if text == draft.text:
        return
    earlier = update(DraftVersion).where(col(DraftVersion.draft_id) == draft.id)
    session.connection().execute(earlier.values(text=""))
    if draft.delivery_id is not None and draft.state is DraftState.SENT:
        outbox.replace_spoken(session, draft.delivery_id, text, erasures=erasures)


def standing_words(session: Session, issue_id: int) -> Sequence[str]:
    """Return what the posts of an issue say that were not erased."""
    query = (
        select(Post.title, Post.text)
        .join(Membership, col(Membership.post_id) == Post.id)
        .where(Membership.issue_id == issue_id, col(Post.erased_at).is_(None))
    )
    return [f"{title or ''}\n{text}" for title, text in session.exec(query).all()]


def withdraw(session: Session, draft: Draft, *, reason: str) -> bool:
    """Blank a draft and its earlier texts; False when it was decided on or changed meanwhile.

    One that may still leave goes stale; what a person decided on otherwise keeps its state.
    """
    stale = {"state": DraftState.STALE, "reason": reason} if draft.state in LIVE else {}
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.state) == draft.state)
        .where(col(Draft.version) == draft.version)
        .values(text="", text_sha256=digest(""), findings=[], **stale)
    )
    if session.connection().execute(statement).rowcount != 1:
        return False
    earlier = update(DraftVersion).where(col(DraftVersion.draft_id) == draft.id)
    session.connection().execute(earlier.values(text=""))
    return True


def drawn_at(session: Session, draft: Draft) -> datetime:
    """Return when the text of a draft took its present form."""
    query = select(func.max(DraftVersion.at)).where(DraftVersion.draft_id == draft.id)
    return session.exec(query).one() or draft.created_at


def kind_of_place(session: Session, draft: Draft) -> str:
    """Return the kind of the source that a draft is written for; empty for the page."""
    query = (
        select(Source.kind)
        .join(Thread, col(Thread.source_id) == col(Source.id))
        .where(Thread.id == draft.thread_id)
    )
    return session.exec(query).first() or ""


def languages_at(session: Session, source_id: int) -> Mapping[str, int]:
    """Return how many posts of a source are in which language, those we could tell."""
    query = (
        select(Post.lang, func.count())
        .where(Post.source_id == source_id, col(Post.lang).is_not(None))
        .where(col(Post.erased_at).is_(None))
        .group_by(col(Post.lang))
    )
    return {lang: number for lang, number in session.exec(query).all() if lang is not None}


def was_edited(session: Session, draft: Draft) -> bool:
    """Tell whether the post that a draft answers was edited since its text was drawn."""
    if draft.post_id is None or draft.post_revision is None:
        return False
    edited = select(Post.id).where(Post.id == draft.post_id, Post.revision != draft.post_revision)
    return session.exec(edited).first() is not None


def set_stale(session: Session, draft: Draft, *, reason: str) -> bool:
    """Mark an undecided draft as overtaken; False when somebody decided on it meanwhile."""
    return _change(session, draft, state=DraftState.STALE, reason=reason)


def exchange(session: Session, old: Draft, new: Draft, *, packs: Packs, now: datetime) -> bool:
    """Put a new text in a draft's row as its next version; the old one is kept beside it.

    A way around that it tells no longer is not kept; ``packs`` know where one stands. False when
    somebody decided on it, or wrote to it, meanwhile.
    """
    exchanged = _change(
        session,
        old,
        version=old.version + 1,
        text=new.text,
        text_sha256=new.text_sha256,
        kind=new.kind,
        language=new.language,
        phase=new.phase,
        channel=new.channel,
        post_id=new.post_id,
        post_revision=new.post_revision,
        state=new.state,
        reason=new.reason,
        next_update_by=new.next_update_by,
        findings=new.findings,
        page_url=new.page_url,
        edited_by="",
        decided_by="",
        decided_at=None,
    )
    if not exchanged:
        return False
    session.add(
        DraftVersion(
            draft_id=old.id or 0,
            version=old.version,
            text=kept_of(old.text, new.text, packs),
            text_sha256=old.text_sha256,
            by=old.edited_by,
            at=now,
        )
    )
    return True


def _change(session: Session, draft: Draft, **values: object) -> bool:
    """Change a draft that is as it was read; a decision and its taking back move ``decided_at``."""
    at = col(Draft.decided_at)
    statement = (
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.version) == draft.version)
        .where(col(Draft.state) == draft.state, col(Draft.text_sha256) == draft.text_sha256)
        .where(at.is_(None) if draft.decided_at is None else at == draft.decided_at)
        .values(**values)
    )
    return session.connection().execute(statement).rowcount == 1
