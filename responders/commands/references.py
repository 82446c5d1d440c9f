"""What people write to name a row, and the one line that answers when it names none.

Apart, so that every noun of the command line reads names alike: what is no name at all is wrong
usage, a name that nothing has is a failure; both say where the right ones stand.
"""

from sqlmodel import Session

from classifiers import store as issues
from classifiers.tables import Issue
from config.errors import GroundswellError, SettingsError
from config.logs import printable
from listener import store as posts
from listener.tables import Post
from responders.delivery.tables import Delivery
from responders.voice.tables import Draft

LONGEST_NAME = 60
"""Characters of a wrong name that are said back."""


def issue_named(session: Session, text: str) -> Issue:
    """Return the issue of a reference: ``GS-7``, ``gs-7`` or ``7``.

    Raises:
        SettingsError: the text is no reference.
        GroundswellError: no issue has it.
    """
    number = text.strip().upper().removeprefix(issues.REFERENCE)
    if not (number.isascii() and number.isdigit()):
        raise SettingsError(f"{said_back(text)} is no issue; write it like GS-3")
    found = issues.issue_id_from(text)
    row = issues.issue_with_id(session, found) if found is not None else None
    if row is None:
        raise _unknown("issue", text)
    return row


def post_named(session: Session, text: str) -> Post:
    """Return the post of that number.

    Raises:
        SettingsError: the text is no number.
        GroundswellError: no post has it.
    """
    row = posts.post_with_id(session, _number("post", text))
    if row is None:
        raise _unknown("post", text)
    return row


def draft_named(session: Session, text: str) -> Draft:
    """Return the draft of that number.

    Raises:
        SettingsError: the text is no number.
        GroundswellError: no draft has it.
    """
    row = session.get(Draft, _number("draft", text))
    if row is None:
        raise _unknown("draft", text)
    return row


def delivery_named(session: Session, text: str) -> Delivery:
    """Return the delivery of that number.

    Raises:
        SettingsError: the text is no number.
        GroundswellError: no delivery has it.
    """
    row = session.get(Delivery, _number("delivery", text))
    if row is None:
        raise _unknown("delivery", text)
    return row


def _number(noun: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(
            f"{said_back(text)} is no {noun}'s number; `groundswell {noun} list` shows them"
        )
    found = issues.row_id_from(text)
    if found is None:
        raise _unknown(noun, text)
    return found


def _unknown(noun: str, text: str) -> GroundswellError:
    return GroundswellError(
        f"there is no {noun} {said_back(text)}; `groundswell {noun} list` shows them"
    )


def said_back(text: str) -> str:
    """Return what a person wrote as one short line without terminal codes."""
    line = printable(" ".join(text.split()))
    shown = line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"
    return shown or "nothing"
