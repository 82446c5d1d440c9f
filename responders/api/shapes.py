"""What the answers look like, for the description; a test holds it to the answers themselves."""

from typing import Any, Final

TEXT: Final[dict[str, Any]] = {"type": "string"}
MAYBE: Final[dict[str, Any]] = {"type": ["string", "null"]}
TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
MAYBE_TIME: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date-time"}
COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
YES: Final[dict[str, Any]] = {"type": "boolean"}
MAYBE_YES: Final[dict[str, Any]] = {"type": ["boolean", "null"]}
NUMBER: Final[dict[str, Any]] = {"type": "number"}
THING: Final[dict[str, Any]] = {"type": "object"}
MAYBE_THING: Final[dict[str, Any]] = {"type": ["object", "null"]}
LIST: Final[dict[str, Any]] = {"type": "array"}

SHAPES: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "source": {
        "name": TEXT, "kind": TEXT, "url": TEXT, "product": TEXT, "state": TEXT, "reason": MAYBE,
        "last_heard_at": MAYBE_TIME, "next_due_at": MAYBE_TIME, "posts": COUNT,
    },
    "post": {
        "id": TEXT, "source": TEXT, "remote_id": MAYBE, "thread_url": MAYBE, "url": MAYBE,
        "author": MAYBE, "published_at": TIME, "seen_at": TIME, "title": MAYBE, "text": TEXT,
        "lang": MAYBE, "kind": MAYBE, "cluster": MAYBE, "issue_id": MAYBE, "revision": COUNT,
        "backfill": YES, "erased": YES,
    },
    "issue": {
        "id": TEXT, "product": MAYBE, "title": TEXT, "state": TEXT, "severity": TEXT, "kind": TEXT,
        "flags": LIST, "first_seen_at": TIME, "last_seen_at": TIME, "alerted_at": MAYBE_TIME,
        "posts": COUNT, "authors": COUNT, "sources": COUNT, "reason": TEXT,
        "score": {"type": ["number", "null"]}, "key_phrases": LIST, "quotes": LIST, "facts": THING,
        "release": MAYBE, "nearest_past": MAYBE, "merged_into": MAYBE, "threads": THING,
        "next_update_by": MAYBE_TIME,
    },
    "thread": {
        "id": TEXT, "url": MAYBE, "title": MAYBE, "source": TEXT, "state": TEXT,
        "told_at": MAYBE_TIME, "phase": MAYBE, "answers": COUNT, "draft_id": MAYBE,
        "silent_because": MAYBE, "lost_because": MAYBE,
    },
    "draft": {
        "id": TEXT, "issue_id": TEXT, "kind": TEXT, "phase": TEXT, "channel": TEXT,
        "thread_url": MAYBE, "language": TEXT, "text": TEXT, "text_sha256": TEXT,
        "version": COUNT, "state": TEXT, "next_update_by": MAYBE_TIME, "findings": LIST,
        "delivery": MAYBE_THING,
    },
    "delivery": {
        "id": TEXT, "draft_id": MAYBE, "issue_id": MAYBE, "channel": TEXT, "destination": TEXT,
        "kind": TEXT, "state": TEXT, "reason": MAYBE, "text": TEXT, "thread_url": MAYBE,
        "url": MAYBE, "remote_id": MAYBE, "queued_at": TIME, "sent_at": MAYBE_TIME,
        "tries": COUNT, "visible": MAYBE_YES,
    },
    "promise": {
        "id": TEXT, "issue_id": TEXT, "due_at": TIME, "made_at": TIME, "state": TEXT,
        "reminded_at": MAYBE_TIME, "settled_at": MAYBE_TIME,
    },
    "status": {
        "paused": YES, "sources": THING, "posts": COUNT, "issues_open": COUNT,
        "drafts_pending": COUNT, "deliveries": THING,
    },
    "pause": {"paused": YES, "by": MAYBE, "since": MAYBE_TIME, "reason": MAYBE},
    "error": {"error": TEXT, "reason": TEXT},
}  # fmt: skip
