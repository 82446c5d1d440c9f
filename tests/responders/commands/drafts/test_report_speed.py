"""How fast people were heard, as a report tells it."""

from responders.workspace import close_opened, open_ground
from tests.responders.commands.line import Workspace
from tests.responders.voice.acts import later, pages, send


def test_the_middle_of_the_clocks_is_reported(proposed: Workspace) -> None:
    before = proposed("report", "--section", "speed", "--json").json
    assert before["speed"]["all"]["issues"] == 1
    assert before["speed"]["all"]["acknowledged_s"] is None
    ground = open_ground(proposed.folder / "groundswell.toml")
    send(later(ground, hours=1), pages(ground, 1)[0])
    close_opened()
    after = proposed("report", "--json").json
    assert after["speed"]["major"]["acknowledged_s"] == 4200.0
    assert set(after) >= {"since", "until", "edits", "speed", "promises"}
    said = proposed("report", "--section", "speed")
    assert "1 h 10 min" in said.out
    assert said.err.startswith("Promises: kept 0, broken 0, open ")


def test_what_began_before_the_span_is_not_told(proposed: Workspace) -> None:
    value = proposed("report", "--section", "speed", "--since", "5m", "--json").json
    assert value["speed"]["all"]["issues"] == 0
    assert "edits" not in value
    said = proposed("report", "--section", "speed", "--since", "5m")
    assert "No issue began in this span." in said.out
