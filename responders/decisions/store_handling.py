"""The decisions' queries on who has an issue, and on who decides by an account in a chat."""

from sqlmodel import Session, col, select

from classifiers.tables import Issue
from responders.decisions.tables import User
from responders.oncall.tables import Handling


def handling(session: Session, issue: Issue) -> Handling:
    """Return who handles an issue, as a row that is kept with the transaction."""
    assert issue.id is not None  # noqa: S101 - a row read from the store has an id
    row = session.get(Handling, issue.id, populate_existing=True)
    if row is None:
        row = Handling(issue_id=issue.id, product_id=issue.product_id)
        session.add(row)
    return row


def user_of_chat(session: Session, column: str, number: str) -> User | None:
    """Return who decides by an account in a chat.

    Args:
        session: an open session.
        column: where a user's account of that chat stands.
        number: the account's.
    """
    query = select(User).where(getattr(User, column) == number, col(User.removed_at).is_(None))
    return session.exec(query).first()
