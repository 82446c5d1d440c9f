"""The documents cannot fall behind: what they name exists, and what exists is named."""

import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from classifiers.calibration import Knobs
from listener.health import GAP, REMEDIES, SILENT, SLOW
from listener.tables import SourceState
from responders.cli import VERBS, carry_out
from responders.workspace import plugin_sections
from tests.reference import DEFAULTS, FILE, ROOT, commands, reference

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
COMMAND = re.compile(r"(?:^|`)groundswell ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", re.MULTILINE)


def test_the_reference_is_what_the_code_says() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), "run: python -m tests.reference"


def test_every_command_is_in_the_reference_with_an_example() -> None:
    text = FILE.read_text(encoding="utf-8")
    for name, command in commands():
        assert f"### `{name}" in text
        assert command.help, name
        assert "Example" in command.help, f"{name} shows no example"


def test_every_setting_is_in_the_reference_with_its_reason() -> None:
    text = FILE.read_text(encoding="utf-8")
    for section, keys in tomllib.loads(DEFAULTS.read_text(encoding="utf-8")).items():
        part = text.split(f"### `[{section}]`")[1].split("###")[0]
        for key in keys:
            row = next(line for line in part.splitlines() if line.startswith(f"| `{key}` |"))
            assert len(row.split("|")[3].strip()) > 10, f"[{section}] {key} is not explained"


def test_every_setting_of_a_kind_is_explained_too() -> None:
    for name, options in plugin_sections().items():
        for key, field in options.model_fields.items():
            assert len(field.description or "") > 10, f"[{name}] {key} is not explained"


def test_the_start_names_every_file_that_a_new_workspace_has(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    assert carry_out(["init", str(tmp_path / "new")]) == 0
    made = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert sorted(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)) == made
    assert "makes four files" in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_a_document_names_exists(document: Path) -> None:
    known = {tuple(name.split()[1:parts]) for name, _ in commands() for parts in (3, None)}
    for verb, inner in COMMAND.findall(document.read_text(encoding="utf-8")):
        if verb in VERBS and inner:
            assert (verb,) in known or (verb, inner) in known, f"{document.name}: {verb} {inner}"
        else:
            assert verb in VERBS, f"{document.name} names groundswell {verb}"


def test_every_knob_that_can_be_tried_is_listed_with_its_default() -> None:
    text = (ROOT / "docs" / "detection.md").read_text(encoding="utf-8")
    for field in dataclasses.fields(Knobs):
        assert f"| `{field.name}` | {field.default:g} | " in text


def test_every_state_of_a_place_stands_in_the_documents_with_its_remedy() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ")]
    told = {row[0].strip(): row[2].strip() for row in rows if len(row) == 3}
    for state in (*SourceState, SILENT, GAP, SLOW):
        assert told.get(str(state)) == REMEDIES.get(state, "nothing"), f"{state}: operating.md"
