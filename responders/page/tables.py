"""The page's rows: what was published of an issue, each update by an approved text."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

import responders.delivery.tables  # noqa: F401 - its tables are pointed to
from config.database import UtcTime


class Incident(SQLModel, table=True):
    """What the page shows of an issue; it changes only by an approved page draft."""

    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True)
    """Names it in addresses and feeds for ever, such as ``gs-12``."""
    issue_id: int = Field(foreign_key="issue.id", unique=True)
    name: str
    status: str
    """``investigating``, ``identified``, ``monitoring`` or ``resolved``."""
    impact: str
    """``none``, ``minor``, ``major`` or ``critical``."""
    started_at: datetime = Field(sa_type=UtcTime)
    """When the first report was written."""
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    monitoring_at: datetime | None = Field(default=None, sa_type=UtcTime)
    resolved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    next_update_by: datetime | None = Field(default=None, sa_type=UtcTime)
    known: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What else an approved text or a person said of it: workaround, versions, fixed in …"""


class IncidentUpdate(SQLModel, table=True):
    """One update as it was approved."""

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    delivery_key: str = Field(unique=True)
    """The outbox's key: the same update is never published twice."""
    name: str
    """The title as this update gave it."""
    status: str
    body: str
    next_update_by: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    erasures: int = 0
    """Those that the delivery's words had been looked at after when they were taken over."""
