import json
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from config.database import reading
from responders.demo.day import Day
from responders.demo.replies import Reply
from responders.demo.script import DAY_START, Script
from responders.demo.witnessing import INCIDENTS, Witness, recount, statuses

SCRIPT = Script((), {})
OURS = Reply("blog", 1, "fern_ana", "We know.", DAY_START)


def _incident(*statuses_newest_first: str) -> dict[str, Any]:
    updates = [{"status": status} for status in statuses_newest_first]
    return {"shortlink": "http://page.example/incidents/gs-1/", "incident_updates": updates}


def _page(folder: Path, *incidents: dict[str, Any]) -> Path:
    file = folder / INCIDENTS
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"incidents": incidents}), encoding="utf-8")
    return folder


def test_a_text_at_a_place_that_nobody_approved_is_never_forgotten(
    engine: Engine, tmp_path: Path
) -> None:
    witness = Witness(tmp_path)
    with reading(engine) as session:
        witness.look(Day(session, SCRIPT, (OURS,)))
        witness.look(Day(session, SCRIPT))
    assert witness.looks == 2
    assert witness.unapproved == ["blog: We know."]


def test_an_update_on_the_page_that_nobody_approved_is_seen(engine: Engine, tmp_path: Path) -> None:
    witness = Witness(_page(tmp_path, _incident("investigating")))
    with reading(engine) as session:
        witness.look(Day(session, SCRIPT))
    assert witness.unapproved == ["page: 1 updates, 0 approved"]
    assert list(witness.incidents()) == ["gs-1"]


def test_a_page_that_is_not_written_yet_tells_nothing(tmp_path: Path) -> None:
    witness = Witness(tmp_path)
    assert witness.incidents() == {}
    assert witness.updates() == 0


def test_the_statuses_are_told_from_the_first_and_a_repeated_one_once() -> None:
    told = _incident("resolved", "identified", "identified", "investigating")
    assert statuses(told) == ["investigating", "identified", "resolved"]


def test_a_text_at_a_place_that_is_not_recorded_is_counted(engine: Engine) -> None:
    with reading(engine) as session:
        assert recount(Day(session, SCRIPT)) == (0, [])
        count, wrong = recount(Day(session, SCRIPT, (OURS,)))
    assert count == 0
    assert wrong == ["1 texts at the places, 0 recorded"]
