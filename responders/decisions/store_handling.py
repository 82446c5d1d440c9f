"""The decisions' queries on who has an issue, and on who decides by an account at Discord."""

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


def user_of_discord(session: Session, discord_id: str) -> User | None:
    """Return who decides by an account at Discord."""
    query = select(User).where(User.discord_id == discord_id, col(User.removed_at).is_(None))
    return session.exec(query).first()
