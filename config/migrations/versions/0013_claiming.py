"""Who reads a draft, and who else said yes."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen drafts and approvals, and add the first yes of two."""
    _widen_draft()
    _create_firstyes()
    with op.batch_alter_table("approval") as table:
        table.add_column(sa.Column("first_yes_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_approval_first_yes_id"), "firstyes", ["first_yes_id"], ["id"]
        )


def _widen_draft() -> None:
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("draft") as table:
        table.add_column(sa.Column("claimed_by", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("claimed_at", moment, nullable=True))
        table.add_column(sa.Column("claimed_until", moment, nullable=True))
    with op.batch_alter_table("draft") as table:
        table.alter_column("claimed_by", server_default=None)


def _create_firstyes() -> None:
    op.create_table(
        "firstyes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_firstyes_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firstyes")),
    )
    op.create_index(op.f("ix_firstyes_draft_id"), "firstyes", ["draft_id"], unique=False)
