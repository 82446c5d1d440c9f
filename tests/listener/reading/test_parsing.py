"""A parse that takes too long or too much ends its worker, never ours."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from listener.health import diagnose
from listener.reading import parsing
from listener.reading.parsing import ParserLateError, ParseTimeoutError, ParseWorkers
from listener.tables import SourceState

FEED = b"<rss><channel><title>T</title><item><guid>1</guid></item></channel></rss>"
ENDLESS = b"<rss><channel><item>" + b"<a b='" * 800_000 + b"</item></channel></rss>"
"""Half a minute of work where this was written, far beyond what it is given below."""


@pytest.fixture
def workers() -> Iterator[ParseWorkers]:
    made = ParseWorkers(2)
    yield made
    made.close()


def read(workers: ParseWorkers, body: bytes = FEED, timeout_s: float = 10.0) -> str:
    document = workers.read_feed(
        body, url="http://x.org/", content_type="", max_items=10, timeout_s=timeout_s
    )
    return document.title


def test_a_worker_is_used_again(workers: ParseWorkers) -> None:
    assert read(workers) == "T"
    first = workers.running()
    assert read(workers) == "T"
    assert workers.running() == first
    assert len(first) == 1


def test_a_late_worker_is_killed_and_the_next_job_gets_a_new_one(workers: ParseWorkers) -> None:
    read(workers)
    (first,) = workers.running()
    started_at = time.monotonic()
    with pytest.raises(ParseTimeoutError, match=r"longer than 0\.5 s"):
        read(workers, ENDLESS, timeout_s=0.5)
    assert time.monotonic() - started_at < 0.5 + 5  # a busy machine
    assert workers.running() == []
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert read(workers) == "T"


def test_a_worker_that_died_between_two_jobs_is_replaced(workers: ParseWorkers) -> None:
    read(workers)
    (first,) = workers.running()
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert read(workers) == "T"
    assert workers.running() != [first]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process worked")
def test_a_job_that_is_kept_from_the_processors_gets_more_time(workers: ParseWorkers) -> None:
    read(workers)
    (worker,) = workers.running()
    os.kill(worker, signal.SIGSTOP)
    going_on = threading.Timer(0.3, os.kill, (worker, signal.SIGCONT))
    going_on.start()
    assert read(workers, timeout_s=0.2) == "T"
    assert workers.running() == [worker]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process worked")
def test_a_job_that_is_never_let_work_is_no_fault_of_the_place(workers: ParseWorkers) -> None:
    read(workers)
    os.kill(workers.running()[0], signal.SIGSTOP)
    with pytest.raises(ParserLateError) as caught:
        read(workers, timeout_s=0.1)
    diagnosis = diagnose(caught.value)
    assert diagnosis.state is SourceState.FAILING
    assert "this machine is too busy" in diagnosis.reason
    assert workers.running() == []


def test_a_job_whose_worker_dies_under_it_is_done_by_a_fresh_one(workers: ParseWorkers) -> None:
    read(workers)
    (worker,) = workers.running()
    os.kill(worker, signal.SIGSTOP)
    done: list[str] = []
    reader = threading.Thread(target=lambda: done.append(read(workers, timeout_s=60.0)))
    reader.start()
    while workers.running():  # until the job has the worker
        reader.join(0.01)
    os.kill(worker, signal.SIGKILL)
    reader.join()
    assert done == ["T"]
    assert workers.running() != [worker]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_worker_has_a_limit_of_memory(workers: ParseWorkers) -> None:
    with pytest.raises(ParseTimeoutError, match=r"too much|longer"):
        workers.clean([("x" * 700_000_000, False, None)], timeout_s=20)


def test_more_jobs_than_workers_wait_for_their_turn(workers: ParseWorkers) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: read(workers), range(12))) == ["T"] * 12
    assert len(workers.running()) <= 2


def test_a_slow_job_does_not_hold_up_another(workers: ParseWorkers) -> None:
    """The slow worker stands still, so it is slow on a machine of any speed."""
    read(workers)
    (slow,) = workers.running()
    os.kill(slow, signal.SIGSTOP)

    late = threading.Thread(target=read, args=(workers,), kwargs={"timeout_s": 60.0})
    late.start()
    while workers.running():  # until it has the worker that stands still
        late.join(0.01)
    assert read(workers) == "T"
    assert late.is_alive()
    os.kill(slow, signal.SIGKILL)
    late.join()


def test_cleaning_keeps_the_order(workers: ParseWorkers) -> None:
    cleaned = workers.clean(
        [
            ("<p>one", True, None),
            ("<two>", False, None),
            ('<a href="/3">3</a>', True, "http://x.org"),
        ],
        timeout_s=10,
    )
    assert [one.text for one in cleaned] == ["one", "<two>", "3 (http://x.org/3)"]


def test_the_worker_loads_neither_store_nor_model() -> None:
    code = (
        "import sys, listener.reading.parsing_worker;"
        "heavy = {'torch', 'sqlmodel', 'pydantic', 'httpx2', 'numpy'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == "[]"


def test_a_worker_that_starts_too_late_is_no_fault_of_the_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parsing, "_START_S", 0.0)
    with pytest.raises(ParserLateError) as caught:
        ParseWorkers(1).clean([("x", False, None)], timeout_s=5.0)
    diagnosis = diagnose(caught.value)
    assert diagnosis.state is SourceState.FAILING
    assert "this machine is too busy" in diagnosis.reason
