"""Files of records are read on from where they ended, and no line is lost in silence."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from config.errors import PermanentError
from listener.diagnoses import DiagnosedError
from listener.sources.base import Batch, RawPost
from listener.sources.records import BadLine, RecordsSource, build, file_path, read_records
from listener.tables import SourceState
from tests.listener.sources.fetching import loopback_client, place_at


def source_of(path: Path, max_items: int = 2000) -> RecordsSource:
    return build(place_at(str(path), max_items=max_items), loopback_client())


def look(path: Path, batch: Batch | None = None) -> Batch:
    return source_of(path).fetch(json.loads(json.dumps(dict(batch.cursor))) if batch else {})


def texts(batch: Batch) -> list[str]:
    return [post.body for post in batch.posts]


def write(path: Path, *records: dict[str, Any], mode: str = "a") -> None:
    with path.open(mode) as file:
        file.writelines(json.dumps(record) + "\n" for record in records)


def test_only_what_was_appended_is_read(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    write(path, {"id": 1, "ts": "2026-05-12T06:00:00Z", "text": "one"})
    first = look(path)
    write(path, {"id": 2, "ts": 1778565600, "text": "two"})
    second = look(path, first)
    third = look(path, second)
    assert (texts(first), texts(second), texts(third)) == (["one"], ["two"], [])
    assert third.unchanged
    assert second.posts[0].published_at == first.posts[0].published_at


def test_a_replaced_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    write(path, {"id": 1, "text": "one"}, {"id": 2, "text": "two"})
    first = look(path)
    write(
        path,
        {"id": 3, "text": "three"},
        {"id": 4, "text": "four"},
        {"id": 5, "text": "five"},
        mode="w",
    )
    assert texts(look(path, first)) == ["three", "four", "five"]
    write(path, {"id": 6, "text": "six"}, mode="w")
    assert texts(look(path, first)) == ["six"]


def test_a_file_that_lost_lines_in_its_middle_is_read_anew(tmp_path: Path) -> None:
    """Its beginning is the same; going on from the old place would jump over lines."""
    path = tmp_path / "posts.jsonl"
    records = [{"id": number, "text": f"{number} {'y' * 100}"} for number in range(103)]
    write(path, *records[:100])
    first = look(path)
    write(path, *(record for record in records if record["id"] not in {70, 71}), mode="w")
    second = look(path, first)
    assert [post.remote_id for post in second.posts[-3:]] == ["100", "101", "102"]
    assert len(second.posts) == 101
    assert look(path, second).unchanged


def test_a_file_that_was_cut_short_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    write(path, *({"id": number, "text": "y" * 100} for number in range(100)))
    first = look(path)
    with path.open("r+b") as file:
        file.truncate(file.seek(0, 2) // 2)
    assert len(look(path, first).posts) > 40


def test_a_cursor_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    write(path, {"id": 1, "text": "one"})
    first = look(path)
    old = {name: told for name, told in first.cursor.items() if not name.startswith("tail")}
    write(path, {"id": 2, "text": "two"})
    assert texts(source_of(path).fetch(old)) == ["two"]


def test_a_line_still_being_written_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text('{"id": 1, "text": "one"}\n{"id": 2, "te')
    first = look(path)
    with path.open("a") as file:
        file.write('xt": "two"}\n')
    second = look(path, first)
    assert (texts(first), first.loss, texts(second), second.loss) == (["one"], None, ["two"], None)


def test_a_last_line_that_stays_broken_is_told(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text('{"id": 1, "text": "one"}\n{"id": 2, "te')
    second = look(path, look(path))
    assert second.loss is not None
    assert "line 2 is no JSON" in second.loss.reason
    assert look(path, second).loss is None


def test_bad_lines_are_told_with_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    good, later = '{"id": 1, "text": "one"}', '{"id": 4, "text": "four"}'
    bad = ["hello", "", "[1]", '{"id": 2}', '{"id":3,"text":"x","ts":"soon"}']
    path.write_text("\n".join([good, *bad, later, ""]))
    batch = look(path)
    assert texts(batch) == ["one", "four"]
    assert batch.loss is not None
    assert batch.loss.reason == (
        'posts.jsonl: line 2 is no JSON; line 4 is no JSON object; line 5 has no "text"; '
        'line 6 has a "ts" that is no time'
    )


def test_a_large_file_comes_in_batches(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    write(path, *({"id": number, "text": str(number)} for number in range(25)))
    cursor: dict[str, Any] = {}
    found: list[str] = []
    more = True
    while more:
        batch = source_of(path, max_items=10).fetch(cursor)
        found += texts(batch)
        cursor, more = dict(batch.cursor), batch.more
    assert found == [str(number) for number in range(25)]


def test_csv_keeps_line_ends_between_quotes(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(
        'ID,ts,text,author\n1,2026-05-12,"two\nlines, ""quoted""",ann\n2,2026-05-12,next,\n'
    )
    batch = look(path)
    assert texts(batch) == ['two\nlines, "quoted"', "next"]
    assert [post.author_name for post in batch.posts] == ["ann", None]
    with path.open("a") as file:
        file.write("3,2026-05-12,third,bob\n4,too,few\n")
    later = look(path, batch)
    assert texts(later) == ["third"]
    assert later.loss is not None
    assert "line 6 has 3 fields where the first line names 4" in later.loss.reason


@pytest.mark.parametrize("mark", [";", "\t"])
def test_csv_of_a_spreadsheet_may_part_its_fields_otherwise(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "posts.csv"
    rows = [["id", "Text", "author"], ["1", '"semi; tab\t""quoted"", comma"', "ann"]]
    path.write_text("\ufeff" + "".join(mark.join(row) + "\r\n" for row in rows))
    batch = look(path)
    assert texts(batch) == ['semi; tab\t"quoted", comma']
    assert [post.author_name for post in batch.posts] == ["ann"]


def test_a_file_in_the_letters_of_windows_is_read(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = ["id,text", "1,“Müller” – 5 €", "2,plain"]
    path.write_bytes("\n".join([*rows, ""]).encode("cp1252"))
    assert texts(look(path)) == ["“Müller” – 5 €", "plain"]


def test_a_broken_letter_among_whole_ones_is_marked_and_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes('{"id":1,"text":"Müller '.encode() + b'\xff"}\n')
    assert texts(look(path)) == ["Müller \ufffd"]


def test_a_csv_row_without_its_end_is_taken_once_it_stays(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("id,text\n1,one\n2,tw")
    first = look(path)
    second = look(path, first)
    assert (texts(first), texts(second)) == (["one"], ["tw"])


def test_a_csv_of_a_header_without_its_end_waits(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("id,te")
    first = look(path)
    path.write_text("id,text\n1,one\n")
    assert texts(look(path, first)) == ["one"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DiagnosedError, match=r"check the path.* begins with https://") as caught:
        look(tmp_path / "nothing.jsonl")
    assert caught.value.state is SourceState.NOT_FOUND


def test_a_packed_file_says_what_unpacks_it(tmp_path: Path) -> None:
    (path := tmp_path / "posts.ndjson.gz").write_bytes(gzip.compress(b'{"text": "one"}\n'))
    with pytest.raises(DiagnosedError, match=r"posts\.ndjson\.gz is packed \(gzip\).*gunzip"):
        look(path)
    with pytest.raises(PermanentError, match="gunzip"):
        list(read_records(path))


def test_a_record_without_an_id_is_the_same_post_again(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    write(path, {"text": "one"}, {"text": "one"}, {"text": "two"})
    one, again, two = (post.remote_id for post in look(path).posts)
    assert one == again != two


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"x" * 2_500_000 + b'\n{"id": 2, "text": "two"}\n')
    batch = look(path)
    assert texts(batch) == ["two"]
    assert batch.loss is not None
    assert "line 1 is longer than" in batch.loss.reason


def test_a_whole_file_is_read_for_an_import(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_text(
        '\ufeff{"id": 1, "text": "one", "ts": 1778565600000}\nbad\n{"id": 2, "text": "two"}'
    )
    bad: list[BadLine] = []
    posts: list[RawPost] = list(read_records(path, on_bad=bad.append))
    assert [post.body for post in posts] == ["one", "two"]
    assert [str(line) for line in bad] == ["line 2 is no JSON"]
    with pytest.raises(PermanentError, match="line 2 is no JSON; correct it"):
        list(read_records(path))


@pytest.mark.parametrize("url", ["posts.jsonl", "./posts.jsonl"])
def test_a_relative_file_stands_beside_the_settings(tmp_path: Path, url: str) -> None:
    assert file_path(url, tmp_path) == tmp_path / "posts.jsonl"


def test_an_absolute_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a b.jsonl"
    assert file_path(str(path), Path("elsewhere")) == path


def test_an_address_on_the_web_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="is no file"):
        file_path("https://x.org/a.jsonl", tmp_path)


def test_a_file_address_is_refused_like_any_other_that_is_not_of_the_web(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="give the path, without file:"):
        file_path("file:///etc/passwd", tmp_path)


def test_a_file_without_any_record_is_told(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text("root:x:0:0\nbin:x:1:1\n")
    with pytest.raises(DiagnosedError, match=r"holds no records \(line 1 is no JSON\)"):
        build(place_at("passwd", folder=tmp_path), loopback_client()).fetch({})
