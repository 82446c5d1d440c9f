"""What hides that two texts are the same: zero-width signs, look-alike letters, quoted posts.

Pure, and apart from copies because vectors are made of the plain text too: a text that hides from
the comparison of words hides from the model as well.
"""

import re
import unicodedata
from typing import Final

_LOOKALIKES: Final = str.maketrans(
    "аеорсухіјѕԁɡһқԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαАВЕКМНОРСТХІЈЅ",
    "aeopcyxijsdghkqwABEZHIKMNOPTYXoaABEKMHOPCTXIJS",
)
"""Letters of Cyrillic and Greek that look like Latin ones.

Source: the confusables of https://www.unicode.org/reports/tr39, as far as spam uses them.
"""
_LATIN: Final = re.compile(r"[A-Za-z]")
_ALIKE: Final = re.compile(f"[{''.join(map(chr, _LOOKALIKES))}]")
_WORD: Final = re.compile(r"\w+")
_HIDDEN: Final = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\U000e0000-\U000e007f]"
)
"""Signs that take no room. The joiners (200c, 200d) stay where a script or an emoji needs them."""
_JOINERS: Final = re.compile(r"(?<=[A-Za-z])[\u200c\u200d]+(?=[A-Za-z])")
_MARKS: Final = re.compile(r"[\u0300-\u036f]{2,}")
"""More than one accent upon another is ornament in every language written with them."""
_QUOTED: Final = re.compile(r"^[ \t]*>.*(?:\n|$)", re.MULTILINE)


def own_words(text: str) -> str:
    r"""Leave out what a post quotes of others; a post that only quotes keeps it.

    Example: "> It crashes\nSame here" is "Same here".
    """
    if ">" not in text:
        return text
    own = _QUOTED.sub("", text)
    return own.strip() if any(char.isalnum() for char in own) else text


def undisguised(text: str) -> str:
    """Write a text as it looks to a reader; one without disguises comes back as it is.

    Example: a "рassword" with a Cyrillic first letter becomes "password"; "Пароль" stays.
    """
    if text.isascii():
        return text
    plain = _JOINERS.sub("", _HIDDEN.sub("", text))
    plain = _MARKS.sub("", unicodedata.normalize("NFC", plain))
    plain = "".join(map(_narrow, plain))
    return _WORD.sub(_latin, plain)


def _narrow(char: str) -> str:
    """Write letters of full width, in circles or from mathematics as plain ones."""
    code = ord(char)
    fancy = 0xFF01 <= code <= 0xFF5E or 0x1D400 <= code <= 0x1D7FF or 0x24B6 <= code <= 0x24E9
    return unicodedata.normalize("NFKC", char) if fancy else char


def _latin(found: re.Match[str]) -> str:
    """Write a word in Latin letters if it mixes them with others that look the same."""
    word = found.group()
    if word.isascii() or not _LATIN.search(word) or not _ALIKE.search(word):
        return word
    return word.translate(_LOOKALIKES)
