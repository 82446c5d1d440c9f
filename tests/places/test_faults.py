"""The faults do to any place what their names say: the same place, well or ill."""

import http.client
import threading
from collections.abc import Iterator

import pytest

from tests.places import faults
from tests.places.faults import GET, POST, Faulty
from tests.places.web import Asked, Reply, Web


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def reached() -> threading.Event:
    """Set when the place did it: a client may have left before."""
    return threading.Event()


@pytest.fixture
def faulty(done: list[str], reached: threading.Event) -> Faulty:
    def place(asked: Asked) -> Reply:
        done.append(asked.method)
        reached.set()
        return Reply(200, b"done")

    return Faulty(place)


@pytest.fixture
def web(faulty: Faulty) -> Iterator[Web]:
    with Web(faulty) as running:
        yield running


def ask(
    web: Web, method: str = "POST", *, fault: faults.Fault | None = None
) -> tuple[int, bytes] | None:
    """Ask once; None when no whole answer came. Nobody waits long for a place that says nothing."""
    silent = getattr(fault, "__name__", "").startswith("silent")
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=0.3 if silent else 30.0)
    try:
        connection.request(method, "/")
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("fault", faults.BEFORE, ids=lambda fault: fault.__name__)
def test_before_means_that_nothing_was_done(
    web: Web, faulty: Faulty, done: list[str], fault: faults.Fault
) -> None:
    faulty.next(fault)
    assert ask(web, fault=fault) in {None, (500, b"upstream error")}
    assert done == []
    assert ask(web) == (200, b"done")
    assert faulty.taken == [getattr(fault, "__name__", "")]


@pytest.mark.parametrize("fault", faults.AFTER, ids=lambda fault: fault.__name__)
def test_after_means_that_it_was_done_and_the_answer_does_not_say_so(
    web: Web, faulty: Faulty, done: list[str], reached: threading.Event, fault: faults.Fault
) -> None:
    faulty.next(fault)
    assert ask(web, fault=fault) != (200, b"done")
    assert reached.wait(30)
    assert done == ["POST"]


def test_a_request_for_silence_tells_its_seconds_and_does_nothing(
    web: Web, faulty: Faulty, done: list[str]
) -> None:
    faulty.next(faults.too_many(9))
    told = ask(web)
    assert told is not None
    assert (told[0], done) == (429, [])
    assert b'"wait_seconds": 9' in told[1]


def test_each_fault_waits_for_its_own_kind_of_request(
    web: Web, faulty: Faulty, done: list[str]
) -> None:
    faulty.next(faults.fails_before, POST)
    faulty.next(faults.fails_before, GET)
    assert [ask(web, "GET"), ask(web, "GET")] == [(500, b"upstream error"), (200, b"done")]
    assert faulty.left == 1
    assert ask(web) == (500, b"upstream error")
    assert (faulty.left, done) == (0, ["GET"])
