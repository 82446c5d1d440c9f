"""How soon on-call people acknowledged, as a report tells it."""

from responders.delivery.outbox import deliver_due
from responders.oncall.alert import alert_due
from responders.workspace import close_opened, open_ground
from tests.places.board import Board
from tests.responders.commands.line import Workspace


def test_nobody_was_told_in_the_span(proposed: Workspace) -> None:
    value = proposed("report", "--section", "oncall", "--json").json
    assert set(value) == {"since", "until", "oncall"}
    assert value["oncall"] == {
        "all": {
            "alerts": 0, "acknowledged": 0, "unacknowledged": 0, "acknowledged_s": None,
            "acknowledged_p90_s": None,
        }
    }  # fmt: skip
    said = proposed("report", "--section", "oncall")
    assert "No alert was told in this span." in said.out


def test_what_was_told_counts_until_somebody_acknowledges_it(proposed: Workspace) -> None:
    ground = open_ground(proposed.folder / "groundswell.toml")
    alert_due(ground)
    deliver_due(ground, {"terminal": Board()})
    close_opened()
    before = proposed("report", "--json").json["oncall"]["all"]
    assert (before["alerts"], before["unacknowledged"]) == (1, 1)
    proposed("issue", "acknowledge", "GS-1")
    after = proposed("report", "--section", "oncall", "--json").json["oncall"]
    assert (after["all"]["acknowledged"], after["all"]["unacknowledged"]) == (1, 0)
    assert after["major"] == after["all"]
    assert after["all"]["acknowledged_s"] == after["all"]["acknowledged_p90_s"] is not None
    said = proposed("report", "--section", "oncall").out
    assert "unacknowledged" in said
    assert " min" in said
