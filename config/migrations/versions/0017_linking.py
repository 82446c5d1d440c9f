"""By which account people decide in Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the account at Slack that decides as a user."""
    with op.batch_alter_table("user") as table:
        table.add_column(sa.Column("slack_id", sa.String(), nullable=True))
        table.create_index("ix_user_slack_id", ["slack_id"], unique=True)
