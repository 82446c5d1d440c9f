"""What a form sent, read within bounds."""

import asyncio
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from responders.console.forms import (
    ENCODING,
    MAX_BYTES,
    MAX_FIELDS,
    Form,
    NoForm,
    NotWhole,
    TooMuch,
    read_form,
)


async def _echo(request: Request) -> Response:
    try:
        return JSONResponse(dict((await read_form(request)).fields))
    except TooMuch:
        return Response(status_code=413)
    except NoForm:
        return Response(status_code=400)


CLIENT = TestClient(Starlette(routes=[Route("/", _echo, methods=["POST"])]))


def _post(body: bytes, kind: str = ENCODING) -> Response:
    answer: Response = CLIENT.post("/", content=body, headers={"Content-Type": kind})  # type: ignore[assignment]  # httpx's answer; we read two of its fields
    return answer


def test_fields_are_read_as_browsers_send_them() -> None:
    body = urlencode({"text": "für 100 % & mehr", "empty": ""}).encode()
    assert CLIENT.post(
        "/", content=body, headers={"Content-Type": f"{ENCODING};charset=UTF-8"}
    ).json() == {"text": "für 100 % & mehr", "empty": ""}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=" + b"x" * MAX_BYTES, ENCODING),
        (b"&".join(b"a=1" for _ in range(MAX_FIELDS + 1)), ENCODING),
        (b"a=%ff", ENCODING),
        (b"a=\xff", ENCODING),
    ],
)
def test_what_is_none_of_our_forms_is_refused(body: bytes, kind: str) -> None:
    assert _post(body, kind).status_code == 413


@pytest.mark.parametrize(
    ("body", "kind"), [(b'{"a": 1}', "application/json"), (b"a=1", "text/plain"), (b"", "")]
)
def test_what_does_not_say_that_it_is_a_form_is_none(body: bytes, kind: str) -> None:
    assert _post(body, kind).status_code == 400


def test_a_nul_never_reaches_the_store() -> None:
    answer = CLIENT.post("/", content=b"a=x%00y", headers={"Content-Type": ENCODING})
    assert answer.json() == {"a": "xy"}


def test_lines_end_as_we_keep_them() -> None:
    assert Form({"t": " a\r\nb\rc\n"}).lines("t") == "a\nb\nc"
    assert Form({}).lines("t") == Form({}).text("t") == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("-1", None),
        ("1e3", None),
        ("", None),
        ("٣", None),
        ("9" * 11, None),
    ],
)
def test_a_number_is_whole_or_none(text: str, number: int | None) -> None:
    assert Form({"n": text}).number("n") == number


def _sent_by(*messages: Message) -> Request:
    """Return a form whose sender sends these and then nothing."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    headers = [(b"content-type", ENCODING.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


@pytest.mark.parametrize("goes_away", [True, False])
def test_a_form_that_does_not_come_whole_is_none(goes_away: bool) -> None:
    begun: Message = {"type": "http.request", "body": b"a=", "more_body": True}
    gone: list[Message] = [{"type": "http.disconnect"}] if goes_away else []
    with pytest.raises(NotWhole):
        asyncio.run(read_form(_sent_by(begun, *gone), patience_s=60.0 if goes_away else 0.01))
