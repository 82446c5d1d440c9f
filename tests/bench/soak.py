"""The soak: five hundred misbehaving blogs are heard for a while by the crawl as it stands.

The clock of the house runs fast, so that the schedule's own minutes and hours pass in a run that
people wait for; what is asked, parsed and stored is real. At the end every post must be there once.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.table import Table
from sqlmodel import col, select

from config import schema
from config.clock import ENVIRONMENT_KEY, Clock, FixedClock, PacedClock
from config.database import make_engine, reading, transaction
from config.ground import Ground
from config.http_client import HttpKnobs, PoliteClient
from config.keys import make_key
from config.leases import make_holder
from config.settings import load_settings
from listener.crawl import crawl_due
from listener.reading.parsing import shared_workers
from listener.tables import Gap, Post, Product, Source
from responders.workspace import plugin_sections
from tests.places.crowd import BLOGS, PAUSES, written

SPEED = 20.0
"""Seconds of the house in a second; five minutes of the schedule pass in fifteen seconds."""
BEGIN = datetime(2026, 5, 12, 6, 0, tzinfo=UTC)
REST = timedelta(hours=7)
"""Longer than the longest wait after failures, so that at the end every blog is due."""
PATIENCE_S = 0.05
"""What a pass that finds nothing due waits before the next one."""
TICK_S = 5.0


@dataclass(frozen=True)
class Soaked:
    """What came of it."""

    took_s: float
    house: timedelta
    written: int
    missing: Sequence[str]
    doubled: Sequence[str]
    gaps: int
    looks: int
    faults: str
    first_mb: float
    """Resident memory once every blog was heard for the first time."""
    last_mb: float
    waits: Mapping[int, Sequence[float]]
    """Minutes of the house from published to stored, by the minutes between two posts of a blog."""


def soak(machine_s: float, folder: Path, *, blogs: int = BLOGS, speed: float = SPEED) -> Soaked:
    """Hear ``blogs`` blogs for ``machine_s`` seconds, then once more when all answer well."""
    house = timedelta(seconds=machine_s * speed)
    clock = PacedClock(datetime.now(UTC), BEGIN, speed, fast_until=BEGIN + timedelta(days=99))
    until, began = BEGIN + house, time.monotonic()
    with crowd(clock.as_text(), BEGIN, until) as place:
        ground = installation(folder, clock)
        watch_blogs(ground, place.port, blogs)
        client = client_to(place.port)
        looks = len(crawl_due(ground, client, everything=True))
        first_mb = _resident_mb()
        looks += _listen(ground, client, place, until)
        last_mb = _resident_mb()
        at_the_end = replace(ground, clock=FixedClock(max(clock.now(), until) + REST))
        looks += len(crawl_due(at_the_end, client, everything=True))
    shared_workers().close()
    told = [post for blog in range(blogs) for post in written(blog, BEGIN, until)]
    stored = Counter(_rows(ground, select(Post.remote_id)))
    found = Soaked(
        took_s=time.monotonic() - began,
        house=house,
        written=len(told),
        missing=[post.id for post in told if post.id not in stored],
        doubled=[name for name, count in stored.items() if count > 1]
        + sorted(set(stored) - {post.id for post in told}),
        gaps=len(_rows(ground, select(Gap))),
        looks=looks,
        faults=place.faults,
        first_mb=first_mb,
        last_mb=last_mb,
        waits=_waits(ground, until),
    )
    ground.engine.dispose()
    return found


def table(found: Soaked) -> Table:
    """Return how long posts waited to be stored, as it stands in the documents."""
    drawn = Table(box=None, header_style="bold", title_justify="left")
    drawn.title = (
        f"{found.written:,} posts of {BLOGS} places in {found.house / timedelta(hours=1):.1f} h "
        f"of the house ({found.took_s:.0f} s): {len(found.missing)} lost, {len(found.doubled)} "
        f"twice, {found.gaps} gaps; {found.looks:,} looks; memory {found.first_mb:.0f} MB, then "
        f"{found.last_mb:.0f} MB; faults: {found.faults}"
    )
    for column in ("a place with a post each", "posts", "p50 min", "p90 min", "p99 min", "longest"):
        drawn.add_column(column, justify="right")
    for pause, waits in sorted(found.waits.items()):
        if len(waits) > 1:
            cuts = statistics.quantiles(waits, n=100)
            shown = [f"{value:.1f}" for value in (cuts[49], cuts[89], cuts[98], max(waits))]
            drawn.add_row(f"{pause} min", f"{len(waits):,}", *shown)
    return drawn


@dataclass
class Place:
    """The crowd's own process."""

    port: int
    process: subprocess.Popen[str]
    faults: str = ""

    def forget(self) -> None:
        """Let it drop the record of what it was asked."""
        if self.process.stdin is not None:
            self.process.stdin.write("\n")
            self.process.stdin.flush()


@contextmanager
def crowd(clock: str, since: datetime, until: datetime) -> Iterator[Place]:
    """Run the blogs in a process of their own, so that what they cost is not counted as ours."""
    command = [sys.executable, "-m", "tests.places.crowd", since.isoformat(), until.isoformat()]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, ENVIRONMENT_KEY: clock},
    ) as process:
        assert process.stdout is not None
        place = Place(int(process.stdout.readline()), process)
        try:
            yield place
        finally:
            assert process.stdin is not None
            process.stdin.close()
            place.faults = process.stdout.read().strip()


def installation(folder: Path, clock: Clock) -> Ground:
    """Return a fresh installation with the default settings in a folder."""
    environ = {"GROUNDSWELL__DATABASE__URL": f"sqlite:///{folder}/soak.db"}
    file = folder / "groundswell.toml"
    file.write_text("", encoding="utf-8")
    settings = load_settings(file, environ=environ, plugins=plugin_sections())
    engine = make_engine(settings.database_url())
    schema.upgrade(engine)
    key = make_key(folder / "secret.key")
    return Ground(settings=settings, engine=engine, clock=clock, key=key, holder=make_holder())


def client_to(port: int) -> PoliteClient:
    """Return a client for which every name leads to this machine."""
    knobs = HttpKnobs(user_agent="Soak/1", spacing_s=0.0, allow_hosts=(f"127.0.0.1:{port}",))
    return PoliteClient(knobs, resolver=lambda _host, _port: ["127.0.0.1"])


def watch_blogs(ground: Ground, port: int, blogs: int) -> None:
    """Declare a product and its blogs."""
    with transaction(ground.engine) as session:
        session.add(Product(id=1, name="fernsync", created_at=BEGIN))
        session.flush()
        for blog in range(blogs):
            url = f"http://blog{blog}.example:{port}/feed"
            session.add(
                Source(product_id=1, name=f"blog{blog}", kind="feed", url=url, created_at=BEGIN)
            )


def _listen(ground: Ground, client: PoliteClient, place: Place, until: datetime) -> int:
    """Run the pass again and again until the time has come; return how many looks it took."""
    looks, never = 0, threading.Event()
    forgot_at = time.monotonic()
    while ground.clock.now() < until:
        done = len(crawl_due(ground, client))
        looks += done
        if time.monotonic() - forgot_at > TICK_S:
            place.forget()
            forgot_at = time.monotonic()
        if not done:
            never.wait(PATIENCE_S)
    return looks


def _waits(ground: Ground, until: datetime) -> dict[int, list[float]]:
    """Return how long the posts waited that were written after the first look at their blog.

    Those that only the look at the end brought are left out: it came when the run was over.
    """
    query = (
        select(Source.name, Post.published_at, Post.seen_at)
        .join(Post, col(Post.source_id) == col(Source.id))
        .where(col(Post.published_at) > col(Source.first_heard_at), col(Post.seen_at) <= until)
    )
    waits: dict[int, list[float]] = {}
    for name, published_at, seen_at in _rows(ground, query):
        pause = PAUSES[int(name.removeprefix("blog")) % len(PAUSES)]
        waits.setdefault(pause, []).append((seen_at - published_at) / timedelta(minutes=1))
    return waits


def _rows(ground: Ground, query: Any) -> Sequence[Any]:
    with reading(ground.engine) as session:
        return list(session.exec(query).all())


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
