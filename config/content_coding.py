"""Undoes Content-Encoding in bounded steps, so that a small answer cannot become a large memory.

Apart from the client, and instead of the library's own decoder, for two reasons: the library takes
a gzip stream that was cut off for a whole one, and it passes codings it does not know on unread.
"""

import zlib
from collections.abc import Iterator
from typing import Final

ACCEPTED: Final = "gzip, deflate"
MAX_LAYERS: Final = 3
_STEP_BYTES: Final = 1 << 18
# What servers write when they mean "none".
_NO_CODING: Final = frozenset({"", "identity", "none", "utf-8", "binary"})
_GZIP_NAMES: Final = frozenset({"gzip", "x-gzip"})


class UnknownCoding(Exception):
    """The answer is packed in a way that was not asked for."""


class _Inflater:
    """One layer of gzip or deflate."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        # The first two bytes of "deflate", which tell whether it has the zlib wrapper.
        self._first = b""
        self._chosen = gzip
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what the data unpacks to, in pieces of `_STEP_BYTES` at most."""
        self._begun = self._begun or bool(data)
        if not self._chosen:
            self._first += data
            if len(self._first) < 2:
                return
            data, self._chosen = self._first, True
            self._engine = zlib.decompressobj(_deflate_window(data))
        while data:
            if self._engine.eof and not self._next_member(data):
                return
            yield self._engine.decompress(data, _STEP_BYTES)
            data = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail

    def finish(self) -> None:
        """Raise EOFError when something came but not its end."""
        if self._begun and not self._engine.eof:
            raise EOFError("the packed answer stops before its end")

    def _next_member(self, data: bytes) -> bool:
        """A gzip file may hold several members (RFC 1952 2.2); what else follows is padding."""
        if not (self._gzip and data.startswith(b"\x1f")):
            return False
        self._engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
        return True


def _deflate_window(head: bytes) -> int:
    """Many servers send deflate bare although HTTP wants it in zlib's wrapper.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2 ; the wrapper's first two bytes
    are a multiple of 31 and name method 8, https://www.rfc-editor.org/rfc/rfc1950#section-2.2 .
    """
    wrapped = head[0] & 0x0F == 8 and int.from_bytes(head[:2]) % 31 == 0
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


class BodyDecoder:
    """Undoes all layers of one answer's Content-Encoding.

    Raises:
        UnknownCoding: a coding we did not ask for, or more than `MAX_LAYERS` of them.
    """

    def __init__(self, content_encoding: str) -> None:
        names = [name.strip().lower() for name in content_encoding.split(",")]
        codings = [name for name in names if name not in _NO_CODING]
        unknown = [name for name in codings if name not in _GZIP_NAMES | {"deflate"}]
        if unknown:
            raise UnknownCoding(f"the coding {unknown[0]!r}, which was not asked for")
        if len(codings) > MAX_LAYERS:
            raise UnknownCoding(f"{len(codings)} layers of compression")
        # The header lists them in the order they were put on.
        self._layers = [_Inflater(gzip=name in _GZIP_NAMES) for name in reversed(codings)]

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what the data unpacks to, piece by piece, so that the caller can stop at its cap.

        Raises:
            zlib.error: the data is not what the header says.
        """
        return self._through(self._layers, data)

    def finish(self) -> None:
        """Raise EOFError when a layer was cut off before its end. An empty body is whole."""
        for layer in self._layers:
            layer.finish()

    def _through(self, layers: list[_Inflater], data: bytes) -> Iterator[bytes]:
        # An empty piece goes out at once: a flood of empty gzip members in a middle layer would
        # otherwise keep the caller from looking at its deadline.
        if not (layers and data):
            yield data
            return
        for piece in layers[0].feed(data):
            yield from self._through(layers[1:], piece)
