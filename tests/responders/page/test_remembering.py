from pathlib import Path

import pytest

from responders.page.remembering import FILE, Remembered, recall, remember
from tests.conftest import NOON

KNOWN = Remembered(
    written_at=NOON,
    fixed=["e", "Fernsync", "http://x/"],
    marks=[1, 2, None, ["3"]],
    places=[["Forum", "heard"]],
    settled={"gs-1": "2026-05-12T12:00:00+00:00"},
    left=3,
    looks={"1": [NOON]},
)


def test_what_was_remembered_is_recalled(tmp_path: Path) -> None:
    remember(tmp_path, KNOWN)
    assert recall(tmp_path) == KNOWN
    assert FILE.startswith(".")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"written_at": 7}', '{"written_at": "never"}']
)
def test_a_damaged_memory_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert recall(tmp_path) == Remembered()


def test_no_folder_is_no_memory(tmp_path: Path) -> None:
    assert recall(tmp_path / "nowhere") == Remembered()
