"""The process that takes answers apart: ``python -m listener.reading.parsing_worker``.

It reads length-prefixed pickles from its parent and answers in kind. It imports neither store nor
model, so it starts in a fraction of a second; it runs at a lower priority and within limits of its
own, so that it cannot harm the rest even when its parent is gone.
"""

import os
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

from listener.cleaning import Cleaned, clean_html, clean_text
from listener.reading.feed_reading import read_feed
from listener.reading.page_reading import read_page

MAX_MEMORY: Final = 1 << 30
"""Bytes of address space; a feed of 10 MB needs a quarter of it."""
GROWN: Final = 160 << 20
"""Bytes of resident memory at which a worker ends after its job and a fresh one takes over."""
STATM: Final = Path("/proc/self/statm")
_LENGTH: Final = struct.Struct(">Q")


def clean(bodies: list[tuple[str, bool, str | None]]) -> list[Cleaned]:
    """Clean texts given as (body, whether it is HTML, address that links count from)."""
    return [
        clean_html(body, base_url=base_url) if is_html else clean_text(body)
        for body, is_html, base_url in bodies
    ]


JOBS: Final[dict[str, Callable[..., object]]] = {
    "read_feed": read_feed,
    "read_page": read_page,
    "clean": clean,
}


def serve(jobs: IO[bytes], answers: IO[bytes]) -> None:
    """Say that it is ready; do the jobs until there are no more or it has grown too large."""
    _send(answers, b"")
    last = False
    while not last:
        size = jobs.read(_LENGTH.size)
        if len(size) < _LENGTH.size:
            return
        name, job, timeout_s = pickle.loads(jobs.read(_LENGTH.unpack(size)[0]))  # noqa: S301 - ours
        # The parent keeps the time; this is for a worker whose parent was killed.
        signal.setitimer(signal.ITIMER_REAL, timeout_s + 5)
        kind, answer = _outcome(name, job)
        signal.setitimer(signal.ITIMER_REAL, 0)
        last = _memory() > GROWN
        _send(answers, pickle.dumps((kind, answer, last)))


def _send(answers: IO[bytes], data: bytes) -> None:
    answers.write(_LENGTH.pack(len(data)) + data)
    answers.flush()


def _outcome(name: str, job: dict[str, Any]) -> tuple[str, object]:
    try:
        return "done", JOBS[name](**job)
    except Exception as error:  # noqa: BLE001 - a parser may fail in any way on what strangers send
        return "failed", f"{type(error).__name__}: {error}"[:300]


def _memory() -> int:
    """Return the resident bytes of this process.

    Not ``ru_maxrss`` on Linux: it starts at the size of the parent, which holds the model.
    """
    if STATM.exists():
        return int(STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    """Limit this process, then serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    os.nice(5)
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    answers = sys.stdout.buffer
    # Whatever a library prints must not get between the answers.
    sys.stdout = sys.stderr
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
