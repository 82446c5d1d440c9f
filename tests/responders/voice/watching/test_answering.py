"""Answers to us from the approval to the timeline: heard, marked, told sooner, flagged."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from classifiers.tables import IssueEvent
from config.database import reading, transaction
from config.ground import Ground
from listener.minding.store_minding import tell_ours
from listener.tables import OwnPost, Post, Source, Watch
from responders.decisions.acting import Actor, Role
from responders.decisions.drafts.approve import approve
from responders.voice.store import LIVE, listed
from responders.voice.tables import Answer, Draft, DraftState
from responders.voice.watching.answering import CONTRADICTED
from responders.voice.watching.minding import WATCHED, mind_due
from responders.voice.watching.store_minding import (
    answers_waiting,
    contradicted_issues,
    count_answers,
)
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.responders.incidents import Incident, Said, erase, happen
from tests.responders.voice.acts import end, later, replies, respond, set_state
from tests.responders.voice.acts import send as sent_one

RUTH = Actor("Ruth", Role.APPROVER, "console")
PLACE = Incident(said=[Said()], source_kind="discourse", reply=True)


def say(ground: Ground, text: str, **more: object) -> int:
    """Let somebody write in the thread, as the crawl would store it; return the post's id."""
    with transaction(ground.engine) as session:
        first = session.exec(select(Post).order_by(col(Post.id))).first()
        assert first is not None
        number = len(session.exec(select(Post.id)).all())
        row: dict[str, Any] = {
            "product_id": first.product_id, "source_id": first.source_id,
            "thread_id": first.thread_id, "identity": f"s{number}", "remote_id": f"s{number}",
            "url": f"https://forum.example/t/t1/{number}", "author_key": f"s{number}",
            "published_at": ground.clock.now(), "seen_at": ground.clock.now(), "text": text,
            "content_hash": f"s{number}", "reply_to": None, "role": None,
        }  # fmt: skip
        row |= more
        tell_ours(session, first.source_id, [row])
        post = Post(**row)
        session.add(post)
        session.flush()
        return post.id or 0


def tell(ground: Ground, issue: int) -> Draft:
    """Tell the thread what is proposed for it; return the draft."""
    respond(ground)
    draft = next(row for row in replies(ground, issue) if row.state is DraftState.PENDING)
    sent_one(ground, draft)
    mind_due(ground)
    return draft


def told(ground: Ground, state: str) -> tuple[Ground, int]:
    """Let the one thread be told of a state, an hour after its first reply."""
    issue = happen(ground, PLACE)
    tell(ground, issue)
    if state != "investigating":
        ground = later(ground, hours=1)
        set_state(ground, issue, state)
        tell(ground, issue)
    return later(ground, minutes=10), issue


def flagged(ground: Ground) -> list[IssueEvent]:
    return [event for event in rows(ground, IssueEvent) if event.kind == CONTRADICTED]


def test_an_approved_text_is_handed_down_before_it_leaves(ground: Ground) -> None:
    issue = happen(ground, PLACE)
    respond(ground)
    draft = replies(ground, issue)[0]
    approve(ground, RUTH, draft.id or 0)
    (row,) = rows(ground, OwnPost)
    assert (row.answers, row.sent_at, row.url) == (draft.post_id, None, None)
    say(ground, draft.text, author_key="nobody declared us")
    mine = rows(ground, Post)[-1]
    assert (mine.ours, mine.role) == (True, "staff")


def test_a_receipt_is_handed_down_once(ground: Ground) -> None:
    here, _ = told(ground, "investigating")
    (row,) = rows(here, OwnPost)
    assert (row.url, row.sent_at) == ("https://there/2", NOON)
    assert mind_due(here) == 0


def test_the_posts_we_speak_of_are_watched_and_the_watch_is_renewed(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(), Said(thread="t2")]))
    respond(ground)
    mind_due(ground)
    assert [row.until for row in rows(ground, Watch)] == [NOON + WATCHED] * 2
    assert mind_due(later(ground, hours=11)) == 0
    assert mind_due(later(ground, hours=13)) == 2
    for draft in replies(ground, issue):
        sent_one(ground, draft)
    assert mind_due(later(ground, days=13)) >= 2
    assert mind_due(later(ground, days=20)) == 0


def test_who_says_it_did_not_help_contradicts_the_fix(ground: Ground) -> None:
    here, issue = told(ground, "resolved")
    post = say(here, "Didn't work, still broken.", reply_to=rows(here, OwnPost)[-1].url)
    respond(here)
    respond(here)
    (event,) = flagged(here)
    assert (event.issue_id, event.data["post"]) == (issue, post)
    assert "broken" not in event.text
    (answer,) = rows(here, Answer)
    assert (answer.post_id, answer.contradicts) == (post, True)
    source = rows(here, Source)[0]
    assert source.sooner_until == here.clock.now() + timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "text"),
    [("investigating", "Still broken."), ("resolved", "Works now, thanks!")],
)
def test_other_answers_are_read_and_flag_nothing(ground: Ground, state: str, text: str) -> None:
    here, _ = told(ground, state)
    say(here, text, reply_to=rows(here, OwnPost)[-1].url)
    respond(here)
    assert flagged(here) == []
    assert [row.contradicts for row in rows(here, Answer)] == [False]


def test_an_edited_answer_is_read_again_and_flags_once(ground: Ground) -> None:
    here, _ = told(ground, "resolved")
    post = say(here, "Works now.", reply_to=rows(here, OwnPost)[-1].url)
    respond(here)
    for text in ("Works now. EDIT: still broken", "Still broken, really."):
        with transaction(here.engine) as session:
            row = session.get_one(Post, post)
            row.text, row.revision = text, row.revision + 1
        respond(here)
    assert len(flagged(here)) == 1
    assert rows(here, Answer)[0].revision == 3


def test_whoever_we_answered_is_heard_without_the_reply_button(ground: Ground) -> None:
    here, _ = told(ground, "resolved")
    say(here, "Same for me again.", author_key=rows(here, Post)[0].author_key)
    say(here, "Somebody else's story, still broken.")
    respond(here)
    assert len(flagged(here)) == 1


def test_answers_against_a_fix_come_first_and_go_once_we_answer(ground: Ground) -> None:
    here, issue = told(ground, "resolved")
    url = rows(here, OwnPost)[-1].url
    against = say(here, "Still broken.", reply_to=url)
    here = later(here, minutes=1)
    thanks = say(here, "Thanks!", reply_to=url)
    respond(here)
    assert waiting(here) == [against]  # it is resolved, and thanks need no answer
    set_state(here, issue, "monitoring")
    assert waiting(here) == [against, thanks]
    with reading(here.engine) as session:
        thread = rows(here, Post)[0].thread_id or 0
        assert count_answers(session, [thread]) == {thread: 2}
    erase(here, "Thanks!")
    assert waiting(here) == [against]

    here = later(here, hours=1)
    set_state(here, issue, "investigating")
    tell(here, issue)
    assert waiting(here) == []


def test_an_answer_goes_from_the_list_once_somebody_of_ours_writes_there(ground: Ground) -> None:
    here, _ = told(ground, "monitoring")
    say(here, "Still broken.", reply_to=rows(here, OwnPost)[-1].url)
    respond(here)
    assert len(waiting(here)) == 1
    say(later(here, minutes=5), "We look again.", role="staff")
    assert waiting(here) == []


def waiting(ground: Ground) -> list[int | None]:
    with reading(ground.engine) as session:
        return [one.post.id for one in answers_waiting(session, limit=9)]


def test_a_failed_text_is_never_handed_down_as_standing(ground: Ground) -> None:
    issue = happen(ground, PLACE)
    respond(ground)
    draft = replies(ground, issue)[0]
    approve(ground, RUTH, draft.id or 0)
    end(ground, draft, "failed")
    mind_due(ground)
    assert rows(ground, OwnPost)[0].sent_at is None


def test_what_waits_about_a_contradicted_fix_comes_before_every_promise(ground: Ground) -> None:
    here, issue = told(ground, "resolved")
    other = happen(here, Incident(said=[Said(thread="elsewhere")], title="Sync stops"))
    set_state(here, issue, "investigating")
    respond(here)
    with reading(here.engine) as session:
        assert contradicted_issues(session) == set()
    say(here, "Didn't work, still broken.", reply_to=rows(here, OwnPost)[-1].url)
    respond(here)
    with reading(here.engine) as session:
        first = contradicted_issues(session)
        order = [draft.issue_id for draft, _ in listed(session, first=first) if draft.state in LIVE]
    assert first == {issue}
    assert order[0] == issue
    assert set(order) == {issue, other}
