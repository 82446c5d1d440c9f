"""What a program sends: one JSON object, within bounds."""

import asyncio
import json
from typing import Any

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request

from responders.api.calls import Body
from responders.api.keys import Refused

MAX_BYTES = 200_000
PATIENCE_S = 30.0
JSON = "application/json"


async def read_body(request: Request, *, patience_s: float = PATIENCE_S) -> bytes:
    """Return the bytes of a request.

    Raises:
        Refused: it is no JSON by its own word, too large, too slow, or broke off.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    body = b""
    try:
        async with asyncio.timeout(patience_s):
            async for part in request.stream():
                body += part
                if len(body) > MAX_BYTES:
                    raise Refused(413, f"a request has {MAX_BYTES} bytes at the most")
    except (ClientDisconnect, TimeoutError) as error:
        raise Refused(408, "the request did not arrive whole; nothing was changed") from error
    if body.strip() and kind != JSON:
        raise Refused(415, f"send the body as {JSON}")
    return body


def parsed(raw: bytes, shape: type[Body]) -> Body:
    """Return the body as the act takes it.

    Raises:
        Refused: it is no JSON object of that shape; it names the field.
    """
    try:
        value: Any = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError) as error:
        raise Refused(422, "the body is no JSON; nothing was changed") from error
    if not isinstance(value, dict):
        raise Refused(422, "the body is one JSON object; nothing was changed")
    try:
        return shape.model_validate(_without_nul(value))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Refused(422, f"{place}: {first['msg'].lower()}; nothing was changed") from error


def _without_nul(value: dict[str, Any]) -> dict[str, Any]:
    """Return the fields without NUL, which no store keeps, and without halves of characters."""
    return {name: _clean(part) if isinstance(part, str) else part for name, part in value.items()}


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
