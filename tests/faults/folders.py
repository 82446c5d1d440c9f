"""What an installation leaves in its folder besides the store: what was printed, and the page."""

import shutil
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, bytes]
PAGE, PRINTED, LOG = "page", "terminal.txt", "log.txt"


def read(folder: Path) -> Files:
    """Return what was printed and every file of the page."""
    files = [folder / PRINTED, *(folder / PAGE).rglob("*")]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files if file.is_file()}


def put_back(folder: Path, files: Files) -> None:
    """Let the folder hold that again, and an empty log."""
    shutil.rmtree(folder / PAGE, ignore_errors=True)
    (folder / LOG).unlink(missing_ok=True)
    for path, content in {PRINTED: b"", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def pages_differ(found: Files, expected: Files) -> list[str]:
    """Say which files of the page are not as they should be."""
    names = sorted(name for name in {*found, *expected} if name.startswith(PAGE))
    wrong = [name for name in names if found.get(name) != expected.get(name)]
    return [f"files of the page differ: {', '.join(wrong)}"] if wrong else []
