"""Remakes the pictures of what commands print: `python -m tests.pictures`.

The commands run in a terminal of their own over places of every kind of fare; what they print there
is drawn as it stands. Look at each of them before you commit it.
"""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from config.clock import SystemClock
from config.database import make_engine, transaction
from config.tables import Beat
from listener import store
from listener.sources.base import Loss
from listener.tables import Post, Source, SourceState
from responders.passes import PASSES
from tests.reference import ROOT
from tests.responders.commands.line import make_workspace

FOLDER = ROOT / "docs" / "pictures"
COMMANDS = {"status": ("status",), "source-list": ("source", "list")}
COLUMNS, LINES = 132, 60
FONT = re.compile(r"@font-face\s*\{.*?\}\s*", re.DOTALL)
"""rich's template fetches its font from another site; any fixed font of the reader's will do."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def main() -> None:
    """Make all of them."""
    with tempfile.TemporaryDirectory(prefix="groundswell-") as folder:
        url = f"sqlite:///{folder}/groundswell.db"
        make_workspace(Path(folder), url, "Fernsync")
        _watch(url)
        for name, words in COMMANDS.items():
            drawn = _drawn(words, _printed(words, folder))
            (FOLDER / f"{name}.svg").write_text(drawn, encoding="utf-8")


def _watch(url: str) -> None:
    now, rows = SystemClock().now(), _places()
    engine = make_engine(url)
    with transaction(engine) as session:
        session.add_all(rows)
        session.flush()
        for row in rows:
            _write(session, row, silent=row.name == "reviews")
        gap = Loss("more than 1,000 posts since the last look")
        store.add_gap(session, rows[5].id or 0, gap, now=now - 2 * HOUR)
        session.add_all(Beat(name=one.name, at=now, done=1) for one in PASSES)
    engine.dispose()


def _places() -> list[Source]:
    """Return places in the states that the docs show."""
    now = SystemClock().now()
    well: dict[str, Any] = {
        "state": SourceState.OK, "posts_seen": True, "first_heard_at": now - 30 * DAY,
        "requests_day": now.replace(hour=0, minute=0, second=0, microsecond=0),
    }  # fmt: skip
    failing = well | {"failing_since": now - 8 * HOUR, "failures": 7}
    return [
        _source("forum", "discourse", well, heard=3, due=2, requests=212),
        _source("blog", "wordpress", well, heard=11, due=19, requests=64),
        _source("tracker", "github", well, heard=4, due=6, requests=97),
        _source("news", "feed", well | {"took_s": 14.2}, heard=9, due=6, requests=48),
        _source("reviews", "feed", well, heard=6, due=24, requests=51),
        _source("r-fernsync", "reddit", well, heard=5, due=5, requests=130),
        _source(
            "members", "feed",
            failing | {
                "state": SourceState.NEEDS_LOGIN,
                "reason": "https://members.example.org/feed answers 401: it asks for a log-in",
            },
            heard=490, due=320, requests=9,
        ),
        _source(
            "mastodon", "mastodon",
            failing | {
                "state": SourceState.RATE_LIMITED, "failing_since": now, "failures": 1,
                "reason": "social.example gives no more answers for now: we wait the 240 s it "
                "asks for",
            },
            heard=7, due=4, requests=300,
        ),
    ]  # fmt: skip


def _source(
    name: str, kind: str, given: dict[str, Any], *, heard: int, due: int, requests: int
) -> Source:
    now = SystemClock().now()
    return Source(
        product_id=1,
        name=name,
        kind=kind,
        url=f"https://{name}.example.org",
        created_at=now - 30 * DAY,
        last_heard_at=now - heard * MINUTE,
        next_due_at=now + due * MINUTE,
        requests=requests,
        **given,
    )


def _write(session: Any, source: Source, *, silent: bool) -> None:
    """Write posts of a place: one each seven hours, up to today or up to five days ago."""
    now = SystemClock().now()
    for number in range(40):
        at = now - number * 7 * HOUR - (5 * DAY if silent else timedelta())
        session.add(
            Post(
                product_id=1,
                source_id=source.id or 0,
                identity=str(number),
                remote_id=str(number),
                published_at=at,
                seen_at=at,
                lang="en",
                backfill=at < now - DAY,
                content_hash=str(number),
            )
        )


def _printed(words: tuple[str, ...], folder: str) -> str:
    """Return what a command prints to a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    command = [sys.executable, "-m", "responders.cli", *words]
    command += ["--config", f"{folder}/groundswell.toml"]
    environ = {**os.environ, "TERM": "xterm-256color"}
    subprocess.run(command, check=True, stdout=theirs, stderr=theirs, cwd=ROOT, env=environ)
    os.close(theirs)
    told = b""
    try:
        while piece := os.read(ours, 65_536):
            told += piece
    except OSError:  # how a terminal says that it is over
        pass
    os.close(ours)
    return told.decode().replace("\r\n", "\n")


def _drawn(words: tuple[str, ...], printed: str) -> str:
    console = Console(
        width=COLUMNS,
        record=True,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    shown = " ".join(words)
    console.print(Text(f"$ groundswell {shown}", style="bold"))
    console.print(Text.from_ansi(printed.rstrip()))
    drawn = console.export_svg(title=f"groundswell {shown}", unique_id=words[-1])
    return FONT.sub("", drawn)


if __name__ == "__main__":
    main()
