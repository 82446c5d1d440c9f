"""The posts of a product's other places that say what a post says; see ``crossing``."""

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from listener.minding.crossing import Said, crossing
from listener.tables import Post

MOST = 20
"""Cross-posts that are shown of one post."""


def cross_posts(session: Session, post: Post) -> Sequence[tuple[Post, str]]:
    """Return what of other places is the same thing said again, each with the reason, oldest first.

    An erased post has none: nothing of its words is left to compare.
    """
    if post.erased_at is not None:
        return []
    same = [col(Post.content_hash) == post.content_hash]
    same += [col(Post.text) == post.text] if post.text else []
    same += [col(Post.url) == post.url] if post.url else []
    query = select(Post).where(
        Post.product_id == post.product_id,
        Post.source_id != post.source_id,
        col(Post.erased_at).is_(None),
        or_(*same),
    )
    found = session.exec(query.order_by(col(Post.published_at), col(Post.id)).limit(10 * MOST))
    mine = _said(post)
    pairs = ((other, crossing(mine, _said(other))) for other in found)
    return [(other, reason) for other, reason in pairs if reason is not None][:MOST]


def _said(post: Post) -> Said:
    return Said(post.url, post.author, post.title, post.text)
