"""What was written at the demo's places since the day began, beside the script.

The script is never changed; replies stand between its posts by their time, and every later post
moves one number on, as in a real place. They are kept in a file of the workspace, so that a restart
of the places forgets none: a reply is on the disk before its place says yes.
"""

import json
import os
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from config.clock import parse_time
from config.logs import event_log
from responders.demo.script import DAY_END, PLACES, Place, Post, Script

FILE: Final = "demo-replies.jsonl"

log = event_log(__name__)


@dataclass(frozen=True)
class Reply:
    """One text that somebody wrote into a thread of the script."""

    place: Place
    thread_number: int
    author: str
    text: str
    at: datetime
    answers: int | None = None
    """The position, as the place showed it, of the post that it answers."""


class Replies:
    """All replies, oldest first; one process writes them."""

    def __init__(self, file: Path | None = None) -> None:
        """Read what is there.

        Args:
            file: where they are kept; None forgets them with the process.
        """
        self._file = file
        self._guard = threading.Lock()
        self._all = list(read_replies(file)) if file is not None else []

    def of(self, place: Place) -> tuple[Reply, ...]:
        """Return a place's replies, oldest first."""
        return tuple(reply for reply in self._all if reply.place == place)

    def add(self, reply: Reply) -> Reply:
        """Keep a reply and return it as it stands, never older than the one before it."""
        with self._guard:
            latest = max((known.at for known in self._all), default=reply.at)
            kept = replace(reply, at=max(reply.at, latest))
            if self._file is not None:
                _append(self._file, json.dumps({**asdict(kept), "at": kept.at.isoformat()}))
            self._all.append(kept)
        return kept


def read_replies(file: Path) -> tuple[Reply, ...]:
    """Return the replies of a file, oldest first; none where there is no file.

    The last line may have been cut by a kill before its place said yes: it is left out.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(found for line in lines if (found := _reply(line)) is not None)


def _reply(line: str) -> Reply | None:
    try:
        told: dict[str, Any] = json.loads(line)
        return Reply(**{**told, "at": parse_time(told["at"])})
    except (ValueError, KeyError, TypeError):
        log.warning("reply_unreadable", characters=len(line))
        return None


def _append(file: Path, line: str) -> None:
    """Write a line down for certain; a line before it that was cut stays alone."""
    with file.open("a+b") as book:
        book.seek(0, os.SEEK_END)
        if book.tell():
            book.seek(-1, os.SEEK_END)
            if book.read(1) != b"\n":
                book.write(b"\n")
        book.write(line.encode() + b"\n")
        book.flush()
        os.fsync(book.fileno())


def standing(
    script: Sequence[Post], replies: Sequence[Reply], *, until: datetime
) -> tuple[Post, ...]:
    """Return what stands in a place at a moment, oldest first, numbered as the place would have.

    Args:
        script: the place's posts of the whole day, oldest first.
        replies: the place's replies, oldest first; they stand there whatever the moment is.
        until: the moment. Posts of the script that are written later are left out.
    """
    if not replies:
        return tuple(post for post in script if post.at <= until)
    shown: list[Post] = []
    in_thread: Counter[int] = Counter()
    moved: dict[tuple[int, int], int] = {}
    first = script[0].number if script else 1
    both: list[Post | Reply] = [*script, *replies]
    ordered = sorted(both, key=lambda one: (one.at, isinstance(one, Reply)))
    for number, one in enumerate(ordered, start=first):
        in_thread[one.thread_number] += 1
        position = in_thread[one.thread_number]
        if isinstance(one, Post):
            moved[one.thread_number, one.position] = position
            answers = moved.get((one.thread_number, one.answers or 0))
            shown.append(replace(one, number=number, position=position, answers=answers))
        else:
            shown.append(_as_post(one, shown, number=number, position=position))
    return tuple(post for post in shown if post.at <= until or is_reply(post))


def names(script: Script, replies: Sequence[Reply]) -> Mapping[tuple[str, int], str]:
    """Return the id of every post of the day by its place and the number it has there."""
    return {
        (str(place), post.number): post.id
        for place in PLACES
        for post in standing(
            [post for post in script.posts if post.place == place],
            [reply for reply in replies if reply.place == place],
            until=DAY_END,
        )
    }


def is_reply(post: Post) -> bool:
    """Tell whether a post that stands in a place was written there and is not of the script."""
    return post.id.startswith("reply-")


def _as_post(reply: Reply, before: Sequence[Post], *, number: int, position: int) -> Post:
    # A thread that an edited script no longer has: its replies still hold their numbers.
    known = [post for post in before if post.thread_number == reply.thread_number]
    thread, title = (known[0].thread, known[0].title) if known else ("gone", "")
    return Post(
        id=f"reply-{number}",
        number=number,
        place=reply.place,
        at=reply.at,
        thread=thread,
        thread_number=reply.thread_number,
        position=position,
        title=title,
        author=reply.author,
        role="staff",
        lang="en",
        text=reply.text,
        answers=reply.answers,
    )
