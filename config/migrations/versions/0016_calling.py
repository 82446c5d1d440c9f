"""Who is called when, and where its card stands."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add who has an issue, which card shows it, and by which account people decide in chat."""
    _create_handling()
    _create_card()
    with op.batch_alter_table("user") as table:
        table.add_column(sa.Column("discord_id", sa.String(), nullable=True))
        table.create_index("ix_user_discord_id", ["discord_id"], unique=True)


def _create_handling() -> None:
    op.create_table(
        "handling",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_handling_issue_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_handling_product_id")
        ),
        sa.PrimaryKeyConstraint("issue_id", name=op.f("pk_handling")),
    )
    op.create_index("ix_handling_product_id", "handling", ["product_id"])


def _create_card() -> None:
    op.create_table(
        "cardshown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("drawn_sha256", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_cardshown_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"], ["issue.id"], name=op.f("fk_cardshown_issue_id")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_cardshown_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cardshown")),
        sa.UniqueConstraint(
            "issue_id", "destination", name=op.f("uq_cardshown_issue_id_destination")
        ),
    )
    op.create_index("ix_cardshown_product_id", "cardshown", ["product_id"])
    op.create_index("ix_cardshown_issue_id", "cardshown", ["issue_id"])
