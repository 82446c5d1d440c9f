"""The outbox's rows: one send of one text to one destination."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

import classifiers.tables  # noqa: F401 - its tables are pointed to
import listener.tables  # noqa: F401 - its tables are pointed to
from config.database import UtcTime, words
from responders.delivery.tables_pause import Pause

__all__ = ("Delivery", "DeliveryState", "Pause", "Rest")


class DeliveryState(StrEnum):
    """How far a delivery is."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    BY_HAND = "by_hand"
    """The place has no way in for us: a person posts it and says so."""
    CANCELLED = "cancelled"
    """Taken back before it left."""


class Delivery(SQLModel, table=True):
    """One message to one destination; public ones only after approval."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """(destination, issue, kind, revision) as text: the same thing is never queued twice."""
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int | None = Field(default=None, foreign_key="issue.id", index=True)
    post_id: int | None = Field(default=None, foreign_key="post.id")
    """The post it answers; once that is erased, the message never leaves."""
    channel: str
    destination: str
    target: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Where exactly the channel puts it, such as the thread; no secrets."""
    kind: str
    """``alert``, ``reminder``, ``hidden`` for the on-call people; in public ``ack`` or ``update``,
    and ``correction`` or ``removal`` of one of those."""
    public: bool = False
    approved_sha256: str | None = None
    """The hash that a person approved; a public message leaves only while ``text`` has it."""
    text: str
    """What is read where nothing richer can be shown."""
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """The same, as the channel draws it."""
    drawn_without: int = 0
    """How many posts of the issue were erased when it was drawn; while more are, it stays here."""
    erasures: int = 0
    """The issue's ``erasures`` when its words were last looked at; what went out is, too."""
    forbidden: str = ""
    """Why it must not leave, as a later stage learned after the approval; asked at every claim."""
    state: DeliveryState = Field(default=DeliveryState.QUEUED, sa_type=words(DeliveryState))
    reason: str = ""
    tries: int = 0
    next_try_at: datetime = Field(sa_type=UtcTime, index=True)
    lease_holder: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    remote_id: str | None = None
    url: str | None = None
    changes_id: int | None = Field(default=None, foreign_key="delivery.id", index=True)
    """Of a correction or a removal: the reply that it changes."""
    seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When it was found, some minutes after it left, that strangers can read it."""
    hidden_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When it was found that strangers cannot; None again once they can."""
    hidden_why: str = ""
    removed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When we took it away."""


class Rest(SQLModel, table=True):
    """A destination that asked for silence; kept over restarts and shared by all processes."""

    destination: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcTime)
    """Machine time: a platform counts real seconds, also where the demo plays its day faster."""
