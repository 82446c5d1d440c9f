"""Erasures: what repeats words that a person took back is blanked before anything else happens.

An approved text whose message has not left yet is called back with it. What stands in public
already is not ours to change here.
"""

from collections.abc import Sequence

from sqlmodel import Session

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
from responders.voice.symptoms import repeats
from responders.voice.tables import Draft, DraftState
from responders.voice.wording import UNTITLED

DELETED = "the post was deleted"

log = event_log(__name__)


def withdrawable(ground: Ground, product_id: int) -> Sequence[Draft]:
    """Return the drafts that repeat words which were erased since."""
    with reading(ground.engine) as session:
        return [
            draft
            for draft, post, issue in store.unsent_with_erasures(session, product_id)
            if _is_bereft(session, draft, post, issue)
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


def _is_bereft(session: Session, draft: Draft, post: Post | None, issue: Issue) -> bool:
    if post is not None and post.erased_at is not None:
        return True
    words = _issue_words(issue, erasures(session, draft.issue_id))
    if draft.channel == PAGE:
        return not _may_be_called(draft.text.partition("\n")[0], session, issue, words)
    return not repeats(draft.text, (*((post.text, post.title or "") if post else ()), *words))


def _issue_words(issue: Issue, erased: Erasures) -> Sequence[str]:
    """Return the words of an issue that we may repeat; its title may be an erased post's."""
    return () if erased.unforgotten else (issue.title, *issue.key_phrases)


def _may_be_called(title: str, session: Session, issue: Issue, words: Sequence[str]) -> bool:
    """Tell whether a title consists of words that somebody still says, or that are ours."""
    if title == UNTITLED or issue.titled_by:
        return True
    said = [text.casefold() for text in (*words, *store.standing_words(session, issue.id or 0))]
    parts = title.removeprefix(f"{UNTITLED}: ").rstrip("…").casefold()
    wanted = parts.split(", ") if title.startswith(UNTITLED) else [parts]
    return all(any(part in text for text in said) for part in wanted)


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
