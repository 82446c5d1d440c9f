"""Answers to us: each is read once, its place looked at sooner, a fix contradicted is told.

Part of the respond pass. Nothing is reopened here: the timeline says what was heard, and a person
decides what it means.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session

from classifiers.corrections import store_changes
from classifiers.store import reference
from classifiers.tables import IssueEvent
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from listener.store import poll_sooner
from listener.tables import Post
from responders.voice.store import whole
from responders.voice.tables import Answer
from responders.voice.watching import store_minding as store
from responders.voice.watching.contradicting import contradicts
from responders.voice.watching.warning_oncall import FIXED, warn

CONTRADICTED = "contradicted"
"""The kind of the event on the issue's timeline."""
SOONER = timedelta(hours=1)
"""How long a place is looked at more often once somebody answers us there."""

log = event_log(__name__)


def unread(ground: Ground, product_id: int) -> Sequence[Post]:
    """Return the answers that were not read yet."""
    with reading(ground.engine) as session:
        return store.unread_answers(session, product_id)


def read(ground: Ground, post: Post, held: leases.Held) -> int:
    """Read one answer; one that breaks must not keep the others waiting."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            answer = _read(session, ground, post)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("answer_broke", post=post.id, error=type(error).__name__, exc_info=True)
        return 0
    if answer is None:
        return 0
    about = reference(answer.issue_id)
    log.info("answer_heard", post=post.id, issue=about, contradicts=answer.contradicts)
    return 1


def _read(session: Session, ground: Ground, post: Post) -> Answer | None:
    told = store.told_before(session, post)
    fresh = session.get(Post, post.id, populate_existing=True)
    if told is None or fresh is None or fresh.erased_at is not None:
        return None
    before = session.get(Answer, fresh.id)
    answer = Answer(
        post_id=fresh.id or 0,
        revision=fresh.revision,
        told_id=told.id or 0,
        issue_id=whole(session, told.issue_id),
        thread_id=told.thread_id,
        contradicts=told.phase in FIXED and contradicts(fresh.text),
    )
    is_news = answer.contradicts and not (before and before.contradicts)
    session.merge(answer)
    if is_news:
        _flag(session, ground, answer, told.phase)
        warn(session, ground, answer, told.phase)
    now = ground.clock.now()
    poll_sooner(session, fresh.source_id, now + SOONER, now=now)
    return answer


def _flag(session: Session, ground: Ground, answer: Answer, phase: str) -> None:
    """Say on the timeline who contradicts the fix: by number, for an erasure does not look here."""
    store_changes.add_event(
        session,
        IssueEvent(
            issue_id=answer.issue_id,
            at=ground.clock.now(),
            kind=CONTRADICTED,
            text=f"post {answer.post_id} answers “{phase}” with: it is not over",
            by=store_changes.OURS,
            data={"post": answer.post_id, "told": answer.told_id},
        ),
    )
