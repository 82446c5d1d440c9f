"""What people's verdicts taught, and which posts the model could not judge."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add verdicts, what was learned of them, and the language that a model does not know."""
    _create_verdict()
    op.create_table(
        "learned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_learned_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned")),
        sa.UniqueConstraint("product_id", "version", name=op.f("uq_learned_product_id_version")),
    )
    op.create_index(op.f("ix_learned_product_id"), "learned", ["product_id"], unique=False)
    with op.batch_alter_table("membership") as table:
        table.add_column(sa.Column("beyond", sa.String(), nullable=True))


def _create_verdict() -> None:
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_verdict_product_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_verdict_issue_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_verdict_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    for column in ("product_id", "issue_id", "post_id"):
        op.create_index(op.f(f"ix_verdict_{column}"), "verdict", [column], unique=False)
