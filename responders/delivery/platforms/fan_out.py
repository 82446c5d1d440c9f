"""What is said where we know neither markup nor readers: pagers, mail, and all behind Apprise.

Pure. Apprise hands a text on to a hundred services, each with mentions and markup of its own, and
in some modes even pings whom a stranger named. So nothing is escaped for one of them: only letters,
figures and plain punctuation are left, which no service takes for anything else.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from responders.delivery.inert import cut, plain, redacted, web_link

TITLE, LINE, BODY = 200, 400, 3000
"""Characters at the most; the shortest that a mail's subject and a pager surely show."""
LINES = 40
PLAIN = frozenset(".,;:!?'\"’‘“”„«»()%+-–—=·…→°€$£/◌○◐◉✓↺⊘▁▂▃▄▅▆▇█")
"""The punctuation and the signs of ours that stay."""
_LIKE_A_HOST = re.compile(r"(?<=\w)\.(?=[^\W\d])")
_SLASHES = re.compile(r"(?<!\w)[/!]+|/{2,}")
"""What begins a command, or an address."""
_BEFORE_A_STOP = re.compile(r" (?=[.,;:!?](?: |$))")
_ADDRESS = re.compile(r"(\S*://\S*)")


def harmless(text: str, limit: int = LINE) -> str:
    """Return one line that no service takes for a mention, a link, a command or markup.

    Of "*Bold* @everyone, see evil.example/x" is left "Bold everyone, see evil. example/x".
    """
    words = redacted(plain(text[: limit * 20]))
    kept = "".join(char if _stays(char) else " " for char in words)
    kept = _SLASHES.sub(" ", _LIKE_A_HOST.sub(". ", kept))
    return cut(_BEFORE_A_STOP.sub("", " ".join(kept.split())), limit)


def _stays(char: str) -> bool:
    return char in PLAIN or unicodedata.category(char)[0] in "LMNZ"


def harmless_lines(text: str) -> str:
    """Return a text of ours line by line; of addresses the honest ones stay.

    A stranger's words are quoted without their links before they come into a text of ours, so what
    stands here as an address is ours.
    """
    lines = [_line(line) for line in text.splitlines()[:LINES]]
    return cut("\n".join(line for line in lines if line), BODY)


def _line(line: str) -> str:
    parts = (
        (web_link(part) or "") if "://" in part else harmless(part)
        for part in _ADDRESS.split(line[: LINE * 20])
    )
    return " ".join(part for part in parts if part)


def said(text: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    """Return title and body of a message.

    Args:
        text: the message as text.
        payload: the same as it was drawn for us, with ``title`` and ``body``; empty for notices,
            whose first line is their title.
    """
    if payload:
        title, body = str(payload.get("title", "")), str(payload.get("body", ""))
    else:
        title, body = (text.splitlines() or [""])[0], text
    title = harmless(title, TITLE) or "Groundswell"
    return title, harmless_lines(body) or title
