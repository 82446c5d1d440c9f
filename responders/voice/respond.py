"""The respond pass: what is owed in public is proposed, and what was promised is kept in mind.

Nothing here speaks in public: a draft waits for a person. First what was erased is taken back, then
people are reminded of promises, then each issue gets the texts it needs: its entry on the page, a
first reply in each thread, one follow-up in each told thread when the phase changed. A second run
over the same rows changes nothing.
"""

from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from classifiers.store import reference
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from listener.by_product import each_product
from listener.tables import Product
from responders.voice import store_respond as store
from responders.voice.knowing import findings_of, own_address
from responders.voice.leave.heeding import heed, waits
from responders.voice.ledger.casebook import Case, open_cases
from responders.voice.ledger.keeping import outdated, press, pressing, redraw
from responders.voice.permitting import permitted_plan
from responders.voice.planning import Change, Exchange, Make
from responders.voice.proposing import Desk, HalfApproved, nobody, packs_of
from responders.voice.tables import Draft, DraftState
from responders.voice.watching.answering import read, unread
from responders.voice.watching.calling_back import call_back, overtaken
from responders.voice.watching.closing import close, unanswerable
from responders.voice.withdrawing import redact, spoken, withdraw, withdrawable

log = event_log(__name__)


@dataclass(frozen=True)
class _Terms:
    """What every desk of a pass is set up with."""

    page_url: str
    half_approved: HalfApproved


def respond_due(ground: Ground, *, page_url: str = "", half_approved: HalfApproved = nobody) -> int:
    """Propose everything that is due and remind of promises; return how many things changed.

    Args:
        ground: what the pass stands on.
        page_url: where the known-issues page is served, if the settings do not say.
        half_approved: whether one of two people said yes to a draft, which must then stay as it is.
    """
    page = ground.settings.page.url or page_url or own_address(ground.settings)
    act = partial(_respond_product, ground, terms=_Terms(page, half_approved))
    return each_product(ground, act, log=log, of="respond")


def _respond_product(ground: Ground, product: Product, terms: _Terms) -> int:
    number = product.id or 0
    withdrawn, promises = withdrawable(ground, number), pressing(ground, number)
    unspeakable = outdated(ground, number)
    said, answers = spoken(ground, number), unread(ground, number)
    late, unread_posts = overtaken(ground, number), waits(ground, number)
    ended = unanswerable(ground, number)
    late = [one for one in late if one.draft.id not in {draft.id for draft, _ in ended}]
    heard = unread_posts or ended or withdrawn or said or late or answers or unspeakable or promises
    if not (heard or _due(ground, product, terms)):
        return 0
    machine = SystemClock()
    name = f"respond:{number}"
    with leases.holding(ground.engine, name, clock=machine, holder=ground.holder) as held:
        if held is None:
            return 0
        done = sum([withdraw(ground, draft, held) for draft in withdrawn])
        done += sum([close(ground, draft, why, held) for draft, why in ended])
        done += sum([call_back(ground, one, held) for one in late])
        done += sum([redact(ground, draft, held) for draft in said])
        done += sum([read(ground, post, held) for post in answers])
        done += heed(ground, product, held)
        done += sum([redraw(ground, row, held) for row in unspeakable])
        done += sum([press(ground, row, held) for row in promises])
        due = _due(ground, product, terms)  # what was withdrawn may be owed anew
        return done + sum([_propose(ground, product, one, held, terms) for one in due])


def _due(ground: Ground, product: Product, terms: _Terms) -> list[int]:
    """Return the issues that need something."""
    with reading(ground.engine) as session:
        cases = open_cases(session, product.id or 0, now=ground.clock.now())
        desks = (_desk(session, ground, product, case, terms) for case in cases)
        return [desk.case.id for desk in desks if _needs(desk)]


def _desk(session: Session, ground: Ground, product: Product, case: Case, terms: _Terms) -> Desk:
    return Desk(session, ground, product, case, terms.page_url, terms.half_approved)


def _needs(desk: Desk) -> bool:
    """Tell whether an issue needs something; one that breaks holds up no other."""
    try:
        return bool(permitted_plan(desk))
    except Exception as error:
        log.error("drafts_broke", issue=desk.case.id, error=type(error).__name__, exc_info=True)
        return False


def _propose(
    ground: Ground, product: Product, issue_id: int, held: leases.Held, terms: _Terms
) -> int:
    """Do what an issue needs; an issue that breaks must not keep the others waiting."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            now = ground.clock.now()
            changes = [
                change
                for case in open_cases(session, product.id or 0, now=now, only=issue_id)
                for change in permitted_plan(_desk(session, ground, product, case, terms))
            ]
            done = [change for change in changes if _apply(session, change, ground, terms.page_url)]
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("drafts_broke", issue=issue_id, error=type(error).__name__, exc_info=True)
        return 0
    for change in done:
        _note(change)
    return len(done)


def _apply(session: Session, change: Change, ground: Ground, page_url: str) -> bool:
    """Write one change; False when a person was faster."""
    if isinstance(change, Make):
        _lint(session, change.draft, ground, page_url)
        session.add(change.draft)
        session.flush()  # one after the other, so that the page comes first
        return True
    if isinstance(change, Exchange):
        reasons = (change.new.reason, change.reason)
        change.new.reason = "; ".join(dict.fromkeys(filter(None, reasons)))
        _lint(session, change.new, ground, page_url)
        packs, now = packs_of(ground.settings), ground.clock.now()
        return store.exchange(session, change.old, change.new, packs=packs, now=now)
    return store.set_stale(session, change.old, reason=change.reason)


def _lint(session: Session, draft: Draft, ground: Ground, page_url: str) -> None:
    """Let a new text know where the page is, and what the linter finds in it."""
    draft.page_url = page_url
    draft.findings = findings_of(session, ground, draft)


def _note(change: Change) -> None:
    draft: Draft = change.draft if isinstance(change, Make) else change.old
    event = "draft_made" if isinstance(change, Make) else "draft_overtaken"
    if isinstance(change, Exchange):
        draft, event = change.new, "draft_renewed"
    if draft.state is DraftState.SILENT:
        event = "draft_withheld"
    log.info(
        event,
        draft=draft.id if isinstance(change, Make) else change.old.id,
        issue=reference(draft.issue_id),
        thread=draft.thread_id,
        reason=draft.reason if isinstance(change, Make) else change.reason,
    )
