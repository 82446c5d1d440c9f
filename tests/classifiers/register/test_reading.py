"""Releases in files of people: JSON, JSON lines, CSV, and what is wrong with them."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from classifiers.register.reading import (
    MAX_FILE_BYTES,
    Told,
    clean_version,
    declared_place,
    read_file,
)
from config.errors import PermanentError, SettingsError
from tests.conftest import NOON

ONE = Told("5.2.0", NOON - timedelta(hours=5), "https://fern.example/52")
JSON = (
    '{"version": "5.2.0", "released_at": "2026-05-12T07:00:00Z", "url": "https://fern.example/52"}'
)


def read(tmp_path: Path, text: str) -> list[Told]:
    path = tmp_path / "releases.txt"
    path.write_text(text, encoding="utf-8")
    return read_file(path, now=NOON)


@pytest.mark.parametrize(
    "text",
    [
        f"[{JSON}]",
        f"{JSON}\n\n",
        f"\ufeff{JSON}",
        "version,released_at,url\n5.2.0,2026-05-12T07:00:00Z,https://fern.example/52\n",
        'released_at,version,url,more\n2026-05-12 09:00+02:00,"5.2.0",https://fern.example/52,x',
    ],
)
def test_each_way_of_writing_is_read(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == [ONE]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "neither JSON nor CSV"),
        ("[" * 100_000, "neither JSON nor CSV"),
        ("[7]", "release 1"),
        ('[{"version": "5.2"}]', "release 1: Field required"),
        ('[{"version": "", "released_at": "2026-05-12"}]', "the version is empty"),
        ('[{"version": "5", "released_at": "yesterday"}]', "release 1"),
        ('[{"version": "5", "released_at": "9999-01-01"}]', "more than a year from now"),
        ('[{"version": "5", "released_at": "0001-01-01T00:00:00+14:00"}]', "no such time"),
        (f"version,released_at\n{'5' * 81},2026-05-12", "80 characters at the most"),
        ("name,date\n5.2,2026-05-12", "release 1: Field required"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        read(tmp_path, text)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="cannot be read"):
        read_file(tmp_path / "none", now=NOON)
    (tmp_path / "latin").write_bytes(b"version\n\xe4")
    with pytest.raises(PermanentError, match="save it as UTF-8"):
        read_file(tmp_path / "latin", now=NOON)
    (tmp_path / "packed").write_bytes(gzip.compress(b"version"))
    with pytest.raises(PermanentError, match="unpack it first, with gunzip"):
        read_file(tmp_path / "packed", now=NOON)
    (tmp_path / "huge").write_bytes(b" " * (MAX_FILE_BYTES + 1))
    with pytest.raises(PermanentError, match="larger than 10 MB"):
        read_file(tmp_path / "huge", now=NOON)


def test_an_address_that_is_none_is_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, JSON.replace("https://fern.example/52", "javascript:alert(1)"))
    assert found[0].url is None


def test_a_version_of_a_person_stays_as_they_wrote_it_on_one_line() -> None:
    assert clean_version(" Autumn\n5.2 \u202e") == "Autumn 5.2"
    assert clean_version("v5.2.0") == "5.2.0"


@pytest.mark.parametrize("value", [7, "javascript:alert(1)", "fern/sync", ["https://a.example"]])
def test_a_place_that_is_no_address_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="releases is no web address"):
        declared_place({"releases": value})


def test_a_product_may_declare_none() -> None:
    assert declared_place({}) is None
    assert declared_place({"releases": ""}) is None
    assert declared_place({"releases": "https://a.example/f"}) == "https://a.example/f"
