import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.content_coding import BodyDecoder, UnknownCoding


def zipped(data: bytes) -> bytes:
    """Return the same bytes each time: a test is named by them."""
    return gzip.compress(data, mtime=0)


TEXT = b"The app crashes on start. " * 500


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpacked(coding: str, data: bytes, *, step: int = 7) -> bytes:
    decoder = BodyDecoder(coding)
    pieces = [
        piece
        for start in range(0, len(data), step)
        for piece in decoder.feed(data[start : start + step])
    ]
    decoder.finish()
    return b"".join(pieces)


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("utf-8", TEXT),
        ("gzip", zipped(TEXT)),
        ("X-GZip", zipped(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("gzip, gzip", zipped(zipped(TEXT))),
        ("deflate, identity, gzip", zipped(zlib.compress(TEXT))),
        ("gzip", zipped(TEXT[:100]) + zipped(TEXT[100:])),
        ("gzip", zipped(TEXT) + b"\0" * 512),
    ],
)
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_each_coding_is_undone_whatever_the_pieces(coding: str, packed: bytes, step: int) -> None:
    assert unpacked(coding, packed, step=step) == TEXT


@given(st.binary(), st.integers(min_value=1, max_value=50))
def test_packing_and_unpacking_is_a_round_trip(data: bytes, step: int) -> None:
    assert unpacked("gzip", zipped(data), step=step) == data


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
def test_an_empty_body_is_whole_whatever_it_says(coding: str) -> None:
    assert unpacked(coding, b"") == b""


@pytest.mark.parametrize("cut", [1, 8, 20, 40])
def test_a_cut_stream_is_noticed(cut: int) -> None:
    for coding, packed in (("gzip", zipped(TEXT)), ("deflate", zlib.compress(TEXT))):
        with pytest.raises(EOFError):
            unpacked(coding, packed[:-cut])


def test_what_is_not_packed_as_said_is_noticed() -> None:
    for coding in ("gzip", "deflate", "gzip, gzip"):
        with pytest.raises(zlib.error):
            unpacked(coding, TEXT)


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip, gzip, gzip"])
def test_a_coding_that_was_not_asked_for_is_named(coding: str) -> None:
    with pytest.raises(UnknownCoding):
        BodyDecoder(coding)


def test_no_piece_of_a_bomb_is_large() -> None:
    bomb = zipped(zipped(bytes(50 << 20)))
    sizes = [len(piece) for piece in BodyDecoder("gzip, gzip").feed(bomb)]
    assert max(sizes) <= 1 << 18
    assert sum(sizes) == 50 << 20


def test_a_flood_that_unpacks_to_nothing_still_gives_the_caller_a_turn_each_time() -> None:
    flood = zipped(zipped(b"") * 1000)
    for coding in ("gzip, gzip", "gzip, gzip, gzip"):
        pieces = list(BodyDecoder(coding).feed(flood))
        assert len(pieces) >= 1000
        assert b"".join(pieces) == b""
