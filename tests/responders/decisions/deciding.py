"""People, drafts and deliveries in the store, for the tests of the acts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from classifiers.tables import Issue, IssueEvent, Membership
from config.clock import FixedClock
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post
from responders.decisions.acting import Actor, Role
from responders.decisions.tables import AuditEntry
from responders.delivery.tables import Delivery
from responders.voice.tables import Draft
from responders.voice.words.drafting import digest
from tests.conftest import NOON

VIEWER = Actor("Vera", Role.VIEWER, "console")
DRAFTER = Actor("Dora", Role.DRAFTER, "console")
RUTH = Actor("Ruth", Role.APPROVER, "console")
TOM = Actor("Tom", Role.APPROVER, "command line")
ADMIN = Actor("Ada", Role.ADMIN, "command line")
EVERYBODY = (VIEWER, DRAFTER, RUTH, ADMIN)

TEXT = (
    "Thanks for telling us. We know that the app hangs when a note is opened, and our team is on "
    "it. The next word comes by 18:00 UTC:\nhttp://127.0.0.1:8080/\n\nThe Fernsync team here. This "
    "text was prepared automatically and approved by a person."
)
"""A text that the linter lets pass."""
LAST_WORD = "It is over\n\nIt is fixed since 11:00 UTC. Please try again, and tell us here if not."
OVERRIDE = "we say it all the same"
DUE = NOON + timedelta(hours=6)


def later(ground: Ground, minutes: float = 3) -> Ground:
    """Return the installation some minutes later."""
    return replace(ground, clock=FixedClock(ground.clock.now() + timedelta(minutes=minutes)))


def propose(ground: Ground, issue_id: int, **more: Any) -> int:
    """Store a pending acknowledgement for the thread of an issue's first post; return its id."""
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, issue_id)
        inside = select(Membership.post_id).where(Membership.issue_id == issue_id)
        first = select(Post).where(col(Post.id).in_(inside)).order_by(col(Post.id))
        post = session.exec(first).first()
        given: dict[str, Any] = {
            "key": f"thread:{post.thread_id if post else None}|{issue_id}|ack|1",
            "thread_id": post.thread_id if post else None,
            "post_id": post.id if post else None,
            "kind": "ack", "phase": "investigating", "channel": "manual", "language": "en",
            "text": TEXT, "next_update_by": DUE, "created_at": NOON,
        } | more  # fmt: skip
        given.setdefault("text_sha256", digest(given["text"]))
        draft = Draft(product_id=issue.product_id, issue_id=issue_id, **given)
        session.add(draft)
        session.flush()
        assert draft.id is not None
        return draft.id


def page_draft(ground: Ground, issue_id: int, **more: Any) -> int:
    """Store a pending update for the page; return its id."""
    given: dict[str, Any] = {
        "key": f"page|{issue_id}|update|1", "thread_id": None, "post_id": None, "kind": "update",
        "channel": "page", "text": f"Notes hang\n\n{TEXT}",
    } | more  # fmt: skip
    return propose(ground, issue_id, **given)


def draft(ground: Ground, draft_id: int) -> Draft:
    """Return a draft as it is now."""
    with reading(ground.engine) as session:
        return session.get_one(Draft, draft_id)


def delivery_for(ground: Ground, draft_id: int) -> Delivery:
    """Return the delivery that an approval queued."""
    with reading(ground.engine) as session:
        row = session.get_one(Draft, draft_id)
        assert row.delivery_id is not None
        return session.get_one(Delivery, row.delivery_id)


def set_delivery(ground: Ground, draft_id: int, **values: Any) -> None:
    """Let the outbox have moved the delivery of a draft."""
    row = delivery_for(ground, draft_id)
    with transaction(ground.engine) as session:
        stored = session.get_one(Delivery, row.id)
        for name, value in values.items():
            setattr(stored, name, value)
        session.add(stored)


def set_draft(ground: Ground, draft_id: int, **values: Any) -> None:
    """Change a draft as a pass would."""
    with transaction(ground.engine) as session:
        row = session.get_one(Draft, draft_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def issue(ground: Ground, issue_id: int) -> Issue:
    """Return an issue as it is now."""
    with reading(ground.engine) as session:
        return session.get_one(Issue, issue_id)


def set_issue(ground: Ground, issue_id: int, **values: Any) -> None:
    """Change an issue as it might stand."""
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def events(ground: Ground, issue_id: int) -> Sequence[IssueEvent]:
    """Return what happened to an issue, oldest first."""
    with reading(ground.engine) as session:
        query = select(IssueEvent).where(IssueEvent.issue_id == issue_id)
        return session.exec(query.order_by(col(IssueEvent.id))).all()


def posts_in(ground: Ground, issue_id: int) -> list[int]:
    """Return the posts of an issue."""
    with reading(ground.engine) as session:
        query = select(Membership.post_id).where(Membership.issue_id == issue_id)
        return sorted(session.exec(query).all())


def audit(ground: Ground) -> list[tuple[str, str]]:
    """Return acts and subjects of the audit, oldest first."""
    return [(row.act, row.subject) for row in entries(ground)]


def entries(ground: Ground) -> Sequence[AuditEntry]:
    """Return the audit, oldest first."""
    with reading(ground.engine) as session:
        return session.exec(select(AuditEntry).order_by(col(AuditEntry.number))).all()


def at_minute(minute: int) -> datetime:
    """Return so many minutes after noon."""
    return NOON + timedelta(minutes=minute)
