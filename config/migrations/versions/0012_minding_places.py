"""What places and people ask of us: who wants no answer, what a person must answer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add wishes for silence, what was made of posts, who was asked; and what may not leave."""
    _create_optout()
    _create_heed()
    _create_called()
    with op.batch_alter_table("delivery") as table:
        table.add_column(sa.Column("forbidden", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("delivery") as table:
        table.alter_column("forbidden", server_default=None)


def _create_optout() -> None:
    op.create_table(
        "optout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("author_key", sa.String(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_optout_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_optout")),
    )
    for column in ("place", "author", "author_key"):
        op.create_index(op.f(f"ix_optout_{column}"), "optout", [column], unique=False)


def _create_heed() -> None:
    op.create_table(
        "heed",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(), nullable=True),
        sa.Column("silence", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_heed_post_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_heed")),
    )
    op.create_index(op.f("ix_heed_lane"), "heed", ["lane"], unique=False)


def _create_called() -> None:
    op.create_table(
        "called",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_called_product_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_called_issue_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_called_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_called")),
        sa.UniqueConstraint("issue_id", "lane", name=op.f("uq_called_issue_id_lane")),
    )
    for column in ("product_id", "issue_id"):
        op.create_index(op.f(f"ix_called_{column}"), "called", [column], unique=False)
