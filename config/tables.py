"""The ground's own tables: who may run which pass. Apart from the engine, as in every room."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from config.database import UtcTime


class Lease(SQLModel, table=True):
    """The right to run one pass of one product, for a while."""

    name: str = Field(primary_key=True)
    holder: str
    number: int
    """Grows with every new holder; checked in the writing transaction."""
    expires_at: datetime = Field(sa_type=UtcTime)


class Beat(SQLModel, table=True):
    """When a pass last ran to its end: what `status`, `/readyz` and the page's heartbeat read."""

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    """Machine time, also where the demo plays its day faster."""
    took_s: float = 0.0
    done: int = 0
    """How many things the last run moved."""
    error: str = ""
    """Why the last run failed; empty when it did not."""
