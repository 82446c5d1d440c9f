"""The installation's key: made once, for its owner's eyes only, and never lost by accident."""

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import SettingsError
from config.keys import KEY_BYTES, load_key, make_key, pseudonym

KEY = bytes(range(32))


def test_a_new_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"

    key = make_key(path)

    assert len(key) == KEY_BYTES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_key(path) == key


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"

    first = make_key(path)

    assert make_key(path) == first


def test_a_damaged_key_is_never_overwritten_either(tmp_path: Path) -> None:
    path = _file(tmp_path, b"half a k")

    with pytest.raises(SettingsError, match="damaged; restore it from a backup"):
        make_key(path)

    assert path.read_bytes() == b"half a k"


def test_processes_that_make_the_first_key_at_once_get_the_same_one(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    barrier = threading.Barrier(8)
    keys: list[bytes] = []

    def make() -> None:
        barrier.wait()
        keys.append(make_key(path))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(
    "content", [b"", b"zz" * 32, b"ab" * 31, b"ab" * 33, b"\xff\xfe", "ключ".encode()]
)
def test_a_damaged_key_is_refused_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SettingsError, match="damaged; restore it from a backup"):
        load_key(_file(tmp_path, content))


def test_a_key_others_can_read_is_refused_with_the_command_that_helps(tmp_path: Path) -> None:
    path = _file(tmp_path, b"ab" * 32)
    path.chmod(0o640)

    with pytest.raises(SettingsError, match="chmod 600"):
        load_key(path)


def test_a_missing_key_names_init_and_the_backup(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"groundswell init.*backup"):
        load_key(tmp_path / "secret.key")


def test_a_folder_in_the_place_of_the_key_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.mkdir()

    with pytest.raises(SettingsError, match="cannot be read"):
        load_key(path)


@given(st.text(), st.text())
def test_a_person_keeps_their_pseudonym(source: str, author: str) -> None:
    name = pseudonym(KEY, source, author)

    assert name == pseudonym(KEY, source, author)
    assert len(name) == 32
    assert int(name, 16) >= 0


@given(st.text())
def test_a_pseudonym_depends_on_person_place_and_key(author: str) -> None:
    name = pseudonym(KEY, "forum", author)

    others = {
        pseudonym(KEY, "blog", author),
        pseudonym(KEY, "forum", author + "x"),
        pseudonym(bytes(32), "forum", author),
    }
    assert name not in others
    assert len(others) == 3


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "secret.key"
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path
