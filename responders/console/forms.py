"""What a form sent, read within bounds.

Apart from the web framework's own reader, which needs another library and takes files.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from classifiers.store import row_id_from

MAX_BYTES = 200_000
"""Of a whole form; the longest text a person edits is far below."""
MAX_FIELDS = 1_100
"""The form that sorts posts has a box for each of a thousand."""
PATIENCE_S = 30.0
"""A form comes within this; who sends it slower holds a connection for nothing."""
ENCODING = "application/x-www-form-urlencoded"


def row_in_path(request: Request, name: str) -> int:
    """Return the id of a row that an address names; 0, which no row has, for an impossible one."""
    return row_id_from(str(request.path_params[name])) or 0


class TooMuch(Exception):
    """The form is larger than any of ours."""


class NoForm(Exception):
    """What came is no form."""


class NotWhole(Exception):
    """The form broke off on its way, or took too long."""


@dataclass(frozen=True)
class Form:
    """The fields of a form; of a field that came twice the last. No NUL: no store keeps one."""

    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return a field without the space around it; empty where it is missing."""
        return self.fields.get(name, "").strip()

    def lines(self, name: str) -> str:
        """Return a text of several lines as we keep it: browsers send CRLF, we keep LF."""
        return self.fields.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()

    def number(self, name: str) -> int | None:
        """Return a field as a whole number; None where it is none."""
        found = self.text(name)
        plain = found.isascii() and found.isdigit() and len(found) <= 10
        return int(found) if plain else None


async def read_form(request: Request, *, patience_s: float = PATIENCE_S) -> Form:
    """Read the form of a request.

    Raises:
        TooMuch: it is larger than any of ours.
        NoForm: it does not say that it is one.
        NotWhole: its sender went away, or took longer than that.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != ENCODING:
        raise NoForm
    try:
        async with asyncio.timeout(patience_s):
            body = await _body(request)
    except (ClientDisconnect, TimeoutError) as error:
        raise NotWhole from error
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS,
            encoding="utf-8", errors="strict",
        )  # fmt: skip
    except ValueError as error:  # too many fields, or no UTF-8
        raise TooMuch from error
    return Form({name: value.replace("\0", "") for name, value in pairs})


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BYTES:
            raise TooMuch
    return body
