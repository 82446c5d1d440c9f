"""Which presses in a chat were decided, so that each counts once in all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the presses that somebody of us took on."""
    op.create_table(
        "presstaken",
        sa.Column("press", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("press", name=op.f("pk_presstaken")),
    )
