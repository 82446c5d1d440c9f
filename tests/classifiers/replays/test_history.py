"""A history file is read in order of arrival, and every fault of it is told."""

import gzip
import json
from datetime import UTC
from pathlib import Path

import pytest

from classifiers.replays.history import arrival_from, moment, read_stream
from config.errors import PermanentError


def test_posts_are_taken_as_they_were_heard_and_ties_as_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    rows = [
        {"id": 1, "ts": "2026-01-01T10:00:00Z", "text": "a", "seen_at": "2026-01-01T12:00:00Z"},
        {"id": 2, "ts": 1767261600, "text": "b"},
        {"id": "3", "ts": "2026-01-01T11:00:00+01:00", "text": "c"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert [post.post_id for post in read_stream(path)] == ["2", "3", "1"]


def test_only_the_first_post_of_a_thread_keeps_its_title(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    row = {"ts": 1, "text": "x", "title": "It broke", "thread": "t"}
    rows = [row | {"id": 1}, row | {"id": 2}, row | {"id": 3, "thread": "u"}]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert [post.title for post in read_stream(path)] == ["It broke", None, "It broke"]


@pytest.mark.parametrize(
    ("value", "hour"),
    [
        ("2026-01-01T10:00:00", 10),
        ("2026-01-01T10:00:00+02:00", 8),
        (1767261600, 10),
        ("1767261600.5", 10),
    ],
)
def test_times_may_be_written_in_the_usual_ways(value: object, hour: int) -> None:
    assert moment(value, "ts").hour == hour
    assert moment(value, "ts").tzinfo is UTC


def test_many_bad_lines_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("{\n" * 15, encoding="utf-8")
    with pytest.raises(PermanentError, match="and 5 more"):
        read_stream(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match=r"^there is no such file: .*none\.jsonl$"):
        read_stream(tmp_path / "none.jsonl")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(b"{}"))
    with pytest.raises(PermanentError, match="unpack it first, with gunzip"):
        read_stream(tmp_path / "packed.gz")
    with pytest.raises(PermanentError, match=r"cannot be read \(Is a directory\)$"):
        read_stream(tmp_path)


def test_optional_fields_are_taken() -> None:
    post = arrival_from({"id": 1, "ts": 0, "text": "t", "author": 7, "lang": "de", "thread": ""})
    assert (post.post_id, post.author, post.lang, post.thread) == ("1", "7", "de", None)
