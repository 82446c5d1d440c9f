"""Releases of a product, the one an issue followed, and the way around that somebody verified."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the register of releases and what an issue knows of them."""
    _create_release()
    _create_releasefeed()
    with op.batch_alter_table("issue") as table:
        table.add_column(sa.Column("release_probability", sa.Float(), nullable=True))
        table.add_column(sa.Column("release_reason", sa.String(), nullable=True))
        table.add_column(sa.Column("workaround", sa.JSON(), nullable=True))


def _create_release() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_release_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("product_id", "version", name=op.f("uq_release_product_id_version")),
    )
    op.create_index(op.f("ix_release_product_id"), "release", ["product_id"], unique=False)


def _create_releasefeed() -> None:
    op.create_table(
        "releasefeed",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_releasefeed_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_releasefeed")),
    )
