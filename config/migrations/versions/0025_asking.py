"""Messages by which a person is asked get the kind that is theirs: they were calls before."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LANES = ("self-harm", "safety", "legal", "money", "security", "press", "loud")
"""A message that asks a person ends with one in its key, a call of the ladder with a number."""


def upgrade() -> None:
    """Tell the one from the other, so that what waits is not taken for a call."""
    delivery = sa.table("delivery", sa.column("kind", sa.String()), sa.column("key", sa.String()))
    asks = sa.or_(*(delivery.c.key.like(f"%|call|{lane}") for lane in LANES))
    op.execute(delivery.update().where(delivery.c.kind == "call", asks).values(kind="person"))
