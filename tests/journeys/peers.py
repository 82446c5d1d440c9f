"""Real software to listen to and to answer: a WordPress and an isso on free ports.

They come from recipes that stand beside the repository; where those or WordPress are missing the
test is skipped and says so.
"""

import json
import os
import shutil
import socket
import subprocess
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from responders.delivery.likeness import text_of
from tests.reference import ROOT

PEERS = ROOT.parent / "shared" / "peers"


class Comment:
    """Writes comments under the newest article, through WordPress's own interface."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
        self._login = b64encode(f"admin:{password}".encode()).decode()
        article = self._post("posts", {"title": "Version 5.2", "status": "publish"})
        self._article, self.article_url = article["id"], str(article["link"])
        self.article_number = int(article["id"])

    def __call__(self, name: str, text: str) -> int:
        """Comment as a reader; return the comment's number."""
        body = {"post": self._article, "author_name": name, "content": text}
        made = self._post("comments", {**body, "author_email": f"{len(name)}@example.invalid"})
        return int(made["id"])

    def publish(self, title: str, *, ago: timedelta | None = None) -> None:
        """Write an article, now or as if some time ago."""
        words = {"title": title, "content": f"Words of {title}", "status": "publish"}
        if ago:
            words["date_gmt"] = f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M:%S}"
        self._post("posts", words)

    def date_back(self, ago: timedelta) -> None:
        """Let the first two articles, its own and ours, be older than all others."""
        at = f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M:%S}"
        for article in (1, self._article):
            self._post(f"posts/{article}", {"date_gmt": at})

    def answer(self, number: int, name: str, text: str) -> int:
        """Answer a comment as a reader; return the answer's number."""
        body = {"post": self._article, "parent": number, "author_name": name, "content": text}
        made = self._post("comments", {**body, "author_email": f"{name}@example.invalid"})
        return int(made["id"])

    def delete(self, number: int) -> None:
        """Take a comment away for good."""
        self._post(f"comments/{number}?force=true", {}, method="DELETE")

    def edit(self, number: int, text: str) -> None:
        """Change a comment."""
        self._post(f"comments/{number}", {"content": text})

    def hold(self, number: int) -> None:
        """Take a comment out of sight, as a moderator does."""
        self._post(f"comments/{number}", {"status": "hold"})

    def texts(self) -> list[str]:
        """Return what the comments under the article read."""
        url = f"{self.url}/wp-json/wp/v2/comments?post={self._article}&per_page=100"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return [text_of(one["content"]["rendered"]) for one in json.load(answer)]

    def _post(self, what: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        headers = {"Authorization": f"Basic {self._login}"}
        return posted(f"{self.url}/wp-json/wp/v2/{what}", body, headers, method=method)


@contextmanager
def wordpress(folder: Path) -> Iterator[Comment]:
    """A real WordPress on a free port."""
    if shutil.which("php") is None or not Path("/usr/share/wordpress").exists():
        pytest.skip("WordPress is not installed on this machine")
    port = free_port()
    with recipe("wordpress", folder, PORT=port):
        password = (folder / "app_password").read_text(encoding="utf-8").strip()
        yield Comment(f"http://127.0.0.1:{port}", password)


@contextmanager
def isso(folder: Path) -> Iterator[tuple[Callable[[str, str], None], str]]:
    """A real isso on a free port: how to comment, and its feed."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    def write(name: str, text: str) -> None:
        posted(f"{url}/new?uri=%2Fpost1", {"text": text, "author": name}, {})

    with recipe("isso", folder, PORT=port, PAGE_PORT=free_port()):
        write("dee", "Nice write-up, thanks.")
        yield write, f"{url}/feed?uri=%2Fpost1"


def said_at_isso(root: str, text: str, *, parent: int | None = None) -> tuple[int, str]:
    """Comment at an isso; return the comment's number, and the cookie of who wrote it."""
    body = json.dumps({"text": text, "author": "ann", "parent": parent}).encode()
    asked = urllib.request.Request(
        f"{root}/new?uri=%2Fpost1", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return int(json.load(answer)["id"]), answer.headers["Set-Cookie"].partition(";")[0]


def change_at_isso(root: str, mine: tuple[int, str], method: str, body: dict[str, Any]) -> None:
    """Change or delete a comment at an isso as its author."""
    posted(f"{root}/id/{mine[0]}", body, {"Cookie": mine[1]}, method=method)


@contextmanager
def recipe(name: str, folder: Path, **ports: int) -> Iterator[None]:
    """Bring a peer up by its recipe, and down for certain."""
    place = PEERS / name
    if not place.is_dir():
        pytest.skip(f"the recipe of {name} does not stand beside this repository")
    environ = {**os.environ, "RUN": str(folder), **{key: str(p) for key, p in ports.items()}}
    try:
        subprocess.run(
            ["bash", str(place / "up.sh")],
            env=environ,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        yield
    finally:
        subprocess.run(
            ["bash", str(place / "down.sh")], env=environ, check=False, stdout=subprocess.DEVNULL
        )


def posted(
    url: str, body: dict[str, Any], headers: dict[str, str], *, method: str = "POST"
) -> dict[str, Any]:
    """Send JSON and return the JSON that came back."""
    told = {"Content-Type": "application/json", **headers}
    asked = urllib.request.Request(url, json.dumps(body).encode(), told, method=method)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
