"""Posts that stand in an issue by likeness alone, which a new issue may still take."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen what is made of posts."""
    with op.batch_alter_table("membership") as table:
        no = sa.false()
        table.add_column(sa.Column("recognised", sa.Boolean(), nullable=False, server_default=no))
    with op.batch_alter_table("membership") as table:
        table.alter_column("recognised", server_default=None)
