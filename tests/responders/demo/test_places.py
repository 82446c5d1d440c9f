"""The places and our own channel: what it sends is taken once, found again, also after a kill."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import PermanentError
from config.http_client import HttpKnobs, PoliteClient
from config.settings import Credential, load_settings
from responders.delivery.channels.base import Message, Ways
from responders.delivery.channels.discourse import Discourse, Options, build
from responders.demo.hosting import Places
from responders.demo.script import DAY_START, read_script
from responders.demo.taking import API_KEY, USERNAME

POST = next(
    post
    for post in reversed(read_script().posts)
    if post.place == "community" and post.at < DAY_START and post.position > 1
)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    with Places(clock="2026-05-12T07:00:00Z", replies=tmp_path / "replies.jsonl") as opened:
        yield opened


@pytest.fixture
def channel() -> Discourse:
    knobs = load_settings(None).http
    asked = {**knobs.model_dump(), "spacing_s": 0, "allow_hosts": ("127.0.0.1",)}
    credential = Credential(api_key=API_KEY, api_username=USERNAME)
    ways = Ways(
        http=knobs,
        client=PoliteClient(HttpKnobs(**asked)),
        credentials={"community": credential},
    )
    return build(Options(), ways=ways)


def _message(places: Places) -> Message:
    base = f"http://127.0.0.1:{places.ports['community']}"
    thread = f"{base}/t/{POST.thread}/{POST.thread_number}"
    target = {
        "source_url": f"{base}/",
        "credential": "community",
        "thread": str(POST.thread_number),
        "thread_url": thread,
        "post": str(POST.number),
        "post_url": f"{thread}/{POST.position}",
    }
    return Message(
        "thread:1|1|ack|1", "Thanks for telling us.\n\n> It *works* again.", target=target
    )


def test_our_own_channel_posts_there_and_finds_its_post_after_a_kill(
    places: Places, channel: Discourse
) -> None:
    message = _message(places)
    assert channel.find(message) is None
    receipt = channel.send(message)
    os.kill(places.pid, signal.SIGKILL)
    assert places.restarted.wait(20)
    found = channel.find(message)
    assert found is not None
    assert (found.remote_id, found.url) == (receipt.remote_id, receipt.url)
    assert channel.find(replace(message, text="Something else that we never said.")) is None


def test_a_topic_that_is_not_there_is_told_as_such(places: Places, channel: Discourse) -> None:
    message = _message(places)
    target = {**message.target, "thread": "99999"}
    with pytest.raises(PermanentError, match="not there any more"):
        channel.send(replace(message, target=target))
