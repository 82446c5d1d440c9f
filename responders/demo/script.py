"""The script of the incident day: who wrote what, where and when.

Pure, so that it can be reasoned about: what a place shows is a function of script and moment.

The texts stand in data/demo (see data/README.md). Labels are kept apart from the posts, because
nothing that is shown to the detector may know them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from config.clock import parse_time
from config.errors import GroundswellError

DAY_START: Final = datetime(2026, 5, 12, 7, 0, tzinfo=UTC)
DAY_END: Final = datetime(2026, 5, 12, 15, 0, tzinfo=UTC)

Place = Literal["community", "blog", "gripes"]
PLACES: Final[tuple[Place, ...]] = ("community", "blog", "gripes")

FOLDER: Final = Path(__file__).resolve().parents[2] / "data" / "demo"
FIRST_NUMBER: Final = 101
"""Real places are not new: their first numbers are long gone."""


@dataclass(frozen=True)
class Post:
    """One post of the script, as its place knows it."""

    id: str
    """Its name in the files."""
    number: int
    """Its number in the place; grows with time."""
    place: Place
    at: datetime
    thread: str
    """The thread's name in addresses."""
    thread_number: int
    position: int
    """1 for the post that opens the thread."""
    title: str
    """The thread's title."""
    author: str
    role: str | None
    lang: str
    text: str
    answers: int | None
    """The position of the post that this one answers."""


@dataclass(frozen=True)
class Script:
    """All posts, oldest first."""

    posts: tuple[Post, ...]
    labels: Mapping[str, str]
    """What a post is about, by its id, as we know it; only for scoring."""

    def of(self, place: Place, *, until: datetime) -> tuple[Post, ...]:
        """Return what stands in a place at a moment, oldest first."""
        return tuple(post for post in self.posts if post.place == place and post.at <= until)


@cache
def read_script(folder: Path = FOLDER) -> Script:
    """Read the files of the demo.

    Raises:
        GroundswellError: the files are not there; the demo runs from a checkout only.
    """
    rows = [row for file in sorted(folder.glob("*.jsonl")) for row in _rows(file)]
    if not rows:
        raise GroundswellError(
            f"the demo's texts are not in {folder}; run the demo from a checkout of Groundswell"
        )
    rows.sort(key=lambda row: (parse_time(row["at"]), row["id"]))
    labels = {row["id"]: row["label"] for row in rows if row.get("label")}
    return Script(posts=tuple(_numbered(rows)), labels=labels)


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _numbered(rows: Sequence[Mapping[str, Any]]) -> Iterator[Post]:
    """Give posts and threads the numbers that their places would have given them."""
    threads: dict[tuple[str, str], list[str]] = {}
    titles: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        key = (row["place"], row["thread"])
        members = threads.setdefault(key, [])
        members.append(row["id"])
        titles.setdefault(key, row.get("title") or row["thread"])
        numbers[row["place"]] = numbers.get(row["place"], FIRST_NUMBER - 1) + 1
        answered = row.get("reply_to")
        yield Post(
            id=row["id"],
            number=numbers[row["place"]],
            place=row["place"],
            at=parse_time(row["at"]),
            thread=row["thread"],
            thread_number=list(threads).index(key) + 1,
            position=len(members),
            title=titles[key],
            author=row["author"],
            role=row.get("role"),
            lang=row["lang"],
            text=row["text"],
            answers=members.index(answered) + 1 if answered in members else None,
        )
