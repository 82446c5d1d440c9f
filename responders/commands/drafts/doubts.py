"""What a person must know to settle a doubt, and what else they can do about a delivery.

Pure. Apart from the command, because the console shows the same.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.words.drafting import digest

LOOKS: Mapping[str, str] = {
    "; we cannot look: ": "the place did not let us look: ",
    "; we looked in vain: ": "the place did not answer when we looked: ",
}
"""How the outbox says what a look brought, and how it reads here."""
BLIND = "nothing: this place cannot be read back"
UNSEEN = "nothing: nobody looked yet"


def evidence(row: Delivery) -> Mapping[str, Any] | None:
    """Return what is known of a delivery in doubt; None where nothing is in doubt."""
    if row.state is not DeliveryState.IN_DOUBT:
        return None
    came, looked = _parted(row.reason)
    return {
        "where": where(row),
        "try_began_at": row.next_try_at,
        "tries": row.tries,
        "text_sha256": digest(row.text),
        "characters": len(row.text),
        "came_back": came,
        "lookup_saw": looked,
    }


def evidence_lines(told: Mapping[str, Any]) -> list[str]:
    """Return the same as a person reads it."""
    if not told:
        return []
    began: datetime = told["try_began_at"]
    sha256 = told["text_sha256"][:12]
    return [
        f"It may stand at {told['where']} or not.",
        f"What was sent: the text above, {told['characters']} characters, sha256 {sha256}…",
        f"When: try {told['tries']} began at {began:%Y-%m-%d %H:%M:%S} UTC.",
        f"What came back: {told['came_back']}.",
        f"What our own look saw: {told['lookup_saw']}.",
    ]


def where(row: Delivery) -> str:
    """Return the address at which a delivery should stand, as exactly as it is known."""
    return str(row.target.get("post_url") or row.target.get("thread_url") or row.destination)


def hidden_line(row: Delivery) -> str:
    """Say that strangers do not see a reply, and what to do; empty where nobody found so."""
    if row.hidden_at is None or row.removed_at is not None:
        return ""
    return (
        f"Not visible to others since {row.hidden_at:%Y-%m-%d %H:%M} UTC: {row.hidden_why}. Its "
        "thread does not count as told. Look there without logging in and ask the moderators; it "
        f"is looked for again by itself. To take it away: groundswell delivery delete {row.id} "
        "--reason WHY"
    )


def _parted(reason: str) -> tuple[str, str]:
    """Part what came back from what a look saw."""
    told, tried, _ = reason.partition("; try ")
    for mark, words in LOOKS.items():
        came, found, saw = told.partition(mark)
        if found:
            return came, f"{words}{saw}"
    return told, BLIND if tried else UNSEEN
