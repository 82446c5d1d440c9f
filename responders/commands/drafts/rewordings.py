"""What people changed in a draft, as `draft show --diff` tells it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from config.errors import SettingsError
from responders.decisions import store_drafts
from responders.voice.rewording import Piece, distance, marked, word_diff
from responders.voice.tables import Draft

GONE = "the words of version {number} are gone: they were erased"


def diff_json(
    session: Session, draft: Draft, *, before: int | None, after: int | None
) -> Mapping[str, Any]:
    """Return what changed between two versions of a draft.

    Args:
        session: an open session.
        draft: the draft.
        before: the version to begin with; None takes the template's newest text.
        after: the version to end with; None takes the newest.

    Raises:
        SettingsError: it has no such version, or its words are gone.
    """
    texts = {row.version: row.text for row in store_drafts.versions(session, draft.id or 0)}
    drawn = [row.version for row in store_drafts.versions(session, draft.id or 0) if not row.by]
    texts[draft.version] = draft.text
    drawn += [] if draft.edited_by else [draft.version]
    first = before if before is not None else max(drawn, default=min(texts))
    last = after if after is not None else draft.version
    old, new = _text(draft, texts, first), _text(draft, texts, last)
    pieces = word_diff(old, new)
    return {
        "from": first,
        "to": last,
        "distance": round(distance(old, new), 3),
        "pieces": [{"change": str(one.change), "text": one.text} for one in pieces],
    }


def _text(draft: Draft, texts: Mapping[int, str], number: int) -> str:
    if number not in texts:
        known = ", ".join(str(one) for one in sorted(texts))
        raise SettingsError(f"draft {draft.id} has no version {number}; it has {known}")
    if not texts[number]:
        raise SettingsError(GONE.format(number=number))
    return texts[number]


def diff_lines(value: Mapping[str, Any]) -> str:
    """Return a diff for a person: what was removed in [-…-], what was added in {+…+}."""
    if value["from"] == value["to"]:
        return f"Version {value['to']} is the template's own text; nobody changed it."
    pieces: Sequence[Piece] = [Piece(one["change"], one["text"]) for one in value["pieces"]]
    changed = f"{value['distance']:.0%} of the words changed"
    return f"From version {value['from']} to {value['to']}, {changed}:\n{marked(pieces)}"
