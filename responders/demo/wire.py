"""What goes over the wire at the demo's places, as plain values: what is asked, sent and answered.

Apart from what the places say and take, which both stand on it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

JSON: Final = "application/json; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    """A GET request; header names in lower case."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def segments(self) -> list[str]:
        """The parts of the path, without empty ones."""
        return [part for part in urlsplit(self.path).path.split("/") if part]

    def values(self, name: str) -> list[str]:
        """Return everything that the query says under a name."""
        return parse_qs(urlsplit(self.path).query).get(name, [])

    def number(self, name: str, otherwise: int) -> int:
        """Return a number of the query; what is none counts as not given."""
        found = next(iter(self.values(name)), "")
        return int(found) if found.isascii() and found.isdigit() else otherwise


@dataclass(frozen=True)
class Sent:
    """A POST request; header names in lower case."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def fields(self) -> Mapping[str, Any]:
        """Return what was filled in, as a form or as JSON; nothing where it cannot be read."""
        text = self.body.decode("utf-8", errors="replace")
        if "json" not in self.headers.get("content-type", ""):
            return dict(parse_qsl(text, keep_blank_values=True))
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes = b""
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)


NOT_FOUND: Final = Answer(404, b"<!doctype html><title>Not found</title><p>There is nothing here.")
NO_JSON: Final = Answer(404, b'{"errors":["not found"],"error_type":"not_found"}', JSON)
