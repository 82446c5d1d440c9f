"""The answers to us stand before all drafts, their words as words."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import Session, select

from config.clock import FixedClock
from config.database import transaction
from config.ground import Ground
from listener.tables import Post
from responders.voice.addressing import delivery_of
from responders.voice.tables import Answer, Draft, Told
from tests.conftest import NOON
from tests.responders.console.rooms import propose, visiting, words
from tests.responders.incidents import Incident, Said, happen

HOSTILE = "</bdi></main><script>alert(1)</script> still broken"


def answered(ground: Ground, text: str, *, against: bool, url: str | None = None) -> int:
    """Let somebody answer what the thread of a new issue was told; return the issue."""
    issue = happen(ground, Incident(said=[Said(), Said(text=text)], title="Trays hang"))
    draft = propose(ground, issue, "We know.")
    with transaction(ground.engine) as session:
        post = session.exec(select(Post).where(Post.text == text)).one()
        post.published_at, post.answers_us = NOON - timedelta(minutes=3), True
        post.url = url or post.url
        row = session.get_one(Draft, draft)
        delivery = _delivery(session, row)
        told = Told(
            issue_id=issue, thread_id=post.thread_id or 0, draft_id=draft, delivery_id=delivery,
            phase="resolved", told_at=NOON - timedelta(hours=1),
        )  # fmt: skip
        session.add(told)
        session.flush()
        session.add(
            Answer(
                post_id=post.id or 0, revision=1, told_id=told.id or 0, issue_id=issue,
                thread_id=post.thread_id or 0, contradicts=against,
            )
        )  # fmt: skip
    return issue


def _delivery(session: Session, row: Draft) -> int:
    made = delivery_of(session, row, now=NOON, undo_s=0)
    session.add(made)
    session.flush()
    return made.id or 0


def test_the_queue_begins_with_the_answers_to_us(ground: Ground) -> None:
    issue = answered(ground, "Same for me, still broken.", against=True)
    with visiting(ground) as visit:
        shown = visit.see("/console/")
        assert "Answers to us" not in visit.see("/console/?view=decided")
        assert "Answers to us" not in visit.see("/console/?q=tray")
    said = words(shown)
    assert said.index("Answers to us") < said.index("We know.")
    assert "Same for me, still broken. 3 min" in said
    assert "not over" in said
    assert f'href="/console/issues/GS-{issue}"' in shown
    assert "Read it at forum.example" in said


def test_an_answers_words_and_address_do_nothing(ground: Ground) -> None:
    answered(ground, HOSTILE, against=False, url="javascript:alert(2)")
    with visiting(ground) as visit:
        shown = visit.see("/console/")
    assert "<script>alert(1)" not in shown
    assert "javascript:" not in shown
    assert "Read it at" not in shown


def test_without_answers_nothing_is_said_of_them(ground: Ground) -> None:
    propose(ground, happen(ground, Incident()), "We know.")
    here = replace(ground, clock=FixedClock(NOON))
    with visiting(here) as visit:
        assert "Answers to us" not in visit.see("/console/")
