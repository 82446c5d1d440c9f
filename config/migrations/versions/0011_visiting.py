"""Replies of ours that are looked for again, changed or taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the deliveries."""
    when = sa.DateTime(timezone=True)
    with op.batch_alter_table("delivery") as table:
        table.add_column(sa.Column("changes_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("seen_at", when, nullable=True))
        table.add_column(sa.Column("hidden_at", when, nullable=True))
        table.add_column(sa.Column("hidden_why", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("removed_at", when, nullable=True))
    with op.batch_alter_table("delivery") as table:
        table.alter_column("hidden_why", server_default=None)
        table.create_foreign_key("fk_delivery_changes_id", "delivery", ["changes_id"], ["id"])
        table.create_index("ix_delivery_changes_id", ["changes_id"])
