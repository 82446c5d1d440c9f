"""The one polite HTTP client of the house: everything that reaches outside goes through here.

The web is hostile and slow. So one call has a deadline from the name look-up to the last byte,
redirects included; a cap on the unpacked bytes; an address guard on every hop; one request at a
time to each host. It keeps no cookies, reads no proxy or netrc settings, and never tries again by
itself: retries belong to the passes and to the outbox.

Any HTTP status is an answer and comes back as a `Response`; only trouble on the way is raised, as
one of the errors drawn in `http_trouble`.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final
from urllib.parse import urljoin

import httpcore2
import httpx2

from config.addresses import AllowList, RefusedAddress, Target, parse_url
from config.connections import Deadline, GuardedNetwork, Resolver, system_resolver
from config.http_answers import Response, read_answer
from config.http_requests import HEADER_TEXT, Asked, Method, encoded
from config.http_trouble import (
    BadRedirect,
    CutShort,
    Garbled,
    TimedOut,
    TooLarge,
    Unreachable,
    Untrusted,
    translated,
)
from config.pacing import HostPacing

__all__ = [
    "BadRedirect",
    "CutShort",
    "Garbled",
    "HttpKnobs",
    "PoliteClient",
    "RefusedAddress",
    "Response",
    "TimedOut",
    "TooLarge",
    "Unreachable",
    "Untrusted",
]

_MOVED_FOR_GOOD: Final = frozenset({301, 308})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpKnobs:
    """The `[http]` section: how patient and how polite the client is."""

    user_agent: str
    deadline_s: float = 20.0
    connect_timeout_s: float = 8.0
    max_bytes: int = 10_000_000
    max_redirects: int = 5
    spacing_s: float = 1.0
    allow_hosts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Journey:
    """The hops of one call so far."""

    seen: set[str] = field(default_factory=set)
    all_permanent: bool = True
    moved_to: str | None = None


class PoliteClient:
    """Fetches for everybody in the house; safe to share between threads.

    Args:
        settings: the knobs.
        allow_hosts: more entries like those of the knobs, for base URLs that the operator wrote
            in other sections: `host:port`.
        resolver: host, port → addresses, in the order to try them.
        dialer: what opens the connections once an address was checked.
        sleep: waits for a host's next turn; seconds.
        ssl_context: whom to trust; the system's authorities by default.

    Raises:
        SettingsError: an entry of allow_hosts cannot be read.
    """

    def __init__(
        self,
        settings: HttpKnobs,
        *,
        allow_hosts: Iterable[str] = (),
        resolver: Resolver = system_resolver,
        dialer: httpcore2.NetworkBackend | None = None,
        sleep: Callable[[float], None] = time.sleep,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._knobs = settings
        self._allowed = AllowList.parse((*settings.allow_hosts, *allow_hosts))
        self._resolver = resolver
        self._dialer = dialer or httpcore2.SyncBackend()
        self._pacing = HostPacing(settings.spacing_s, sleep=sleep)
        self._given_ssl_context = ssl_context

    @property
    def agent(self) -> str:
        """The name by which robots.txt calls us: the first word of our user agent."""
        return self._knobs.user_agent.split("/")[0].split()[0]

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        credentials: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str | None = None,
        max_bytes: int | None = None,
    ) -> Response:
        """Fetch an address, following redirects with every hop checked anew.

        Args:
            url: where.
            headers: extra request headers.
            credentials: request headers that never reach another host or port, nor http after
                https.
            etag: as the last answer gave it, echoed byte for byte.
            last_modified: likewise.
            accept: the media types that are of use.
            max_bytes: cap on the unpacked body instead of the knob's.

        Raises:
            TransientError, PermanentError: trouble on the way, see this module's tree.
        """
        wanted = {"If-None-Match": etag, "If-Modified-Since": last_modified, "Accept": accept}
        extra = {name: value for name, value in wanted.items() if value is not None}
        asked = Asked.build(
            "GET",
            parse_url(url),
            headers={"User-Agent": self._knobs.user_agent, **(headers or {}), **extra},
            credentials=credentials or {},
        )
        return self._call(url, asked, self._knobs.max_bytes if max_bytes is None else max_bytes)

    def head(self, url: str) -> Response:
        """Ask whether an address answers, following redirects; no body comes.

        Many a place answers this otherwise than a GET, so what it refuses may still be there.

        Raises:
            TransientError, PermanentError: trouble on the way, see this module's tree.
        """
        agent = {"User-Agent": self._knobs.user_agent}
        asked = Asked.build("HEAD", parse_url(url), headers=agent, credentials={})
        return self._call(url, asked, self._knobs.max_bytes)

    def post(
        self,
        url: str,
        *,
        json: object = None,
        data: Mapping[str, str] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        credentials: Mapping[str, str] | None = None,
        method: Method = "POST",
    ) -> Response:
        """Send something once. A redirect is returned, not followed.

        Where a text goes was approved by a person; an answer may not send it elsewhere.

        Args:
            url: where.
            json: sent as JSON when given.
            data: sent as a form, or as it stands when bytes.
            headers: extra request headers.
            credentials: request headers that are secret.
            method: another word than POST for what is changed or taken away.

        Raises:
            TransientError, PermanentError: trouble on the way, see this module's tree. After
                `Unreachable` and `RefusedAddress` nothing was sent; after others it may have been.
        """
        kind, body = encoded(json, data)
        ours = {"User-Agent": self._knobs.user_agent} | ({"Content-Type": kind} if kind else {})
        asked = Asked.build(
            method,
            parse_url(url),
            headers={**ours, **(headers or {})},
            credentials=credentials or {},
            body=body,
        )
        return self._call(url, asked, self._knobs.max_bytes)

    def slow_down(self, url: str, spacing_s: float | None) -> None:
        """Leave a host longer pauses from its next answer on, as its robots.txt may ask.

        Args:
            url: an address of it; another port is another host.
            spacing_s: seconds between two requests; what is less than the knob, or None, is the
                knob.
        """
        self._pacing.slow_down(parse_url(url).host_port, spacing_s)

    def _call(self, url: str, asked: Asked, max_bytes: int) -> Response:
        deadline = Deadline(self._knobs.deadline_s)
        journey = _Journey()
        first = asked.target
        try:
            answer = self._hop(asked, deadline, max_bytes)
            while _leads_on(asked, answer.status):
                asked = asked.moved_to(self._next_place(asked.target, answer, journey))
                answer = self._hop(asked, deadline, max_bytes)
        except RefusedAddress as error:
            if not journey.seen:
                raise
            raise RefusedAddress(f"{first.shown} leads to a refused address: {error}") from error
        return replace(
            answer,
            url=url,
            permanent_redirect=journey.moved_to,
            elapsed_s=self._knobs.deadline_s - deadline.left_s(),
        )

    def _next_place(self, here: Target, answer: Response, journey: _Journey) -> Target:
        journey.seen.add(here.url)
        location = answer.headers.get("location", "")
        if not location:
            raise BadRedirect(f"{here.shown} answers {answer.status} but does not say where to go")
        if len(journey.seen) > self._knobs.max_redirects:
            raise BadRedirect(f"{here.shown} redirects more than {self._knobs.max_redirects} times")
        there = parse_url(_joined(here.url, _as_utf8(location)))
        if there.url in journey.seen:
            raise BadRedirect(f"{here.shown} redirects in a circle")
        journey.all_permanent = journey.all_permanent and answer.status in _MOVED_FOR_GOOD
        if journey.all_permanent:
            journey.moved_to = there.url
        return there

    def _hop(self, asked: Asked, deadline: Deadline, max_bytes: int) -> Response:
        waiting_since = time.monotonic()
        with self._pacing.turn(asked.target.host_port):
            # The deadline measures the other side; waiting for our own turn is not its fault.
            deadline.postpone(time.monotonic() - waiting_since)
            network = GuardedNetwork(
                asked.target,
                allowed=self._allowed,
                deadline=deadline,
                resolver=self._resolver,
                dialer=self._dialer,
            )
            with (
                translated(asked.target, network.progress, self._knobs.deadline_s),
                closing(self._connection(asked.target, network)) as connection,
            ):
                raw = connection.handle_request(self._request(asked))
                network.progress.head_done = True
                # The body of a redirect is for people; not reading it spares the deadline.
                with_body = not _leads_on(asked, raw.status)
                return read_answer(
                    raw, asked.target, deadline=deadline, max_bytes=max_bytes, with_body=with_body
                )

    def _connection(self, target: Target, network: GuardedNetwork) -> httpcore2.HTTPConnection:
        # One connection a request: with a pause between two, keeping it open would spare little,
        # and each request is checked by the guard.
        secure = self._ssl_context if target.scheme == "https" else None
        return httpcore2.HTTPConnection(
            _core_url(target).origin, ssl_context=secure, network_backend=network
        )

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext:
        # Reading the system's authorities takes a while, and many a client never meets https.
        return self._given_ssl_context or httpx2.create_ssl_context(trust_env=False)

    def _request(self, asked: Asked) -> httpcore2.Request:
        return httpcore2.Request(
            asked.method,
            _core_url(asked.target),
            headers=asked.headers.raw,
            content=asked.body,
            extensions={"timeout": {"connect": self._knobs.connect_timeout_s}},
        )


def _core_url(target: Target) -> httpcore2.URL:
    return httpcore2.URL(
        scheme=target.scheme, host=target.host, port=target.port, target=target.path
    )


def _leads_on(asked: Asked, status: int) -> bool:
    return asked.method in {"GET", "HEAD"} and status in _REDIRECTS


def _joined(here: str, location: str) -> str:
    try:
        return urljoin(here, location)
    except ValueError:  # half an IPv6 bracket, say: the guard finds the words for it
        return location


def _as_utf8(header: str) -> str:
    """A Location with raw international characters in it is UTF-8 nearly everywhere."""
    try:
        return header.encode(HEADER_TEXT).decode()
    except UnicodeDecodeError:
        return header
