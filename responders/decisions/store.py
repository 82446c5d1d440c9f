"""The queries on the decisions' tables: people, sessions, tokens and approvals.

Those on the audit chain stand in ``store_audit``.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from responders.decisions.tables import Approval, FirstYes, Token, User
from responders.decisions.tables import Session as LogIn
from responders.voice.tables import Draft, DraftState


def users(session: Session, *, removed: bool = False) -> Sequence[User]:
    """Return the people who decide here by name; with ``removed`` those of the past too."""
    query = select(User).order_by(col(User.name))
    if not removed:
        query = query.where(col(User.removed_at).is_(None))
    return session.exec(query).all()


def user_named(session: Session, name: str) -> User | None:
    """Return somebody who may decide here, by the exact name."""
    query = select(User).where(User.name == name, col(User.removed_at).is_(None))
    return session.exec(query).first()


def change_user(session: Session, user_id: int, **values: object) -> bool:
    """Change somebody who was not removed; False when they were."""
    statement = (
        update(User).where(col(User.id) == user_id, col(User.removed_at).is_(None)).values(**values)
    )
    return session.connection().execute(statement).rowcount == 1


def close_doors(session: Session, user_id: int, *, tokens: bool) -> None:
    """End all log-ins of somebody, and with ``tokens`` their keys to the API too."""
    session.connection().execute(delete(LogIn).where(col(LogIn.user_id) == user_id))
    if tokens:
        session.connection().execute(delete(Token).where(col(Token.user_id) == user_id))


def add_log_in(session: Session, row: LogIn) -> None:
    """Keep a log-in, and sweep out those that ran out."""
    session.connection().execute(delete(LogIn).where(col(LogIn.expires_at) <= row.created_at))
    session.add(row)


def end_log_in(session: Session, digest: str) -> bool:
    """Forget a log-in; False when it is not known."""
    statement = delete(LogIn).where(col(LogIn.digest) == digest)
    return session.connection().execute(statement).rowcount == 1


def user_of_log_in(session: Session, digest: str, *, now: datetime) -> User | None:
    """Return whose log-in it is, while it lasts and they were not removed."""
    query = (
        select(User)
        .join(LogIn, col(LogIn.user_id) == col(User.id))
        .where(LogIn.digest == digest, LogIn.expires_at > now, col(User.removed_at).is_(None))
    )
    return session.exec(query).first()


def user_of_token(session: Session, digest: str, *, since: datetime) -> User | None:
    """Return whose key it is, if it was made after ``since`` and they were not removed."""
    query = (
        select(User)
        .join(Token, col(Token.user_id) == col(User.id))
        .where(Token.digest == digest, Token.created_at > since, col(User.removed_at).is_(None))
    )
    return session.exec(query).first()


def approvals(session: Session, draft_id: int) -> Sequence[Approval]:
    """Return the approvals of a draft, oldest first, those taken back too."""
    query = select(Approval).where(Approval.draft_id == draft_id)
    return session.exec(query.order_by(col(Approval.id))).all()


def take_approval_back(session: Session, draft_id: int, *, at: datetime) -> bool:
    """Mark the approval of a draft that still holds as taken back; False when none holds."""
    statement = (
        update(Approval)
        .where(col(Approval.draft_id) == draft_id, col(Approval.taken_back_at).is_(None))
        .values(taken_back_at=at)
    )
    return session.connection().execute(statement).rowcount > 0


def take_back_approval_of(session: Session, delivery_id: int, *, at: datetime) -> None:
    """Mark the approval of one message as taken back."""
    statement = (
        update(Approval)
        .where(col(Approval.delivery_id) == delivery_id, col(Approval.taken_back_at).is_(None))
        .values(taken_back_at=at)
    )
    session.connection().execute(statement)


def anybody_named(session: Session, name: str) -> User | None:
    """Return somebody by the exact name, also one who was removed."""
    return session.exec(select(User).where(User.name == name)).first()


def first_yeses(session: Session, draft: Draft) -> Sequence[FirstYes]:
    """Return the first yeses to exactly the text of a draft that still hold, oldest first."""
    return first_yeses_to(session, draft, draft.text_sha256)


def first_yeses_to(session: Session, draft: Draft, text_sha256: str) -> Sequence[FirstYes]:
    """Return the same for another text, which would take the place of one that stands."""
    query = (
        select(FirstYes)
        .where(FirstYes.draft_id == draft.id, FirstYes.version == draft.version)
        .where(FirstYes.text_sha256 == text_sha256, col(FirstYes.taken_back_at).is_(None))
    )
    return session.exec(query.order_by(col(FirstYes.id))).all()


def first_yeses_of(session: Session, drafts: Sequence[Draft]) -> dict[int, FirstYes]:
    """Return the first yes that waits for a second one, of each of these drafts that has one."""
    texts = {
        (row.id, row.version, row.text_sha256) for row in drafts if row.state is DraftState.PENDING
    }
    query = (
        select(FirstYes)
        .join(Draft, col(Draft.id) == col(FirstYes.draft_id))
        .where(col(Draft.state) == DraftState.PENDING, col(FirstYes.taken_back_at).is_(None))
        .order_by(col(FirstYes.id).desc())
    )
    rows = session.exec(query).all() if texts else []
    return {
        row.draft_id: row for row in rows if (row.draft_id, row.version, row.text_sha256) in texts
    }


def take_first_yes_back(session: Session, draft_id: int, *, at: datetime) -> bool:
    """Mark the first yes to a draft as taken back; False when none holds."""
    statement = (
        update(FirstYes)
        .where(col(FirstYes.draft_id) == draft_id, col(FirstYes.taken_back_at).is_(None))
        .values(taken_back_at=at)
    )
    return session.connection().execute(statement).rowcount > 0
