"""Posts that are in an issue by likeness alone, and how often an issue burst."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen what is made of posts, and the issues."""
    with op.batch_alter_table("membership") as table:
        no = sa.false()
        table.add_column(sa.Column("recognised", sa.Boolean(), nullable=False, server_default=no))
    with op.batch_alter_table("membership") as table:
        table.alter_column("recognised", server_default=None)
    with op.batch_alter_table("issue") as table:
        table.add_column(sa.Column("bursts", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("issue") as table:
        table.alter_column("bursts", server_default=None)
