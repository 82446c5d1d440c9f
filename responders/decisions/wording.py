"""Words and times as decisions say and take them: "at 12:03 UTC, 12 May".

Pure. What people type is checked here once, for every face.
"""

import unicodedata
from datetime import datetime

from responders.decisions.refusing import NotValid

LONGEST_LINE, LONGEST_TEXT = 200, 20_000
"""Characters of a title or a reason, and of a text."""
BREAKS = "\n\r\t"


def at_time(moment: datetime) -> str:
    """Say when, such as ``12:03 UTC, 12 May``."""
    return f"{moment:%H:%M} UTC, {moment.day} {moment:%B}"


def one_line(words: str, what: str, *, longest: int = LONGEST_LINE) -> str:
    """Return what somebody typed as one printable line.

    Raises:
        NotValid: it is empty, too long or holds what cannot be shown.
    """
    line = " ".join(whole_text(words, what).split())
    if len(line) > longest:
        raise NotValid(f"{what} has {len(line)} characters; {longest} is the most")
    return line


def whole_text(words: str, what: str) -> str:
    """Return what somebody typed, without blanks around it and with plain line ends.

    Raises:
        NotValid: it is empty, too long or holds what cannot be shown.
    """
    text = words.replace("\r\n", "\n").strip()
    if not text:
        raise NotValid(f"{what} is empty; write a few words")
    if len(text) > LONGEST_TEXT:
        raise NotValid(f"{what} has {len(text)} characters; {LONGEST_TEXT} is the most")
    if any(unicodedata.category(char) in {"Cc", "Cs"} and char not in BREAKS for char in text):
        raise NotValid(f"{what} holds a character that cannot be shown; take it out")
    return text
