"""`kill -9` at every transaction and request of a sweep over many pages of a platform's interface.

A first look knows a few posts; then more are written than a page holds. The process that fetches
them is killed at each boundary in turn, and the next must end where an undisturbed one does.
"""

import contextlib
import multiprocessing
import re
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from sqlmodel import select

from config.database import make_engine, reading, transaction
from listener.tables import Gap, Post, Product, Source
from tests.faults.sweeping_life import NOON, Look, look
from tests.places.discourse import Forum, forum_post
from tests.places.feeds import FeedPlace, feed_item
from tests.places.github import GithubPlace, comment, issue
from tests.places.mastodon import MastodonPlace, status
from tests.places.web import Script, Web
from tests.places.wordpress import Blog, said, written

KNOWN, WRITTEN = 10, 130
PATIENCE_S = 60.0

_forks = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Platform:
    """A place that is swept, with how it is declared."""

    place: Script
    write: Callable[[range], None]
    path: str
    settings: str = ""
    twice: bool = False
    """It holds two posts of each number."""
    more: int = 0
    """Posts that it holds besides."""


def _mastodon() -> Platform:
    place = MastodonPlace()

    def write(numbers: range) -> None:
        place.statuses += [status(number, f"crash {number}") for number in numbers]

    return Platform(place, write, "/tags/fernsync")


def _github() -> Platform:
    place = GithubPlace()

    def write(numbers: range) -> None:
        place.issues += [issue(number, f"crash {number}") for number in numbers]
        place.comments += [comment(number, f"me too {number}") for number in numbers]

    return Platform(place, write, "/fern/sync", '[github]\napi_url = "{url}"\n', twice=True)


def _feed() -> Platform:
    place = FeedPlace(shown=30, paging="next")

    def write(numbers: range) -> None:
        place.items += [feed_item(number, f"crash {number}") for number in numbers]

    return Platform(place, write, "/feed")


def _feed_onward() -> Platform:
    platform = _feed()
    assert isinstance(platform.place, FeedPlace)
    platform.place.onward = True
    return platform


def _wordpress() -> Platform:
    place = Blog([written(1)])

    def write(numbers: range) -> None:
        place.comments += [said(number, f"crash {number}") for number in numbers]

    return Platform(place, write, "/", more=1)


def _discourse() -> Platform:
    place = Forum(scopes={"/c/help/5": set(range(0, 2_000, 30))})

    def write(numbers: range) -> None:
        place.posts += [
            forum_post(number, f"crash {number}", topic=number // 30 * 30) for number in numbers
        ]

    return Platform(place, write, "/c/help/5")


PLATFORMS = {
    "discourse": _discourse,
    "feed": _feed,
    "feed-onward": _feed_onward,
    "github": _github,
    "mastodon": _mastodon,
    "wordpress": _wordpress,
}


class Bench:
    """One installation whose process is killed and started again."""

    def __init__(self, folder: Path, template: bytes) -> None:
        self.folder = folder
        self.store = folder / "groundswell.db"
        self.store.write_bytes(template)
        self.url = f"sqlite:///{self.store}"
        self._kept: dict[str, bytes] = {}

    def declare(self, kind: str, platform: Platform, web: Web) -> None:
        """Write the settings, and the product with its source."""
        (self.folder / "groundswell.toml").write_text(
            f'[database]\nurl = "{self.url}"\n[http]\nallow_hosts = ["127.0.0.1"]\n'
            f"spacing_s = 0.0\n{platform.settings.format(url=web.url(''))}",
            encoding="utf-8",
        )
        engine = make_engine(self.url)
        with transaction(engine) as session:
            session.add(Product(name="Fernsync", created_at=NOON))
            session.flush()
            where = web.url(platform.path)
            session.add(
                Source(
                    product_id=1, name=kind, kind=kind.partition("-")[0], url=where, created_at=NOON
                )
            )
        engine.dispose()

    def keep(self) -> None:
        """Keep the store's files as they are now."""
        self._kept = {file.name: file.read_bytes() for file in self.folder.glob("*.db*")}

    def go_back(self) -> None:
        """Put back what was kept."""
        for file in self.folder.glob("*.db*"):
            file.unlink()
        for name, content in self._kept.items():
            (self.folder / name).write_bytes(content)

    def run(self, kill_at: int | None = None) -> list[str] | None:
        """Let a process look once; return its boundaries, None if it was killed."""
        ours, theirs = _forks.Pipe()
        process = _forks.Process(target=look, args=(Look(self.folder, kill_at), theirs))
        process.start()
        theirs.close()
        with ours:
            assert wait([ours], PATIENCE_S), "it neither ended nor was killed"
            told: tuple[list[str] | None, list[tuple[str, str, str]]] = (None, [])
            with contextlib.suppress(EOFError):
                told = ours.recv()
        labels, looks = told
        process.join()
        assert process.exitcode in {0, -SIGKILL}
        assert {state for _, state, _ in looks} <= {"ok"}, looks
        return labels

    def found(self) -> dict[str, Any]:
        """Return all that must be the same in the end."""
        engine = make_engine(self.url)
        with reading(engine) as session:
            posts = session.exec(select(Post)).all()
            (source,) = session.exec(select(Source)).all()
            found = {
                "posts": sorted((post.remote_id, post.text, post.revision) for post in posts),
                "history": sorted(post.remote_id for post in posts if post.backfill),
                "cursor": source.cursor,
                "gaps": len(session.exec(select(Gap)).all()),
            }
        engine.dispose()
        return found


@pytest.mark.faults
@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("kind", sorted(PLATFORMS))
def test_a_kill_anywhere_in_a_sweep_of_many_pages_loses_and_doubles_nothing(
    kind: str, tmp_path: Path, sqlite_template: bytes
) -> None:
    platform = PLATFORMS[kind]()
    with Web(platform.place) as web:
        bench = Bench(tmp_path, sqlite_template)
        bench.declare(kind, platform, web)
        platform.write(range(1, 1 + KNOWN))
        bench.run()
        platform.write(range(1 + KNOWN, 1 + KNOWN + WRITTEN))
        bench.keep()
        labels = bench.run()
        expected = bench.found()
        assert labels is not None
        assert len([label for label in labels if "before get" in label]) >= 4, "many pages"
        posts = (KNOWN + WRITTEN) * (2 if platform.twice else 1) + platform.more
        assert len(expected["posts"]) == posts
        assert expected["gaps"] == 0
        chosen = [at for at, label in enumerate(labels) if not label.endswith("commit of lease")]
        wrong = [labels[at] for at in chosen if not _survives(bench, at, expected)]
    assert not wrong, "\n".join(wrong)


def _survives(bench: Bench, kill_at: int, expected: dict[str, Any]) -> bool:
    bench.go_back()
    assert bench.run(kill_at) is None
    bench.run()
    found = bench.found()
    return _settled(found) == _settled(expected)


def _settled(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out of the cursor what only saves a request, and when the last look began."""
    cursor = re.sub(r"\"?'?(?:etag|news_from)'?\"?: '[^']*',? ?", "", str(found["cursor"]))
    return found | {"cursor": cursor}
