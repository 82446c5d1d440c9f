"""`groundswell apply FILE` and `groundswell export FILE`."""

from pathlib import Path

import pytest

from tests.responders.commands.line import Workspace

TEXT = """
[[product]]
name = "fernsync"
speaker = "Zoë \\"Zed\\" O\\\\Neill\\u001b"

[[source]]
name = "blog"
kind = "feed"
url = "https://blog.example/feed"
product = "fernsync"
"""


def test_apply_tells_what_it_changed(groundswell: Workspace) -> None:
    file = groundswell.write("p.toml", TEXT)

    said = groundswell("apply", file)
    assert (said.code, said.out, said.err) == (0, "", "added blog\nchanged fernsync\n")

    again = groundswell("apply", file)
    assert again.err == "Nothing to change: the store already says the same.\n"


def test_export_writes_what_apply_reads(groundswell: Workspace, tmp_path: Path) -> None:
    groundswell("apply", groundswell.write("p.toml", TEXT))

    assert groundswell("export", "out.toml").code == 0

    assert "Nothing to change" in groundswell("apply", "out.toml").err
    assert groundswell("export", "-").out == (tmp_path / "out.toml").read_text(encoding="utf-8")


def test_an_exported_table_begins_with_its_name(groundswell: Workspace) -> None:
    groundswell("apply", groundswell.write("p.toml", TEXT))

    lines = groundswell("export", "-").out.splitlines()

    after = [lines[at + 1] for at, line in enumerate(lines) if line.startswith("[[")]
    assert after == ['name = "fernsync"', 'name = "blog"']


def test_a_mistake_is_wrong_usage_and_names_every_line(groundswell: Workspace) -> None:
    text = TEXT.replace('"feed"', '"telegraph"').replace('= "fernsync"\n', '= "nobody"\n')
    text = text.replace('name = "nobody"', 'name = "fernsync"')

    said = groundswell("apply", groundswell.write("p.toml", text))

    assert said.code == 2
    assert len(said.err.splitlines()) == 2
    assert groundswell("source", "list", "--json").json == []


@pytest.mark.parametrize("verb", ["apply", "export"])
def test_a_file_that_cannot_be_had_is_told_in_a_line(groundswell: Workspace, verb: str) -> None:
    said = groundswell(verb, "no/such/folder/p.toml")

    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    assert "p.toml" in said.err
