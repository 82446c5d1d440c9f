"""Which language a reply is in when its post does not tell.

Pure. Nothing is guessed from a few letters: the place answers, by what was heard there before, and
only when nearly everybody there writes the same; else the product does.
"""

from collections.abc import Mapping
from typing import Final

MOST_OF: Final = 0.8
"""The share of a place's posts that makes a language the place's own."""
FEWEST: Final = 3
"""Posts whose language was told before a place has one."""


def language_for(heard: Mapping[str, int]) -> str | None:
    """Return the language of a place, or None where it has none of its own.

    Args:
        heard: how many of its posts are in which language, those that could be told.
    """
    total = sum(heard.values())
    if total < FEWEST:
        return None
    language = max(heard, key=lambda one: (heard[one], one))
    return language if heard[language] >= MOST_OF * total else None
