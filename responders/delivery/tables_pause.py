"""The row that holds everything back; apart, because it points to nothing and pausing is urgent."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from config.database import UtcTime


class Pause(SQLModel, table=True):
    """Whether anything may leave; one row, read in the transaction of every claim."""

    id: int = Field(default=1, primary_key=True)
    paused: bool = False
    by: str = ""
    reason: str = ""
    at: datetime = Field(sa_type=UtcTime)
