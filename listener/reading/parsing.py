"""Take answers apart in processes that can be killed.

What strangers send can cost a parser minutes or gigabytes, and a thread cannot be stopped. So a few
small workers, without the model or the store in them, do the parsing and the cleaning; one that is
late is killed and the next job starts a new one. A worker ends with its parent: it reads its jobs
from a pipe and stops at its end.
"""

import atexit
import os
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

from config.errors import GroundswellError, TransientError
from listener.cleaning import Cleaned
from listener.reading.feed_reading import Document
from listener.reading.page_reading import PageText

MAX_WORKERS: Final = 8
"""As many as places are looked at side by side, so that a hostile one delays no other."""
_START_S: Final = 60.0
"""Far more than it needs: on a machine with thirty processes waiting ten seconds were too few."""
PATIENCE: Final = 4
"""So many times the limit a job may take where others keep the processors from it."""
SHARE: Final = 0.5
"""Of its limit; who worked so long or longer had its time."""
STARVED: Final = 0.1
"""Who worked less than this share of it shows nothing of its feed: almost any needs less."""
_TICK: Final = 1 / os.sysconf("SC_CLK_TCK")
_LENGTH: Final = struct.Struct(">Q")


class ParseTimeoutError(GroundswellError):
    """The job took longer than it may, or more memory; its worker is gone."""


class _WorkerDiedError(ParseTimeoutError):
    """The worker ended by itself."""


class ParserLateError(TransientError):
    """A worker was kept from its work; that is no fault of what it was to take apart."""


class ParseFailedError(GroundswellError):
    """The job ended in an error of the parser."""


class Body(Protocol):
    """What cleaning needs of a RawPost."""

    @property
    def body(self) -> str:
        """Return the text as the source gave it."""
        ...

    @property
    def is_html(self) -> bool:
        """Return whether it is HTML."""
        ...

    @property
    def url(self) -> str | None:
        """Return the address that its links count from."""
        ...


class ParseWorkers:
    """Runs jobs in worker processes; safe to share between threads.

    Args:
        count: workers at the most; a further job waits for one of them. They start when needed.
    """

    def __init__(self, count: int = MAX_WORKERS) -> None:
        self._idle: list[_Worker] = []
        self._guard = threading.Lock()
        self._free = threading.BoundedSemaphore(count)

    def read_feed(
        self, body: bytes, *, url: str, content_type: str, max_items: int, timeout_s: float
    ) -> Document:
        """Do ``feed_reading.read_feed`` within ``timeout_s``.

        Raises:
            ParseTimeoutError, ParseFailedError, ParserLateError: it did not end well.
        """
        job = {"body": body, "url": url, "content_type": content_type, "max_items": max_items}
        return cast("Document", self._run("read_feed", job, timeout_s))

    def read_page(self, body: bytes, *, url: str, content_type: str, timeout_s: float) -> PageText:
        """Do ``page_reading.read_page`` within ``timeout_s``.

        Raises:
            ParseTimeoutError, ParseFailedError: it did not end well.
        """
        job = {"body": body, "url": url, "content_type": content_type}
        return cast("PageText", self._run("read_page", job, timeout_s))

    def clean(
        self, bodies: Iterable[tuple[str, bool, str | None]], *, timeout_s: float
    ) -> list[Cleaned]:
        """Clean texts given as (body, whether it is HTML, address that links count from).

        Raises:
            ParseTimeoutError, ParseFailedError: it did not end well.
        """
        return cast("list[Cleaned]", self._run("clean", {"bodies": list(bodies)}, timeout_s))

    def running(self) -> list[int]:
        """Return the process ids of the workers that wait for a job."""
        with self._guard:
            return [worker.pid for worker in self._idle]

    def close(self) -> None:
        """End the workers that are idle."""
        with self._guard:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def _run(self, name: str, job: dict[str, Any], timeout_s: float) -> object:
        told = pickle.dumps((name, job, timeout_s * PATIENCE))
        with self._free:
            try:
                kind, answer = self._done_by(self._take(), told, timeout_s)
            except _WorkerDiedError:
                # It may have been an earlier job that broke it: only a fresh one tells.
                kind, answer = self._done_by(_Worker(), told, timeout_s)
        if kind == "failed":
            raise ParseFailedError(str(answer))
        return answer

    def _done_by(self, worker: "_Worker", job: bytes, timeout_s: float) -> tuple[str, object]:
        try:
            kind, answer, last = worker.call(job, timeout_s)
        except BaseException:
            worker.end()
            raise
        if last:
            worker.end()
        else:
            with self._guard:
                self._idle.append(worker)
        return kind, answer

    def _take(self) -> "_Worker":
        with self._guard:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.end()
        return _Worker()


class _Worker:
    """One process; used by one thread at a time."""

    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "listener.reading.parsing_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
        )
        try:
            with self._killed_after(_START_S, "starting the parser"):
                self._answer()  # it says when it is ready, so that no job pays for its start
        except ParseTimeoutError as error:
            self.end()
            raise ParserLateError(
                f"our own parser did not start within {_START_S:g} s: this machine is too busy, or "
                "has too little memory; we look again later"
            ) from error
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def call(self, job: bytes, timeout_s: float) -> tuple[str, object, bool]:
        """Hand over one job; return how it ended, its answer and whether it was the last.

        Raises:
            ParseTimeoutError: it was killed, by us or by its limits.
            ParserLateError: it was killed, though it had hardly been let work.
        """
        with self._killed_after(timeout_s, "taking it apart", working=True):
            stdin = cast("IO[bytes]", self._process.stdin)
            stdin.write(_LENGTH.pack(len(job)) + job)
            stdin.flush()
            answer = pickle.loads(self._answer())  # noqa: S301 - from our own process
        return cast("tuple[str, object, bool]", answer)

    @contextmanager
    def _killed_after(
        self, timeout_s: float, doing: str, *, working: bool = False
    ) -> Iterator[None]:
        """Kill the process when its time is up.

        Args:
            timeout_s: seconds.
            doing: what it does.
            working: its own processor time counts, up to ``PATIENCE`` times as long: a machine that
                is busy with other things makes no feed an attack.
        """
        over, watching = threading.Event(), _Watch(self._process, timeout_s, working=working)
        watch = threading.Thread(target=watching.until, args=(over,), daemon=True)
        watch.start()
        try:
            yield
        except (BrokenPipeError, EOFError) as error:
            over.set()
            watch.join()
            raise watching.verdict(doing) from error
        finally:
            over.set()
            watch.join()  # or it might kill what works on the next job already

    def end(self) -> None:
        """Kill the process and wait for it."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # a job was still in the buffer
        self._process.wait()

    def _answer(self) -> bytes:
        stdout = cast("IO[bytes]", self._process.stdout)
        size = stdout.read(_LENGTH.size)
        if len(size) < _LENGTH.size:
            raise EOFError
        length = _LENGTH.unpack(size)[0]
        data = stdout.read(length)
        if len(data) < length:
            raise EOFError
        return data


class _Watch:
    """Kills one process when its time is up, and says why it ended."""

    def __init__(self, process: subprocess.Popen[bytes], limit_s: float, *, working: bool) -> None:
        self._process = process
        self._limit_s = limit_s
        self._working = working
        self._worked_before_s = _worked_s(process.pid) if working else None
        self._late = False
        self._starved = False

    def until(self, over: threading.Event) -> None:
        """Wait until the job is over or too late; the latter ends the process."""
        for _ in range(PATIENCE if self._worked_before_s is not None else 1):
            if over.wait(self._limit_s):
                return
            if not self._had_less_than(SHARE):
                break
        self._starved = self._had_less_than(STARVED)
        self._late = True
        self._process.kill()

    def verdict(self, doing: str) -> GroundswellError:
        """Return why there is no answer."""
        if not self._late:
            return _WorkerDiedError(f"{doing} needed too much")
        if self._starved:
            return ParserLateError(
                f"our own parser was not let work for {self._limit_s * PATIENCE:g} s: this machine "
                "is too busy; we look again later"
            )
        return ParseTimeoutError(f"{doing} took longer than {self._limit_s:g} s")

    def _had_less_than(self, share: float) -> bool:
        worked_s = _worked_s(self._process.pid)
        if worked_s is None or self._worked_before_s is None:
            return False
        return worked_s - self._worked_before_s < self._limit_s * share


def _worked_s(pid: int) -> float | None:
    """Return the processor seconds of a process; None where the system does not tell.

    Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) * _TICK
    except (OSError, ValueError, IndexError):
        return None


@cache
def shared_workers() -> ParseWorkers:
    """Return the workers of this process; they end with it."""
    workers = ParseWorkers()
    atexit.register(workers.close)
    return workers


def clean_bodies(posts: Sequence[Body], *, timeout_s: float) -> list[str]:
    """Return the cleaned bodies of posts, made in a worker; the order stays.

    Raises:
        ParseTimeoutError, ParseFailedError: it did not end well.
    """
    bodies = [(post.body, post.is_html, post.url) for post in posts]
    if not bodies:
        return []
    return [cleaned.text for cleaned in shared_workers().clean(bodies, timeout_s=timeout_s)]
