"""A session of the library ``requests`` whose every request is carried by the polite client.

A platform's own client library brings its own way of asking the web. Handed this session it keeps
our address guard, deadline, caps and pacing, reads no netrc and no proxy of the environment, and
an answer that is no success is raised as one of our errors: no library then waits or asks again.
"""

import io
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from requests import PreparedRequest, Session
from requests.adapters import BaseAdapter
from requests.models import Response as Answer
from requests.structures import CaseInsensitiveDict

from config.errors import PermanentError
from config.http_client import PoliteClient, Response

Judge = Callable[[Response], None]
"""Returns for an answer to be passed on, or raises."""
_PASSED_ON: Final = ("accept", "content-type", "user-agent")
_KEPT_BACK: Final = ("x-ratelimit-", "content-encoding", "content-length", "transfer-encoding")
"""Headers of an answer that are settled: how long to wait is ours to say, the body is unpacked."""


class _Carrier(BaseAdapter):
    """Gives each prepared request to the polite client."""

    def __init__(self, client: PoliteClient, judge: Judge) -> None:
        super().__init__()
        self._client = client
        self._judge = judge

    def send(self, request: PreparedRequest, *_passed: object, **_more: object) -> Answer:
        """Ask once; the library's own timeouts, proxies and certificates do not matter here."""
        url, sent = request.url or "", request.headers
        headers = {name: _text(sent[name]) for name in _PASSED_ON if name in sent}
        credentials = {name: _text(sent[name]) for name in ("Authorization",) if name in sent}
        if request.method == "POST":
            told = self._client.post(
                url, data=_body(request), headers=headers, credentials=credentials
            )
        else:
            told = self._client.get(url, headers=headers, credentials=credentials)
        self._judge(told)
        return _answer(told, request)

    def close(self) -> None:
        """Nothing stays open."""


def polite_session(client: PoliteClient, judge: Judge) -> Session:
    """Return a session; ``judge`` sees each answer before the library does."""
    session = Session()
    session.trust_env = False
    carrier = _Carrier(client, judge)
    for scheme in ("https://", "http://"):
        session.mount(scheme, carrier)
    return session


def _answer(told: Response, request: PreparedRequest) -> Answer:
    answer = Answer()
    answer.status_code = told.status
    answer.reason = HTTPStatus(told.status).phrase if told.status in set(HTTPStatus) else ""
    answer.url = told.final_url
    answer.request = request
    answer.headers = CaseInsensitiveDict(_shown(told.headers))
    answer.encoding = "utf-8"
    answer.raw = io.BytesIO(told.body)
    return answer


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in headers.items() if not name.lower().startswith(_KEPT_BACK)
    }


def _body(request: PreparedRequest) -> bytes:
    body = request.body or b""
    if isinstance(body, str):
        return body.encode()
    if not isinstance(body, bytes):
        raise PermanentError("a body that is read bit by bit is not sent")
    return body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
