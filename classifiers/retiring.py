"""Retention: posts grow old and are erased, as if their authors had deleted them; counts stay.

Here and not in the listener, because what is still of use only the classifiers can say: a post that
was not judged yet teaches nothing, and one of an open issue is evidence that people work with.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from classifiers.tables import Issue, IssueKind, IssueState, Membership
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from listener.minding.erasing import erase_posts
from listener.tables import Post

AT_ONCE = 500
"""Posts of one pass at the most; the next pass goes on."""

log = event_log(__name__)


def retire_due(ground: Ground) -> int:
    """Erase posts that are older than the settings keep them; return how many."""
    days = ground.settings.listen.retention_days
    if not days:
        return 0
    before = ground.clock.now() - timedelta(days=days)
    with reading(ground.engine) as session:
        due = _outlived(session, before=before)
    if not due:
        return 0
    with transaction(ground.engine) as session:
        # Asked again, for an issue may have been opened or a post moved into one meanwhile.
        erased = erase_posts(session, _outlived(session, before=before), now=ground.clock.now())
    log.info("posts_erased", posts=erased, reason=f"older than {days:g} days")
    return erased


def _outlived(session: Session, *, before: datetime) -> list[int]:
    """Return judged posts written before then that belong to no open issue, the oldest first."""
    over = or_(
        col(Issue.id).is_(None),
        col(Issue.kind) != IssueKind.ISSUE,
        col(Issue.state) == IssueState.RESOLVED,
    )
    query = (
        select(Post.id)
        .join(Membership, col(Membership.post_id) == Post.id)
        .join(Issue, col(Issue.id) == col(Membership.issue_id), isouter=True)
        .where(Post.published_at < before, col(Post.erased_at).is_(None), over)
        .order_by(col(Post.published_at), col(Post.id))
        .limit(AT_ONCE)
    )
    return [post_id for post_id in session.exec(query).all() if post_id is not None]
