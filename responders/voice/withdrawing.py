"""Erasures: what repeats words that a person took back is blanked before anything else happens.

An approved text whose message has not left yet is called back with it. What went out is taken out
of our rows, and with them off the page; what stands at another place only a person can take down.
"""

from collections.abc import Sequence

from sqlmodel import Session

from classifiers.corrections.store_workarounds import workaround_of
from classifiers.store import reference
from classifiers.tables import Issue
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from listener.tables import Post
from responders.delivery import store as outbox
from responders.delivery.erasures import Erasures, erasures
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice import store_respond as store
from responders.voice.addressing import PAGE
from responders.voice.proposing import packs_of
from responders.voice.store import LIVE, whole
from responders.voice.tables import Draft, DraftState
from responders.voice.words.packs import Packs
from responders.voice.words.placing import bare
from responders.voice.words.redacting import (
    help_in,
    is_a_persons,
    may_be_called,
    title_of,
    without_help,
    without_title,
)
from responders.voice.words.symptoms import repeats

DELETED = "the post was deleted"

log = event_log(__name__)


def withdrawable(ground: Ground, product_id: int) -> Sequence[Draft]:
    """Return the drafts that repeat words which were erased since."""
    with reading(ground.engine) as session:
        return [
            draft
            for draft, post, issue in store.unsent_with_erasures(session, product_id)
            if _is_bereft(session, draft, post, issue, packs_of(ground.settings))
        ]


def withdraw(ground: Ground, draft: Draft, held: leases.Held) -> int:
    """Take a draft back; one that breaks must not keep the others waiting."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            done = _called_back(session, draft) and store.withdraw(session, draft, reason=DELETED)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("draft_broke", draft=draft.id, error=type(error).__name__, exc_info=True)
        return 0
    if done:
        log.info("draft_withdrawn", draft=draft.id, issue=reference(draft.issue_id), reason=DELETED)
    return int(done)


def spoken(ground: Ground, product_id: int) -> Sequence[Draft]:
    """Return the drafts that may hold words erased since they were looked at, or their versions."""
    with reading(ground.engine) as session:
        return store.to_look_at_again(session, product_id)


def redact(ground: Ground, draft: Draft, held: leases.Held) -> int:
    """Take erased words out of a draft that is done with; tell whether it had any."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            issue = session.get_one(Issue, draft.issue_id)
            if draft.state in LIVE:
                store.forget_versions(session, draft, erasures=issue.erasures)
                return 0
            text = _left_of(session, draft, issue, packs_of(ground.settings))
            store.look_at(session, draft, text, erasures=issue.erasures)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("draft_broke", draft=draft.id, error=type(error).__name__, exc_info=True)
        return 0
    if text != draft.text:
        log.info("draft_redacted", draft=draft.id, issue=reference(draft.issue_id), reason=DELETED)
    return int(text != draft.text)


def _left_of(session: Session, draft: Draft, issue: Issue, packs: Packs) -> str:
    """Return what is left of a text once the words are gone that nobody says any more."""
    post = session.get(Post, draft.post_id) if draft.post_id is not None else None
    by_person = bool(draft.edited_by) and not (post and post.erased_at)
    if draft.channel == PAGE and draft.edited_by:
        drawn = [title_of(text) for text in store.drawn_before(session, draft)]
        by_person = is_a_persons(title_of(draft.text), drawn)
    text = draft.text
    if not by_person and _is_bereft(session, draft, post, issue, packs):
        is_entry = draft.channel == PAGE and draft.state is DraftState.SENT
        text = without_title(text, packs, language=draft.language) if is_entry else ""
    helps = _may_help(session, issue, help_in(text, packs))
    return text if helps else without_help(text, packs)


def _may_help(session: Session, issue: Issue, words: str) -> bool:
    """Tell whether a way around is verified still, or somebody still says it."""
    number = whole(session, issue.id or 0)
    credited = workaround_of(session, session.get_one(Issue, number))
    start = bare(words.rstrip("….")).casefold()
    said = (credited.found.text if credited else "", *store.standing_words(session, number))
    return any(start in bare(" ".join(text.split())).casefold() for text in said)


def _is_bereft(
    session: Session, draft: Draft, post: Post | None, issue: Issue, packs: Packs
) -> bool:
    if post is not None and post.erased_at is not None:
        return True
    words = _issue_words(issue, erasures(session, draft.issue_id))
    if draft.channel == PAGE:
        return not _may_be_called(title_of(draft.text), session, issue, words, packs)
    return not repeats(draft.text, (*((post.text, post.title or "") if post else ()), *words))


def _issue_words(issue: Issue, erased: Erasures) -> Sequence[str]:
    """Return the words of an issue that we may repeat; its title may be an erased post's."""
    return () if erased.unforgotten else (issue.title, *issue.key_phrases)


def _may_be_called(
    title: str, session: Session, issue: Issue, words: Sequence[str], packs: Packs
) -> bool:
    """Tell whether a title consists of words that somebody still says, or that are ours."""
    if issue.titled_by:
        return True
    number = whole(session, issue.id or 0)
    return may_be_called(title, (*words, *store.standing_words(session, number)), packs)


def _called_back(session: Session, draft: Draft) -> bool:
    """Keep the message of an approved draft from leaving; False when it is too late."""
    if draft.state in (DraftState.PENDING, *DONE_WITH) or draft.delivery_id is None:
        return True
    row = session.get_one(Delivery, draft.delivery_id)
    if row.state in (DeliveryState.CANCELLED, DeliveryState.FAILED):
        return True
    blanked = outbox.redraw(session, row, text="", payload={}, without=row.drawn_without)
    return outbox.cancel(session, draft.delivery_id) or blanked


DONE_WITH = (DraftState.REJECTED, DraftState.SILENT, DraftState.STALE)
