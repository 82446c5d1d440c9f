"""What the two clocks are read from: posts, alerts, public words and decisions of whole issues.

Apart from the other stores, because faces and reports ask it, never a pass.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.tables import Issue, IssueEvent, IssueState, Membership
from listener.tables import Post
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.addressing import PAGE
from responders.voice.ledger.clocks import Clocks, first
from responders.voice.store import family, stands
from responders.voice.tables import Draft, Told

BEYOND = (IssueState.IDENTIFIED, IssueState.MONITORING, IssueState.RESOLVED)
"""The states in which something was done."""


def clocks_of(session: Session, issue: Issue) -> Clocks:
    """Return the clocks of an issue, with what was merged into it."""
    issues = family(session, issue.id or 0)
    alerted = session.exec(select(func.min(Issue.alerted_at)).where(col(Issue.id).in_(issues)))
    ended = issue.state is IssueState.RESOLVED
    return Clocks(
        began_at=_first_post(session, issues) or issue.first_seen_at,
        alerted_at=alerted.one(),
        acknowledged_at=first_words(session, issues).get(None),
        acted_at=_first_act(session, issues),
        resolved_at=_last_end(session, issue) if ended else None,
    )


def all_clocks(session: Session, issues: Collection[Issue]) -> Mapping[int, Clocks]:
    """Return the clocks of issues by id."""
    return {issue.id: clocks_of(session, issue) for issue in issues if issue.id is not None}


def first_words(session: Session, issues: Collection[int]) -> Mapping[str | None, datetime]:
    """Return when threads and page first said something of some issues, and under None the first.

    The keys are ``thread`` and ``page``.
    """
    told = _when(func.min(Told.told_at), issues)
    page = (
        select(func.min(Delivery.sent_at))
        .join(Draft, col(Draft.delivery_id) == col(Delivery.id))
        .where(col(Draft.issue_id).in_(list(issues)), Draft.channel == PAGE)
        .where(Delivery.state == DeliveryState.SENT)
    )
    found = {"thread": session.exec(told).one(), "page": session.exec(page).one()}
    known: dict[str | None, datetime] = {name: at for name, at in found.items() if at is not None}
    return {**known, None: min(known.values())} if known else {}


def last_word(session: Session, issues: Collection[int]) -> datetime | None:
    """Return when something was said of some issues last, in a thread or on the page."""
    told = _when(func.max(Told.told_at), issues)
    page = (
        select(func.max(Delivery.sent_at))
        .join(Draft, col(Draft.delivery_id) == col(Delivery.id))
        .where(col(Draft.issue_id).in_(list(issues)), Draft.channel == PAGE)
        .where(Delivery.state == DeliveryState.SENT)
    )
    found = (session.exec(told).one(), session.exec(page).one())
    return max((moment for moment in found if moment is not None), default=None)


def _when(moment: Any, issues: Collection[int]) -> Any:
    """Ask for the moment of a text that stands in a thread."""
    return select(moment).where(col(Told.issue_id).in_(list(issues)), stands())


def _first_post(session: Session, issues: Collection[int]) -> datetime | None:
    """Return when the first post was written that was news when it came."""
    query = (
        select(func.min(Post.published_at))
        .join(Membership, col(Membership.post_id) == col(Post.id))
        .where(col(Membership.issue_id).in_(list(issues)), ~col(Post.backfill))
    )
    return session.exec(query).one()


def _first_act(session: Session, issues: Collection[int]) -> datetime | None:
    query = (
        select(IssueEvent)
        .where(col(IssueEvent.issue_id).in_(list(issues)))
        .where(col(IssueEvent.kind).in_(("state", "workaround")))
    )
    return first(event.at for event in session.exec(query).all() if _is_act(event))


def _is_act(event: IssueEvent) -> bool:
    if event.kind == "state":
        return event.data.get("to") in BEYOND
    return "post" in event.data  # taking a way around back names none


def _last_end(session: Session, issue: Issue) -> datetime | None:
    query = select(IssueEvent).where(IssueEvent.issue_id == issue.id, IssueEvent.kind == "state")
    events = session.exec(query.order_by(col(IssueEvent.id))).all()
    ends = [event.at for event in events if event.data.get("to") == IssueState.RESOLVED]
    return ends[-1] if ends else None
