"""Packed files are told by their first bytes."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from listener.reading.packing import how_packed


def _zipped() -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as made:
            made.writestr("a.jsonl", "{}")
        return file.getvalue()


@pytest.mark.parametrize(
    ("packed", "told"),
    [
        (gzip.compress(b"{}"), "is packed (gzip); unpack it first, with gunzip"),
        (bz2.compress(b"{}"), "is packed (bzip2); unpack it first, with bunzip2"),
        (lzma.compress(b"{}"), "is packed (xz); unpack it first, with unxz"),
        (_zipped(), "is packed (zip); unpack it first, with unzip"),
        (b'{"id": "1"}', None), (b"", None), (b"\x1f", None), ("\ufeffid,text".encode(), None),
    ],
)  # fmt: skip
def test_a_packed_file_names_what_unpacks_it(packed: bytes, told: str | None) -> None:
    assert how_packed(packed) == told
