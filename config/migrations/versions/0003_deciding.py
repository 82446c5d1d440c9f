"""What people decide: users, approvals, the audit chain, promises, what was told, the page."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Widen what is there, then add the tables, those that others name first."""
    _widen_issue()
    _widen_delivery()
    _widen_draft()
    _create_people()
    _create_audit()
    _create_voice()
    _create_page()


def _widen_issue() -> None:
    with op.batch_alter_table("issue") as table:
        table.add_column(sa.Column("titled_by", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("hushed_until", TIME, nullable=True))
    with op.batch_alter_table("issue") as table:
        table.alter_column("titled_by", server_default=None)
    with op.batch_alter_table("issueevent") as table:
        table.add_column(sa.Column("data", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("issueevent") as table:
        table.alter_column("data", server_default=None)


def _widen_delivery() -> None:
    with op.batch_alter_table("delivery") as table:
        table.add_column(sa.Column("post_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("target", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("approved_sha256", sa.String(), nullable=True))
        table.create_foreign_key(op.f("fk_delivery_post_id"), "post", ["post_id"], ["id"])
    with op.batch_alter_table("delivery") as table:
        table.alter_column("target", server_default=None)
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )


def _widen_draft() -> None:
    with op.batch_alter_table("draft") as table:
        table.add_column(sa.Column("delivery_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("edited_by", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("decided_by", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("decided_at", TIME, nullable=True))
        table.alter_column("next_update_by", existing_type=TIME, nullable=True)
        table.drop_constraint(op.f("uq_draft_key_version"), type_="unique")
        table.create_unique_constraint(op.f("uq_draft_key"), ["key"])
        table.create_foreign_key(op.f("fk_draft_delivery_id"), "delivery", ["delivery_id"], ["id"])
    with op.batch_alter_table("draft") as table:
        table.alter_column("edited_by", server_default=None)
        table.alter_column("decided_by", server_default=None)
    op.drop_index(op.f("ix_draft_key"), "draft")
    op.create_index(op.f("ix_draft_delivery_id"), "draft", ["delivery_id"], unique=False)


def _create_people() -> None:
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("removed_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("name", name=op.f("uq_user_name")),
    )
    op.create_table(
        "token",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_token_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_token")),
    )
    op.create_index(op.f("ix_token_user_id"), "token", ["user_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_session_user_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_user_id"), "session", ["user_id"], unique=False)


def _create_audit() -> None:
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("taken_back_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_approval_draft_id")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_approval_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_draft_id"), "approval", ["draft_id"], unique=False)
    op.create_table(
        "auditentry",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_auditentry")),
    )
    op.create_table(
        "audithead",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audithead")),
    )
    op.execute(f"INSERT INTO audithead (id, number, hash) VALUES (1, 0, '{'0' * 64}')")


def _create_voice() -> None:
    op.create_table(
        "draftversion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draftversion_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draftversion")),
        sa.UniqueConstraint("draft_id", "version", name=op.f("uq_draftversion_draft_id_version")),
    )
    op.create_index(op.f("ix_draftversion_draft_id"), "draftversion", ["draft_id"], unique=False)
    op.create_table(
        "told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("told_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_told_issue_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_told_thread_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_told_draft_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_told_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_told_delivery_id")),
    )
    op.create_index(op.f("ix_told_issue_id"), "told", ["issue_id"], unique=False)
    op.create_index(op.f("ix_told_thread_id"), "told", ["thread_id"], unique=False)
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reminded_at", TIME, nullable=True),
        sa.Column("settled_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_promise_product_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_promise_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint("issue_id", "due_at", name=op.f("uq_promise_issue_id_due_at")),
    )
    for column in ("product_id", "issue_id", "due_at"):
        op.create_index(op.f(f"ix_promise_{column}"), "promise", [column], unique=False)


def _create_page() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("impact", sa.String(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("monitoring_at", TIME, nullable=True),
        sa.Column("resolved_at", TIME, nullable=True),
        sa.Column("next_update_by", TIME, nullable=True),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_incident_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("issue_id", name=op.f("uq_incident_issue_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incident_public_id")),
    )
    op.create_table(
        "incidentupdate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("delivery_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("next_update_by", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incidentupdate_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidentupdate")),
        sa.UniqueConstraint("delivery_key", name=op.f("uq_incidentupdate_delivery_key")),
    )
    op.create_index(
        op.f("ix_incidentupdate_incident_id"), "incidentupdate", ["incident_id"], unique=False
    )
