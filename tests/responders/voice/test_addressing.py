"""Where an approved text goes."""

from datetime import timedelta

import pytest

from config.database import reading, transaction
from config.errors import PermanentError
from config.ground import Ground
from listener.tables import Post, Source
from responders.voice import store
from responders.voice.addressing import delivery_of
from responders.voice.respond import respond_due
from responders.voice.tables import Draft
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.responders.incidents import Incident, happen


def reply(ground: Ground) -> Draft:
    issue = happen(ground, Incident(reply=True, source_kind="discourse"))
    respond_due(ground)
    with reading(ground.engine) as session:
        return next(row for row in store.drafts_of(session, issue) if row.kind == "ack")


def page_update(draft: Draft) -> Draft:
    return Draft(
        key=f"page|{draft.issue_id}|update|7",
        product_id=draft.product_id,
        issue_id=draft.issue_id,
        kind="update",
        phase="identified",
        channel="page",
        language="en",
        text="Title\n\nBody",
        text_sha256=digest("Title\n\nBody"),
        next_update_by=NOON + timedelta(hours=4),
        created_at=NOON,
    )


def test_a_reply_names_its_thread_its_post_and_its_place(ground: Ground) -> None:
    draft = reply(ground)
    with transaction(ground.engine) as session:
        source = session.get_one(Source, 1)
        source.credential = "forum"
        sent = delivery_of(session, draft, now=NOON, undo_s=30.0)
        post = session.get_one(Post, draft.post_id)
        assert (sent.channel, sent.destination) == ("discourse", f"source:{source.id}")
        assert sent.target == {
            "source_url": source.url, "credential": "forum",
            "thread": "t1", "thread_url": "https://forum.example/t/t1",
            "post": post.remote_id, "post_url": post.url, "phase": "investigating",
        }  # fmt: skip


def test_a_reply_carries_the_approved_text_and_its_hash(ground: Ground) -> None:
    draft = reply(ground)
    with reading(ground.engine) as session:
        sent = delivery_of(session, draft, now=NOON, undo_s=30.0)
    assert (sent.key, sent.kind, sent.public) == (draft.key, "ack", True)
    assert (sent.text, sent.approved_sha256) == (draft.text, digest(draft.text))
    assert (sent.post_id, sent.next_try_at) == (draft.post_id, NOON + timedelta(seconds=30))


def test_a_page_update_names_the_issue_its_phase_and_the_next_word(ground: Ground) -> None:
    draft = page_update(reply(ground))
    with reading(ground.engine) as session:
        sent = delivery_of(session, draft, now=NOON, undo_s=0.0)
    assert (sent.channel, sent.destination, sent.post_id) == ("page", "page", None)
    assert sent.target == {
        "issue_id": draft.issue_id, "phase": "identified", "severity": "major",
        "next_update_by": "2026-05-12T16:00:00Z", "started_at": "2026-05-12T12:00:00Z",
        "language": "en",
    }  # fmt: skip


def test_a_page_update_without_a_promise_says_so(ground: Ground) -> None:
    draft = page_update(reply(ground))
    draft.next_update_by = None
    with reading(ground.engine) as session:
        sent = delivery_of(session, draft, now=NOON, undo_s=0.0)
    assert sent.target["next_update_by"] is None


def test_a_reply_to_no_thread_is_refused_with_the_remedy(ground: Ground) -> None:
    draft = reply(ground)
    draft.thread_id = None
    with reading(ground.engine) as session, pytest.raises(PermanentError, match="add it again"):
        delivery_of(session, draft, now=NOON, undo_s=0.0)
