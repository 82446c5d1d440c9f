"""What is made of it: clusters and issues, alerts, drafts and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of classifiers and responders, those that others name first."""
    _create_rest()
    _create_vector()
    _create_cluster()
    _create_issue()
    _create_judgestate()
    _create_alert()
    _create_delivery()
    _create_issueevent()
    _create_draft()
    _create_emergence()
    _create_membership()


def _create_rest() -> None:
    op.create_table(
        "rest",
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("destination", name=op.f("pk_rest")),
    )


def _create_vector() -> None:
    op.create_table(
        "vector",
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("text_hash", "model", name=op.f("pk_vector")),
    )


def _create_cluster() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("redirect_to", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_cluster_product_id")),
        sa.ForeignKeyConstraint(
            ["redirect_to"], ["cluster.id"], name=op.f("fk_cluster_redirect_to")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_cluster_product_id_number")),
    )
    op.create_index(op.f("ix_cluster_product_id"), "cluster", ["product_id"], unique=False)


def _create_issue() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("key_phrases", sa.JSON(), nullable=False),
        sa.Column("quotes", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("release", sa.String(), nullable=True),
        sa.Column("nearest_past", sa.Integer(), nullable=True),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alerted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["issue.id"], name=op.f("fk_issue_merged_into")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_issue_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
    )
    op.create_index(op.f("ix_issue_product_id"), "issue", ["product_id"], unique=False)


def _create_judgestate() -> None:
    op.create_table(
        "judgestate",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_judgestate_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_judgestate")),
    )


def _create_alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_alert_issue_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_alert_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("issue_id", "revision", name=op.f("uq_alert_issue_id_revision")),
    )
    op.create_index(op.f("ix_alert_issue_id"), "alert", ["issue_id"], unique=False)
    op.create_index(op.f("ix_alert_product_id"), "alert", ["product_id"], unique=False)


def _create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("drawn_without", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_holder", sa.String(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_delivery_issue_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_delivery_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
    )
    op.create_index(op.f("ix_delivery_issue_id"), "delivery", ["issue_id"], unique=False)
    op.create_index(op.f("ix_delivery_next_try_at"), "delivery", ["next_try_at"], unique=False)
    op.create_index(op.f("ix_delivery_product_id"), "delivery", ["product_id"], unique=False)


def _create_issueevent() -> None:
    op.create_table(
        "issueevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issueevent_issue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issueevent")),
    )
    op.create_index(op.f("ix_issueevent_issue_id"), "issueevent", ["issue_id"], unique=False)


def _create_draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("next_update_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_draft_issue_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_draft_post_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_draft_product_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_draft_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_draft_key_version")),
    )
    op.create_index(op.f("ix_draft_issue_id"), "draft", ["issue_id"], unique=False)
    op.create_index(op.f("ix_draft_key"), "draft", ["key"], unique=False)
    op.create_index(op.f("ix_draft_product_id"), "draft", ["product_id"], unique=False)
    op.create_index(op.f("ix_draft_thread_id"), "draft", ["thread_id"], unique=False)


def _create_emergence() -> None:
    op.create_table(
        "emergence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_emergence_issue_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_emergence_post_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_emergence_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergence")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_emergence_product_id_number")),
    )
    op.create_index(op.f("ix_emergence_issue_id"), "emergence", ["issue_id"], unique=False)
    op.create_index(op.f("ix_emergence_product_id"), "emergence", ["product_id"], unique=False)


def _create_membership() -> None:
    op.create_table(
        "membership",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("final_cluster_id", sa.Integer(), nullable=True),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name=op.f("fk_membership_cluster_id")
        ),
        sa.ForeignKeyConstraint(
            ["final_cluster_id"], ["cluster.id"], name=op.f("fk_membership_final_cluster_id")
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_membership_issue_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_membership_post_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_membership_product_id")
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_cluster_id"), "membership", ["cluster_id"], unique=False)
    op.create_index(
        op.f("ix_membership_final_cluster_id"), "membership", ["final_cluster_id"], unique=False
    )
    op.create_index("ix_membership_issue", "membership", ["issue_id"], unique=False)
    op.create_index(op.f("ix_membership_product_id"), "membership", ["product_id"], unique=False)
