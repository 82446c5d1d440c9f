"""Who was asked to answer about an issue, and why, as scripts and people read it."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from classifiers.tables import Issue
from config.clock import rfc3339
from responders.commands.output import shown
from responders.voice import store as voice
from responders.voice.leave import store_policy as store
from responders.voice.leave.withholding import REASONS, Lane

ON_CALL = "whoever is on call"


def asked_json(session: Session, row: Issue) -> dict[str, Any]:
    """Return the people who were asked; a key that came after contract.md's."""
    found = store.calls(session, voice.family(session, row.id or 0))
    return {
        "asked": [
            {
                "lane": called.lane,
                "reason": REASONS[Lane(called.lane)],
                "person": called.person or None,
                "at": rfc3339(called.at),
                "post_id": str(called.post_id),
                "url": placed.post.url,
            }
            for called, placed in found
        ]
    }


def asked_lines(value: Mapping[str, Any]) -> dict[str, str]:
    """Return the same for people, a line for each lane; nothing where nobody was asked."""
    lines = [
        f"{one['person'] or ON_CALL}: {one['reason']} ({one['lane']}), {shown(one['at'])}, "
        f"{one['url'] or 'groundswell post show ' + one['post_id']}"
        for one in value.get("asked") or ()
    ]
    return {"asked": "\n".join(lines)} if lines else {}
