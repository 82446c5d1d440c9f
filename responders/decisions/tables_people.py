"""Who decides here: people, their log-ins and their keys.

Apart from the other rows, because these point to nothing: an act that is in a hurry needs no more.
"""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

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
