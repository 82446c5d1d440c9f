"""From an approved draft to the message that leaves: which way, to whom and exactly where.

Apart from the drafts, because a text is decided on before anybody asks how it travels. What stands
in the target is the channel's to read: the place's own ids, and no secret.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from classifiers.tables import Issue
from config.errors import PermanentError
from listener.tables import Post, Source, Thread
from responders.delivery.tables import Delivery
from responders.voice import store
from responders.voice.tables import Draft

PAGE = "page"
"""The channel and the destination of the known-issues page."""


@dataclass(frozen=True)
class Address:
    """Where a text goes."""

    channel: str
    destination: str
    """``page``, or ``source:ID``: a place that asks for silence gets it for all its threads."""
    target: dict[str, Any]


def address(draft: Draft, thread: Thread, post: Post | None, source: Source) -> Address:
    """Return the address of a reply; without a post it goes to the end of the thread."""
    return Address(
        draft.channel,
        f"source:{source.id}",
        {
            "source_url": source.url,
            "credential": source.credential,
            "thread": thread.remote_id,
            "thread_url": thread.url,
            "post": post.remote_id if post else None,
            "post_url": post.url if post else None,
            "phase": draft.phase,
        },
    )


def page_address(draft: Draft, issue: Issue) -> Address:
    """Return the address of a page update, with what the entry shows beside the text."""
    return Address(
        PAGE,
        PAGE,
        {
            "issue_id": issue.id,
            "phase": draft.phase,
            "severity": str(issue.severity),
            "next_update_by": _rfc3339(draft.next_update_by),
            "started_at": _rfc3339(issue.first_seen_at),
            "language": draft.language,
        },
    )


def delivery_of(session: Session, draft: Draft, *, now: datetime, undo_s: float) -> Delivery:
    """Return the message that sends a draft as it stands, leaving ``undo_s`` seconds from now.

    The row is made, not added: the caller queues it in the transaction of the approval.

    Raises:
        PermanentError: the thread that the draft answers is no longer known.
    """
    to = _address_of(session, draft)
    return Delivery(
        key=draft.key,
        product_id=draft.product_id,
        issue_id=draft.issue_id,
        post_id=draft.post_id,
        channel=to.channel,
        destination=to.destination,
        target=to.target,
        kind=draft.kind,
        public=True,
        approved_sha256=draft.text_sha256,
        text=draft.text,
        next_try_at=now + timedelta(seconds=undo_s),
        created_at=now,
    )


def _address_of(session: Session, draft: Draft) -> Address:
    if draft.channel == PAGE:
        return page_address(draft, session.get_one(Issue, draft.issue_id))
    place = store.place_of(session, draft)
    if place is None:
        raise PermanentError(
            f"draft {draft.id} names no thread we know; reject it and add it again with the "
            "address of the thread"
        )
    return address(draft, *place)


def _rfc3339(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
