"""How long an alert takes: from posts in the store to a message that Discord accepted.

The service runs as people run it, both processes, with the packaged model; the Discord is the small
one on loopback. Each round brings eight people with a problem of its own. What is measured is from
the commit of their posts to the message; the service is not told that they came.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.ground import Ground
from listener.intake.importing import store_posts
from listener.sources.base import RawPost
from responders.workspace import open_ground
from tests.bench.figures import ROOT, Figure, Row
from tests.places.discord import Discord
from tests.places.discord_clicks import CHANNEL, TOKEN

PROBLEMS = (
    "saved routes vanish from the watch", "the password reset mail never arrives",
    "I was charged twice for the yearly plan", "heart rate is stuck at 60 during runs",
    "GPX export gives an empty file", "photos are uploaded upside down",
    "voice guidance stays silent", "offline maps are gone after a restart",
    "the battery drains overnight", "the widget shows yesterday's steps",
    "friend requests disappear", "elevation is wrong by 300 metres",
    "bluetooth pairing fails on the new phone", "the calendar shows every event twice",
    "dark mode makes labels unreadable", "login loops back to the start page",
    "swim laps are counted double", "the coach chat will not open",
    "weather shows another city", "the leaderboard is empty", "invoices have no VAT number",
    "the timer stops when the screen locks", "subtitles run ahead of the video",
    "search finds nothing since noon",
)  # fmt: skip
SAID = (
    "Since today {0}. Anyone else?", "Same here: {0}, every time.", "Help, {0} and I need it.",
    "{0} for me too, on two devices.", "Can confirm, {0}.", "Why is it that {0}? It worked before.",
    "My whole team says {0}.", "Reinstalled, still {0}.",
)  # fmt: skip
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
PATIENCE_S = 600.0
"""The service loads its model before the first alert."""
GOAL_S = 2.0


def _latency(rounds: int) -> list[Figure]:
    """Measure rounds of alerts, a first one uncounted; four for each round of the bench."""
    wanted = min(4 * rounds, len(PROBLEMS) - 1)
    with tempfile.TemporaryDirectory() as folder, Discord() as place:
        _init(Path(folder), place)
        with _running(Path(folder)):
            ground = open_ground(Path(folder) / "groundswell.toml")
            took = [_one(ground, place, problem) for problem in PROBLEMS[: wanted + 1]][1:]
            ground.engine.dispose()
    told = f"s, {len(took)} alerts, load {os.getloadavg()[0]:.1f}"
    cuts = statistics.quantiles(took, n=20, method="inclusive")
    return [
        Figure("alert: stored to accepted, p50", statistics.median(took), told),
        Figure("alert: stored to accepted, p95", cuts[-1], told, GOAL_S, None, "the goal"),
    ]


def _init(folder: Path, place: Discord) -> None:
    _groundswell("init", str(folder))
    text = SETTINGS.format(
        token=TOKEN, channel=CHANNEL, api=place.api_url, gateway=place.gateway.url
    )
    file = folder / "groundswell.toml"
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    _bring_history(folder)


def _bring_history(folder: Path) -> None:
    """Bring what people said on the days before: without it nothing is unusual."""
    now = datetime.now(UTC)
    told = (ROOT / "data" / "demo" / "history_a.jsonl").read_text("utf-8").splitlines()
    lines = [
        json.dumps(
            {
                "id": post["id"],
                "ts": (now - timedelta(days=2, hours=number)).isoformat(),
                "text": post["text"],
                "author": post["author"],
            }
        )
        for number, post in enumerate(map(json.loads, told))
    ]
    file = folder / "history.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    _groundswell("--config", str(folder / "groundswell.toml"), "post", "import", str(file))


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


def _one(ground: Ground, place: Discord, problem: str) -> float:
    """Let eight people tell of a problem; return the seconds until its alert stood in Discord."""
    before = len(place.messages[CHANNEL])
    raws = [
        RawPost("", said.format(problem), is_html=False, author_id=f"{problem}{number}")
        for number, said in enumerate(SAID)
    ]
    store_posts(ground, raws, source="bench", product=None, live=True)
    began = time.monotonic()
    with place.changed:
        came = place.changed.wait_for(lambda: len(place.messages[CHANNEL]) > before, PATIENCE_S)
    assert came, f"no alert of: {problem}"
    return time.monotonic() - began


ROWS = (Row("alerts", _latency),)
