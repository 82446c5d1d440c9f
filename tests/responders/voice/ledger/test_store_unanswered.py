"""The queue of threads that nothing of ours stands in."""

from config.database import reading
from config.ground import Ground
from responders.voice.ledger.store_unanswered import Unanswered, unanswered
from tests.responders.incidents import Incident, Said, happen, say_more
from tests.responders.voice.acts import (
    decide,
    flag,
    merge,
    replies,
    respond,
    send,
    set_state,
)


def queue(ground: Ground) -> list[Unanswered]:
    with reading(ground.engine) as session:
        return list(unanswered(session, now=ground.clock.now()))


def said(ground: Ground) -> list[tuple[int, str | None, str]]:
    return [(one.issue.id or 0, one.thread.remote_id, one.reason.why) for one in queue(ground)]


def test_the_oldest_first_over_all_open_issues_and_without_those_told(ground: Ground) -> None:
    first = happen(ground, Incident(said=[Said(thread="a"), Said(thread="b")]))
    second = happen(ground, Incident(said=[Said(thread="c")]))
    say_more(ground, first, Said(thread="d"))
    respond(ground)
    send(ground, replies(ground, first)[0])
    decide(ground, replies(ground, first)[1], "rejected")
    assert said(ground) == [
        (first, "b", "rejected"), (second, "c", "draft"), (first, "d", "draft"),
    ]  # fmt: skip
    one = queue(ground)[1]
    assert (one.posts, one.since.tzinfo is not None) == (1, True)


def test_an_issue_that_is_over_or_none_leaves_the_queue(ground: Ground) -> None:
    over, none = happen(ground, Incident()), happen(ground, Incident())
    set_state(ground, over, "resolved")
    flag(ground, none, "not-an-issue")
    assert queue(ground) == []


def test_what_no_draft_can_answer_stays_in_it_and_says_why(ground: Ground) -> None:
    issue = happen(
        ground,
        Incident(
            said=[
                Said(thread="law", text="It hangs and my lawyer will sue you."),
                Said(thread="shut", locked=True),
                Said(thread="staff", role="staff"),
            ]
        ),
    )
    respond(ground)
    assert said(ground) == [(issue, "law", "withheld"), (issue, "shut", "locked")]
    assert "law" in queue(ground)[0].reason.words


def test_threads_of_a_part_wait_under_the_whole(ground: Ground) -> None:
    part = happen(ground, Incident(said=[Said(thread="a")]))
    whole = happen(ground, Incident(said=[Said(thread="b")]))
    merge(ground, part, whole)
    flag(ground, whole, "muted")
    assert said(ground) == [(whole, "a", "hushed"), (whole, "b", "hushed")]


def test_a_place_where_nobody_waits_is_empty(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(thread=None), Said(backfill=True)]))
    assert issue
    assert queue(ground) == []
