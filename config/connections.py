"""Connections that go only where the guard allows and that end when the deadline does.

Apart from the client because this is the seam to httpcore2: its errors leave here as they are and
are translated once, in `http_client`. A `GuardedNetwork` serves one hop: it looks the name up once,
checks every answer, and dials exactly the address it checked, so that a second, different answer
of the name server (DNS rebinding) finds nobody asking.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpcore2

from config.addresses import AllowList, Target, check_addresses

Resolver = Callable[[str, int], Sequence[str]]

# h11 itself gives up on one header block over 100 kB; this also bounds many small ones (1xx).
MAX_HEAD_BYTES: Final = 256 * 1024
# A name with many addresses would otherwise spend the deadline on dead ones.
_MAX_TRIES: Final = 4
# A piece small enough that the deadline is looked at often while a slow peer takes it.
_WRITE_BYTES: Final = 16 * 1024
# getaddrinfo cannot be cancelled, so a dead name server leaves threads behind; this many at most.
_lookups: Final = threading.BoundedSemaphore(32)


class Deadline:
    """The moment by which everything must be over, on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left_s(self) -> float:
        """Seconds left; zero or less means over."""
        return self._ends_at - time.monotonic()

    def postpone(self, seconds: float) -> None:
        """Give back time that our own politeness took, not the other side."""
        self._ends_at += seconds

    def cut(self, timeout_s: float | None, over: type[httpcore2.TimeoutException]) -> float:
        """Shorten a timeout to what is left.

        Raises:
            over: nothing is left.
        """
        left_s = self.left_s()
        if left_s <= 0:
            raise over("the deadline is over")
        return left_s if timeout_s is None else min(timeout_s, left_s)


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the operating system for the addresses of a name, in the order to try them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(slots=True)
class Progress:
    """How far one hop came, which tells what its failure means.

    `head_done` is set by the client when the headers are in. `ended` means that the other side
    hung up: an answer that stops there was cut off, it is not a wrong answer.
    """

    sent: bool = False
    head_bytes: int = 0
    head_done: bool = False
    ended: bool = False


class GuardedNetwork(httpcore2.NetworkBackend):
    """The network as one hop may use it: look up, check, dial what was checked, mind the time."""

    def __init__(
        self,
        target: Target,
        *,
        allowed: AllowList,
        deadline: Deadline,
        resolver: Resolver,
        dialer: httpcore2.NetworkBackend,
    ) -> None:
        self._target = target
        self._allowed = allowed
        self._deadline = deadline
        self._resolver = resolver
        self._dialer = dialer
        self.progress = Progress()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Dial the target; `timeout` is for each of its addresses.

        Raises:
            RefusedAddress: an address of the target is out of bounds.
        """
        known = self._target.literal is not None
        found = [host] if known else _look_up(self._resolver, host, port, self._deadline)
        problem: Exception = httpcore2.ConnectError("its name has no address")
        for address in check_addresses(self._target, found, self._allowed)[:_MAX_TRIES]:
            wait_s = self._deadline.cut(timeout, httpcore2.ConnectTimeout)
            try:
                dialed = self._dialer.connect_tcp(
                    address, port, wait_s, local_address, socket_options or []
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return WatchedStream(dialed, self._deadline, self.progress)
        raise problem


class WatchedStream(httpcore2.NetworkStream):
    """A stream whose every wait is shortened to the deadline and whose head is counted."""

    def __init__(
        self, inner: httpcore2.NetworkStream, deadline: Deadline, progress: Progress
    ) -> None:
        self._inner = inner
        self._deadline = deadline
        self._progress = progress

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, or end with ReadTimeout when the deadline does."""
        data = self._inner.read(max_bytes, self._deadline.cut(timeout, httpcore2.ReadTimeout))
        progress = self._progress
        progress.ended = progress.ended or not data
        if not progress.head_done:
            progress.head_bytes += len(data)
            if progress.head_bytes > MAX_HEAD_BYTES:
                raise httpcore2.RemoteProtocolError("headers without end")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it, or end with WriteTimeout when the deadline does."""
        for start in range(0, len(buffer), _WRITE_BYTES):
            wait_s = self._deadline.cut(timeout, httpcore2.WriteTimeout)
            self._progress.sent = True
            self._inner.write(buffer[start : start + _WRITE_BYTES], wait_s)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Go on encrypted; the name to prove is the target's, whatever address was dialed."""
        wait_s = self._deadline.cut(timeout, httpcore2.ConnectTimeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, wait_s)
        return WatchedStream(inner, self._deadline, self._progress)

    def get_extra_info(self, info: str) -> Any:
        """Pass on what the connection knows about itself."""
        return self._inner.get_extra_info(info)


def _look_up(resolver: Resolver, host: str, port: int, deadline: Deadline) -> Sequence[str]:
    """Look a name up in a thread of its own, for getaddrinfo knows no timeout.

    Raises:
        ConnectTimeout: no answer within the deadline.
        ConnectError: there is no such name, `from` the cause.
    """
    if not _lookups.acquire(timeout=deadline.cut(None, httpcore2.ConnectTimeout)):
        raise httpcore2.ConnectTimeout("too many names are being looked up")
    found: list[Sequence[str]] = []
    problems: list[Exception] = []

    def ask() -> None:
        try:
            found.append(resolver(host, port))
        except (OSError, UnicodeError) as error:  # UnicodeError: a label too long for a query
            problems.append(error)
        finally:
            _lookups.release()

    # A daemon: a name server that never answers must not keep the process from ending.
    thread = threading.Thread(target=ask, name=f"lookup {host}", daemon=True)
    thread.start()
    thread.join(max(0.0, deadline.left_s()))
    if problems:
        raise httpcore2.ConnectError("its name is not known") from problems[0]
    if not found:
        raise httpcore2.ConnectTimeout("its name was not answered for")
    return found[0]
