"""Options and paths that stand on the command line without a word in them."""

from pathlib import Path

import pytest

from tests.responders.commands.line import Workspace


@pytest.mark.parametrize(
    "words",
    [
        ["draft", "list", "--issue", ""], ["delivery", "list", "--issue="],
        ["thread", "list", "--issue", " "], ["promise", "list", "--issue", ""],
        ["post", "list", "--text", ""], ["post", "list", "--since", ""],
        ["release", "add", "5.2", "--at", ""], ["run", "--once", "--now", ""],
        ["page", "build", "--out", ""], ["backtest", "x.jsonl", "--out", ""],
        ["db", "backup", ""], ["apply", " "], ["export", ""], ["draft", "approve", "1", "--by", ""],
    ],
)  # fmt: skip
def test_an_empty_word_is_never_taken_for_none(
    at_noon: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    said = at_noon(*words)
    assert (said.code, said.out) == (2, "")
    assert "it is empty" in said.err
    assert not list(here.iterdir())


def test_what_is_left_out_and_words_beside_an_act_may_be_nothing(at_noon: Workspace) -> None:
    assert at_noon("draft", "list").code == 0
    said = at_noon("issue", "state", "GS-1", "identified", "--note", "")
    assert "it is empty" not in said.err
