"""Read the list of feeds that another reader wrote (OPML 1 and 2): pure, and safe of its bombs.

Source: http://opml.org/spec2.opml
"""

import re
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from config.errors import PermanentError
from listener.cleaning import clean_line, web_address
from listener.reading.charsets import decode

MAX_BYTES: Final = 10_000_000
MAX_OUTLINES: Final = 20_000
MAX_LEVELS: Final = 64
_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_BARE_AMPERSAND: Final = re.compile(
    r"&(?!(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)"
)
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Outline:
    """One feed of the list."""

    url: str
    title: str


@dataclass(frozen=True)
class Opml:
    """The feeds of a list in its order, each address as often as it stands there."""

    outlines: tuple[Outline, ...]
    unreadable: tuple[str, ...] = ()
    """What stands there for an address and is none."""


class _HostileError(Exception):
    """What no list of feeds needs."""


def read_opml(data: bytes) -> Opml:
    """Return the feeds of a list, however deeply they are nested in folders.

    Raises:
        PermanentError: it is no such list, or it may be an attack.
    """
    if len(data) > MAX_BYTES:
        raise PermanentError(f"it is larger than {MAX_BYTES:,} bytes: no list of feeds needs that")
    text = _NOT_XML.sub("", _DECLARATION.sub("", decode(data, "")))
    try:
        reading = _read(text)
    except expat.ExpatError:
        reading = _read_mended(text)
    except _HostileError as error:
        raise PermanentError(f"{error}: it may be an attack, and nothing was read of it") from error
    if "opml" not in reading.roots:
        raise PermanentError("it is no OPML: export the list from your reader once more")
    return Opml(tuple(reading.outlines), tuple(reading.unreadable))


def _read_mended(text: str) -> "_Reading":
    """Read it once more with the mistake mended that many programs make: addresses hold ``&``."""
    try:
        return _read(_BARE_AMPERSAND.sub("&amp;", text))
    except expat.ExpatError as error:
        raise PermanentError(
            f"it is not well-formed ({error}): export the list once more, or mend that line"
        ) from error
    except _HostileError as error:
        raise PermanentError(f"{error}: it may be an attack, and nothing was read of it") from error


class _Reading:
    """One pass through the text in C."""

    def __init__(self) -> None:
        self.roots: list[str] = []
        self.outlines: list[Outline] = []
        self.unreadable: list[str] = []
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Note an outline that names a feed; folders have no address."""
        self._depth += 1
        if self._depth > MAX_LEVELS:
            raise _HostileError(f"it is nested deeper than {MAX_LEVELS} levels")
        if self._depth == 1:
            self.roots.append(name.lower())
        if name.lower() != "outline":
            return
        told = {key.lower(): value.strip() for key, value in attributes.items()}
        address = told.get("xmlurl") or (told.get("url") if told.get("type") == "rss" else None)
        if not address:
            return
        if len(self.outlines) >= MAX_OUTLINES:
            raise _HostileError(f"it names more than {MAX_OUTLINES:,} feeds")
        url = web_address(without_feed_scheme(address))
        if url is None:
            self.unreadable.append(clean_line(address)[:200])
        else:
            self.outlines.append(
                Outline(url, clean_line(told.get("title") or told.get("text", "")))
            )

    def end(self, _name: str) -> None:
        """Leave a folder."""
        self._depth -= 1

    def refuse(self, *_declared: object) -> None:
        """Refuse entities: they are what bombs are made of."""
        raise _HostileError("it declares entities")


def without_feed_scheme(address: str) -> str:
    """Return ``feed://a.org`` and ``feed:https://a.org`` as what they mean."""
    if address[:5].lower() != "feed:":
        return address
    rest = address[5:].removeprefix("//")
    return rest if rest.startswith(("http://", "https://")) else f"http://{rest}"


def _read(text: str) -> _Reading:
    reading = _Reading()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.EntityDeclHandler = reading.refuse
    parser.Parse(text.encode(), True)
    return reading
