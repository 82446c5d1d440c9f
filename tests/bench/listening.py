"""What listening costs: feeds stored, feeds that did not change, memory; beside a plain loop.

The peer is what one would write first: ``feedparser.parse`` of each address in turn, one ORM row
and one commit for each new post, the ETag kept.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from config.clock import FixedClock, rfc3339
from config.database import transaction
from config.ground import Ground
from config.http_client import PoliteClient
from listener.crawl import crawl_due
from listener.platforms.feed_following import READER
from listener.reading.parsing import shared_workers
from listener.store import sources
from listener.tables import SourceState
from tests.bench.figures import ROOT, Figure, Row
from tests.bench.soak import client_to, crowd, installation, watch_blogs
from tests.places.crowd import Crowd, written

UNTIL = datetime(2026, 5, 12, 12, tzinfo=UTC)
SINCE = UNTIL - timedelta(hours=3)
NOW = FixedClock(UNTIL + timedelta(minutes=1))
FEEDS, MANY = 100, 5_000
PEER = "feedparser.parse, one ORM row and commit a post"


class Base(DeclarativeBase):
    """The peer's own tables."""


class PlainPost(Base):
    """What the peer stores."""

    __tablename__ = "post"

    id: Mapped[int] = mapped_column(primary_key=True)
    guid: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    published: Mapped[str]


@dataclass
class Ours:
    """The crawl pass over some blogs."""

    ground: Ground
    client: PoliteClient

    @classmethod
    def in_folder(cls, folder: Path, port: int, blogs: int) -> "Ours":
        """Begin anew in an empty folder."""
        ground = installation(folder, NOW)
        watch_blogs(ground, port, blogs)
        return cls(ground, client_to(port))

    def look(self) -> None:
        """Look at every blog once."""
        crawl_due(self.ground, self.client, everything=True)


@dataclass
class Plain:
    """The plain loop over the same blogs."""

    folder: Path
    port: int
    blogs: int
    etags: dict[int, str] = field(default_factory=dict)

    def look(self) -> None:
        """Look at every blog once."""
        engine = create_engine(f"sqlite:///{self.folder}/plain.db")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            for blog in range(self.blogs):
                self._look(session, blog)
        engine.dispose()

    def _look(self, session: Session, blog: int) -> None:
        parsed: Any = feedparser.parse(
            f"http://127.0.0.1:{self.port}/feed",
            etag=self.etags.get(blog),
            request_headers={"Host": f"blog{blog}.example"},
        )
        self.etags[blog] = parsed.get("etag") or self.etags.get(blog, "")
        for entry in parsed.entries:
            known = select(PlainPost.id).where(PlainPost.guid == entry.id)
            if session.scalars(known).first() is None:
                session.add(
                    PlainPost(
                        guid=entry.id,
                        title=entry.title,
                        text=entry.summary,
                        author=entry.get("author", ""),
                        published=entry.published,
                    )
                )
                session.commit()


def _cpu_s() -> float:
    """Return processor seconds of this process and of the workers that take answers apart."""
    ticks = 0
    for pid in shared_workers().running():
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _measured(act: Callable[[], None]) -> tuple[float, float]:
    """Return the seconds and the processor seconds of an act."""
    began, cpu = time.monotonic(), _cpu_s()
    act()
    return time.monotonic() - began, _cpu_s() - cpu


def _looks(rounds: int) -> list[Figure]:
    """Measure the first look at each feed and then the looks at the same feeds unchanged."""
    posts = sum(len(written(blog, SINCE, UNTIL)) for blog in range(FEEDS))
    first: list[tuple[tuple[float, float], tuple[float, float]]] = []
    again: list[tuple[float, float]] = []
    with crowd(rfc3339(NOW.at), SINCE, UNTIL) as place:
        for number in range(rounds + 1):  # the first one loads what is loaded once
            with tempfile.TemporaryDirectory() as folder:
                ours = Ours.in_folder(Path(folder), place.port, FEEDS)
                plain = Plain(Path(folder), place.port, FEEDS)
                measured = (_measured(ours.look), _measured(plain.look))
                unchanged = (_measured(ours.look)[1], _measured(plain.look)[1])
                ours.ground.engine.dispose()
            if number:
                first.append(measured)
                again.append(unchanged)
    return [
        _faster("feeds stored", [(FEEDS / a[0], FEEDS / b[0]) for a, b in first], "a second"),
        _faster("posts stored", [(posts / a[0], posts / b[0]) for a, b in first], "a second"),
        _faster("posts stored", [(posts / a[1], posts / b[1]) for a, b in first], "per CPU second"),
        _cheaper("an unchanged feed", [(1e3 * a / FEEDS, 1e3 * b / FEEDS) for a, b in again]),
    ]


def _faster(what: str, pairs: list[tuple[float, float]], unit: str) -> Figure:
    ours, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Figure(what, ours, unit, peer, statistics.median(a / b for a, b in pairs), PEER)


def _cheaper(what: str, pairs: list[tuple[float, float]]) -> Figure:
    ours, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    return Figure(what, ours, "ms CPU", peer, ratio, PEER)


def _memory(_rounds: int) -> list[Figure]:
    """Measure the memory of a process of its own that looks at very many unchanged feeds."""
    with crowd(rfc3339(NOW.at), SINCE, UNTIL) as place:
        ours, peer = (_peak_mb(who, place.port) for who in ("ours", "plain"))
    return [Figure(f"memory at {MANY:,} sources", ours, "MB", peer, peer / ours, PEER)]


def _peak_mb(who: str, port: int) -> float:
    command = [sys.executable, "-m", "tests.bench.listening", who, str(port)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return float(said.stdout.splitlines()[-1])


def _look_at_many(who: str, port: int) -> None:
    """Look once at many feeds that are as they were, and print the peak of our memory in MB."""
    place = Crowd(NOW, SINCE, UNTIL)
    etags = {blog: place.feed(blog).headers["ETag"] for blog in range(MANY)}
    with tempfile.TemporaryDirectory() as folder:
        if who == "plain":
            Plain(Path(folder), port, MANY, etags).look()
        else:
            ours = Ours.in_folder(Path(folder), port, MANY)
            _remember(ours.ground, etags)
            ours.look()
            ours.ground.engine.dispose()
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"{peak_kb / 1e3:.1f}\n")


def _remember(ground: Ground, etags: dict[int, str]) -> None:
    """Write what an earlier look would have left in the rows."""
    with transaction(ground.engine) as session:
        for row in sources(session):
            row.state, row.posts_seen, row.first_heard_at = SourceState.OK, True, SINCE
            row.last_new_at = SINCE
            row.cursor = {
                "etag": etags[int(row.name.removeprefix("blog"))],
                "full_at": NOW.at.isoformat(),
                "reader": READER,
                "digest": "0" * 64,
                "anchors": [f"{number:012}" for number in range(30)],
            }


ROWS = (Row("listening", _looks), Row("listening memory", _memory))


if __name__ == "__main__":
    _look_at_many(sys.argv[1], int(sys.argv[2]))
