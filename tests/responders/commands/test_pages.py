"""The public page as files."""

from pathlib import Path

from tests.responders.commands.line import Workspace


def test_the_page_is_written_where_it_is_asked_for(at_noon: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    said = at_noon("page", "build", "--out", str(folder))
    assert said.code == 0
    assert f"files to {folder}" in said.err
    assert (folder / "index.html").is_file()


def test_a_folder_that_cannot_be_is_a_failure_in_one_line(
    at_noon: Workspace, tmp_path: Path
) -> None:
    taken = at_noon.write("taken", "a file")
    said = at_noon("page", "build", "--out", taken)
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert at_noon("page", "build").code == 2
