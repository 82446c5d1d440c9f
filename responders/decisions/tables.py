"""The decisions' rows: people, their sessions and tokens, their approvals, and the audit chain."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

import responders.voice.tables  # noqa: F401 - its tables are pointed to
from config.database import UtcTime, words


class Role(StrEnum):
    """What somebody may do; each may all that the ones before it may."""

    VIEWER = "viewer"
    DRAFTER = "drafter"
    APPROVER = "approver"
    ADMIN = "admin"


class User(SQLModel, table=True):
    """Somebody who decides here."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: Role = Field(sa_type=words(Role))
    password_hash: str | None = None
    """Argon2id, as its library writes it; None: no log-in by password."""
    discord_id: str | None = Field(default=None, unique=True, index=True)
    """The account at Discord that decides as them; None: none does."""
    slack_id: str | None = Field(default=None, unique=True, index=True)
    """The account at Slack that decides as them; None: none does."""
    created_at: datetime = Field(sa_type=UtcTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """Kept after that, because approvals and audit name it; it opens nothing any more."""


class Token(SQLModel, table=True):
    """A key to the console's API; only its digest is kept."""

    digest: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)


class Session(SQLModel, table=True):
    """A log-in at the console; only the digest of its cookie is kept."""

    digest: str = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


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


class AuditEntry(SQLModel, table=True):
    """One link of the audit chain; its payload may be erased without breaking the chain."""

    number: int = Field(primary_key=True)
    """1, 2, 3 …, without a gap."""
    at: datetime = Field(sa_type=UtcTime)
    act: str
    """Such as ``draft approved`` or ``sending paused``."""
    subject: str
    """What it was done to, such as ``draft 12`` or ``GS-3``."""
    salt: str | None
    payload: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    """Who, why and how, as far as it may be known; None once erased, with its salt."""
    digest: str
    """SHA-256 of salt and payload; it stays when they go."""
    previous: str
    """The hash of the entry before; 64 zeros for the first."""
    hash: str
    """SHA-256 over number, time, act, subject, digest and previous."""


class AuditHead(SQLModel, table=True):
    """The end of the chain: whoever adds a link holds this row, so that links never fork."""

    id: int = Field(default=1, primary_key=True)
    number: int = 0
    hash: str = "0" * 64


class PressTaken(SQLModel, table=True):
    """A press in a chat that one of our processes took on; kept for an hour."""

    press: str = Field(primary_key=True)
    """What names it, however often its platform tells it."""
    at: datetime = Field(sa_type=UtcTime)
    """Machine time."""
