"""Keeps the folders of tests in memory, where the system has a place for that.

SQLite waits for the disk at each commit that must survive a power cut, and a test makes about
twenty such waits. No test cuts the power, and a file in memory outlives a process that is killed.
Whoever names another place (`PYTEST_DEBUG_TEMPROOT` is pytest's own word for it) keeps theirs.
"""

import os
import shutil
from pathlib import Path

PLACE = "PYTEST_DEBUG_TEMPROOT"
MEMORY = Path("/dev/shm")
ROOM = 3 << 30
"""Bytes that must be free: a run keeps less than a third of it, and some keep what failed."""


def work_in_memory() -> None:
    """Let pytest make its folders in memory from now on; the workers beside this one follow."""
    if PLACE not in os.environ and _good(MEMORY):
        os.environ[PLACE] = str(MEMORY)


def _good(folder: Path) -> bool:
    """Whether there is room, and programs may be started from it, as those of a set-up are."""
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return False
    startable = not os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0)
    return startable and shutil.disk_usage(folder).free >= ROOM
