"""The audit trail on the command line."""

import json
from pathlib import Path

from config.database import transaction
from responders.decisions.tables import AuditEntry
from responders.workspace import close_opened, open_ground
from tests.responders.commands.line import Workspace


def test_a_whole_trail_says_so_and_can_be_written_out(proposed: Workspace, tmp_path: Path) -> None:
    assert proposed("audit", "verify", "--json").json["entries"] == 0
    approved = proposed("draft", "approve", "1")
    assert approved.code == 0, approved.err
    said = proposed("audit", "verify")
    assert (said.code, said.err) == (0, "The audit trail: 2 entries, whole.\n")
    file = tmp_path / "audit.jsonl"
    assert "Wrote 2 entries" in proposed("audit", "export", str(file)).err
    written = file.read_text(encoding="utf-8")
    assert {json.loads(line)["act"] for line in written.splitlines()} == {
        "draft approved",
        "issue state changed",
    }
    assert proposed("audit", "export", "-").out == written
    assert proposed("audit", "export", str(tmp_path / "no" / "where")).code == 1


def test_a_changed_entry_fails_and_names_the_remedy(proposed: Workspace) -> None:
    proposed("draft", "approve", "1")
    with transaction(open_ground(proposed.folder / "groundswell.toml").engine) as session:
        session.get_one(AuditEntry, 1).subject = "draft 99"
    close_opened()
    said = proposed("audit", "verify")
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert "groundswell audit export FILE" in said.err
    told = proposed("audit", "verify", "--json")
    assert (told.code, told.json["ok"]) == (1, False)
    assert told.json["problem"]
