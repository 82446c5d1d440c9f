"""The pieces of a text that are neither ours nor one author's: title, note, link.

Pure. A title is made of strangers' words unless a person of ours gave it, so it is taken with the
care of a symptom: a piece is taken whole or not at all.
"""

from collections.abc import Sequence

from responders.delivery.inert import cut, plain, quoted, redacted
from responders.voice.words.symptoms import harmless, sayable, symptom

UNTITLED = "A problem that several people report"
"""For our own people; each pack says it in its language."""
TITLE_LIMIT = 110
NOTE_LIMIT, NOTE_WORDS = 180, 25
"""A longer note would drown the rest; the person who decides can write more."""
MOST_PHRASES, LONGEST_PHRASE = 3, 40


def title_from(
    title: str,
    phrases: Sequence[str] = (),
    *,
    by_person: bool = False,
    untitled: str = UNTITLED,
) -> str:
    """Return what a problem is called in public: the symptom in users' words.

    Args:
        title: the issue's title; empty where it may not be repeated.
        phrases: what the issue is about; taken where the title cannot be repeated.
        by_person: somebody of ours gave the title, so it may say more than a symptom.
        untitled: what it is called in the language of the text where its words may not be repeated.
    """
    given = cut(redacted(plain(title)).strip(" .,:;"), TITLE_LIMIT)
    if by_person and given and harmless(given):
        return _capital(given)
    placeholder = not title or title.startswith("(")  # none of its words is anybody's
    words = None if placeholder else symptom(title)
    if words:
        return _capital(words)
    short = [phrase for phrase in map(plain, phrases) if len(phrase) <= LONGEST_PHRASE]
    found = [phrase for phrase in short if sayable(f"it is about {phrase}")]
    return f"{untitled}: {', '.join(found[:MOST_PHRASES])}" if found else untitled


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def noted(note: str) -> str:
    """Return a note by a person of ours as one short paragraph that ends like a sentence."""
    words = quoted(note, NOTE_LIMIT).split()
    line = " ".join(words)
    if len(words) > NOTE_WORDS:
        line = " ".join(words[:NOTE_WORDS]).rstrip(" ,.;:-–—…") + "…"
    return line if not line or line[-1] in ".!?…" else f"{line}."


def entry_link(page_url: str, public_id: str | None) -> str:
    """Return the address of an issue's entry; the page's front while it has none."""
    return page_url if public_id is None else f"{page_url.rstrip('/')}/incidents/{public_id}"
