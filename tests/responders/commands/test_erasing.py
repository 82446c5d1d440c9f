"""`groundswell post erase`: a person is asked first, and then it is gone everywhere."""

import io

import pytest

from tests.responders.commands.line import Workspace


class Terminal(io.StringIO):
    """Somebody who can be asked, and what they answer."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.mark.parametrize(("answer", "code", "erased"), [("n\n", 1, False), ("y\n", 0, True)])
def test_a_person_is_told_what_would_go_and_asked(
    proposed: Workspace, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, erased: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    said = proposed("post", "erase", "1")
    assert said.code == code
    assert "This erases 1 post by 1 person" in said.err
    assert "with 1 text of ours that answers. It cannot be undone." in said.err
    assert proposed("post", "show", "1", "--json").json["erased"] is erased


def test_a_script_is_not_asked(proposed: Workspace) -> None:
    said = proposed("post", "erase", "1")
    assert said.code == 0
    assert "Erased 1 post by 1 person" in said.err
    assert proposed("post", "show", "1", "--json").json["erased"]


def test_a_post_is_erased_and_its_draft_follows(proposed: Workspace) -> None:
    said = proposed("post", "erase", "1", "--yes")
    assert said.code == 0
    assert "Erased 1 post by 1 person" in said.err
    assert "groundswell run --once" in said.err
    row = proposed("post", "show", "1", "--json").json
    assert (row["erased"], row["text"], row["author"], row["url"]) == (True, "", None, None)
    assert proposed("run", "--once", "--only", "respond").code == 0
    drafts = {row["id"]: row for row in proposed("draft", "list", "--json").json}
    assert (drafts["2"]["state"], drafts["2"]["text"]) == ("stale", "")
    entries = proposed("audit", "export", "-").out
    assert "post erased" in entries
    assert "hangs" not in entries
    assert proposed("post", "erase", "1", "--yes").code == 1


def test_an_author_is_erased_with_a_reason_for_the_audit(proposed: Workspace) -> None:
    author = proposed("post", "show", "1", "--json").json["author"]
    said = proposed("post", "erase", "--author", author, "--yes", "--reason", "by mail", "--json")
    assert (said.code, said.json["posts"], said.json["in_public"]) == (0, 1, [])
    assert proposed("post", "erase", "--author", author, "--yes").code == 1


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], 2, "name a post by its ID, or everything of one --author"),
        (["1", "--author", "Ann"], 2, "name a post by its ID"),
        (["1", "--source", "forum"], 2, "--source goes with --author"),
        (["x"], 2, "x is no post's number"),
        (["99", "--yes"], 1, "there is no post 99"),
        (["--author", "Nobody", "--yes"], 1, "no post that stands was written"),
        (["1", "--yes", "--by", "nobody"], 1, "nobody"),
    ],
)
def test_what_cannot_be_erased_is_told(
    proposed: Workspace, words: list[str], code: int, told: str
) -> None:
    said = proposed("post", "erase", *words)
    assert (said.code, told in said.err) == (code, True), said.err
