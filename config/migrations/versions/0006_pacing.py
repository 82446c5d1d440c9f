"""How often a source is looked at, and what of a quota is used."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen the sources and the hosts; count quotas; note who was told of a place."""
    with op.batch_alter_table("source") as table:
        table.add_column(sa.Column("last_new_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("usual_pause_s", sa.Float(), nullable=True))
        table.add_column(sa.Column("sooner_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("requests", sa.Integer(), nullable=True))
        table.add_column(sa.Column("requests_day", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("hoststate") as table:
        table.add_column(sa.Column("crawl_delay_s", sa.Float(), nullable=True))
    op.drop_index("ix_post_source_id", table_name="post")
    op.create_index("ix_post_rhythm", "post", ["source_id", "published_at"], unique=False)
    op.create_table(
        "quota",
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=False),
        sa.Column("resource", sa.String(), nullable=False),
        sa.Column("remaining", sa.Float(), nullable=False),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host", "credential", "resource", name=op.f("pk_quota")),
    )
    op.create_table(
        "placenotice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_placenotice_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placenotice")),
        sa.UniqueConstraint(
            "source_id", "trouble", "since", name=op.f("uq_placenotice_source_id_trouble_since")
        ),
    )
    op.create_index(op.f("ix_placenotice_product_id"), "placenotice", ["product_id"], unique=False)
