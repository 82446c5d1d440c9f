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
    "this", "that", "with", "have", "from", "when", "what", "they", "ther", "thei", "your",
    "abou", "afte", "agai", "beca", "been", "befo", "coul", "does", "doin", "down", "even",
    "ever", "into", "just", "like", "more", "most", "much", "only", "othe", "over", "same",
    "some", "stil", "such", "than", "then", "thes", "thin", "time", "very", "want", "were",
    "wher", "whic", "whil", "will", "woul", "sinc", "toda", "plea", "prob", "issu", "know",
    "here", "also", "anyo", "nich", "wenn", "habe", "wird", "werd", "eine", "dies", "auch",
    "noch", "oder", "aber", "sich", "sind", "seit", "scho", "imme", "upda", "team", "next",
))  # fmt: skip
"""The first letters of words that say nothing of what is wrong."""


def stems(text: str) -> set[str]:
    """Return the words that carry meaning by their first letters; of dense scripts each pair."""
    folded = text.casefold()
    found = {word[:_STEM] for word in _WORD.findall(folded) if not in_any(_DENSE, word)}
    for run in _DENSE.findall(folded):
        found |= {run[place : place + 2] for place in range(len(run) - 1)}
    return found - _EMPTY
