"""Tell the on-call people of a silence: once for each, and note when it is over.

Part of the respond pass, under the same lease. Nothing is said in public here; people are told that
nothing is, and what waits for their yes.
"""

from datetime import datetime
from functools import partial

from sqlmodel import Session

from classifiers.store import reference
from classifiers.tables import Issue
from config.database import reading
from config.ground import Ground
from config.logs import event_log
from config.settings import VoiceKnobs
from listener.by_product import changing, each_product
from listener.tables import Product
from responders.delivery import store as outbox
from responders.delivery.opening import destinations
from responders.voice.ledger import store_promises
from responders.voice.ledger import store_silence as store
from responders.voice.ledger.notices import About, about, drafts_waiting, notice
from responders.voice.ledger.promises import Periods
from responders.voice.ledger.silence import Gap, gap, reason
from responders.voice.ledger.store_clocks import last_word
from responders.voice.store import family
from responders.voice.tables import Silence

SILENCE = "silence"
EVERY_S = 5.0
"""Machine seconds between two checks: silences are measured in hours."""

log = event_log(__name__)


def tell_of_silences(ground: Ground) -> int:
    """Tell of every silence that began, and note every one that is over; return how many."""
    return each_product(ground, partial(_tell_product, ground), log=log, of="silences")


def longest_of(knobs: VoiceKnobs) -> Periods:
    """Return how long nothing may be said, by severity."""
    return Periods(
        knobs.silence_critical_h, knobs.silence_major_h, knobs.silence_minor_h,
        knobs.silence_cosmetic_h,
    )  # fmt: skip


def _tell_product(ground: Ground, product: Product) -> int:
    product_id = product.id or 0
    with reading(ground.engine) as session:
        if not _due(session, ground, product_id):
            return 0
    with changing(ground, f"respond:{product_id}") as session:
        if session is None:
            return 0
        begun, over = _due(session, ground, product_id) or ([], [])
        told = [_tell(session, ground, *one) for one in begun]
        ended = [store.end(session, row, at=at) for row, at in over]
    return sum(told) + sum(ended)


Due = tuple[list[tuple[Issue, Gap]], list[tuple[Silence, datetime]]]


def _due(session: Session, ground: Ground, product_id: int) -> Due | None:
    """Return what began and what is over; None where nothing is.

    Neither while a text was sent that is not recorded yet: it may be the very word.
    """
    if any(draft.product_id == product_id for draft, _ in store_promises.unrecorded(session)):
        return None
    now = ground.clock.now()
    issues = store.noisy(session, product_id, now=now)
    lasting = store.lasting(session, product_id)
    over = [
        (row, at)
        for row in lasting
        if (at := _ended_at(session, row, {one.id for one in issues}, now)) is not None
    ]
    left = {row.issue_id for row in lasting} - {row.issue_id for row, _ in over}
    begun = [
        (issue, found)
        for issue in issues
        if issue.id not in left and (found := _gap(session, ground, issue, now)) is not None
    ]
    return (begun, over) if begun or over else None


def _gap(session: Session, ground: Ground, issue: Issue, now: datetime) -> Gap | None:
    """Return the silence about an issue that nobody was told of."""
    knobs = ground.settings.voice
    found = gap(
        store.heard(session, issue),
        now=now,
        least_posts=knobs.silence_posts,
        longest=longest_of(knobs),
    )
    return None if found is None or store.was_told(session, issue, found.since) else found


def _ended_at(
    session: Session, row: Silence, noisy: set[int | None], now: datetime
) -> datetime | None:
    """Return when a silence ended: with a word, or once nobody waits for one any more."""
    said_at = last_word(session, family(session, row.issue_id))
    if said_at is not None and said_at > row.since:
        return said_at
    return now if row.issue_id not in noisy else None


def _tell(session: Session, ground: Ground, issue: Issue, found: Gap) -> int:
    now = ground.clock.now()
    fresh = session.get_one(Issue, issue.id, populate_existing=True)  # before its words are drawn
    row = store.add(session, fresh, since=found.since, now=now)
    what = about(session, fresh.id or 0)
    text = silence_text(what, found.reason)
    for to in destinations(ground.settings):
        made = notice(
            to, SILENCE, row.id or 0, issue=fresh, text=text, now=now, without=what.without
        )
        outbox.queue(session, made)
    log.warning("silence_told", issue=reference(fresh.id or 0), reason=found.reason)
    return 1


def redrawn(session: Session, ground: Ground, number: int) -> tuple[str, int]:
    """Return a waiting notice as it would have been without the posts erased since."""
    row = session.get_one(Silence, number)
    what = about(session, row.issue_id)
    issue = session.get_one(Issue, row.issue_id, populate_existing=True)
    heard = store.heard(session, issue)
    allowed = longest_of(ground.settings.voice).of(heard.severity)
    return silence_text(what, reason(heard, row.since, allowed)), what.without


def silence_text(what: About, reason: str) -> str:
    """Say that nothing is said, and what mends it."""
    return (
        f"{what.name} “{what.title}”: {reason}. Say what is known, even if that is little. "
        f"{drafts_waiting(what.waiting)}"
    )
