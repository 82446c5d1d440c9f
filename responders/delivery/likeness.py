"""Whether a text that stands at a place is the one we sent, whatever the place made of it.

Pure. Places straighten and curl quotes, join dashes, turn addresses into links and smileys into
pictures. What is left of every text is its words in their order.
"""

import re
from html import unescape

from responders.delivery.inert import plain

_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"(?i)<(?:br|/p|/li|/div|/h[1-6]|/blockquote)\b[^<>]*>")
_WORD = re.compile(r"[^\W_]+")


def says_the_same(one: str, other: str) -> bool:
    """Tell whether two texts have the same words in the same order; signs where they have none."""
    return _words(one) == _words(other)


def text_of(html: str) -> str:
    """Return what a piece of HTML reads; for comparing only, never to be shown."""
    return unescape(_TAG.sub("", _BREAK.sub(" ", html)))


def _words(text: str) -> list[str]:
    line = plain(unescape(text))
    # WordPress writes the sign of multiplication for an x between two numbers.
    return _WORD.findall(line.casefold().replace("×", "x")) or line.split()
