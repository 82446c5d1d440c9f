"""Who waits for a word of ours: the threads of open issues in which nothing of ours stands yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from classifiers.store import reference
from responders.console.views.words import Link, age, clock, link_to, one_line, public_name, several
from responders.voice.ledger.store_unanswered import Unanswered
from responders.voice.ledger.unanswered import NEEDS_A_PERSON


@dataclass(frozen=True)
class WaitingRow:
    """One thread."""

    since: datetime
    when: str
    age: str
    issue: str
    title: str
    place: str
    link: Link | None
    posts: str
    why: str
    needs_you: bool
    """Somebody can do something there now."""
    draft_id: int | None


def waiting_rows(threads: Sequence[Unanswered], *, now: datetime) -> Sequence[WaitingRow]:
    """Return the rows in the order given: who waits longest first."""
    return [
        WaitingRow(
            since=one.since,
            when=clock(one.since, now),
            age=age(one.since, now),
            issue=reference(one.issue.id or 0),
            title=one_line(one.issue.title),
            place=public_name(one.source.name),
            link=link_to(one.thread.url),
            posts=several(one.posts, "post", "posts"),
            why=one_line(one.reason.words),
            needs_you=one.reason.why in NEEDS_A_PERSON,
            draft_id=one.found.draft_id,
        )
        for one in threads
    ]
