import json
import os
import re
import signal
import socket
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from config.clock import FixedClock, PacedClock, clock_from
from config.database import reading, transaction
from config.errors import GroundswellError
from config.settings import load_settings
from listener import store
from responders.demo import play
from responders.demo.play import HEAD_START_S, Demo, Workspace
from responders.demo.remembering import AlreadyPlayed, recall
from responders.demo.replies import Replies, Reply
from responders.demo.script import DAY_END, DAY_START, PLACES
from responders.demo.taking import API_KEY, USERNAME
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


def test_every_command_sees_the_time_of_the_day_while_it_is_played_and_after(
    tmp_path: Path,
) -> None:
    with prepare(workspace=tmp_path, speed=60) as demo:
        playing = open_ground(demo.config, environ={})
        assert playing.clock == demo.clock
    left = recall(tmp_path)
    after = open_ground(demo.config, environ={})
    assert left is not None
    assert after.clock == FixedClock(left.shown)
    for ground in (playing, after):
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


def test_a_lost_memory_is_made_up_from_what_was_heard_and_written(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, fresh=False)
    try:
        assert workspace.memory.shown == DAY_START
        workspace.declare(dict.fromkeys(PLACES, 1))
        with transaction(workspace.engine) as session:
            for source in store.sources(session):
                source.last_heard_at = DAY_END - timedelta(hours=1)
    finally:
        workspace.close()
    (tmp_path / "demo.json").unlink()
    again = Workspace(tmp_path, fresh=False)
    again.close()
    assert again.memory.shown == DAY_END - timedelta(hours=1)
    Replies(again.replies).add(Reply("blog", 1, "fern_ana", "We know.", DAY_END))
    later = Workspace(tmp_path, fresh=False)
    later.close()
    assert later.memory.shown == DAY_END


def test_a_workspace_is_known_as_the_demos_from_its_first_moment(tmp_path: Path) -> None:
    Workspace(tmp_path, fresh=False).close()
    left = recall(tmp_path)
    assert left is not None
    assert left.password


def test_the_password_is_made_once_for_a_workspace_and_only_its_owner_reads_it(
    tmp_path: Path,
) -> None:
    with prepare(workspace=tmp_path, speed=1) as demo:
        first = demo.log_in
    assert re.fullmatch(r"user=demo password=[\w-]{12}", first)
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0
    with prepare(workspace=tmp_path, speed=1) as demo:
        assert demo.log_in == first
    with prepare(workspace=tmp_path, fresh=True) as demo:
        assert demo.log_in != first


def test_a_reply_stands_there_after_a_restart(tmp_path: Path) -> None:
    body = {"topic_id": 1, "raw": "Thanks for telling us. We know."}
    headers = {
        "Content-Type": "application/json",
        "Api-Key": API_KEY,
        "Api-Username": USERNAME,
    }
    with prepare(workspace=tmp_path, speed=1) as demo:
        base = f"http://127.0.0.1:{demo.places.ports['community']}"
        asked = Request(f"{base}/posts.json", json.dumps(body).encode(), headers)
        with urlopen(asked) as answer:
            number = json.load(answer)["id"]
    with (
        prepare(workspace=tmp_path, speed=1) as demo,
        urlopen(f"http://127.0.0.1:{demo.places.ports['community']}/posts/{number}.json") as shown,
    ):
        assert json.load(shown)["raw"] == body["raw"]


def test_a_demo_of_an_older_version_gets_its_credential(tmp_path: Path) -> None:
    Workspace(tmp_path, fresh=False).close()
    file = tmp_path / "groundswell.toml"
    whole = file.read_text(encoding="utf-8")
    file.write_text(f"# mine\n{whole.partition('# Replies')[0]}", encoding="utf-8")
    Workspace(tmp_path, fresh=False).close()
    settings = load_settings(file)
    assert file.read_text(encoding="utf-8").startswith("# mine\n")
    assert settings.credentials["community"].api_username == USERNAME
