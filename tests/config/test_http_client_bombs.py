"""The shared bad feeds, fetched from their own process; only what the client must answer for."""

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import GroundswellError
from config.http_client import (
    BadRedirect,
    CutShort,
    Garbled,
    HttpKnobs,
    PoliteClient,
    RefusedAddress,
    TimedOut,
    TooLarge,
)

BOMBS = Path(__file__).parents[2].parent / "shared" / "cases" / "bombs.py"
DEADLINE_S = 1.0
MAX_GROWTH_KB = 60 * 1024

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not BOMBS.exists(), reason="bombs.py of the shared folder is absent"),
]


@pytest.fixture(scope="module")
def place() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(BOMBS), str(port)])
    try:
        _wait_for(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < give_up_at:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail("bombs.py did not start")


def client(place: str, *, deadline_s: float = DEADLINE_S) -> PoliteClient:
    knobs = HttpKnobs(user_agent="test/1", spacing_s=0, deadline_s=deadline_s)
    return PoliteClient(knobs, allow_hosts=[place])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("slow-drip", TimedOut),
        ("slow-headers", TimedOut),
        ("never-answers", TimedOut),
        ("endless-header", Garbled),
        ("lying-length", CutShort),
        ("cut", CutShort),
        ("gzip-not-gzip", Garbled),
        ("gzip-truncated", CutShort),
        ("redirect-loop", BadRedirect),
        ("redirect-chain", BadRedirect),
        ("redirect-nowhere", BadRedirect),
        ("redirect-metadata", RefusedAddress),
        ("redirect-file", RefusedAddress),
    ],
)
def test_each_broken_place_ends_in_its_own_error_in_time(
    place: str, name: str, kind: type[GroundswellError]
) -> None:
    began = time.monotonic()
    with pytest.raises(kind):
        client(place).get(f"http://{place}/c/{name}")
    assert time.monotonic() - began < DEADLINE_S + 5  # a busy machine; the places wait a minute


# The place needs a second or more to pack its bombs, so their deadline is longer.
@pytest.mark.parametrize("name", ["gzip-bomb", "double-gzip", "huge-item", "endless"])
def test_a_large_answer_costs_no_more_memory_than_the_cap(place: str, name: str) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TooLarge):
        client(place, deadline_s=10).get(f"http://{place}/c/{name}")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < MAX_GROWTH_KB


@pytest.mark.parametrize(
    ("name", "status", "retry_after"),
    [
        ("good", 200, None),
        ("gz-file-no-header", 200, None),
        ("set-cookie", 200, None),
        ("gone", 410, None),
        ("teapot", 418, None),
        ("always-304", 304, None),
        ("rate-limited", 429, 5.0),
        ("rate-limited-date", 503, 5.0),
        ("retry-after-silly", 429, 86400.0),
        ("retry-after-garbage", 429, None),
    ],
)
def test_a_status_and_its_waiting_time_come_back(
    place: str, name: str, status: int, retry_after: float | None
) -> None:
    answer = client(place).get(f"http://{place}/c/{name}")
    assert answer.status == status
    assert answer.retry_after_s == pytest.approx(retry_after, abs=1)


@pytest.mark.parametrize(("status", "moved"), [(301, True), (302, False), (308, True)])
def test_only_a_permanent_move_is_remembered(place: str, status: int, moved: bool) -> None:
    answer = client(place).get(f"http://{place}/c/redirect-{status}")
    good = f"http://{place}/c/good"
    assert (answer.final_url, answer.permanent_redirect) == (good, good if moved else None)


def test_a_weak_validator_is_echoed_so_that_it_matches(place: str) -> None:
    url = f"http://{place}/c/weak-etag"
    etag = client(place).get(url).headers["etag"]
    assert client(place).get(url, etag=etag).not_modified
