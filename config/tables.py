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
