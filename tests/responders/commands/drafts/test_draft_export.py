"""Drafts with what they were made from, as a checker of texts reads them."""

import json

from tests.responders.commands.line import Workspace

KEYS = [
    "id", "issue_id", "kind", "phase", "language", "channel", "text", "symptom", "facts",
    "page_url", "next_update_by", "previous", "source", "state",
]  # fmt: skip


def test_each_line_holds_a_text_and_what_it_was_made_from(proposed: Workspace) -> None:
    lines = [json.loads(line) for line in proposed("draft", "export", "-").out.splitlines()]
    assert [list(line) for line in lines] == [KEYS] * 3
    page, first, second = lines
    assert (page["kind"], page["channel"], len(page["source"])) == ("update", "page", 2)
    assert first["source"] == ["The app hangs when I open a note. Since this morning."]
    assert any(words in second["text"] for words in second["symptom"])
    assert set(first["facts"]) >= {"eta", "cause", "numbers"}
    assert first["page_url"] in first["text"]
    assert (first["next_update_by"], first["previous"]) == ("2026-05-12T16:00:00Z", None)


def test_a_file_holds_the_same_and_what_is_out_of_date_stays_away(proposed: Workspace) -> None:
    file = proposed.write("drafts.jsonl", "")
    assert proposed("draft", "export", file).err == f"Wrote 3 drafts to {file}.\n"
    proposed("issue", "mute", "GS-1", "--reason", "known")
    said = proposed("draft", "export", file)
    assert "There was no draft to write" in said.err
    assert proposed("draft", "export", f"{file}/no").code == 1
    assert proposed("draft", "export", "-", "--issue", "GS-77").code == 1


def test_what_a_person_said_was_found_is_the_cause(proposed: Workspace) -> None:
    proposed("issue", "state", "GS-1", "identified", "--note", "A disk was full")
    (line, *_) = proposed("draft", "export", "-").out.splitlines()
    assert json.loads(line)["facts"]["cause"] == "A disk was full"
    assert json.loads(line)["facts"]["eta"] is None
