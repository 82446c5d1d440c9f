"""Which requests the console answers at all, and what every answer says to browsers.

Pure rules over a request's headers. Two strangers are kept out before anybody logs in: a web page
that makes a browser ask us under its own name (DNS rebinding: the Host header is the stranger's),
and a web page that makes a browser send a form to us (the Origin header is the stranger's).
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every answer that does not say otherwise itself."""

OURS_ALONE: Final = frozenset(
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy", "Cache-Control"}
)
"""Not for the public page: other sites may show what it says, and keep it for a while."""

CONSOLE_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # With "no-referrer" a browser sends forms with "Origin: null", and the guard could not tell
    # ours from a stranger's. Source: https://fetch.spec.whatwg.org/#append-a-request-origin-header
    "Referrer-Policy": "same-origin",
}
"""What differs on the console: its own script may run and ask its own address, nothing else."""

LOOKS: Final = "/console/static/"
"""The files of the look: the same for everybody, so a browser may keep them and ask again."""


def headers_for(path: str) -> Mapping[str, str]:
    """Return the headers of an answer by its path; an answer that has one itself keeps it."""
    if path.startswith(LOOKS):
        return {**HEADERS, "Cache-Control": "no-cache"}
    if path.startswith("/console"):
        return {**HEADERS, **CONSOLE_HEADERS}
    if path in {"/healthz", "/readyz", "/metrics"}:
        return HEADERS
    return {name: value for name, value in HEADERS.items() if name not in OURS_ALONE}


ASKS_ONLY: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


@dataclass(frozen=True)
class Refused:
    """Why a request is not answered, and what to do instead."""

    reason: str


def own_hosts(*places: str) -> frozenset[str]:
    """Return the host names that mean us: loopback's, and those of the operator's settings."""
    named = {host_of(place) for place in places if place}
    return frozenset({"localhost", "127.0.0.1", "::1", *named} - {""})


def refusal(
    *, method: str, headers: Mapping[str, str], hosts: frozenset[str], server: str = ""
) -> Refused | None:
    """Return why the console does not answer this request; None when it does.

    Args:
        method: such as ``GET``.
        headers: its headers, by names in lower case.
        hosts: what the Host header may say, without port.
        server: the address of this machine that the request came in at. A browser that typed an
            address instead of a name cannot have been led here by a rebound name.
    """
    named = headers.get("host", "")
    host = host_of(named)
    if host not in hosts and not (host == server and _is_address(host)):
        return Refused(
            "the console was asked for under a name that is not its own; "
            "open it as http://127.0.0.1 with its port, or set [console] url"
        )
    if method in ASKS_ONLY or _from_here(headers, named):
        return None
    return Refused(
        "the form was sent from another web page, so nothing was changed; "
        "open the console itself and decide there"
    )


def _from_here(headers: Mapping[str, str], named: str) -> bool:
    """Tell whether a form comes from our own page; every browser of today says so itself."""
    origin = headers.get("origin")
    if origin is not None:
        return origin != "null" and urlsplit(origin).netloc.lower() == named.lower()
    return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}


def safe_next(wanted: str, *, otherwise: str) -> str:
    """Return where to go after a form: a page of the console, never another place.

    ``/console/issues/GS-1`` stays; ``//evil.example`` and ``/console/../x`` do not, nor does
    anything with a backslash, which browsers read as a slash.
    """
    plain = wanted.isascii() and wanted.isprintable() and not set(wanted) & set('\\"<> ')
    inside = wanted.startswith("/console/") and "//" not in wanted and "/." not in wanted
    return wanted if plain and inside else otherwise


def host_of(place: str) -> str:
    """Return the host of a URL or of a Host header, in lower case without port and brackets."""
    text = place if "//" in place else f"//{place}"
    try:
        return (urlsplit(text).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(peer: str | None) -> bool:
    """Tell whether an address is this machine's own."""
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
