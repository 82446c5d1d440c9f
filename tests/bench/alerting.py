"""How long an alert takes: from posts in the store to a message that Discord accepted.

The service runs as people run it, both processes, with the packaged model; the Discord is the small
one on loopback. Each round brings a dozen people with a problem of its own. What is measured is
from the commit of their posts to the message; the service is not told that they came.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from classifiers.tables import Membership
from config.database import reading
from config.ground import Ground
from listener.intake.importing import store_posts
from listener.sources.base import RawPost
from listener.tables import Post
from responders.workspace import open_ground
from tests.bench.figures import ROOT, Figure, Row
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL, TOKEN

BURSTS = (
    "bank/wallet-card-gone", "photos/share-forbidden", "wiki/ldap-lockout", "corsairs/voice-silent",
    "podcasts/feeds-down", "ebike/unlock-app", "thermostat/offline-firmware-3.4", "bank/login-code",
    "photos/upload-stalled", "wiki/search-empty", "corsairs/queue-down", "podcasts/position-lost",
    "ebike/motor-wet", "thermostat/heating-stuck-on", "bank/charged-twice", "photos/doubles",
    "wiki/migration-fails", "corsairs/save-rollback", "podcasts/stops-30s-cast",
    "ebike/false-alarm", "thermostat/schedule-hour-off", "bank/pump-hold", "photos/faces-mixed",
    "wiki/pictures-eaten", "corsairs/pass-points", "ebike/range-firmware",
)  # fmt: skip
"""Labelled problems of data/gold: what people really write of one problem. Texts made up that
differ by few words are one problem to the detector. Each is of a product of its own with the
history of its stream, so that no other one explains it."""
PEOPLE, HISTORY = 12, 60
BETWEEN_S = 2.0
"""Between an alert and the next burst: else the drafts of one are measured with the other."""
SETTINGS = """
[discord]
token = "{token}"
channel_id = {channel}
api_url = "{api}"
gateway_url = "{gateway}"

[oncall]
storm_alerts = 1000

[terminal]
enabled = false
"""
LOADING_S, PATIENCE_S, IN_ALL_S = 90.0, 10.0, 100.0
"""Until the model is loaded and the first alert is out; for each other alert; for all of them. A
problem that nothing notices is not waited for any longer: it is counted, not measured."""
GOAL_S = 2.0


def _latency(rounds: int) -> list[Figure]:
    """Measure rounds of alerts, a first one uncounted; four for each round of the bench."""
    wanted = BURSTS[: 4 * rounds + 1]
    with tempfile.TemporaryDirectory() as folder, Discord() as place:
        _init(Path(folder), place, wanted)
        ground = open_ground(Path(folder) / "groundswell.toml")
        _bring_history(ground, wanted)
        with _running(Path(folder)):
            _wait_until_judged(ground)
            _one(ground, place, wanted[0], patience_s=LOADING_S)
            until = time.monotonic() + IN_ALL_S
            took = [
                _one(ground, place, burst, patience_s=PATIENCE_S)
                for burst in wanted[1:]
                if time.monotonic() < until
            ]
        ground.engine.dispose()
    return _figures(took)


def _wait_until_judged(ground: Ground) -> None:
    """Wait until the model is loaded and the history is behind: that is no part of an alert."""
    until, never = time.monotonic() + LOADING_S, threading.Event()
    query = (
        select(func.count())
        .select_from(Post)
        .join(Membership, col(Membership.post_id) == col(Post.id), isouter=True)
    )
    while time.monotonic() < until:
        with reading(ground.engine) as session:
            if not session.exec(query.where(col(Membership.post_id).is_(None))).one():
                return
        never.wait(0.5)


def _figures(took: Sequence[float | None]) -> list[Figure]:
    alerts = [seconds for seconds in took if seconds is not None]
    told = f"s, {len(alerts)} alerts of {len(took)} bursts, load {os.getloadavg()[0]:.1f}"
    if len(alerts) < 2:
        return [Figure("alert: stored to accepted", None, told)]
    cuts = statistics.quantiles(alerts, n=20, method="inclusive")
    return [
        Figure("alert: stored to accepted, p50", statistics.median(alerts), told),
        Figure("alert: stored to accepted, p95", cuts[-1], told, GOAL_S, None, "the goal"),
    ]


def _init(folder: Path, place: Discord, bursts: Sequence[str]) -> None:
    _groundswell("init", str(folder))
    text = SETTINGS.format(
        token=TOKEN, channel=CHANNEL, api=place.api_url, gateway=place.gateway.url
    )
    file = folder / "groundswell.toml"
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    declared = "".join(f'[[product]]\nname = "{burst}"\n' for burst in bursts)
    (folder / "products.toml").write_text(declared, encoding="utf-8")
    _groundswell("--config", str(file), "apply", str(folder / "products.toml"))


def _bring_history(ground: Ground, bursts: Sequence[str]) -> None:
    """Store what people said on the days before: without it nothing is unusual."""
    now = datetime.now(UTC)
    for burst in bursts:
        said = [post for post, label in _gold(burst.split("/")[0]) if label is None][:HISTORY]
        raws = [
            RawPost(
                post["id"], post["text"], is_html=False, author_id=post.get("author"),
                published_at=now - timedelta(days=2, hours=number),
            )
            for number, post in enumerate(said)
        ]  # fmt: skip
        store_posts(ground, raws, source=f"past {burst}", product=burst, live=False)


def _gold(name: str) -> list[tuple[dict[str, str], str | None]]:
    """Return a labelled stream: each post, and of which burst it is a part."""
    folder = ROOT / "data" / "gold"
    gold = map(json.loads, (folder / f"{name}.gold.jsonl").read_text("utf-8").splitlines())
    labels = {row["id"]: row["label"] if row["burst"] else None for row in gold}
    posts = map(json.loads, (folder / f"{name}.jsonl").read_text("utf-8").splitlines())
    return [(post, labels[post["id"]]) for post in posts]


def _groundswell(*words: str) -> None:
    command = [sys.executable, "-m", "responders.cli", *words]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True, stdin=subprocess.DEVNULL)


@contextmanager
def _running(folder: Path) -> Iterator[None]:
    """Run the service; it is gone afterwards however it ends."""
    config = str(folder / "groundswell.toml")
    command = [sys.executable, "-m", "responders.cli", "--config", config, "run", "--port", "0"]
    with (
        (folder / "log.jsonl").open("w") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith(b"ready ")
            yield
        finally:
            process.terminate()


def _one(ground: Ground, place: Discord, burst: str, *, patience_s: float) -> float | None:
    """Let people tell of a problem; return the seconds until its card stood in Discord.

    None: nothing was noticed within the patience.
    """
    threading.Event().wait(BETWEEN_S)
    before = _cards(place)
    raws = [
        RawPost("", text, is_html=False, author_id=f"{burst}{number}")
        for number, text in enumerate(_texts(burst))
    ]
    store_posts(ground, raws, source=burst, product=burst, live=True)
    began = time.monotonic()
    with place.changed:
        came = place.changed.wait_for(lambda: _cards(place) > before, patience_s)
    return time.monotonic() - began if came else None


def _cards(place: Discord) -> int:
    """Count the cards: each is of another issue, while lines below them are of one that has its."""
    return sum(bool(message.get("components")) for message in place.messages[CHANNEL])


def _texts(burst: str) -> list[str]:
    """Return what the first people said of a labelled problem."""
    name, wanted = burst.split("/")
    return [post["text"] for post, label in _gold(name) if label == wanted][:PEOPLE]


ROWS = (Row("alerts", _latency),)
