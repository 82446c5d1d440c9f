"""The decisions' rows: people, their sessions and tokens, their approvals, and the audit chain."""

from datetime import datetime

from sqlmodel import Field, SQLModel

import responders.voice.tables  # noqa: F401 - its tables are pointed to
from config.database import UtcTime
from responders.decisions.tables_audit import AuditEntry, AuditHead
from responders.decisions.tables_people import Role, Session, Token, User

__all__ = (
    "Approval", "AuditEntry", "AuditHead", "FirstYes", "PressTaken", "Role", "Session", "Token",
    "User",
)  # fmt: skip


class FirstYes(SQLModel, table=True):
    """The first of two persons' yes to exactly one text; it queues nothing by itself."""

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", index=True)
    version: int
    text_sha256: str
    """It counts only while the draft still has this version and this hash."""
    by: str
    via: str
    at: datetime = Field(sa_type=UtcTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Approval(SQLModel, table=True):
    """A person's yes to exactly one text."""

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", index=True)
    delivery_id: int = Field(foreign_key="delivery.id")
    version: int
    text_sha256: str
    by: str
    via: str
    """``command line``, ``console`` or ``demo``."""
    at: datetime = Field(sa_type=UtcTime)
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcTime)
    override: str = ""
    """Why the text may leave with what the linter blocks; empty where it blocked nothing."""
    first_yes_id: int | None = Field(default=None, foreign_key="firstyes.id")
    """The other person's, where two were needed."""


class PressTaken(SQLModel, table=True):
    """A press in a chat that one of our processes took on; kept for an hour."""

    press: str = Field(primary_key=True)
    """What names it, however often its platform tells it."""
    at: datetime = Field(sa_type=UtcTime)
    """Machine time."""
