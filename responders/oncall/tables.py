"""The on-call rows: which alert was raised for which issue, and which place was told of."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

import classifiers.tables  # noqa: F401 - its tables are pointed to
import listener.tables  # noqa: F401 - its tables are pointed to
from config.database import UtcTime


class Alert(SQLModel, table=True):
    """A message to the on-call channel about an issue."""

    __table_args__ = (UniqueConstraint("issue_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    revision: int = 1
    reason: str
    raised_at: datetime = Field(sa_type=UtcTime)


class PlaceNotice(SQLModel, table=True):
    """The on-call people were told of a place that cannot be heard: once for each spell of it."""

    __table_args__ = (UniqueConstraint("source_id", "trouble", "since"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    source_id: int
    """No pointer: a place that never gave a post goes without asking us."""
    trouble: str
    since: datetime = Field(sa_type=UtcTime)
    """When the spell began, which tells it from the next one."""
    told_at: datetime = Field(sa_type=UtcTime)
