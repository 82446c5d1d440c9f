"""What is left of a public text of ours when the words it repeated were erased: plain rules.

Apart from the passes because people may argue about it. Our sentences stay, and so do a person's
own words; what was taken from a post goes.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from responders.voice.words.packing import built_in
from responders.voice.words.packs import FALLBACK, Packs

ELLIPSIS: Final = "…"


def title_of(text: str) -> str:
    """Return the title of a text for the page: its first line."""
    return text.partition("\n")[0].strip()


def without_title(text: str, packs: Packs | None = None, *, language: str = FALLBACK) -> str:
    r"""Return a text for the page without the words of its title, wherever they stand in it.

    ``"Notes hang\n\nWe know about this problem: “notes hang”."`` becomes
    ``"A problem that several people report\n\nWe know about this problem: “…”."``
    """
    title, _, body = text.partition("\n")
    packs = packs or built_in()
    pack = packs.get(language) or packs.by_code[FALLBACK]
    for piece in _words_of(title, packs):
        if piece:
            body = re.sub(re.escape(piece), ELLIPSIS, body, flags=re.IGNORECASE)
    return f"{pack.phrases.untitled}\n{body}".replace(f"{ELLIPSIS}{ELLIPSIS}", ELLIPSIS)


def may_be_called(title: str, said: Iterable[str], packs: Packs | None = None) -> bool:
    """Tell whether a title is ours alone, or consists of words that somebody still says."""
    packs = packs or built_in()
    if title in packs.untitled:
        return True
    texts = [text.casefold() for text in said]
    wanted = [piece.casefold() for piece in _words_of(title, packs)]
    return all(any(part in text for text in texts) for part in wanted)


def _words_of(title: str, packs: Packs) -> list[str]:
    """Return the words of people that a title is made of."""
    for untitled in packs.untitled:
        if title.startswith(untitled):
            words = title.removeprefix(untitled).removeprefix(": ")
            return words.strip().rstrip(ELLIPSIS).split(", ")
    return [title.strip().rstrip(ELLIPSIS)]


def is_a_persons(title: str, drawn: Sequence[str]) -> bool:
    """Tell whether a person wrote a title: no text that we had drawn before has it.

    Args:
        title: the one that stands there.
        drawn: the titles of the template's own versions of the same text.
    """
    return title not in drawn


@lru_cache(maxsize=4)
def _help(starts: tuple[tuple[str, tuple[str, ...]], ...]) -> re.Pattern[str]:
    """Return the pattern of a way around: between its beginning and what the texts say next."""
    return re.compile(
        "|".join(
            rf"(?<={re.escape(start)}).*?(?=\s+(?:{'|'.join(map(re.escape, ends))})|\n|$)"
            for start, ends in starts
        )
    )


def _help_of(packs: Packs | None) -> re.Pattern[str]:
    found = (packs or built_in()).by_code.values()
    return _help(tuple((pack.phrases.may_help, tuple(pack.phrases.after_help)) for pack in found))


def help_in(text: str, packs: Packs | None = None) -> str:
    """Return the way around that a text of ours tells; empty where it tells none."""
    found = _help_of(packs).search(text)
    return found[0].strip() if found else ""


def without_help(text: str, packs: Packs | None = None) -> str:
    """Return a text without the words of the way around that it tells."""
    return _help_of(packs).sub(ELLIPSIS, text)


def kept_of(old: str, new: str, packs: Packs | None = None) -> str:
    """Return what is kept of a text that another one takes the place of.

    A way around that is told no longer may have been erased with the post that it came from.
    """
    return old if help_in(old, packs) in new else without_help(old, packs)
