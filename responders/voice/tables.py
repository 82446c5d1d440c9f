"""The voice's rows: texts proposed to people, before and after a person said yes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

import classifiers.tables  # noqa: F401 - its tables are pointed to
import listener.tables  # noqa: F401 - its tables are pointed to
from config.database import UtcTime, words


class DraftState(StrEnum):
    """How far a draft is."""

    PENDING = "pending"
    APPROVED = "approved"
    QUEUED = "queued"
    SENT = "sent"
    REJECTED = "rejected"
    STALE = "stale"
    SILENT = "silent"


class Draft(SQLModel, table=True):
    """A text proposed for one thread, channel or the page."""

    __table_args__ = (UniqueConstraint("key", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    """(destination, issue, kind, revision) as text; later versions keep it."""
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    thread_id: int | None = Field(default=None, foreign_key="thread.id", index=True)
    post_id: int | None = Field(default=None, foreign_key="post.id")
    """The post it answers."""
    kind: str
    """``ack`` or ``update``."""
    phase: str
    channel: str
    language: str
    text: str
    text_sha256: str
    version: int = 1
    state: DraftState = Field(default=DraftState.PENDING, sa_type=words(DraftState))
    reason: str = ""
    next_update_by: datetime = Field(sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
