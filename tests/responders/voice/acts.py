"""What people and the outbox do to the voice's rows, for its own tests; the acts come later."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, select

from classifiers.tables import Issue, IssueEvent, IssueState
from config.clock import FixedClock
from config.database import reading, transaction
from config.ground import Ground
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import store
from responders.voice.addressing import delivery_of
from responders.voice.ledger import store_promises
from responders.voice.ledger.settling import record_sent
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState, DraftVersion, Promise
from responders.voice.words.drafting import digest

PAGE_URL = "https://status.fernsync.example/"


def at(ground: Ground, moment: datetime) -> Ground:
    """Let it be another time."""
    return replace(ground, clock=FixedClock(moment))


def later(ground: Ground, **by: float) -> Ground:
    """Let time pass."""
    return at(ground, ground.clock.now() + timedelta(**by))


def respond(ground: Ground) -> int:
    """Run the pass."""
    return respond_due(ground, page_url=PAGE_URL)


def all_drafts(ground: Ground, issue: int) -> Sequence[Draft]:
    """Return every draft of an issue."""
    with reading(ground.engine) as session:
        return store.drafts_of(session, issue)


def replies(ground: Ground, issue: int) -> Sequence[Draft]:
    """Return the drafts for threads."""
    return [row for row in all_drafts(ground, issue) if row.thread_id]


def pages(ground: Ground, issue: int) -> Sequence[Draft]:
    """Return the drafts for the page."""
    return [row for row in all_drafts(ground, issue) if row.channel == "page"]


def promises(ground: Ground) -> Sequence[Promise]:
    """Return all promises."""
    with reading(ground.engine) as session:
        return store_promises.promises(session)


def notices(ground: Ground) -> Sequence[Delivery]:
    """Return what was told to the on-call people about promises."""
    with reading(ground.engine) as session:
        return session.exec(select(Delivery).where(Delivery.kind == "reminder")).all()


def set_state(ground: Ground, issue: int, state: str, *, note: str = "") -> None:
    """Say how far we are."""
    with transaction(ground.engine) as session:
        session.get_one(Issue, issue).state = IssueState(state)
        session.add(
            IssueEvent(
                issue_id=issue, at=ground.clock.now(), kind="state", text=state,
                by="Ruth", data={"to": state, "note": note},
            )
        )  # fmt: skip


def merge(ground: Ground, issue: int, into: int) -> None:
    """Let an issue become part of another; its posts go along."""
    from classifiers.tables import Membership

    with transaction(ground.engine) as session:
        session.get_one(Issue, issue).merged_into = into
        for row in session.exec(select(Membership).where(Membership.issue_id == issue)).all():
            row.issue_id = into


def flag(ground: Ground, issue: int, *flags: str, until: datetime | None = None) -> None:
    """Hush an issue, or wake it."""
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue)
        row.flags, row.hushed_until = list(flags), until


def decide(ground: Ground, draft: Draft, state: str) -> None:
    """Say no to a draft, or anything else that is not a yes."""
    with transaction(ground.engine) as session:
        row = session.get_one(Draft, draft.id)
        row.state, row.decided_by, row.decided_at = DraftState(state), "Ruth", ground.clock.now()


def edit(ground: Ground, draft: Draft, text: str) -> None:
    """Write another text into a draft."""
    with transaction(ground.engine) as session:
        row = session.get_one(Draft, draft.id)
        session.add(
            DraftVersion(
                draft_id=row.id or 0, version=row.version, text=row.text,
                text_sha256=row.text_sha256, by=row.edited_by, at=ground.clock.now(),
            )
        )  # fmt: skip
        row.text, row.text_sha256, row.version = text, digest(text), row.version + 1
        row.edited_by = "Ruth"


def approve(ground: Ground, draft: Draft) -> None:
    """Say yes: the message is queued."""
    with transaction(ground.engine) as session:
        _approve(session, draft.id or 0, ground.clock.now())


def _approve(session: Session, draft_id: int, now: datetime) -> None:
    row = session.get_one(Draft, draft_id)
    assert row.state is DraftState.PENDING
    made = delivery_of(session, row, now=now, undo_s=0.0)
    known = session.exec(select(Delivery).where(Delivery.key == made.key)).first()
    if known is None:
        session.add(made)
    else:
        assert known.state in (DeliveryState.CANCELLED, DeliveryState.FAILED)
        known.state, known.text, known.approved_sha256 = (
            DeliveryState.QUEUED, made.text, made.approved_sha256,
        )  # fmt: skip
    session.flush()
    row.state, row.delivery_id = DraftState.APPROVED, (known or made).id
    row.decided_by, row.decided_at = "Ruth", now


def end(ground: Ground, draft: Draft, state: str = "sent") -> None:
    """Let the outbox come to an end with the message of a draft."""
    with transaction(ground.engine) as session:
        row = session.get_one(Draft, draft.id)
        delivery = session.get_one(Delivery, row.delivery_id)
        delivery.state = DeliveryState(state)
        if state == "sent":
            delivery.sent_at, delivery.url = ground.clock.now(), f"https://there/{row.id}"


def send(ground: Ground, *drafts: Draft) -> None:
    """Approve drafts, send them and record it."""
    for draft in drafts:
        approve(ground, draft)
        end(ground, draft)
    assert record_sent(ground) == len(drafts)


def send_all(ground: Ground, issue: int) -> None:
    """Send everything of an issue that waits."""
    waiting = [row for row in all_drafts(ground, issue) if row.state is DraftState.PENDING]
    send(ground, *waiting)
