"""The rows of the audit chain; apart, because they point to nothing and every act needs them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from config.database import UtcTime


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
