"""A delivery as scripts and `--json` know it; apart, because several commands tell of one."""

from typing import Any

from sqlmodel import Session

from classifiers.store import reference
from responders.commands.drafts.doubts import evidence
from responders.delivery.changing import changes_of
from responders.delivery.tables import Delivery


def as_dict(row: Delivery, draft_id: int | None) -> dict[str, Any]:
    """Return a delivery with the keys that scripts rely on."""
    return {
        "id": str(row.id),
        "draft_id": str(draft_id) if draft_id else None,
        "issue_id": reference(row.issue_id) if row.issue_id else None,
        "channel": row.channel,
        "destination": row.destination,
        "kind": row.kind,
        "state": str(row.state),
        "reason": row.reason or None,
        "text": row.text,
        "thread_url": row.target.get("thread_url"),
        "url": row.url,
        "remote_id": row.remote_id,
        "queued_at": row.created_at,
        "sent_at": row.sent_at,
        "tries": row.tries,
        "visible": _visible(row),
        "hidden_since": row.hidden_at,
        "hidden_reason": row.hidden_why or None,
        "removed_at": row.removed_at,
        "changes_delivery": str(row.changes_id) if row.changes_id else None,
        "evidence": evidence(row),
    }


def changes_json(session: Session, row: Delivery) -> list[dict[str, Any]]:
    """Return what was changed of a reply since it was sent, the oldest first."""
    return [
        {
            "id": str(one.id),
            "kind": one.kind,
            "state": str(one.state),
            "reason": one.reason or None,
            "text": one.text or None,
            "sent_at": one.sent_at,
        }
        for one in changes_of(session, row.id or 0)
    ]


def _visible(row: Delivery) -> bool | None:
    """Tell whether strangers were seen to be able to read a reply; None while nobody knows."""
    if row.hidden_at is not None or row.removed_at is not None:
        return False
    return True if row.seen_at is not None else None
