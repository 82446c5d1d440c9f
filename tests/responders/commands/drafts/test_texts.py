"""Where a text comes from: options, files, standard input, an editor."""

import io
import os
import sys
from pathlib import Path

import pytest

from config.errors import GroundswellError, SettingsError
from responders.commands.drafts.texts import MAX_BYTES, edited_text, given_text


class Terminal(io.StringIO):
    """Standard input of a person who sits at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())


def editor(folder: Path, *lines: str) -> dict[str, str]:
    """Return the environment of a person whose editor does what these lines of Python say."""
    script = folder / "an editor.py"
    script.write_text("import sys, pathlib\nfile = pathlib.Path(sys.argv[-1])\n" + "\n".join(lines))
    return {"EDITOR": f"{sys.executable} '{script}'"}


def test_a_text_is_an_option_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(b"\xef\xbb\xbfWe know.\r\nMore at 18:00 UTC.\n")
    assert given_text(None, None) is None
    assert given_text("We know.", None) == "We know."
    assert given_text(None, str(file)) == "We know.\r\nMore at 18:00 UTC.\n"


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Wir wissen von Ä.".encode())))
    assert given_text(None, "-") == "Wir wissen von Ä."


def test_option_and_file_together_are_wrong_usage() -> None:
    with pytest.raises(SettingsError, match="give one of them"):
        given_text("a", "b")


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe", "no text in UTF-8"), (b"a" * (MAX_BYTES + 1), "larger")]
)
def test_a_file_that_is_no_text_is_told(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(content)
    with pytest.raises(GroundswellError, match=words):
        given_text(None, str(file))


@pytest.mark.usefixtures("terminal")
def test_the_editor_gets_the_text_and_gives_another_one(tmp_path: Path) -> None:
    environ = editor(tmp_path, "file.write_text(file.read_text().replace('old', 'new'))")
    assert edited_text("the old text", environ=environ) == "the new text\n"


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("file.write_text(' \\n')", "left an empty text; nothing was changed"),
        ("sys.exit(3)", "failed; nothing was changed"),
    ],
)
def test_an_editor_that_leaves_nothing_or_fails_changes_nothing(
    tmp_path: Path, line: str, words: str
) -> None:
    with pytest.raises(GroundswellError, match=words):
        edited_text("text", environ=editor(tmp_path, line))


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("chosen", [f"{os.sep}no{os.sep}editor", "an 'unclosed quote"])
def test_an_editor_that_does_not_start_is_told_with_the_remedy(chosen: str) -> None:
    with pytest.raises(GroundswellError, match=r"cannot be started .*; set EDITOR"):
        edited_text("text", environ={"VISUAL": chosen})


def test_without_a_terminal_no_editor_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(SettingsError, match="--text or --file"):
        edited_text("text", environ={})
