"""Who acknowledged an issue on call and who has it, in words and for scripts."""

from tests.responders.commands.line import Workspace

NOBODY = {"acknowledged_by": None, "acknowledged_at": None, "taken_by": None, "taken_at": None}


def shown(workspace: Workspace) -> dict[str, object]:
    value = workspace("issue", "show", "GS-1", "--json").json
    return {key: value[key] for key in NOBODY}


def test_nobody_yet_and_how_it_is_done(proposed: Workspace) -> None:
    assert shown(proposed) == NOBODY
    said = " ".join(proposed("issue", "show", "GS-1").out.split())
    assert "acknowledged nobody yet: groundswell issue acknowledge GS-1" in said
    assert "taken nobody yet: groundswell issue take GS-1" in said


def test_who_acknowledged_it_and_who_took_it_since_when(proposed: Workspace) -> None:
    proposed("user", "add", "ruth", "--role", "approver")
    proposed("user", "add", "tom", "--role", "drafter")
    done = proposed("issue", "acknowledge", "GS-1", "--by", "ruth", "--json")
    assert done.code == 0, done.err
    assert done.json["acknowledged_by"] == "ruth"
    assert proposed("issue", "take", "GS-1", "--by", "tom").code == 0
    assert shown(proposed) == {
        "acknowledged_by": "ruth", "acknowledged_at": "2026-05-12T12:00:00Z",
        "taken_by": "tom", "taken_at": "2026-05-12T12:00:00Z",
    }  # fmt: skip
    said = " ".join(proposed("issue", "show", "GS-1").out.split())
    assert "acknowledged by ruth, 2026-05-12 12:00 UTC" in said
    assert "taken by tom, 2026-05-12 12:00 UTC" in said
    (row,) = proposed("issue", "list", "--json").json
    assert (row["acknowledged_by"], row["taken_by"]) == ("ruth", "tom")
    head, line = proposed("issue", "list").out.splitlines()
    assert head.rstrip().endswith("taken by")
    assert line.split()[-1] == "tom"


def test_what_was_taken_back_is_nobody_s_again(proposed: Workspace) -> None:
    proposed("issue", "take", "GS-1")
    proposed("issue", "hand-back", "GS-1")
    proposed("issue", "unacknowledge", "GS-1", "--reason", "it is back")
    assert shown(proposed) == NOBODY
