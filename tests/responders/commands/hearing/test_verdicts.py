"""What people corrected, on the command line: said, listed, explained, taken back."""

import pytest

from tests.responders.commands.line import Workspace


def test_a_post_is_judged_and_the_verdict_taken_back(proposed: Workspace) -> None:
    said = proposed("post", "judge", "1", "spam")
    assert said.code == 0, said.err
    assert "Undo it: groundswell verdict undo 1" in said.out + said.err
    (row,) = proposed("verdict", "list", "--json").json
    assert (row["id"], row["what"], row["said"], row["post_id"]) == ("1", "post", "spam", "1")
    assert row["undone_at"] is None
    post = proposed("post", "show", "1", "--json").json
    assert (post["kind"], post["issue_id"]) == ("spam", None)

    assert proposed("verdict", "undo", "1").code == 0
    post = proposed("post", "show", "1", "--json").json
    assert (post["kind"], post["issue_id"]) == ("problem", "GS-1")
    assert proposed("verdict", "list", "--json").json == []
    (row,) = proposed("verdict", "list", "--all", "--json").json
    assert row["undone_by"]
    again = proposed("verdict", "undo", "1")
    assert again.code == 1
    assert "taken back by" in again.err


def test_what_is_not_ours_is_said_by_an_option(proposed: Workspace) -> None:
    found = proposed("post", "judge", "2", "--not-ours", "--json").json
    assert (found["kind"], found["issue_id"]) == ("off_topic", None)


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (["post", "judge", "1"], 2, "say one of"),
        (["post", "judge", "1", "spam", "--not-ours"], 2, "say one of"),
        (["post", "judge", "1", "nonsense"], 1, "one of"),
        (["post", "judge", "99", "spam"], 1, "99"),
        (["verdict", "undo", "x"], 1, "no number"),
        (["verdict", "undo", "7"], 1, "no verdict 7"),
    ],
)
def test_mistakes_are_told(proposed: Workspace, words: list[str], code: int, what: str) -> None:
    said = proposed(*words)
    assert said.code == code
    assert what in said.err
    assert proposed("verdict", "list", "--all", "--json").json == []


def test_what_was_learned_is_said_in_words(proposed: Workspace) -> None:
    (before,) = proposed("verdict", "learned", "--json").json
    assert before["version"] == before["verdicts_on_posts"] == 0
    assert before["level"] == 5.0
    assert proposed("verdict", "list").code == 0
    proposed("post", "judge", "1", "praise")
    assert proposed("issue", "not-an-issue", "GS-1", "--reason", "our own test").code == 0
    (after,) = proposed("verdict", "learned", "--json").json
    assert after["verdicts_on_posts"] == 1
    assert after["dismissed"] == ["GS-1"]
    said = proposed("verdict", "learned").out
    assert "People said what 1 post is" in said
    assert "GS-1 is about counts as usual" in said


def test_an_issue_says_what_the_model_could_not_judge(proposed: Workspace) -> None:
    assert proposed("issue", "show", "GS-1", "--json").json["not_judged"] is None
