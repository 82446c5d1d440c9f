"""Strangers' words made harmless for Markdown: they show themselves and do nothing.

Pure. On top of what ``inert`` does for every destination: no markup, no HTML, nobody mentioned and
nothing referred to, wherever the text is pasted.
"""

import re
from urllib.parse import urlsplit

from responders.delivery.inert import plain, quoted, web_link

LONGEST_QUOTE = 600
_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_LEADING = re.compile(r"^(?=[-+=>])|^(\d{1,9})(?=[.)])")
_STOP = "\u200b"


def inert(words: str) -> str:
    """Return words as one line of Markdown that reads as they were written."""
    text = plain(words).replace("&", "&amp;").replace("<", "&lt;")
    text = _MARKUP.sub(r"\\\1", text)
    for alive in ("@", "\uff20", "#"):
        text = text.replace(alive, f"{alive}{_STOP}")
    text = text.replace("://", f":{_STOP}//").replace("www.", f"www{_STOP}.")
    return _LEADING.sub(lambda found: f"{found[1] or ''}\\", text)


def inert_quote(words: str, limit: int = LONGEST_QUOTE) -> str:
    """Return what a stranger wrote in quotation marks: one line, no links, no private data."""
    return f"“{inert(quoted(words, limit))}”"


def inert_link(url: str | None) -> str | None:
    """Return a link named by its host alone, or None where the address is no honest one."""
    safe = web_link(url)
    if safe is None:
        return None
    return f"[{inert(urlsplit(safe).hostname or '')}](<{safe}>)"
