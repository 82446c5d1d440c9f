"""Files written so that a reader finds the old or the new, whole: a temporary file, then a rename.

Apart so that publishing says what there is and this says how it gets to the disk. What already
stands there byte for byte is left alone, so validators and dates of unchanged files stay.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from config.errors import TransientError


class PageUnwritable(TransientError):
    """The page's folder cannot be written; what was published is safe in the store."""


def write_all(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    """Write files in their order; return how many changed.

    A writer that is killed leaves every file old or new. The name of a file's temporary is always
    the same, so the next writer overwrites what a killed one left. One writer at a time.

    Raises:
        PageUnwritable: the folder refuses.
    """
    try:
        return sum([_write(folder / path, content) for path, content in files])
    except OSError as error:
        raise PageUnwritable(_refusal(folder, error.strerror or str(error))) from error


def trouble(folder: Path) -> str | None:
    """Return why a folder cannot be written, with the remedy; None when it can.

    A folder that is not there yet can be written when it can be made.
    """
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if there.is_dir():
        return None if os.access(there, os.W_OK) else _refusal(folder, "permission denied")
    return _refusal(folder, f"{there} is no folder")


def _refusal(folder: Path, reason: str) -> str:
    return (
        f"the page cannot be written to {folder}: {reason}; make the folder writable for the user "
        "that runs Groundswell, or set [page] dir to another one"
    )


def _write(file: Path, content: bytes) -> bool:
    if _stands(file, content):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.tmp")
    with temporary.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    temporary.replace(file)
    return True


def _stands(file: Path, content: bytes) -> bool:
    try:
        return file.stat().st_size == len(content) and file.read_bytes() == content
    except FileNotFoundError:
        return False
