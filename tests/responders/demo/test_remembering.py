from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.demo.remembering import MEMORY, AlreadyPlayed, Memory, alone, recall, remember
from responders.demo.script import DAY_START, PLACES


@given(
    after_ms=st.integers(0, 10**9),
    ports=st.dictionaries(st.sampled_from(PLACES), st.integers(1, 65535)),
    password=st.text(),
)
def test_what_is_remembered_is_recalled(
    tmp_path_factory: pytest.TempPathFactory, after_ms: int, ports: dict[str, int], password: str
) -> None:
    folder = tmp_path_factory.mktemp("demo")
    memory = Memory(DAY_START + timedelta(milliseconds=after_ms), ports, password)  # type: ignore[arg-type] # Hypothesis widens the literals
    remember(folder, memory)
    assert recall(folder) == memory
    assert password not in repr(memory) or len(password) < 12
    assert [path.name for path in folder.iterdir()] == [MEMORY]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"shown": 3}', '{"shown": "x", "ports": {}}'])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, text: str) -> None:
    (tmp_path / MEMORY).write_text(text, encoding="utf-8")
    assert recall(tmp_path) is None


def test_a_memory_of_a_place_that_is_no_more_is_left_out(tmp_path: Path) -> None:
    text = '{"shown": "2026-05-12T08:00:00Z", "ports": {"blog": 5, "pub": 6}}'
    (tmp_path / MEMORY).write_text(text, encoding="utf-8")
    assert recall(tmp_path) == Memory(datetime(2026, 5, 12, 8, tzinfo=UTC), {"blog": 5})


def test_only_one_plays_in_a_folder(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(AlreadyPlayed, match="stop that one"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass
