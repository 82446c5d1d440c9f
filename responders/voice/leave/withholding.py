"""When no text is proposed: posts that a person must answer, and those nobody must answer.

Pure. A prepared sentence under one of these does more harm than silence. Each belongs to a lane,
whose person is asked; the reason is kept with the draft that was not written.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from responders.delivery.inert import plain
from responders.voice.leave import sensitive_words as english
from responders.voice.leave import sensitive_words_de as german


class Lane(StrEnum):
    """For what a person is asked, the most urgent first."""

    SELF_HARM = "self-harm"
    SAFETY = "safety"
    LEGAL = "legal"
    MONEY = "money"
    SECURITY = "security"
    PRESS = "press"
    LOUD = "loud"


REASONS: Final[Mapping[Lane, str]] = {
    Lane.SELF_HARM: "it speaks of self-harm",
    Lane.SAFETY: "somebody may have been hurt",
    Lane.LEGAL: "it speaks of law",
    Lane.MONEY: "it asks for money",
    Lane.SECURITY: "it speaks of a security hole",
    Lane.PRESS: "it may be the press",
    Lane.LOUD: "its author comes back to it again and again",
}
FOR_A_PERSON: Final = "a person must answer this one"
"""How the reason of such a silence begins; no change of a policy ends it."""
PREPARED: Final = "it reads like a prepared reply, ours or another's"
LONGEST: Final = 20_000
"""Characters of a post that are looked at; what matters is said before."""

_QUOTED: Final = re.compile(r"(?m)^\s*>.*$")
_FLAGS: Final = re.IGNORECASE | re.VERBOSE
_HARMLESS: Final = re.compile(f"{english.HARMLESS} | {german.HARMLESS}", _FLAGS)
_LANES: Final = tuple(
    (lane, re.compile(f"{english.PATTERNS[lane]} | {german.PATTERNS[lane]}", _FLAGS))
    for lane in Lane
    if lane in english.PATTERNS
)
_PREPARED: Final = re.compile(
    r"""\b(?: automated\s+(?:reply|response|message) | auto-?reply
      | prepared\s+automatically | approved\s+by\s+a\s+person
      | we(?:'?re|\s+are)\s+aware\s+(?:of\b|and\s+investigating)
      | automatisch\s+vorbereitet | préparé\s+automatiquement | preparó\s+automáticamente
      | preparado\s+automaticamente ) | 自動で作成され""",
    _FLAGS,
)
"""What our own texts say of themselves, in each language that we write, and what others' say."""


def lane_of(text: str) -> Lane | None:
    """Return the lane of a post's words, the most urgent one; None for an ordinary post.

    What it quotes of others does not count.
    """
    words = _read(text)
    return next((lane for lane, pattern in _LANES if pattern.search(words)), None)


def withheld(text: str) -> str | None:
    """Return why no text is proposed for a post, or None where one may be."""
    lane = lane_of(text)
    if lane is not None:
        return REASONS[lane]
    return PREPARED if _PREPARED.search(_read(text)) else None


def _read(text: str) -> str:
    """Return the words of a post as the patterns take them: plain, without what is harmless."""
    own = _QUOTED.sub(" ", text[:LONGEST])
    lines = (plain(line) for line in own.splitlines())
    return _HARMLESS.sub(" ", "\n".join(lines).replace("’", "'"))
