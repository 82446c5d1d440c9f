"""Files that are packed, told by their first bytes: nothing in them can be read before.

Apart because histories, sources and lists of releases are all given as files, and each would call
the packed bytes something else: no JSON, no UTF-8.
"""

from collections.abc import Mapping
from typing import Final

HEAD_BYTES: Final = 6
"""So many of the beginning are looked at."""
_PACKED: Final[Mapping[bytes, tuple[str, str]]] = {
    b"\x1f\x8b": ("gzip", "gunzip"),
    b"PK\x03\x04": ("zip", "unzip"),
    b"\xfd7zXZ\x00": ("xz", "unxz"),
    b"BZh": ("bzip2", "bunzip2"),
    b"\x28\xb5\x2f\xfd": ("zstd", "unzstd"),
}
"""Source: RFC 1952 2.3.1, APPNOTE.TXT 4.3.7, the xz format 2.1.1.1, bzip2, RFC 8878 3.1.1."""


def how_packed(head: bytes) -> str | None:
    """Return how a file is packed and what unpacks it; None for one that is not.

    Example:
        A file of gzip ``is packed (gzip); unpack it first, with gunzip``.
    """
    for magic, (name, tool) in _PACKED.items():
        if head.startswith(magic):
            return f"is packed ({name}); unpack it first, with {tool}"
    return None
