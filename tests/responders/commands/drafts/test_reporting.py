"""What people changed before they said yes, as a report."""

import pytest

from tests.responders.commands.line import Workspace

PAGE, FIRST, SECOND = "1", "2", "3"


def test_without_an_approval_it_says_what_to_do(proposed: Workspace) -> None:
    said = proposed("report")
    assert said.code == 0
    assert said.out.endswith("What waits: groundswell draft list --state pending\n")
    assert proposed("report", "--section", "edits", "--json").json == {
        "since": "2026-04-14T12:00:00Z", "until": "2026-05-12T12:00:00Z", "edits": [],
    }  # fmt: skip


def test_each_template_tells_how_often_it_was_left_as_it_was(proposed: Workspace) -> None:
    text = proposed("draft", "show", SECOND, "--json").json["text"]
    proposed("draft", "edit", SECOND, "--text", f"Hello, Ann. {text}")
    for number in (PAGE, FIRST, SECOND):
        assert proposed("draft", "approve", number).code == 0
    ack, page = proposed("report", "--json").json["edits"]
    assert (ack["kind"], ack["approved"], ack["unedited"], ack["unedited_share"]) == (
        "ack", 2, 1, 0.5,
    )  # fmt: skip
    assert ack["added"] == [{"phrase": "hello, ann", "texts": 1}]
    assert 0 < ack["mean_distance"] < 0.2
    assert (page["kind"], page["mean_distance"]) == ("page", None)
    said = proposed("report", "--section", "edits")
    assert "ack, investigating, en" in said.out
    assert said.err == "3 texts were approved, 67% as they were drawn.\n"


def test_what_was_taken_back_or_lies_outside_the_span_is_not_counted(proposed: Workspace) -> None:
    proposed("draft", "approve", FIRST, SECOND, "--undo")
    proposed("draft", "take-back", FIRST)
    (ack,) = proposed("report", "--since", "1h", "--json").json["edits"]
    assert ack["approved"] == 1
    past = ("report", "--since", "2026-01-01", "--until", "2026-02-01", "--json")
    assert proposed(*past).json["edits"] == []


@pytest.mark.parametrize("words", [("--since", "soon"), ("--since", "0d"), ("--section", "all"),
                                   ("--since", "2026-06-01")])  # fmt: skip
def test_a_span_that_is_none_is_a_mistake(proposed: Workspace, words: tuple[str, ...]) -> None:
    assert proposed("report", *words).code == 2


def test_a_beginning_that_is_none_names_both_ways_to_write_one(proposed: Workspace) -> None:
    said = proposed("report", "--since", "last week").err
    assert "7d" in said
    assert "2026-05-01T10:00:00Z" in said
