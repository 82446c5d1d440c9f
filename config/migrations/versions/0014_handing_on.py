"""What was handed on to engineering, what followed from it, and where nothing was said."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make tickets, suggestions and silences; let releases name what they are about."""
    with op.batch_alter_table("release") as table:
        table.add_column(sa.Column("names", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("release") as table:
        table.alter_column("names", server_default=None)
    _create_ticket()
    _create_suggestion()
    _create_silence()


def _create_ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("api_url", sa.String(), nullable=False),
        sa.Column("repository", sa.String(), nullable=False),
        sa.Column("credential", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("unlinked_by", sa.String(), nullable=False),
        sa.Column("unlinked_at", TIME, nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("heard_at", TIME, nullable=True),
        sa.Column("next_due_at", TIME, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        *_points_to("ticket", "product", "issue", "delivery"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    for name in ("product_id", "issue_id", "next_due_at"):
        op.create_index(op.f(f"ix_ticket_{name}"), "ticket", [name], unique=False)


def _create_suggestion() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("end", sa.String(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        *_points_to("suggestion", "product", "issue", "ticket"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint("key", name=op.f("uq_suggestion_key")),
    )
    for name in ("product_id", "issue_id"):
        op.create_index(op.f(f"ix_suggestion_{name}"), "suggestion", [name], unique=False)


def _create_silence() -> None:
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("told_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        *_points_to("silence", "product", "issue"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
        sa.UniqueConstraint("issue_id", "since", name=op.f("uq_silence_issue_id_since")),
    )
    for name in ("product_id", "issue_id"):
        op.create_index(op.f(f"ix_silence_{name}"), "silence", [name], unique=False)


def _points_to(table: str, *others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{table}_{other}_id")
        )
        for other in others
    ]
