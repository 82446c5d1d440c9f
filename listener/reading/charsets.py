"""Turn the bytes of an answer into text, believing the bytes more than what is said about them.

Apart because three voices disagree on the web (the header, the document, the bytes) and the order
in which they are believed is a rule of its own. A header that says ISO-8859-1 is mostly a server's
default; text that decodes as UTF-8 and is not plain ASCII is hardly ever anything else.
"""

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# UTF-16 without a mark shows by the zeros in its first tag.
_BARE_MARKS: Final = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.I)
_IN_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
_IN_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
# Nobody means these literally; browsers read them as Windows-1252 too.
# Source: https://encoding.spec.whatwg.org/#names-and-labels
_LATIN: Final = frozenset({"iso8859-1", "ascii", "latin-1", "cp1252"})


def decode(body: bytes, content_type: str = "") -> str:
    """Return the body as text: byte mark, then UTF-8 if it fits, then what was declared."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    for mark, name in _BARE_MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    named = _named(body[:4096], content_type)
    if named is not None and named != "utf-8":
        return body.decode(named, "replace")
    # Said to be UTF-8, or nothing said: a few bad bytes are damage, many are Windows-1252.
    repaired = body.decode("utf-8", "replace")
    sound = sum(char > "\x7f" for char in repaired) - repaired.count("\ufffd")
    return repaired if sound > repaired.count("\ufffd") else body.decode("cp1252", "replace")


def _named(head: bytes, content_type: str) -> str | None:
    """Return the codec that the document names, else the header, if Python knows it."""
    inside = _DECLARED.search(head) or _IN_META.search(head)
    outside = _IN_HEADER.search(content_type)
    for name in (inside and inside[1].decode("ascii"), outside and outside[1]):
        if not name:
            continue
        try:
            codec = codecs.lookup(name)
        except LookupError:
            continue
        if codec._is_text_encoding:  # "hex" and "zip" are codecs too
            return "cp1252" if codec.name in _LATIN else codec.name
    return None
