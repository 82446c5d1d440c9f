"""Real software instead of our own places: a WordPress and an isso, heard by their feeds.

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
from sqlmodel import select

from config.database import make_engine, transaction
from listener.minding import store_minding
from listener.tables import Post
from responders.delivery.likeness import text_of
from tests.reference import ROOT
from tests.responders.commands.line import Workspace, make_workspace

PEERS = ROOT.parent / "shared" / "peers"
PASSES = [f"--only={name}" for name in ("crawl", "detect", "respond", "deliver")]

ON_THE_BLOG = (
    ("moss_and_fern", "Every file I save gets a twin called conflicted copy since the update."),
    ("Petra W.", "Same here: conflicted copies of all my documents, and nobody else edits them."),
    ("quarrel", "The new version makes a conflicted copy each time I press save. Stop it please!!"),
    ("old_harbour", "My folder is full of conflicted copy files since this morning's update."),
    ("j.lindqvist", "I count 80 conflicted copies after the update. One computer, one user, me."),
)
ON_THE_USERS_PAGE = (
    ("ann", "update 5.2 duplicates everything, each save leaves a conflicted copy behind"),
    ("bob", "conflicted copies everywhere since the update, windows 11 here"),
    ("cid", "is it only me? every document has a conflicted copy next to it after updating"),
)


@pytest.mark.peers
def test_a_burst_at_a_real_wordpress_and_a_real_isso_is_noticed_with_its_reason(
    tmp_path: Path, sqlite_template: bytes
) -> None:
    (tmp_path / "groundswell.db").write_bytes(sqlite_template)
    groundswell = make_workspace(tmp_path, f"sqlite:///{tmp_path}/groundswell.db", "Fernsync")
    with wordpress(tmp_path / "wp") as comment, isso(tmp_path / "isso") as (write, users_feed):
        teach_what_is_usual(groundswell)
        assert (
            groundswell("source", "add", f"{comment.url}/comments/feed/", "--name", "blog").code
            == 0
        )
        assert groundswell("source", "add", users_feed, "--name", "users").code == 0
        assert groundswell("run", "--once", *PASSES).code == 0
        assert groundswell("issue", "list", "--json").json == []

        for name, text in ON_THE_BLOG:
            comment(name, text)
        for name, text in ON_THE_USERS_PAGE:
            write(name, text)
        said = groundswell("run", "--once", *PASSES)

    assert said.code == 0, said.err
    (issue,) = groundswell("issue", "list", "--json").json
    assert issue["posts"] >= 3
    assert "people" in issue["reason"]
    assert "usual" in issue["reason"]
    assert "onflicted cop" in issue["title"]
    assert all("onflicted cop" in quote["text"] for quote in issue["quotes"])
    assert all(quote["url"].startswith("http://127.0.0.1:") for quote in issue["quotes"])
    assert issue["title"] in said.out + said.err
    drafts = groundswell("draft", "list", "--json").json
    assert drafts
    assert all("onflicted cop" in draft["text"] for draft in drafts)
    assert all(draft["state"] == "pending" for draft in drafts)


@pytest.mark.peers
def test_a_real_wordpress_is_heard_whole_by_its_own_interface(
    tmp_path: Path, sqlite_template: bytes
) -> None:
    (tmp_path / "groundswell.db").write_bytes(sqlite_template)
    groundswell = make_workspace(tmp_path, f"sqlite:///{tmp_path}/groundswell.db", "Fernsync")
    crawl = ("run", "--once", "--only", "crawl")
    with wordpress(tmp_path / "wp") as comment:
        added = groundswell("source", "add", comment.article_url, "--name", "blog", "--json")
        assert (added.json["kind"], added.json["url"]) == ("wordpress", f"{comment.url}/")
        assert "Version 5.2" in added.err
        assert groundswell(*crawl).code == 0

        burst = [comment(f"user{n}", f"Conflicted copy number {n} since today") for n in range(16)]
        assert groundswell(*crawl).code == 0
        assert heard(groundswell, "Conflicted copy") == 16

        for number in range(130):  # a stop: more than one page of them
            comment(f"late{number}", f"Late report number {number} of the same trouble")
        comment.edit(burst[0], "It is fixed for me now")
        comment.hold(burst[1])
        caught_up = groundswell(*crawl)
        assert caught_up.code == 0
        assert heard(groundswell, "Late report") == 130, caught_up.out + caught_up.err
        groundswell("source", "recheck", "blog")
        (edited,) = posts_with(groundswell, "It is fixed for me now")
        assert (edited["remote_id"], edited["revision"]) == (f"comment-{burst[0]}", 2)

        brought = groundswell("post", "add", "--url", comment.article_url, "--json")
        assert brought.json["title"] == "Version 5.2"
        assert brought.json["source"] == "blog"
        total = heard(groundswell, "")
        assert groundswell(*crawl).code == 0
        assert heard(groundswell, "") == total
    threads = {post["thread_url"] for post in posts_with(groundswell, "Late report")}
    assert threads == {comment.article_url}


@pytest.mark.peers
@pytest.mark.parametrize(
    ("order", "apart"),
    [
        pytest.param("", None, id="all in a moment"),
        pytest.param("?order=ASC", timedelta(minutes=1), id="the oldest first"),
    ],
)
def test_the_feed_of_a_real_wordpress_is_read_to_its_end_after_a_stop(
    tmp_path: Path, sqlite_template: bytes, order: str, apart: timedelta | None
) -> None:
    """It shows ten articles a page and names no other page; in ascending order the oldest ten."""
    (tmp_path / "groundswell.db").write_bytes(sqlite_template)
    groundswell = make_workspace(tmp_path, f"sqlite:///{tmp_path}/groundswell.db", "Fernsync")
    crawl = ("run", "--once", "--only", "crawl")
    with wordpress(tmp_path / "wp") as comment:
        comment.date_back(timedelta(days=1))
        for number in range(12):
            comment.publish(f"Early note {number}", ago=apart and (48 - number) * apart)
        feed = f"{comment.url}/feed/{order}"
        added = groundswell("source", "add", feed, "--name", "blog", "--kind", "feed")
        assert added.code == 0, added.err
        assert groundswell(*crawl).code == 0
        assert heard(groundswell, "Early note") == 12

        for number in range(34):
            comment.publish(f"Late note {number}", ago=apart and (36 - number) * apart)
        comment.date_back(timedelta(days=1))  # its feed is not modified by dated articles alone
        assert groundswell(*crawl).code == 0
        assert heard(groundswell, "Late note") == 34
        comment.publish("The very last one")
        assert groundswell(*crawl).code == 0
        assert heard(groundswell, "The very last one") == 1
        total = heard(groundswell, "")
        assert groundswell(*crawl).code == 0
    assert heard(groundswell, "") == total
    assert groundswell("source", "gaps", "blog", "--json").json == []


@pytest.mark.peers
def test_what_people_answer_edit_and_delete_at_a_real_wordpress_is_followed(
    tmp_path: Path, sqlite_template: bytes
) -> None:
    store_url = f"sqlite:///{tmp_path}/groundswell.db"
    (tmp_path / "groundswell.db").write_bytes(sqlite_template)
    groundswell = make_workspace(tmp_path, store_url, "Fernsync")
    crawl = ("run", "--once", "--only", "crawl")
    with wordpress(tmp_path / "wp") as comment:
        assert groundswell("source", "add", comment.article_url, "--name", "blog").code == 0
        asked = comment("ann", "The tray icon is gone since this morning")
        doomed = comment("bob", "I regret that I ever wrote this here")
        stays = comment("cid", "The icon is where it always was for me")
        assert groundswell(*crawl).code == 0

        answer = comment.answer(asked, "dee", "Try to pin it to the bar anew")
        comment.edit(stays, "The icon is gone here too, I looked again")
        comment.delete(doomed)
        watch_all(store_url)
        later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
        assert groundswell(*crawl, "--now", later).code == 0

    posts = {post["remote_id"]: post for post in posts_with(groundswell, "")}
    assert posts[f"comment-{answer}"]["thread_url"] == comment.article_url
    assert posts[f"comment-{stays}"]["text"] == "The icon is gone here too, I looked again"
    assert posts[f"comment-{stays}"]["revision"] == 2
    assert not posts[f"comment-{asked}"]["erased"]
    erased = [post for post in posts.values() if post["erased"]]
    assert [(post["text"], post["author"]) for post in erased] == [("", None)]
    assert heard(groundswell, "I regret") == 0


@pytest.mark.peers
def test_what_people_edit_answer_and_delete_at_a_real_isso_is_followed_as_far_as_its_feed_tells(
    tmp_path: Path, sqlite_template: bytes
) -> None:
    """It knows no deletions: what went from it stays here until somebody erases it."""
    (tmp_path / "groundswell.db").write_bytes(sqlite_template)
    groundswell = make_workspace(tmp_path, f"sqlite:///{tmp_path}/groundswell.db", "Fernsync")
    crawl = ("run", "--once", "--only", "crawl")
    with isso(tmp_path / "isso") as (_, feed):
        root = feed.partition("/feed")[0]
        stays = said_at_isso(root, "The export stops at page three")
        doomed = said_at_isso(root, "I regret that I wrote this here")
        assert groundswell("source", "add", feed, "--name", "users", "--kind", "feed").code == 0
        assert groundswell(*crawl).code == 0

        said_at_isso(root, "It does so for me, too", parent=stays[0])
        change_at_isso(root, stays, "PUT", {"text": "The export stops at page four"})
        change_at_isso(root, doomed, "DELETE", {})
        assert groundswell(*crawl).code == 0
    (edited,) = posts_with(groundswell, "stops at page four")
    assert edited["revision"] == 2
    assert heard(groundswell, "It does so for me") == 1
    (kept,) = posts_with(groundswell, "I regret")
    assert groundswell("post", "erase", kept["id"], "--yes").code == 0
    assert heard(groundswell, "I regret") == 0


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


def watch_all(store_url: str) -> None:
    """Let every post be asked for again, as a later stage asks for those it has answered."""
    engine = make_engine(store_url)
    with transaction(engine) as session:
        ids = [post_id for post_id in session.exec(select(Post.id)).all() if post_id is not None]
        store_minding.watch(session, ids, datetime.now(UTC) + timedelta(days=1))
    engine.dispose()


def heard(groundswell: Workspace, words: str) -> int:
    """How many posts hold these words."""
    return int(groundswell("post", "list", "--text", words, "--count").out)


def posts_with(groundswell: Workspace, words: str) -> list[dict[str, Any]]:
    """The posts that hold these words."""
    found: list[dict[str, Any]] = groundswell("post", "list", "--text", words, "--json").json
    return found


def teach_what_is_usual(groundswell: Workspace) -> None:
    """Bring in two weeks of ordinary talk as history, ending two days ago."""
    rows = [
        json.loads(line)
        for name in ("history_a.jsonl", "history_b.jsonl")
        for line in (ROOT / "data" / "demo" / name).read_text(encoding="utf-8").splitlines()
    ]
    newest = max(datetime.fromisoformat(row["at"]) for row in rows)
    later = datetime.now(UTC) - timedelta(days=2) - newest
    lines = [
        json.dumps(
            {
                "id": row["id"],
                "ts": (datetime.fromisoformat(row["at"]) + later).isoformat(),
                "text": row["text"],
                "author": row["author"],
            }
        )
        for row in rows
        if row["role"] is None
    ]
    file = groundswell.write("history.jsonl", "\n".join(lines))
    assert groundswell("post", "import", file).code == 0


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
