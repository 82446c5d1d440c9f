"""What a batch leaves in the rows when a feed's ids name several posts."""

from dataclasses import replace
from datetime import timedelta

from config.ground import Ground
from listener.tables import PostKey
from tests.conftest import NOON
from tests.listener.installation import at, crawl, declare, posts, rows, watch
from tests.places.feeds import feed_item, feed_web

FIRST = replace(feed_item(1, "It crashes when I start it.", title="Crash"), id="one for all")
SECOND = replace(FIRST, url="http://blog.example/2", html="It crashes when I end it.")


def test_two_posts_that_were_taken_for_one_come_apart_for_good(ground: Ground) -> None:
    """Each alone looks like an edit of the other; side by side they are seen to be two."""
    place, web = feed_web(FIRST)
    with web:
        watch(ground, declare(ground), web.url("/feed"))
        crawl(ground)
        told = [[SECOND], [FIRST, SECOND], [SECOND, FIRST], [FIRST, SECOND]]
        looks = []
        for hour, items in enumerate(told, 1):
            place.items = items
            looks += crawl(at(ground, NOON + timedelta(hours=hour)))

    assert [look.new for look in looks] == [0, 1, 0, 0]
    assert [look.revised for look in looks][2:] == [0, 0]
    assert sorted(post.text for post in posts(ground)) == [
        "It crashes when I end it.",
        "It crashes when I start it.",
    ]
    owners = {key.key: key.post_id for key in rows(ground, PostKey)}
    assert set(owners.values()) == {post.id for post in posts(ground)}
