"""A mark that nobody sees and that tells our own ticket from any other with the same words.

Pure, and below the channels, because who writes a ticket marks it and who looks for it reads the
mark. It is drawn by chance for each ticket, so that two installations never take one another's.
Source: GitHub shows no HTML comment and keeps it in the text,
https://docs.github.com/en/get-started/writing-on-github
"""

import re
from typing import Final

_KEPT: Final = re.compile(r"[0-9a-f]{16,64}")
LONGEST_TITLE: Final = 256
"""Characters of a title that GitHub takes."""
LONGEST_BODY: Final = 65_536
"""Characters of a text that GitHub takes."""
CUT: Final = "\n\n*The rest is left out: it is longer than a ticket may be.*"


def mark(token: str) -> str:
    """Return the line that marks a text.

    Raises:
        ValueError: the token could end the comment or mark nothing.
    """
    if not _KEPT.fullmatch(token):
        raise ValueError("a mark is made of 16 to 64 hexadecimal digits")
    return f"<!-- groundswell:{token} -->"


def is_marked(text: str, token: str) -> bool:
    """Tell whether a text bears a mark on a line of its own."""
    return mark(token) in text.splitlines()


def ticket_text(title: str, body: str, token: str) -> str:
    """Return a ticket as one text, which a person approves whole: its title is the first line.

    A body that is too long is cut between two lines; the mark always fits.
    """
    end = f"\n\n{mark(token)}"
    head = " ".join(title.split())[:LONGEST_TITLE]
    room = LONGEST_BODY - len(end)
    if len(body) > room:
        body = body[: room - len(CUT)].rpartition("\n")[0] + CUT
    return f"{head}\n\n{body}{end}"


def parts(text: str) -> tuple[str, str]:
    """Return title and body of a ticket's text."""
    title, _, body = text.partition("\n")
    return title.strip(), body.strip()
