import os
import signal
import socket
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from config.clock import PacedClock, clock_from
from config.database import reading, transaction
from config.errors import GroundswellError
from listener import store
from responders.demo import play
from responders.demo.play import HEAD_START_S, Demo, Workspace
from responders.demo.remembering import AlreadyPlayed, Memory, recall, remember
from responders.demo.script import DAY_END, DAY_START, PLACES
from responders.workspace import open_ground


def prepare(*, workspace: Path, speed: float = 60.0, fresh: bool = False) -> Demo:
    return play.prepare(workspace=workspace, speed=speed, fresh=fresh, head_start_s=0)


def _shown(demo: Demo) -> PacedClock:
    clock = clock_from(demo.environ)
    assert isinstance(clock, PacedClock)
    return clock


def test_a_new_demo_is_an_ordinary_workspace_that_any_command_can_open(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path / "demo", speed=1) as demo:
        ground = open_ground(demo.config, environ=demo.environ)
        with reading(ground.engine) as session:
            sources = store.sources(session)
            product = store.product_named(session, "Fernsync")
        assert {source.name: source.kind for source in sources} == {
            "community": "discourse",
            "blog": "feed",
            "gripes": "feed",
        }
        assert product is not None
        assert "Nimbusdrop" in product.ignore
        assert ground.settings.http.allow_hosts == ("127.0.0.1",)
        for source in sources:
            with urlopen(source.url) as answer:
                assert answer.status == 200
        ground.engine.dispose()


def test_the_day_begins_at_its_start_runs_fast_and_then_at_the_usual_pace(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path, speed=120) as demo:
        clock = _shown(demo)
    assert (clock.shown, clock.speed, clock.fast_until) == (DAY_START, 120, DAY_END)
    assert clock == demo.clock


def test_the_clock_stands_still_while_the_model_is_loaded(tmp_path: Path) -> None:
    with play.prepare(workspace=tmp_path, speed=60) as demo:
        clock = demo.clock
    began = clock.started - timedelta(seconds=HEAD_START_S)
    assert clock.at(began) == clock.at(clock.started) == DAY_START
    assert clock.at(clock.started + timedelta(seconds=1)) == DAY_START + timedelta(minutes=1)


def test_a_restart_goes_on_where_it_stopped_at_the_same_ports(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path, speed=3600) as first:
        ports = dict(first.places.ports)
    left = recall(tmp_path)
    assert left is not None
    assert left.shown > DAY_START
    with prepare(workspace=tmp_path) as second:
        assert _shown(second).shown == left.shown
        assert second.places.ports == ports


def test_after_a_kill_the_clock_never_jumps_back_behind_what_was_heard(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path, speed=1) as demo:
        ground = open_ground(demo.config)
    heard_at = DAY_START + timedelta(hours=3)
    with transaction(ground.engine) as session:
        source = store.source_known_as(session, "blog")
        assert source is not None
        source.last_heard_at = heard_at
    ground.engine.dispose()
    with prepare(workspace=tmp_path, speed=1) as again:
        assert _shown(again).shown == heard_at


def test_sources_follow_their_places_when_a_port_is_taken(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path, speed=1) as demo:
        taken = demo.places.ports["blog"]
    with (
        socket.create_server(("127.0.0.1", taken)),
        prepare(workspace=tmp_path, speed=1) as again,
    ):
        ground = open_ground(again.config)
        with reading(ground.engine) as session:
            source = store.source_known_as(session, "blog")
        ground.engine.dispose()
        assert again.places.ports["blog"] != taken
        assert source is not None
        assert f":{again.places.ports['blog']}/" in source.url


def test_killed_places_are_started_again_while_the_day_goes_on(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path, speed=1) as demo:
        os.kill(demo.places.pid, signal.SIGKILL)
        assert demo.places.restarted.wait(20)
        for place in PLACES:
            with urlopen(f"http://127.0.0.1:{demo.places.ports[place]}/") as answer:
                assert answer.status == 200


def test_two_cannot_play_in_one_workspace_and_the_first_is_not_disturbed(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path, speed=1) as demo:
        with pytest.raises(AlreadyPlayed):
            prepare(workspace=tmp_path, fresh=True)
        assert demo.config.exists()


def test_fresh_begins_the_day_anew(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path, speed=3600) as demo:
        key = (demo.config.parent / "secret.key").read_text()
    with prepare(workspace=tmp_path, fresh=True) as demo:
        assert _shown(demo).shown == DAY_START
        assert (demo.config.parent / "secret.key").read_text() != key


def test_fresh_never_clears_a_folder_that_is_no_demo(tmp_path: Path) -> None:
    mine = tmp_path / "groundswell.toml"
    mine.write_text("", encoding="utf-8")
    with pytest.raises(GroundswellError, match="no demo workspace"):
        prepare(workspace=tmp_path, fresh=True)
    assert mine.exists()


def test_what_a_person_changed_in_the_product_stays(tmp_path: Path) -> None:
    with prepare(workspace=tmp_path, speed=1) as demo:
        ground = open_ground(demo.config)
    with transaction(ground.engine) as session:
        product = store.product_named(session, "Fernsync")
        assert product is not None
        product.speaker = "Ruth"
    with prepare(workspace=tmp_path, speed=1), reading(ground.engine) as session:
        product = store.product_named(session, "Fernsync")
        assert product is not None
        assert product.speaker == "Ruth"
    ground.engine.dispose()


def test_a_place_where_nothing_can_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(GroundswellError, match="where you may write"):
        prepare(workspace=blocked / "demo")


def test_a_lost_memory_is_made_up_from_what_was_heard(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, fresh=False)
    try:
        assert workspace.memory() is None
        remember(tmp_path, Memory(DAY_START))
        assert workspace.memory() == Memory(DAY_START)
        workspace.declare(dict.fromkeys(PLACES, 1))
        with transaction(workspace.engine) as session:
            for source in store.sources(session):
                source.last_heard_at = DAY_END
        (tmp_path / "demo.json").unlink()
        assert workspace.memory() == Memory(DAY_END)
    finally:
        workspace.close()
