"""Kills a process at one boundary, lets another go on, and compares with a life without a kill."""

import itertools
import multiprocessing
import os
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from signal import SIGKILL
from typing import Any, TypeVar

from config.database import make_engine, transaction
from listener.tables import Product, Source
from responders.delivery.tables import DeliveryState
from tests.faults import choosing, folders, laws
from tests.faults.choosing import At
from tests.faults.folders import Files
from tests.faults.life import Life, live
from tests.faults.scenario import FIRST_LOOK, STEPS
from tests.faults.stores import Dump, Stores, difference, dump
from tests.faults.world import WRITER, Kept, World

Case = TypeVar("Case")
LAST = len(STEPS) - 1
WITHIN = "within"
"""The photograph of the middle of a step."""
PATIENCE_S = 180.0
LATER_S = 3600.0
"""Machine seconds that go by before a process goes on: a public text waits that long at the most
for what may still be under way."""

TEMPLATE, SERVER = "GROUNDSWELL_TESTS_TEMPLATE", "GROUNDSWELL_TESTS_SERVER"
"""What tells the fork server of an empty SQLite store, and of a PostgreSQL database."""

_forks = multiprocessing.get_context("forkserver")
_births = threading.Lock()
"""Each start looks after every child that ended, which two threads must not do at once."""


def warm_up(template: Path, server: str | None) -> None:
    """Load and learn what a life needs once, in the process that all lives are forked from.

    Args:
        template: an empty SQLite store.
        server: the address of a PostgreSQL database, if lives will be on one.
    """
    os.environ[TEMPLATE], os.environ[SERVER] = str(template), server or ""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a fork keeps no threads of its parent
    _forks.set_forkserver_preload(["pytest", "tests.faults.warm"])


@dataclass
class Told:
    """What a process told before it ended."""

    killed: bool = False
    labels: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


@dataclass
class Installation:
    """One installation in its folder, whose processes are killed and started again."""

    folder: Path
    stores: Stores
    world: World
    boundaries: list[list[str]] = field(default_factory=list)
    """Those of each step, as found in a life without a kill."""
    kinds: list[list[str]] = field(default_factory=list)
    """What each of them has in common with others; see ``choosing``."""
    expected: dict[int, Dump] = field(default_factory=dict)
    """The store after each step of that life."""
    _files: dict[str, Files] = field(default_factory=dict)
    _written: dict[str, Kept] = field(default_factory=dict)

    def prepare(self, mutant: str | None = None, *, last: int = LAST) -> None:
        """Live once without a kill, and once with a new process for each step; they must agree.

        Args:
            mutant: the fault in all of it.
            last: where it ends, counted from 0.
        """
        self.declare()
        self._keep("start")
        whole = self._lived(self.run(0, last, mutant=mutant))
        self._put_back("start")
        for number in range(last + 1):
            told = self.run(number, number, mutant=mutant)
            self.expected[number] = self._lived(told)
            self.boundaries.append(told.labels)
            self.kinds.append(told.kinds)
            self._keep(f"after {number}")
        again = difference(self.expected[last], whole)
        assert again is None, f"a restart between the steps changes the end: {again}"

    def come_to(self, step: int, *done: str) -> None:
        """Live to where only some parts of a step are done, for those that kill after them alone.

        What `prepare` shows besides, that a restart changes nothing, is left to it: it costs most.

        Args:
            step: counted from 0; how the store looks after all of it is kept, too.
            done: its first parts.
        """
        self.declare()
        self._lived(self.run(0, step - 1))
        self._keep(f"after {step - 1}")
        self.expected[step] = self._lived(self.run(step, step))
        self.go_back(step)
        self._lived(self.run(step, step, parts=done))
        self._keep(WITHIN)

    def run(self, first: int, last: int = LAST, **more: Any) -> Told:
        """Let a process live through steps; returns when it is gone and was waited for.

        Args:
            first: its first step.
            last: its last step.
            more: what else a ``Life`` may be told, such as ``kill_at``.
        """
        ours, theirs = _forks.Pipe()
        life = Life(self.folder, first, last, **more)
        process = _forks.Process(target=live, args=(life, theirs))
        with _births:
            process.start()
        theirs.close()
        with ours:
            told = self._listen(ours, process)
        wait([process.sentinel])
        with _births:
            process.join()
        told.killed = process.exitcode == -SIGKILL
        if process.exitcode not in {0, -SIGKILL}:
            told.trouble.append(f"ended with {process.exitcode}")
        process.close()
        return told

    def _listen(self, ours: Connection, process: BaseProcess) -> Told:
        told = Told()
        while wait([ours], PATIENCE_S):
            try:
                word, content = ours.recv()
            except (EOFError, ConnectionResetError):
                return told
            if word == "begins":
                self.world.show(STEPS[content])
                ours.send("shown")
            elif word == "failed":
                told.trouble.append(f"{content} failed: {self._log()}")
            else:
                told.labels, told.kinds = content
        process.kill()
        told.trouble.append("hung")
        return told

    def verdict(
        self, step: int, number: int, *, again: int | None = None, mutant: str | None = None
    ) -> str | None:
        """Kill a process at a boundary, let another finish the step; say what is wrong.

        An equal store goes on equally, for a process knows nothing but its store: `prepare` has
        shown that by living through the steps in one process and in one for each.

        Args:
            step: counted from 0.
            number: the boundary of the step, counted from 0.
            again: where the one that goes on is killed too, if it gets that far; a third finishes.
            mutant: the fault in all of them.
        """
        self.go_back(step)
        label = f"killed at {self.boundaries[step][number]}"
        told = self.run(step, step, kill_at=number, mutant=mutant)
        if not told.killed:
            return f"{label}: was not killed there; {told.trouble}"
        doubtful = self._after_a_kill()
        if again is not None:
            label += f", then at boundary {again} of going on"
            told = self.run(step, step, kill_at=again, mutant=mutant, later_s=LATER_S)
            doubtful = self._after_a_kill() if told.killed else doubtful
        told = self.run(step, step, mutant=mutant, later_s=2 * LATER_S)
        wrong = told.trouble or self._wrong(doubtful, step)
        return f"{label}: {'; '.join(wrong)}" if wrong else None

    def _wrong(self, doubtful: dict[str, int], step: int) -> list[str]:
        found = dump(self.stores.url)
        apart = difference(found, self.expected[step])
        wrong = [apart] if apart else []
        for channel, sent in self._standing().items():
            due = len([row for row in found["delivery"] if _counts(row, channel)])
            if not due <= sent <= due + doubtful.get(channel, 0):
                wrong.append(f"{due} alerts by {channel} stand there {sent} times")
        wrong += folders.pages_differ(folders.read(self.folder), self._files[f"after {step}"])
        replies, wanted = tuple(self.world.replies), self._written[f"after {step}"].replies
        if replies != wanted:
            wrong.append(f"the forum has {len(replies)} replies, not the {len(wanted)} expected")
        return wrong + self.broken(found)

    def broken(self, found: Dump) -> list[str]:
        """Return the laws that do not hold between the store and the places."""
        standing = [*laws.at_the_forum(self.world.replies), *laws.on_the_page(found)]
        wrong = laws.broken(found, standing) + laws.audit_problem(self.stores.url)
        if elsewhere := self.world.written_elsewhere:
            wrong.append(f"written where nothing may be: {elsewhere}")
        return wrong

    def _after_a_kill(self) -> dict[str, int]:
        """Count the alerts that stand at their platform and are not recorded as sent."""
        self.stores.tidy()
        rows = dump(self.stores.url)["delivery"]
        recorded = [row for row in rows if row["state"] == DeliveryState.SENT]
        return {
            channel: max(sent - len([row for row in recorded if _counts(row, channel)]), 0)
            for channel, sent in self._standing().items()
        }

    def _standing(self) -> dict[str, int]:
        """Count what reached the people on call; each message has one line with the issue."""
        file = self.folder / folders.PRINTED
        printed = file.read_text(encoding="utf-8") if file.exists() else ""
        return {
            "discord": len(self.world.discord.messages),
            "terminal": len(re.findall("^GS-1 [·“]", printed, re.MULTILINE)),
        }

    def _lived(self, told: Told) -> Dump:
        assert not told.trouble, "; ".join(told.trouble)
        assert not told.killed
        found = dump(self.stores.url)
        wrong = self.broken(found)
        assert not wrong, "; ".join(wrong)
        return found

    def declare(self) -> None:
        """Write the settings, and the product with its sources."""
        (self.folder / "groundswell.toml").write_text(
            f'[database]\nurl = "{self.stores.url}"\n'
            '[http]\nallow_hosts = ["127.0.0.1"]\nspacing_s = 0.0\n'
            "[listen]\nworkers = 1\n"
            f'[discord]\nwebhook_url = "{self.world.discord.webhook_url}"\n'
            f'[credentials.forum]\napi_key = "a-key"\napi_username = "{WRITER}"\n',
            encoding="utf-8",
        )
        engine = make_engine(self.stores.url)
        with transaction(engine) as session:
            speaker = "Ada of Fernsync"
            session.add(
                Product(name="Fernsync", speaker=speaker, staff=[WRITER], created_at=FIRST_LOOK)
            )
            session.flush()
            for name, kind, url in (
                ("blog", "feed", self.world.blog_url),
                ("forum", "discourse", self.world.forum_url),
            ):
                source = Source(product_id=1, name=name, kind=kind, url=url, created_at=FIRST_LOOK)
                if name == "forum":
                    source.credential, source.reply = name, True
                session.add(source)
        engine.dispose()

    def go_back(self, step: int) -> None:
        """Let everything be as it was before a step."""
        self._put_back("start" if step == 0 else f"after {step - 1}")

    def go_back_within(self) -> None:
        """Let everything be as `come_to` left it."""
        self._put_back(WITHIN)

    def _keep(self, name: str) -> None:
        self.stores.keep(name)
        self._files[name] = folders.read(self.folder)
        self._written[name] = self.world.keep()

    def _put_back(self, name: str) -> None:
        self.stores.put_back(name)
        folders.put_back(self.folder, self._files[name])
        self.world.put_back(self._written[name])

    def _log(self) -> str:
        file = self.folder / folders.LOG
        return file.read_text(encoding="utf-8")[-2000:] if file.exists() else "no log"


@dataclass
class Benches:
    """Installations of one kind side by side, so that every core kills."""

    installations: Sequence[Installation]
    database: str
    """``sqlite`` or ``postgresql``."""

    def prepare(self) -> None:
        """Let each live once; all must meet the same boundaries."""
        self.each(Installation.prepare)
        counts = {tuple(map(len, made.boundaries)) for made in self.installations}
        assert len(counts) == 1, f"not the same boundaries each time: {counts}"

    def each(self, do: Callable[[Installation], object]) -> None:
        """Do the same with each, side by side."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(do, self.installations))

    def swept(self, seed: int) -> list[At]:
        """Return where a sweep kills: see ``choosing``."""
        turn = ["sqlite", "postgresql"].index(self.database)
        return choosing.chosen(self.installations[0].kinds, turn=turn, seed=seed)

    def chosen(self, pattern: str) -> list[At]:
        """Return the step and the number of each boundary whose label has the pattern in it."""
        return [
            (step, number)
            for step, labels in enumerate(self.installations[0].boundaries)
            for number, label in enumerate(labels)
            if re.search(pattern, label)
        ]

    def wrong(
        self, boundaries: Iterable[At], *, again: Sequence[int | None] = (None,)
    ) -> list[str]:
        """Kill at each of the boundaries, and again at each of ``again``; return what was wrong."""

        def verdict(installation: Installation, case: tuple[At, int | None]) -> str | None:
            (step, number), second = case
            return installation.verdict(step, number, again=second)

        return self.side_by_side(itertools.product(boundaries, again), verdict)

    def side_by_side(
        self,
        cases: Iterable[Case],
        verdict: Callable[[Installation, Case], str | None],
    ) -> list[str]:
        """Try each case on the installation that is free next; return what was wrong."""
        waiting = deque(cases)

        def work(installation: Installation) -> list[str]:
            found: list[str] = []
            while True:
                try:
                    case = waiting.popleft()
                except IndexError:
                    return found
                wrong = verdict(installation, case)
                found.extend([wrong] if wrong else [])

        with ThreadPoolExecutor(len(self.installations)) as pool:
            return [line for found in pool.map(work, self.installations) for line in found]


def _counts(row: Mapping[str, Any], channel: str) -> bool:
    """Tell whether `_standing` counts a delivery; of a terminal it counts the cards of issues."""
    return row["channel"] == channel and (channel != "terminal" or row["issue_id"] is not None)
