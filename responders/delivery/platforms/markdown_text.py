"""Our texts as a place's Markdown must have them, so that they appear as they were typed.

Pure. Apart from the channels because each sign that pings, quotes, links or runs a command must be
known here, and shown to do nothing. Addresses stay as they are: they are meant to be clicked.
"""

import re
from collections.abc import Callable

UNSEEN = "&#8203;"
"""A blank of no width: it parts a sign from the name behind it. Escapes with a backslash do not,
for both places look for names after the Markdown was read."""

_HELD = "\x00"
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\"\]),.;:!?']")
_SIGN = re.compile(r"([\\`*_\[\]<>|~^])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LINE_SIGN = re.compile(r"^(#|=+(?=\s*$)|[-+](?=[-+\s]|$)|/)", re.MULTILINE)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)", re.MULTILINE)
_MENTION = re.compile(r"(?<![\w@])@(?=\w)")
_MONEY = re.compile(r"\$")
_REFERENCE = re.compile(r"#(?=\d)")
_SHORTCODE = re.compile(r":(?=[a-z+][a-z0-9_+-]*:)")
_REDDIT_NAME = re.compile(r"(?i)(?<!\w)([ur]/)(?=\w)")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_SINGLE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")


def github_text(text: str) -> str:
    """Return a text for GitHub: nobody is named, nothing referred to, no command given.

    A line end is one there. Source: https://github.github.com/gfm/
    """
    return _around_addresses(_unindented(text), _github_signs)


def reddit_text(text: str) -> str:
    """Return a text for Reddit: nobody is named; a line end needs two blanks before it.

    Source: https://support.reddithelp.com/hc/en-us/articles/360043033952-Formatting-Guide
    """
    broken = _SINGLE_BREAK.sub("  \n", _unindented(text))
    return _around_addresses(broken, _reddit_signs)


def _github_signs(text: str) -> str:
    text = _MONEY.sub(r"\\$", _escaped(text))  # two of them would make a formula
    text = _REFERENCE.sub(f"#{UNSEEN}", text)
    text = _MENTION.sub(f"@{UNSEEN}", text)
    return _SHORTCODE.sub(f":{UNSEEN}", text)


def _reddit_signs(text: str) -> str:
    return _REDDIT_NAME.sub(rf"\1{UNSEEN}", _escaped(text))


def _escaped(text: str) -> str:
    text = _SIGN.sub(r"\\\1", _ENTITY.sub("&amp;", text))
    return _NUMBERED.sub(r"\1\\\2", _LINE_SIGN.sub(r"\\\1", text))


def _unindented(text: str) -> str:
    """Keep the blanks that begin a line from making it a piece of code."""
    return _INDENT.sub(lambda found: "\u00a0" * len(found[0].expandtabs(4)), text)


def _around_addresses(text: str, change: Callable[[str], str]) -> str:
    """Change a text but for its addresses.

    They are taken out as signs that no text has, so that a rule about the begin of a line sees
    where lines really begin.
    """
    found = _ADDRESS.findall(text)
    parts = change(_ADDRESS.sub(_HELD, text.replace(_HELD, ""))).split(_HELD)
    return "".join(part + address for part, address in zip(parts, [*found, ""], strict=True))
