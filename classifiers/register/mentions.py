"""Which tickets and issues a text names: what release notes say that a release is about.

Pure. That a release names a ticket does not prove that it mends it; a person decides.
"""

import re
from collections.abc import Collection
from typing import Final

MOST: Final = 200
"""Names taken from one text; longer lists are logs of everything that was done."""
LOOKED_AT: Final = 200_000
"""Characters of a text that are read."""
_REFERENCE: Final = re.compile(r"\bGS-([1-9]\d{0,8})\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"https?://[^\s/<>\"]{1,253}/(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})/issues/(?P<number>\d{1,9})\b"
)
_SHORT: Final = re.compile(
    r"(?<![\w./#&-])(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})?#(?P<number>[1-9]\d{0,8})\b"
)


def names_in(text: str, *, repository: str | None = None) -> tuple[str, ...]:
    """Return what a text names, each once, in the order of the text's kinds.

    Args:
        text: notes, as plain text, Markdown or HTML.
        repository: ``owner/name`` of whoever wrote it: there a bare #12 is a ticket of theirs.

    Example: "Fixes #7 and GS-3" of acme/app gives ("GS-3", "acme/app#7").
    """
    shown = text[:LOOKED_AT]
    found = [f"GS-{match[1]}" for match in _REFERENCE.finditer(shown)]
    for pattern in (_ADDRESS, _SHORT):
        for match in pattern.finditer(shown):
            where = match["repository"] or repository or ""
            found.append(f"{where.lower()}#{match['number']}")
    return tuple(dict.fromkeys(found))[:MOST]


def is_named(names: Collection[str], *, repository: str, number: int) -> bool:
    """Tell whether a ticket is named; a bare number counts where nobody said whose it is."""
    return f"{repository.lower()}#{number}" in names or f"#{number}" in names
