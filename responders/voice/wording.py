"""The pieces of a text that are neither ours nor one author's: title, note, count, link.

Pure. A title is made of strangers' words unless a person of ours gave it, so it is taken with the
care of a symptom: a piece is taken whole or not at all.
"""

from collections.abc import Sequence
from datetime import datetime

from responders.delivery.inert import cut, plain, quoted, redacted
from responders.voice.symptoms import harmless, sayable, symptom

UNTITLED = "A problem that several people report"
TITLE_LIMIT = 110
NOTE_LIMIT, NOTE_WORDS = 180, 25
"""A longer note would drown the rest; the person who decides can write more."""
MOST_PHRASES = 3


def title_from(title: str, phrases: Sequence[str] = (), *, by_person: bool = False) -> str:
    """Return what a problem is called in public: the symptom in users' words.

    Args:
        title: the issue's title; empty where it may not be repeated.
        phrases: what the issue is about; taken where the title cannot be repeated.
        by_person: somebody of ours gave the title, so it may say more than a symptom.
    """
    given = cut(redacted(plain(title)).strip(" .,:;"), TITLE_LIMIT)
    if by_person and given and harmless(given):
        return _capital(given)
    placeholder = not title or title.startswith("(")  # none of its words is anybody's
    words = None if placeholder else symptom(title)
    if words:
        return _capital(words)
    found = [phrase for phrase in map(plain, phrases) if sayable(f"it is about {phrase}")]
    return f"{UNTITLED}: {', '.join(found[:MOST_PHRASES])}" if found else UNTITLED


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def noted(note: str) -> str:
    """Return a note by a person of ours as one short paragraph that ends like a sentence."""
    words = quoted(note, NOTE_LIMIT).split()
    line = " ".join(words)
    if len(words) > NOTE_WORDS:
        line = " ".join(words[:NOTE_WORDS]).rstrip(" ,.;:-–—…") + "…"
    return line if not line or line[-1] in ".!?…" else f"{line}."


def heard_from(people: int, places: int) -> str:
    """Say how many told us: "12 people in 3 places"; empty when nobody did."""
    if people < 1:
        return ""
    who = "one person" if people == 1 else f"{people} people"
    return who if places < 2 else f"{who} in {places} places"


def since_when(moment: datetime) -> str:
    """Say a time of the past so that it is understood a week later, too."""
    return f"{moment:%H:%M} UTC on {moment:%A} {moment.day} {moment:%B}"


def entry_link(page_url: str, public_id: str | None) -> str:
    """Return the address of an issue's entry; the page's front while it has none."""
    return page_url if public_id is None else f"{page_url.rstrip('/')}/incidents/{public_id}"
