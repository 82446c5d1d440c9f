"""The folder ``.venv``: what is known about it, and the marks that make it safe to interrupt.

Apart from the steps, because the quick "is there anything to do?" needs this and nothing more.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from config.install.rules import (
    FINGERPRINTED,
    LOCKS,
    Level,
    Stamp,
    fingerprint,
    locked,
    read_stamp,
    same_place,
    write_stamp,
)


class Environment:
    """The folder ``.venv`` of one checkout, and what is known about it."""

    def __init__(self, root: Path, level: Level) -> None:
        self.root = root
        self.level = level
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.log = self.folder / "setup.log"
        self._stamp = self.folder / "groundswell-setup.json"
        self._unfinished = self.folder / "groundswell-unfinished"

    def wanted(self) -> Stamp:
        """Return the stamp this set-up would leave."""
        locks = {name: (self.root / name).read_text("utf-8") for name in FINGERPRINTED}
        return Stamp(
            fingerprint=fingerprint(locks, (self.root / "pyproject.toml").read_text("utf-8")),
            level=self.level,
            root=str(self.root),
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            packages=tuple(sorted(locked(locks[LOCKS[self.level]]))),
        )

    def stamp(self) -> Stamp | None:
        """Return the stamp of the last set-up that came to its end."""
        if self._unfinished.exists() or not self._stamp.is_file():
            return None
        return read_stamp(self._stamp.read_text("utf-8"))

    def may_be_kept(self, wanted: Stamp) -> bool:
        """Tell whether to work on in the folder, ours or one a person made, or to start anew."""
        if self._unfinished.exists() or not self.runs():
            return False
        stamp = self.stamp()
        return stamp is None or same_place(stamp, wanted)

    def runs(self) -> bool:
        """Tell whether the environment's Python starts, is of our version and has pip."""
        version = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
        if not self.python.exists():
            return False
        command = [str(self.python), "-P", "-c", version]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - our own words

    def begin(self) -> None:
        """Mark the folder as half done: whatever is killed from here on is made anew."""
        self.folder.mkdir(exist_ok=True)
        self._unfinished.touch()

    def hold(self) -> None:
        """Take the mark away after a refusal: pip undid its work, so the next run goes on here."""
        self._unfinished.unlink(missing_ok=True)

    def finish(self, stamp: Stamp) -> None:
        """Leave the stamp, whole or not at all."""
        draft = self._stamp.with_suffix(".new")
        draft.write_text(write_stamp(stamp), "utf-8")
        draft.replace(self._stamp)
        self.hold()

    def discard(self) -> None:
        """Take the old folder away; the rename makes sure no half of it is ever worked on."""
        grave = self.root / ".venv-discarded"
        shutil.rmtree(grave, ignore_errors=True)
        if self.folder.exists():
            self.folder.rename(grave)
        shutil.rmtree(grave, ignore_errors=True)

    def has_torch(self, version: str) -> bool:
        """Tell whether this version of torch stands there, of whichever build."""
        found = self.folder.glob("lib/python*/site-packages/torch-*.dist-info")
        return any(
            f.name[len("torch-") : -len(".dist-info")].split("+")[0] == version for f in found
        )

    def megabytes(self) -> int:
        """Return what the folder takes on the disk, links counted once."""
        seen = {(s.st_ino, s.st_size) for s in (f.lstat() for f in self.folder.rglob("*"))}
        return round(sum(size for _, size in seen) / 1e6)
