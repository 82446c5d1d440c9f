"""What the linter found in each draft, where it leads, and why a block was let pass."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen drafts and approvals."""
    with op.batch_alter_table("draft") as table:
        table.add_column(sa.Column("findings", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("page_url", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("draft") as table:
        table.alter_column("findings", server_default=None)
        table.alter_column("page_url", server_default=None)
    with op.batch_alter_table("approval") as table:
        table.add_column(sa.Column("override", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("approval") as table:
        table.alter_column("override", server_default=None)
