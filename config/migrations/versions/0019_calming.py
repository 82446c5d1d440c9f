"""Many alerts as few messages: storms and their digests, what is held back, what was handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add storms, held alerts, what did not reach its destination, and the heartbeat."""
    _create_storm()
    _create_digest()
    _create_held()
    _create_handed_over()
    _create_heartbeat()
    with op.batch_alter_table("alert") as table:
        table.add_column(sa.Column("storm_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_alert_storm_id", "storm", ["storm_id"], ["id"])
        table.create_index("ix_alert_storm_id", ["storm_id"])
        table.add_column(sa.Column("repeats", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("alert") as table:
        table.alter_column("repeats", server_default=None)


def _create_storm() -> None:
    op.create_table(
        "storm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        _points("storm", "product_id", "product.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storm")),
    )
    op.create_index("ix_storm_product_id", "storm", ["product_id"])


def _create_digest() -> None:
    op.create_table(
        "digestshown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("storm_id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("drawn_sha256", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        _points("digestshown", "product_id", "product.id"),
        _points("digestshown", "storm_id", "storm.id"),
        _points("digestshown", "delivery_id", "delivery.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digestshown")),
        sa.UniqueConstraint(
            "storm_id", "destination", name=op.f("uq_digestshown_storm_id_destination")
        ),
    )
    op.create_index("ix_digestshown_product_id", "digestshown", ["product_id"])
    op.create_index("ix_digestshown_storm_id", "digestshown", ["storm_id"])


def _create_held() -> None:
    op.create_table(
        "heldalert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("under", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _points("heldalert", "product_id", "product.id"),
        _points("heldalert", "issue_id", "issue.id"),
        _points("heldalert", "under", "issue.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heldalert")),
        sa.UniqueConstraint(
            "issue_id", "revision", name=op.f("uq_heldalert_issue_id_revision")
        ),
    )
    op.create_index("ix_heldalert_product_id", "heldalert", ["product_id"])
    op.create_index("ix_heldalert_issue_id", "heldalert", ["issue_id"])
    op.create_index("ix_heldalert_under", "heldalert", ["under"])


def _create_handed_over() -> None:
    op.create_table(
        "handedover",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.String(), nullable=False),
        sa.Column("told_by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _points("handedover", "product_id", "product.id"),
        _points("handedover", "delivery_id", "delivery.id"),
        _points("handedover", "told_by", "delivery.id"),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_handedover")),
    )
    op.create_index("ix_handedover_product_id", "handedover", ["product_id"])


def _create_heartbeat() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        _points("heartbeat", "product_id", "product.id"),
        _points("heartbeat", "delivery_id", "delivery.id"),
        sa.PrimaryKeyConstraint("destination", name=op.f("pk_heartbeat")),
    )
    op.create_index("ix_heartbeat_product_id", "heartbeat", ["product_id"])


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"))
