"""A draft as scripts read it: with the state it is really in and what became of its sending."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from classifiers.store import reference
from listener.tables import Thread
from responders.commands.store import deliveries_by_id
from responders.decisions.drafts.claiming import holder
from responders.decisions.store import first_yeses_of
from responders.decisions.tables import FirstYes
from responders.delivery.tables import Delivery
from responders.voice import store as voice
from responders.voice.tables import Draft


def drafts_json(
    session: Session, found: Sequence[tuple[Draft, Thread | None]], *, now: datetime
) -> list[dict[str, Any]]:
    """Return drafts with the keys of contract.md, in the order given."""
    ids = {draft.delivery_id for draft, _ in found if draft.delivery_id is not None}
    sent = deliveries_by_id(session, ids)
    firsts = first_yeses_of(session, [draft for draft, _ in found])
    return [
        _as_dict(draft, thread, sent.get(draft.delivery_id or 0), now=now)
        | _people(draft, firsts.get(draft.id or 0), now=now)
        for draft, thread in found
    ]


def _people(draft: Draft, first: FirstYes | None, *, now: datetime) -> dict[str, Any]:
    """Return who reads a draft, and who said the first yes of two."""
    reads = holder(draft, now=now)
    return {
        "claimed_by": reads or None,
        "claimed_at": draft.claimed_at if reads else None,
        "first_yes": {"by": first.by, "at": first.at} if first else None,
    }


def draft_json(session: Session, draft: Draft, *, now: datetime) -> dict[str, Any]:
    """Return one draft with the keys of contract.md."""
    thread = session.get(Thread, draft.thread_id) if draft.thread_id else None
    return drafts_json(session, [(draft, thread)], now=now)[0]


def _as_dict(
    draft: Draft, thread: Thread | None, delivery: Delivery | None, *, now: datetime
) -> dict[str, Any]:
    return {
        "id": str(draft.id),
        "issue_id": reference(draft.issue_id),
        "kind": draft.kind,
        "phase": draft.phase,
        "channel": draft.channel,
        "thread_url": thread.url if thread else None,
        "language": draft.language,
        "text": draft.text,
        "text_sha256": draft.text_sha256,
        "version": draft.version,
        "state": str(voice.shown_state(draft, delivery, now=now)),
        "next_update_by": draft.next_update_by,
        "findings": draft.findings,
        "delivery": _delivery(delivery) if delivery else None,
        "reason": draft.reason or None,
        "edited_by": draft.edited_by or None,
        "decided_by": draft.decided_by or None,
        "decided_at": draft.decided_at,
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "state": str(row.state),
        "remote_id": row.remote_id,
        "url": row.url,
        "sent_at": row.sent_at,
        "reason": row.reason or None,
    }
