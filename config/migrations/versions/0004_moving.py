"""What a look at a source leaves behind: where it moved to, and how long it took."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the sources."""
    with op.batch_alter_table("source") as table:
        table.add_column(sa.Column("moved_to", sa.String(), nullable=True))
        table.add_column(sa.Column("took_s", sa.Float(), nullable=True))
