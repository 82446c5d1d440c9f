"""What is minded of posts: re-checks, erasures, texts of ours and the answers to them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Widen posts and threads; make the rows of what is watched, and of our own texts."""
    with op.batch_alter_table("thread") as table:
        table.add_column(sa.Column("erased_at", TIME, nullable=True))
    _widen_post()
    op.create_table(
        "watch",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_watch_post_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_watch")),
    )
    op.create_index(op.f("ix_watch_until"), "watch", ["until"], unique=False)
    _create_own_post()
    _create_answer()
    for name in ("issue", "draft", "delivery", "incidentupdate"):
        _count_erasures(name)
    with op.batch_alter_table("draft") as table:
        table.add_column(sa.Column("post_revision", sa.Integer(), nullable=True))


def _widen_post() -> None:
    with op.batch_alter_table("post") as table:
        table.add_column(sa.Column("reply_to", sa.String(), nullable=True))
        for name in ("ours", "answers_us"):
            no = sa.false()
            table.add_column(sa.Column(name, sa.Boolean(), nullable=False, server_default=no))
        table.add_column(sa.Column("rechecked_at", TIME, nullable=True))
        table.add_column(sa.Column("gone_at", TIME, nullable=True))
    with op.batch_alter_table("post") as table:
        for name in ("ours", "answers_us"):
            table.alter_column(name, server_default=None)


def _count_erasures(name: str) -> None:
    with op.batch_alter_table(name) as table:
        table.add_column(sa.Column("erasures", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table(name) as table:
        table.alter_column("erasures", server_default=None)


def _create_own_post() -> None:
    op.create_table(
        "ownpost",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_ownpost_source_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_ownpost_thread_id")),
        sa.ForeignKeyConstraint(["answers"], ["post.id"], name=op.f("fk_ownpost_answers")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ownpost")),
    )
    for name in ("source_id", "thread_id"):
        op.create_index(op.f(f"ix_ownpost_{name}"), "ownpost", [name], unique=False)


def _create_answer() -> None:
    op.create_table(
        "answer",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("told_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("contradicts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_answer_post_id")),
        sa.ForeignKeyConstraint(["told_id"], ["told.id"], name=op.f("fk_answer_told_id")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_answer_issue_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_answer_thread_id")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_answer")),
    )
    for name in ("issue_id", "thread_id"):
        op.create_index(op.f(f"ix_answer_{name}"), "answer", [name], unique=False)
