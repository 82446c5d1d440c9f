"""The feeds of a WordPress whose interface is closed: articles page by page, but ten comments."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any, Final

from config.http_client import PoliteClient
from listener.diagnoses import DiagnosedError
from listener.platforms.feed_following import FeedSource
from listener.platforms.wordpress_answers import article_id, comment_id
from listener.platforms.wordpress_sweeping import COMMENTS, Stream, Sweep
from listener.sources.base import Batch, Place, RawPost

_COMMENT: Final = re.compile(r".*#comment-(\d{1,18})")
_ARTICLE: Final = re.compile(r".*[?&]p=(\d{1,18})(?:&.*)?")


def feed_batch(
    place: Place, client: PoliteClient, base: str, stream: Stream, sweep: Sweep
) -> Batch:
    """Return what the feed of a list holds, its posts under the ids of the interface.

    Raises:
        DiagnosedError: there is no such feed.
    """
    trouble: DiagnosedError | None = None
    for address in _addresses(base, stream):
        try:
            batch = FeedSource(replace(place, url=address), client).fetch(_known(sweep))
        except DiagnosedError as error:
            trouble = trouble or error
            continue
        return replace(batch, posts=tuple(_with_ids(post) for post in batch.posts))
    assert trouble is not None  # noqa: S101 - there are two addresses
    raise trouble


def _addresses(base: str, stream: Stream) -> tuple[str, str]:
    if stream is COMMENTS:
        return f"{base}/comments/feed/", f"{base}/?feed=comments-rss2"
    return f"{base}/feed/", f"{base}/?feed=rss2"


def _with_ids(post: RawPost) -> RawPost:
    """Return the post by the number that WordPress gives in its guid, where it does."""
    comment = _COMMENT.fullmatch(post.remote_id)
    if comment:
        return replace(post, remote_id=comment_id(int(comment[1])))
    article = _ARTICLE.fullmatch(post.remote_id)
    remote_id = article_id(int(article[1])) if article else post.remote_id
    return replace(post, remote_id=remote_id, thread_id=remote_id, thread_url=post.url)


def _known(sweep: Sweep) -> Mapping[str, Any]:
    """Return where the feed was left, or else how far the interface told before it closed."""
    if sweep.feed or sweep.at_utc is None:
        return sweep.feed
    return {"newest_at": sweep.at_utc.astimezone(UTC).isoformat()}
