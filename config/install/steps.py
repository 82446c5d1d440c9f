"""The steps of the set-up, in order; each is safe to do again.

Plain pip does the work: version 26.3 takes 20 s where 23.2 took 170 s, so a faster installer
would bring a second set of rules and little else. Byte code is left to the first import, which
halves the wait.
"""

import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from config.errors import PermanentError
from config.install.command import Refused, run, say
from config.install.folder import Environment
from config.install.rules import (
    CPU_LOCK,
    LOCKS,
    NEEDED_BYTES,
    PIP_LOCK,
    Stamp,
    disk_problem,
    leftovers,
    locked,
    not_offered,
    torch_attempts,
)


class SetUp:
    """One run of the set-up on an environment; each step is safe to do again."""

    def __init__(self, environment: Environment, lock_fd: int) -> None:
        self.environment = environment
        self._lock_fd = lock_fd

    def bring_to(self, wanted: Stamp) -> None:
        """Do what is missing, step by step."""
        environment = self.environment
        before = environment.stamp()
        if not environment.may_be_kept(wanted):
            self._make_anew()
        environment.begin()
        environment.log.unlink(missing_ok=True)
        try:
            with self._step("pip"):
                self._pip("--require-hashes", "-r", PIP_LOCK)
            with self._step("torch"):
                self._install_torch()
            with self._step("libraries"):
                self._pip("--require-hashes", "-r", LOCKS[wanted.level])
                self._remove(leftovers(before.packages if before else (), wanted.packages))
            with self._step("groundswell"):
                self._pip("--no-build-isolation", "--editable", ".")
        except PermanentError:
            environment.hold()
            raise
        environment.finish(wanted)

    def _make_anew(self) -> None:
        with self._step("environment"):
            self._ask_for_room(NEEDED_BYTES)
            # Read before the folder goes: we may be running from the one that is replaced.
            base = getattr(sys, "_base_executable", sys.executable)
            self.environment.discard()
            self.environment.begin()
            self._run([base, "-m", "venv", str(self.environment.folder)])

    def _install_torch(self) -> None:
        environment = self.environment
        pins = locked((environment.root / CPU_LOCK).read_text("utf-8"))
        (pinned,) = pins["torch"]
        version = pinned.split("+")[0]
        index = os.environ.get("TORCH_INDEX", "").strip()
        for attempt in torch_attempts(system=platform.system(), index=index, version=version):
            if environment.has_torch(version):
                return
            if attempt.before:
                say(f"  {attempt.before}")
            self._ask_for_room(attempt.needed_bytes)
            try:
                self._pip(*attempt.arguments)
            except Refused as refusal:
                if not not_offered(refusal.output):
                    raise
            else:
                if attempt.after and environment.has_torch(version):
                    say(f"  {attempt.after}")
        if not environment.has_torch(version):
            where = "TORCH_INDEX offers" if index else "pip's configuration offers"
            raise PermanentError(
                f"Nothing that {where} is torch {version} for {platform.system()} on "
                f"{platform.machine()} with this Python: name another index in TORCH_INDEX, "
                f"or another Python (make setup PYTHON=…)."
            )

    def _ask_for_room(self, needed_bytes: int) -> None:
        free_bytes = shutil.disk_usage(self.environment.root).free
        if problem := disk_problem(free_bytes, needed_bytes):
            raise PermanentError(problem)

    def _remove(self, packages: list[str]) -> None:
        if packages:
            say(f"  removing what the lock no longer names: {', '.join(packages)}")
            python = str(self.environment.python)
            self._run([python, "-P", "-m", "pip", "uninstall", "--yes", *packages])

    def _pip(self, *arguments: str) -> None:
        python = str(self.environment.python)
        # The locks are whole and hold wheels only, so nothing is resolved and nothing built here.
        options = ["--no-deps", "--only-binary", ":all:", "--no-compile", "--progress-bar", "off"]
        self._run([python, "-P", "-m", "pip", "install", *options, *arguments])

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        say(f"  {name} …")
        yield
        say(f"  {name} done in {time.monotonic() - began:.0f} s")

    def _run(self, command: list[str]) -> None:
        environment = self.environment
        run(command, cwd=environment.root, log=environment.log, lock_fd=self._lock_fd)
