"""Which posts of a product's other places stand beside a post."""

from dataclasses import replace

from config.database import reading
from config.ground import Ground
from listener.minding.crossing import SAME_WORDS
from listener.minding.store_crossing import cross_posts
from listener.tables import Post
from tests.conftest import NOON
from tests.listener.installation import crawl, declare, posts, watch
from tests.places.feeds import feed_item, feed_web

WORDS = "It crashes when I open the tray."


def crossed(ground: Ground, post: Post) -> list[tuple[str | None, str]]:
    with reading(ground.engine) as session:
        return [(other.url, reason) for other, reason in cross_posts(session, post)]


def test_cross_posts_are_linked_and_stay_two(ground: Ground) -> None:
    mine = replace(feed_item(1, WORDS), author="Bo")
    elsewhere = replace(
        feed_item(2, WORDS), author="bo", url="http://other.example/2", title="Help"
    )
    others = replace(feed_item(3, WORDS), author="Ann", url="http://other.example/3", title="Help")
    _, one = feed_web(mine)
    _, other = feed_web(elsewhere, others)
    with one, other:
        product = declare(ground)
        watch(ground, product, one.url("/feed"), "blog")
        watch(ground, product, other.url("/feed"), "other")
        crawl(ground)
    stored = {post.url: post for post in posts(ground)}
    assert len(stored) == 3
    assert crossed(ground, stored[mine.url]) == [(elsewhere.url, SAME_WORDS)]
    assert crossed(ground, stored[others.url]) == []


def test_an_erased_post_is_beside_none(ground: Ground) -> None:
    erased = Post(
        product_id=1, source_id=1, identity="1", remote_id="1", published_at=NOON, seen_at=NOON,
        content_hash="", erased_at=NOON,
    )  # fmt: skip
    assert crossed(ground, erased) == []
