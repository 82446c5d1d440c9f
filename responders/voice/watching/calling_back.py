"""Part of the respond pass: replies that were overtaken are set aside before they leave.

One that waits for a yes, one in its undo window, one that a pause holds: all of them. The reason
stands in the queue, and where the thread is still owed a word, a fresh draft takes its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from classifiers.store import reference
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.voice.store import whole
from responders.voice.store_respond import was_edited
from responders.voice.tables import Draft, DraftState
from responders.voice.watching import store_overtaking as store
from responders.voice.watching.overtaking import Waiting, is_later, why_overtaken

ACK = "ack"

log = event_log(__name__)


@dataclass(frozen=True)
class Overtaken:
    """A reply that must not leave as it is."""

    draft: Draft
    reason: str


def overtaken(ground: Ground, product_id: int) -> Sequence[Overtaken]:
    """Return the replies that were overtaken before they left."""
    with reading(ground.engine) as session:
        rows = store.not_left(session, product_id)
        ours = store.our_words(session, {row.thread.id or 0 for row in rows})
        began = _began(session, [row.draft for row in rows])
        found = []
        for row in rows:
            waiting = _waiting(session, row, began.get(row.draft.id or 0))
            why = why_overtaken(waiting, ours.get(row.thread.id or 0, ()))
            if why is not None:
                found.append(Overtaken(row.draft, why))
        return found


def _began(session: Session, drafts: Sequence[Draft]) -> Mapping[int, datetime]:
    """Return since when each draft's issue is as it is, by draft."""
    roots = {draft.id or 0: whole(session, draft.issue_id) for draft in drafts}
    began = store.phases_began(session, set(roots.values()))
    return {number: began[root] for number, root in roots.items() if root in began}


def _waiting(session: Session, row: store.NotLeft, began: datetime | None) -> Waiting:
    draft = row.draft
    first = row.post.published_at if row.post is not None and draft.kind == ACK else None
    return Waiting(
        since=first or began or draft.created_at,
        worded_at=store.worded_at(session, draft) if draft.edited_by else None,
        approved=draft.state is not DraftState.PENDING,
        edited=was_edited(session, draft),
        closed=row.thread.locked,
    )


def call_back(ground: Ground, found: Overtaken, held: leases.Held) -> int:
    """Set a reply aside; one that breaks must not keep the others waiting."""
    draft = found.draft
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            done = store.call_back(session, draft, reason=found.reason)
    except leases.LeaseLost:
        raise
    except store.Overtaken:
        return 0
    except Exception as error:
        log.error("draft_broke", draft=draft.id, error=type(error).__name__, exc_info=True)
        return 0
    if done:
        about = reference(draft.issue_id)
        log.info("draft_overtaken", draft=draft.id, issue=about, reason=found.reason)
    return int(done)


def answered_by_ours(session: Session, since: Mapping[int, datetime]) -> set[int]:
    """Return the threads in which a person of ours wrote after the moment given for each."""
    words = store.our_words(session, since)
    return {
        number
        for number, moment in since.items()
        if any(is_later(word, moment) for word in words[number])
    }
