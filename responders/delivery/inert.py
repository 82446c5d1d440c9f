"""Strangers' words made harmless, before any of them goes out in a message of ours.

Apart and pure, because every destination needs the same first steps: one line, no control or bidi
characters, no private data, no links, cut on the border of a character as people see it. What a
platform's own markup needs comes on top (``discord_text``).
"""

import re
import unicodedata
from urllib.parse import quote, urlsplit

MARK = "…"
MAX_MARKS_IN_A_ROW = 3
"""More accents on one letter than any language writes are only there to overflow the line."""
MAX_LINK = 300
LOOKED_AT = 20
"""How many times its shown length of a text is looked at; the rest could not be shown anyway."""
ZWJ, ZWNJ = "\u200d", "\u200c"

_URL = re.compile(
    r"(?i)(?:\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.|mailto:|javascript:|data:)|(?<![\w:/])//\w)\S*"
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_KEY = re.compile(
    r"\b(?:(?:sk|pk|rk|ghp|gho|xox[abpr]|AKIA|AIza|eyJ)[-_A-Za-z0-9.]{12,}|[A-Fa-f0-9]{32,})"
)
_NUMBER = re.compile(r"(?<![\w.])(?!\d{4}-\d\d-\d\d(?!\d))\+?\(?\d(?:[ ()./-]{0,2}\d){7,18}(?!\w)")
_DISCORD_MARKUP = re.compile(r"([\\*_~`|>#\[\]()<])")


def plain(text: str) -> str:
    """Return the text as one line of characters that only show themselves.

    Line ends become blanks; control, bidi and zero-width characters go, broken ones become U+FFFD,
    and no letter keeps more than three accents.
    """
    kept: list[str] = []
    marks = 0
    text = unicodedata.normalize(
        "NFC", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )
    for place, char in enumerate(text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > MAX_MARKS_IN_A_ROW:
            continue
        if category in {"Cc", "Zl", "Zp", "Zs"}:
            kept.append(" ")
        elif category in {"Cs", "Co", "Cn"}:
            kept.append("\ufffd")
        elif category != "Cf" or _joins(text, place):
            kept.append(char)
    return " ".join("".join(kept).split())


def _joins(text: str, place: int) -> bool:
    """Tell whether a joiner stands where scripts and family emoji need it."""
    if text[place] not in {ZWJ, ZWNJ} or not 0 < place < len(text) - 1:
        return False
    return not (text[place - 1].isascii() or text[place + 1].isascii())


def redacted(text: str) -> str:
    """Return the text without links, mail addresses, keys and long numbers such as phones."""
    text = _URL.sub("[link]", text)
    text = _MAIL.sub("[address]", text)
    text = _KEY.sub("[key]", text)
    return _NUMBER.sub("[number]", text)


def quoted(text: str, limit: int) -> str:
    """Return a stranger's words as a message may show them: plain, redacted, cut."""
    return cut(redacted(plain(text[: limit * LOOKED_AT])), limit)


def cut(text: str, limit: int) -> str:
    """Return at most ``limit`` characters, cut at a word where there is one near the end.

    Never between a letter and its accent nor inside a joined emoji: with limit 5 "abcd ef" gives
    "abcd…".
    """
    if len(text) <= limit:
        return text
    end = limit - len(MARK)
    while end > 0 and _sticks(text, end):
        end -= 1
    space = text.rfind(" ", 0, end + 1)
    if space > end * 0.6:
        end = space
    return text[:end].rstrip() + MARK


def _sticks(text: str, place: int) -> bool:
    """Tell whether the character at ``place`` belongs to the one before it."""
    char, before = text[place], text[place - 1]
    flags = all("\U0001f1e6" <= each <= "\U0001f1ff" for each in (char, before))
    return (
        unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or ZWJ in {char, before}
        or "\ufe00" <= char <= "\ufe0f"
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or flags
    )


def discord_text(text: str) -> str:
    """Return plain text with Discord's markup switched off and no mention left alive.

    No character becomes more than two, so a cut text times two always fits.
    """
    return _DISCORD_MARKUP.sub(r"\\\1", text).replace("@", "@\u200b").replace("://", ":/\u200b/")


def web_link(url: str | None) -> str | None:
    """Return the address if it is an honest http(s) one that a message may carry, else None.

    An address that names a user before the host only looks like another place, and is refused.
    """
    if not url or len(url) > MAX_LINK or any(ord(char) <= 32 or ord(char) == 127 for char in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    if "\\" in url:
        return None
    safe = quote(url, safe="/:?#&=%+,;~.-_!$")
    return safe if len(safe) <= MAX_LINK else None
