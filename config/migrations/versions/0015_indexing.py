"""Indexes for what is asked at every post."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let posts be found by their text, and by their product and the time they were written."""
    op.create_index("ix_membership_text", "membership", ["text_hash"])
    op.create_index("ix_post_written", "post", ["product_id", "published_at"])
