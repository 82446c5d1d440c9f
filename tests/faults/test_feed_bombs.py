"""Hostile feeds over loopback: each is stored as it should be or refused with a diagnosis, in time.

The server with the cases stands beside the repository; without it this suite skips, saying so.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from config.errors import GroundswellError
from config.http_client import PoliteClient
from listener.health import diagnose
from listener.identity import identify, settle
from listener.reading.parsing import clean_bodies, shared_workers
from listener.sources.base import RawPost
from listener.sources.feed import build
from listener.tables import SourceState
from tests.listener.sources.fetching import NOON, Clock, loopback_client, place_at

BOMBS = Path(__file__).resolve().parents[3] / "shared" / "cases" / "bombs.py"

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not BOMBS.exists(), reason="the shared hostile cases are not here"),
]

MAX_S = 30.0
"""Far from both: the limits of one look together are half of it, the slow places wait a minute."""
HOSTILE = b"<rss><channel><item>" + b"<a b='" * 400_000
AFTER_ALL = NOON.replace(year=2027)


@dataclass
class Listener:
    """A feed read again and again into a store of nothing but keys."""

    client: PoliteClient
    url: str
    cursor: Mapping[str, Any] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)
    posts: list[RawPost] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    revisions: int = 0
    states: list[SourceState] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def look(self) -> None:
        place = place_at(self.url, clock=Clock(AFTER_ALL), parse_timeout_s=5.0)
        try:
            batch = build(place, self.client).fetch(self.cursor)
        except GroundswellError as error:
            diagnosis = diagnose(error)
            self.states.append(diagnosis.state)
            self.reasons.append(diagnosis.reason)
            return
        self.states.append(SourceState.OK)
        self.cursor = json.loads(json.dumps(dict(batch.cursor)))
        texts = clean_bodies(batch.posts, timeout_s=5.0)
        for settled in settle(identify(batch.posts, texts), self.keys):
            self._store(settled.item.raw, settled.item.content, settled.post, settled.learnt)

    def _store(self, raw: RawPost, content: str, post: int | None, learnt: Any) -> None:
        if post is None:
            post = len(self.posts)
            self.posts.append(raw)
            self.contents.append(content)
        changed = self.contents[post] != content
        self.revisions += changed
        self.contents[post] = content
        for key in learnt(changed=changed):
            self.keys.setdefault(key, post)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(BOMBS), str(port)], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def listener(server: str, name: str, *, deadline_s: float = 4.0) -> Listener:
    client = loopback_client(deadline_s=deadline_s)
    client.get(f"{server}/_log")
    return Listener(client, f"{server}/c/{name}")


def log_of(server: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(loopback_client().get(f"{server}/_log").body)
    return found


STATES = {
    "too_large": SourceState.TOO_LARGE,
    "refused": SourceState.REFUSED,
    "disabled": SourceState.GONE,
    "empty": SourceState.EMPTY,
    "html": SourceState.HTML,
    "challenge": SourceState.CHALLENGE,
    "not_a_feed": SourceState.NOT_A_FEED,
}


def expected_state(expect: str) -> SourceState | None:
    named = re.search(r"diagnose:(\w+)", expect)
    words = expect.split()
    if named:
        return STATES[named[1]]
    bare = ("too_large", "refused", "disabled")
    return next((STATES[word] for word in bare if word in words), None)


def names() -> list[tuple[str, str]]:
    if not BOMBS.exists():
        return []
    listed = subprocess.run(
        [sys.executable, str(BOMBS), "--list"], capture_output=True, text=True, check=True
    )
    lines = [line.split(maxsplit=1) for line in listed.stdout.splitlines()[:-1]]
    return [(name, expect) for name, expect in lines]


@pytest.mark.parametrize(("name", "expect"), names())
def test_a_hostile_feed_is_kept_in_bounds(server: str, name: str, expect: str) -> None:
    # The server needs seconds to pack what is too large, and more on a busy machine.
    heard = listener(server, name, deadline_s=20.0 if "too_large" in expect else 4.0)
    started_at = time.monotonic()
    heard.look()
    assert time.monotonic() - started_at < MAX_S
    for _ in range(4 if heard.states[0] is SourceState.OK else 0):
        heard.look()
    counted = re.search(r"(?:(\d+)\.\.)?(\d+) entr", expect)
    if counted and "flaky" not in name:
        fewest, most = int(counted[1] or counted[2]), int(counted[2])
        assert fewest <= len(heard.posts) <= most, (heard.states, heard.reasons)
    if (state := expected_state(expect)) is not None:
        assert state in heard.states, (heard.states, heard.reasons)
    if "failed_fetch" in expect or "failing" in expect:
        assert SourceState.OK not in heard.states
    assert len(heard.posts) <= 2000
    assert all(post.url is None or post.url.startswith("http") for post in heard.posts)
    assert all(post.published_at is None or post.published_at <= AFTER_ALL for post in heard.posts)
    assert heard.revisions == (1 if name == "edited-item" else 0)
    if "title_readable" in expect:
        assert not any(
            "Ã" in (post.title or "") or "\ufffd" in (post.title or "") for post in heard.posts
        )


def test_nothing_outside_is_read(server: str) -> None:
    for name in ("xxe-file", "xxe-http", "xxe-parameter", "xinclude", "xml-base-evil"):
        listener(server, name).look()
    assert not [seen for seen in log_of(server) if "/leak/" in seen["path"]]


def test_a_flaky_feed_gives_its_posts_in_the_end(server: str) -> None:
    heard = listener(server, "flaky")
    for _ in range(4):
        heard.look()
    assert len(heard.posts) == 3


def test_a_hostile_feed_delays_no_other(server: str) -> None:
    """The worker with the hostile feed stands still, so it is late on a machine of any speed."""
    good = listener(server, "good")
    shared_workers().close()
    good.look()
    (busy,) = shared_workers().running()
    os.kill(busy, signal.SIGSTOP)
    ended = threading.Event()

    def take_apart() -> None:
        shared_workers().read_feed(
            HOSTILE, url=server, content_type="", max_items=10, timeout_s=60.0
        )  # by another worker, once this one is killed
        ended.set()

    other = threading.Thread(target=take_apart)
    other.start()
    while shared_workers().running():  # until it has the worker that stands still
        other.join(0.01)
    good.cursor = {}
    good.look()
    assert good.states == [SourceState.OK, SourceState.OK]
    assert not ended.is_set()
    os.kill(busy, signal.SIGKILL)
    other.join()
    assert ended.is_set()
