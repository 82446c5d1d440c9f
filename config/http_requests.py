"""What we send: the headers of one request, and which of them may follow a redirect.

Apart from the client because it is a pure rule that a leak of credentials hangs on.
"""

import json as jsons
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, Self
from urllib.parse import urlencode

import httpx2

from config.addresses import Target
from config.content_coding import ACCEPTED

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

# Header values are bytes; latin-1 is the one reading that gives every byte back as it came, which
# validators need. Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.5
HEADER_TEXT: Final = "latin-1"
_SECRET_HEADERS: Final = frozenset(
    {"authorization", "api-key", "api-username", "user-api-key", "cookie", "proxy-authorization"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of one hop; `secrets` are lower-case header names bound to this host and port."""

    method: Method
    target: Target
    headers: httpx2.Headers
    secrets: frozenset[str]
    body: bytes = b""

    @classmethod
    def build(
        cls,
        method: Method,
        target: Target,
        *,
        headers: Mapping[str, str],
        credentials: Mapping[str, str],
        body: bytes = b"",
    ) -> Self:
        """Put the headers together; those that the connection depends on are always ours."""
        sent = httpx2.Headers(encoding=HEADER_TEXT)
        for name, value in {"Accept": "*/*", **headers, **credentials}.items():
            sent[name] = _header_value(value)
        sent["Host"] = target.netloc
        # A part of a packed file is a part of the packing, which nobody can unpack.
        sent["Accept-Encoding"] = "identity" if "Range" in sent else ACCEPTED
        sent["Connection"] = "close"
        if method != "GET":
            sent["Content-Length"] = str(len(body))
        secrets = _SECRET_HEADERS | {name.lower() for name in credentials}
        return cls(method, target, sent, secrets, body)

    def moved_to(self, target: Target) -> Self:
        """The same request at another place, where our credentials are nobody's business.

        Another port or scheme is another place too, and what was dropped once stays dropped.
        """
        headers = self.headers.copy()
        if (target.scheme, target.host_port) != (self.target.scheme, self.target.host_port):
            for name in self.secrets & set(headers):
                del headers[name]
        headers["Host"] = target.netloc
        return replace(self, target=target, headers=headers)


def encoded(json: object, data: Mapping[str, str] | bytes | None) -> tuple[str | None, bytes]:
    """Give the Content-Type and the bytes of a body: JSON, a form, or bytes as they stand."""
    if json is not None:
        return "application/json", jsons.dumps(json, ensure_ascii=False).encode()
    if isinstance(data, bytes):
        return None, data
    if data is not None:
        return "application/x-www-form-urlencoded", urlencode(data).encode()
    return None, b""


def _header_value(text: str) -> str:
    """Text as latin-1 can carry it; what it cannot goes as the bytes of UTF-8."""
    try:
        text.encode(HEADER_TEXT)
    except UnicodeEncodeError:
        return text.encode().decode(HEADER_TEXT)
    return text
