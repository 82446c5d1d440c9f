import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from responders.page.writing import PageUnwritable, trouble, write_all


class Killed(BaseException):
    """The process ends here."""


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    assert write_all(tmp_path / "page", [("a/b/c.html", b"1"), ("d.json", b"2")]) == 2
    assert (tmp_path / "page" / "a" / "b" / "c.html").read_bytes() == b"1"


def test_what_stands_there_already_is_left_alone(tmp_path: Path) -> None:
    write_all(tmp_path, [("a", b"1"), ("b", b"1")])
    before = (tmp_path / "a").stat().st_mtime_ns
    assert write_all(tmp_path, [("a", b"1"), ("b", b"2")]) == 1
    assert (tmp_path / "a").stat().st_mtime_ns == before
    assert (tmp_path / "b").read_bytes() == b"2"


def test_a_half_file_of_a_killed_writer_never_shows_and_goes(tmp_path: Path) -> None:
    write_all(tmp_path, [("a", b"old")])
    (tmp_path / ".a.tmp").write_bytes(b"half")
    assert (tmp_path / "a").read_bytes() == b"old"
    write_all(tmp_path, [("a", b"new")])
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


def test_files_are_written_in_their_order(tmp_path: Path) -> None:
    def until_killed() -> Iterator[tuple[str, bytes]]:
        yield "first", b"1"
        yield "second", b"2"
        raise Killed

    with pytest.raises(Killed):
        write_all(tmp_path, until_killed())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["first", "second"]


def test_a_folder_that_refuses_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"")
    with pytest.raises(PageUnwritable, match=r"make the folder writable .* \[page\] dir"):
        write_all(tmp_path / "page", [("a", b"1")])


def test_trouble_is_told_before_anything_is_written(tmp_path: Path) -> None:
    assert trouble(tmp_path) is None
    assert trouble(tmp_path / "not" / "yet") is None
    (tmp_path / "file").write_bytes(b"")
    assert "is no folder; make the folder writable" in str(trouble(tmp_path / "file" / "page"))


def test_a_reader_never_meets_a_missing_or_half_written_file(tmp_path: Path) -> None:
    names, done = ("index.html", "api/v2/summary.json"), threading.Event()
    whole = [f"{number:04d}".encode() * 300_000 for number in range(60)]
    write_all(tmp_path, [(name, whole[0]) for name in names])
    torn: list[str] = []
    read: list[int] = []

    def look() -> None:
        while not done.is_set():
            for name in names:
                try:
                    content = (tmp_path / name).read_bytes()
                except OSError as error:
                    torn.append(repr(error))
                    continue
                read.append(int(content[:4] or b"-1"))
                if len(content) != 1_200_000 or content.strip(content[:4]):
                    torn.append(f"{name}: {len(content)} bytes")

    reader = threading.Thread(target=look, name="reader")
    reader.start()
    try:
        for content in whole:
            write_all(tmp_path, [(name, content) for name in names])
    finally:
        done.set()
        reader.join()
    assert torn == []
    assert len(set(read)) > 1
