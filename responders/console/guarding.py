"""Who may see the console before there is a log-in, and what every answer says to browsers.

Pure rules over a request's peer and headers. A web page of a stranger can make a browser on this
machine ask us (DNS rebinding): the peer is then loopback, but the Host header is the stranger's.
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
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every answer."""

PROXY_MARKS: Final = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
"""A proxy on this machine makes the whole world look like loopback, and says so with one of
these."""


@dataclass(frozen=True)
class Refused:
    """Why somebody may not see the console, and what to do instead."""

    reason: str


def own_hosts(*places: str) -> frozenset[str]:
    """Return the host names that mean us: loopback's, and those of the operator's settings."""
    named = {_host_of(place) for place in places if place}
    return frozenset({"localhost", "127.0.0.1", "::1", *named} - {""})


def refusal(
    *, peer: str | None, headers: Mapping[str, str], hosts: frozenset[str]
) -> Refused | None:
    """Return why this request may not see the console; None when it may.

    Args:
        peer: the address the request came from.
        headers: its headers, by names in lower case.
        hosts: what the Host header may say, without port.
    """
    here = "open it in a browser on the machine Groundswell runs on, or through an SSH tunnel"
    if not _is_loopback(peer):
        return Refused(f"the console has no log-in yet, so it answers this machine only; {here}")
    if PROXY_MARKS & set(headers):
        return Refused(f"the console has no log-in yet, so it answers no proxy; {here}")
    host = _host_of(headers.get("host", ""))
    if host not in hosts:
        return Refused(
            "the console was asked for under a name that is not its own; "
            "open it as http://127.0.0.1 with its port, or set [console] url"
        )
    return None


def _is_loopback(peer: str | None) -> bool:
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _host_of(place: str) -> str:
    """Return the host of a URL or of a Host header, in lower case without port and brackets."""
    text = place if "//" in place else f"//{place}"
    try:
        return (urlsplit(text).hostname or "").rstrip(".")
    except ValueError:
        return ""
