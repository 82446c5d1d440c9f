"""Texts of a setting that must have a form; what has another is refused in words.

Apart from the settings, because what is declared of a product has such texts too. A pattern in an
error helps nobody who has to mend it, so each form says what is wanted, with an example.
"""

import re
from typing import Annotated

from pydantic import AfterValidator

SHOWN = 60
"""Characters of a wrong text that are said back."""


def formed(pattern: str, wanted: str) -> AfterValidator:
    """Return what refuses a text that is not of a form.

    Args:
        pattern: of the whole text.
        wanted: what follows the text in the message: ``is no hour; write one such as 22:00``.
    """
    form = re.compile(pattern)

    def check(value: str) -> str:
        if form.fullmatch(value) is None:
            raise ValueError(f"“{value[:SHOWN]}” {wanted}")
        return value

    return AfterValidator(check)


_REST = r"://[^\s/?#@\\]+(/[^\s?#]*)?"
_WEB = "is no web address; write one such as"

WebAddress = Annotated[str, formed(f"(?i:https?){_REST}", f"{_WEB} https://example.org")]
"""Of a server that is asked, or that links lead to; a path may follow."""
WebAddressOrNone = Annotated[
    str, formed(f"((?i:https?){_REST})?", f"{_WEB} https://example.org, or nothing")
]
"""The same where an empty text says that there is none."""
SocketAddressOrNone = Annotated[
    str, formed(f"((?i:wss?|https?){_REST})?", f"{_WEB} wss://example.org, or nothing")
]
"""The same of a server that keeps the line open."""
