"""A web server with one file that grows: it gives parts of it, if it knows how, and validators."""

import hashlib
import re
from dataclasses import dataclass

from tests.places.web import Asked, Reply

_ASKED = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass
class FilePlace:
    """Holds a file; put it before a ``Web``."""

    data: bytes = b""
    path: str = "/posts.jsonl"
    knows_ranges: bool = True
    type: str = "application/x-ndjson"

    def __call__(self, asked: Asked) -> Reply:
        """Answer one request."""
        if asked.path.partition("?")[0] != self.path:
            return Reply(404)
        etag = f'"{hashlib.sha256(self.data).hexdigest()[:16]}"'
        headers = {"ETag": etag, "Content-Type": self.type}
        if asked.headers.get("if-none-match") == etag:
            return Reply(304, headers=headers)
        wanted = _ASKED.fullmatch(asked.headers.get("range", ""))
        if wanted is None or not self.knows_ranges or not self.data:
            return Reply(200, self.data, headers)
        first = int(wanted[1])
        if first >= len(self.data):
            return Reply(416, headers={"Content-Range": f"bytes */{len(self.data)}"})
        part = self.data[first : int(wanted[2] or len(self.data)) + 1]
        told = f"bytes {first}-{first + len(part) - 1}/{len(self.data)}"
        return Reply(206, part, headers | {"Content-Range": told})
