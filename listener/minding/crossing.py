"""Whether two posts of different places are one thing that somebody said twice.

Pure, and apart from identity because nothing is merged here: each stays the post of its place,
where it can be answered, edited and deleted by itself. They are shown beside one another.
"""

from dataclasses import dataclass
from typing import Final

from listener.identity import FEW_WORDS, canonical_link

SAME_ADDRESS: Final = "both lead to the same address"
SAME_WORDS: Final = "the same words by the same author"


@dataclass(frozen=True, slots=True)
class Said:
    """What is compared of a post."""

    url: str | None
    author: str | None
    """The name as shown."""
    title: str | None
    text: str


def crossing(one: Said, other: Said) -> str | None:
    """Return why two posts of different places are one thing said twice; None if they are not.

    An author is known elsewhere by their shown name alone, so few words must not be enough.
    """
    link = canonical_link(one.url)
    if link and link == canonical_link(other.url):
        return SAME_ADDRESS
    words = _words(one)
    name = _name(one.author)
    alike = words == _words(other) and name == _name(other.author)
    return SAME_WORDS if alike and name and len(words) >= FEW_WORDS else None


def _words(said: Said) -> list[str]:
    """Return the words of a text, or of the title where there is no text."""
    return (said.text or said.title or "").casefold().split()


def _name(author: str | None) -> str:
    """Return a name without the marks and the server that some places write with it."""
    return (author or "").strip().removeprefix("@").partition("@")[0].casefold()
