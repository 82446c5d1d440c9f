import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.request import urlopen

import pytest

from responders.demo.hosting import Places, Ports
from responders.demo.script import PLACES

MORNING = "2026-05-12T07:00:00Z"


@pytest.fixture
def places() -> Iterator[Places]:
    with Places(clock=MORNING) as opened:
        yield opened


def _newest(places: Places) -> str:
    with urlopen(f"http://127.0.0.1:{places.ports['community']}/posts.json") as answer:
        return str(json.load(answer)["latest_posts"][0]["created_at"])


def test_the_places_go_by_the_clock_they_are_given(places: Places) -> None:
    assert _newest(places) <= MORNING
    places.set_clock("2026-05-12T12:00:00Z")
    assert "2026-05-12T11:30" < _newest(places) <= "2026-05-12T12:00:00Z"


def test_killed_places_come_back_at_their_ports_and_their_time(places: Places) -> None:
    places.set_clock("2026-05-12T12:00:00Z")
    before, ports, newest = places.pid, dict(places.ports), _newest(places)
    os.kill(before, signal.SIGKILL)
    assert places.restarted.wait(20)
    assert places.pid != before
    assert places.ports == ports
    assert _newest(places) == newest
    assert places.restarts == 1


def test_stopped_places_are_gone_for_certain() -> None:
    places = Places(clock=MORNING)
    pid = places.pid
    places.stop()
    places.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_ctrl_c_at_the_terminal_leaves_the_places_to_their_parent(places: Places) -> None:
    os.kill(places.pid, signal.SIGINT)
    places.set_clock("2026-05-12T12:00:00Z")
    assert places.restarts == 0


def test_a_port_that_is_taken_is_exchanged_for_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with Places(clock=MORNING, ports={"blog": taken}) as places:
            assert places.ports["blog"] != taken
            assert len(set(places.ports.values())) == len(PLACES)


def test_a_move_at_a_restart_is_told() -> None:
    moved: list[Ports] = []
    with Places(clock=MORNING, moved=moved.append) as places:
        taken = places.ports["gripes"]
        with ExitStack() as held:
            with places._guard:  # the watcher waits, so that the port can be taken meanwhile
                places._process.kill()
                places._process.wait()
                held.enter_context(socket.create_server(("127.0.0.1", taken)))
            assert places.restarted.wait(20)
            assert places.ports["gripes"] != taken
            assert moved == [places.ports]
