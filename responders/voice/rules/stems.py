"""The words of a text that carry meaning, so that a reply can be held against a post.

Pure. By their first letters: "hangs" and "hanging" are one word to a reader, too.
"""

import re
from typing import Final

from responders.voice.rules.base import in_any

_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
"""Runs of letters that stand without blanks between words."""
_STEM: Final = 4
_EMPTY: Final = frozenset((
    "abou", "afte", "agai", "beca", "befo", "coul", "does", "doin", "thei", "ther", "othe", "stil",
    "woul", "wher", "whic", "whil", "sinc", "toda", "plea", "prob", "issu", "anyo", "nich", "werd",
    "dies", "upda", "imme", "thes",
))  # fmt: skip
"""The first letters of words that say nothing of what is wrong."""
_EMPTY_WORDS: Final = frozenset((
    "this", "that", "with", "have", "from", "when", "what", "they", "your", "yours", "been", "down",
    "even", "ever", "into", "just", "like", "more", "most", "much", "only", "over", "same", "some",
    "such", "than", "then", "thing", "things", "think", "time", "times", "very", "want", "wants",
    "were", "will", "know", "knows", "here", "also", "wenn", "habe", "haben", "wird", "eine",
    "einen", "einem", "einer", "auch", "noch", "oder", "aber", "sich", "sind", "seit", "schon",
    "team", "next", "something", "someone", "everything", "overall",
))  # fmt: skip
"""Words that say nothing, though longer ones that begin so may: "down" and "download"."""
_CODE: Final = re.compile(r"\b(?!UTC\b|GMT\b|OK\b)(?:[A-Z]{2,6}\d{0,5}|[A-Z]?\d{2,5})\b")
_NUMBER: Final = re.compile(r"\d+")


def stems(text: str) -> set[str]:
    """Return the words that carry meaning by their first letters; of dense scripts each pair."""
    folded = text.casefold()
    words = (word for word in _WORD.findall(folded) if word not in _EMPTY_WORDS)
    found = {word[:_STEM] for word in words if not in_any(_DENSE, word)}
    for run in _DENSE.findall(folded):
        found |= {run[place : place + 2] for place in range(len(run) - 1)}
    return found - _EMPTY


def tells(what: str, text: str) -> bool:
    """Tell whether a text says what somebody put down, if not to the letter: most of its words."""
    wanted = stems(what) | set(_NUMBER.findall(what))
    there = wanted & (stems(text) | set(_NUMBER.findall(text)))
    return bool(wanted) and len(there) * 4 >= len(wanted) * 3


def codes(text: str) -> set[str]:
    """Return the short names and codes in a text, such as VAT, E17 or 429: one says it all."""
    return set(_CODE.findall(text))
