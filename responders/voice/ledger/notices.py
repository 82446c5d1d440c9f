"""What notices to the on-call people about an issue have in common: its name, title and drafts.

Apart from promises and silences, which both tell of one. Their words may hold those of posts, so
each notice notes how many posts were erased when it was drawn.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from classifiers.store import reference
from classifiers.tables import Issue
from responders.delivery import store as outbox
from responders.delivery.erasures import erasures
from responders.delivery.opening import Destination
from responders.delivery.tables import Delivery
from responders.voice.ledger import store_promises as store
from responders.voice.store import family, whole
from responders.voice.words.wording import title_from


@dataclass(frozen=True)
class About:
    """An issue as a notice names it."""

    name: str
    """Its reference; of a merged one with that of the whole before it."""
    title: str
    waiting: int
    """Drafts that wait for a decision."""
    without: int
    """How many of its posts were erased when this was read."""


def about(session: Session, issue_id: int) -> About:
    """Return how a notice names an issue now."""
    number = whole(session, issue_id)
    erased, own = erasures(session, number), erasures(session, issue_id)
    issue = session.get_one(Issue, number, populate_existing=True)  # after its erasures
    words = "" if erased.unforgotten else issue.title
    name = reference(issue_id)
    if number != issue_id:
        name = f"{reference(number)} with {name}"
    return About(
        name=name,
        title=title_from(words, by_person=bool(issue.titled_by)),
        waiting=store.count_waiting(session, family(session, number)),
        without=own.members,
    )


def notice(
    to: Destination, what: str, number: int, *, issue: Issue, text: str, now: datetime, without: int
) -> Delivery:
    """Return the message that tells one destination of a thing, once for each of them.

    Args:
        to: where it is read.
        what: the kind of thing, a word of its own for each.
        number: of the thing.
        issue: what it is about, read before the text was drawn.
        text: what is read.
        now: the time.
        without: how many posts were erased when the text was drawn.
    """
    return Delivery(
        key=f"{to.name}|{issue.id}|{what}|{number}",
        product_id=issue.product_id,
        issue_id=issue.id,
        channel=to.channel,
        destination=to.name,
        kind=outbox.REMINDER,
        text=text,
        next_try_at=now,
        created_at=now,
        drawn_without=without,
        erasures=issue.erasures,
    )


def drafts_waiting(count: int) -> str:
    """Say how many drafts wait for somebody."""
    if count == 0:
        return "No draft waits for a decision."
    return "1 draft waits for a decision." if count == 1 else f"{count} drafts wait for a decision."
