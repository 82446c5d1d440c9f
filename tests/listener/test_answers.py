"""What an answer means, said without the secrets of its address."""

from collections.abc import Callable

import pytest

from config.errors import GroundswellError
from config.http_client import PoliteClient
from listener.answers import shown_address
from listener.sources import discourse, feed, records
from listener.sources.base import Place
from listener.sources.base import Source as Reader
from tests.listener.sources.fetching import loopback_client, place_at
from tests.places.web import Reply, Web

CHALLENGE = {"cf-mitigated": "challenge"}
LOGIN = b"<html><form><input type=password name=p></form>"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://blog.example/feed", "https://blog.example/feed"),
        ("https://blog.example/feed?token=hidden", "https://blog.example/feed?…"),
        ("https://blog.example/feed#hidden?", "https://blog.example/feed"),
        ("", ""),
    ],
)
def test_a_query_is_not_shown(url: str, shown: str) -> None:
    assert shown_address(url) == shown


@pytest.mark.parametrize("build", [feed.build, discourse.build, records.build])
@pytest.mark.parametrize(
    "reply",
    [
        Reply(404),
        Reply(403, headers=CHALLENGE),
        Reply(304),
        Reply(body=b""),
        Reply(body=b"{}"),
        Reply(body=b"words"),
        Reply(body=LOGIN),
        Reply(body=b"<html><title>Blog</title>hello</html>"),
        Reply(body=b"<rss>" + b"<a>" * 100),
    ],
)
def test_no_reason_tells_the_token_of_a_private_place(
    build: Callable[[Place, PoliteClient], Reader], reply: Reply
) -> None:
    if build is records.build and reply == Reply(body=b""):
        return  # an empty file is a file
    moved = Reply(302, headers={"Location": "/there?token=hidden"})
    with Web(lambda asked: reply if "there" in asked.path else moved) as web:
        place = place_at(web.url("/feed?token=hidden"))

        with pytest.raises(GroundswellError) as caught:
            build(place, loopback_client()).fetch({})

    assert "hidden" not in str(caught.value)
