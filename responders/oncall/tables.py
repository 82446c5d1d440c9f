"""The on-call rows: which alert was raised for which issue, and why."""

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
