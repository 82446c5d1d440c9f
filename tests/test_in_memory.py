"""Tests of the folders in memory: another's choice is kept, and a place without room is none."""

import os
from pathlib import Path

import pytest

from tests import in_memory


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(in_memory.PLACE, "")
    monkeypatch.delenv(in_memory.PLACE)


def chosen(monkeypatch: pytest.MonkeyPatch, folder: Path, room: int) -> str | None:
    monkeypatch.setattr(in_memory, "MEMORY", folder)
    monkeypatch.setattr(in_memory, "ROOM", room)
    in_memory.work_in_memory()
    return os.environ.get(in_memory.PLACE)


def test_a_place_with_room_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert chosen(monkeypatch, tmp_path, 1) == str(tmp_path)


def test_a_place_without_room_or_none_at_all_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert chosen(monkeypatch, tmp_path, 1 << 60) is None
    assert chosen(monkeypatch, tmp_path / "none", 1) is None


def test_who_names_another_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(in_memory.PLACE, "/elsewhere")
    assert chosen(monkeypatch, tmp_path, 1) == "/elsewhere"
