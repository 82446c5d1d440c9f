"""What is left of a public text of ours when the words it repeated were erased: plain rules.

Apart from the passes because people may argue about it. Our sentences stay, and so do a person's
own words; what was taken from a post goes.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from responders.voice.wording import UNTITLED

ELLIPSIS: Final = "…"
_HELP: Final = re.compile(
    r"""(?x) (?<=this[ ]may[ ]help:[ ]) .*?
    (?= \s+ (?: You[ ]will[ ]find[ ]our[ ]next[ ]update | The[ ]next[ ]update[ ]comes ) [ ]by\b
      | \n | $ )"""
)
"""The way around in our texts, between its beginning and what the templates say next."""


def title_of(text: str) -> str:
    """Return the title of a text for the page: its first line."""
    return text.partition("\n")[0].strip()


def without_title(text: str) -> str:
    r"""Return a text for the page without the words of its title, wherever they stand in it.

    ``"Notes hang\n\nWe know about this problem: “notes hang”."`` becomes
    ``"A problem that several people report\n\nWe know about this problem: “…”."``
    """
    title, _, body = text.partition("\n")
    words = title.removeprefix(f"{UNTITLED}: ").strip().rstrip(ELLIPSIS)
    for piece in words.split(", ") if title.startswith(UNTITLED) else [words]:
        if piece:
            body = re.sub(re.escape(piece), ELLIPSIS, body, flags=re.IGNORECASE)
    return f"{UNTITLED}\n{body}".replace(f"{ELLIPSIS}{ELLIPSIS}", ELLIPSIS)


def may_be_called(title: str, said: Iterable[str]) -> bool:
    """Tell whether a title is ours alone, or consists of words that somebody still says."""
    if title == UNTITLED:
        return True
    texts = [text.casefold() for text in said]
    parts = title.removeprefix(f"{UNTITLED}: ").rstrip(ELLIPSIS).casefold()
    wanted = parts.split(", ") if title.startswith(UNTITLED) else [parts]
    return all(any(part in text for text in texts) for part in wanted)


def is_a_persons(title: str, drawn: Sequence[str]) -> bool:
    """Tell whether a person wrote a title: no text that we had drawn before has it.

    Args:
        title: the one that stands there.
        drawn: the titles of the template's own versions of the same text.
    """
    return title not in drawn


def help_in(text: str) -> str:
    """Return the way around that a text of ours tells; empty where it tells none."""
    found = _HELP.search(text)
    return found[0].strip() if found else ""


def without_help(text: str) -> str:
    """Return a text without the words of the way around that it tells."""
    return _HELP.sub(ELLIPSIS, text)


def kept_of(old: str, new: str) -> str:
    """Return what is kept of a text that another one takes the place of.

    A way around that is told no longer may have been erased with the post that it came from.
    """
    return old if help_in(old) in new else without_help(old)
