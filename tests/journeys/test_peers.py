"""Real software instead of our own places: a WordPress and an isso, heard by their feeds."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from config.database import make_engine, transaction
from listener.minding import store_minding
from listener.tables import Post
from tests.journeys.peers import change_at_isso, isso, said_at_isso, wordpress
from tests.reference import ROOT
from tests.responders.commands.line import Workspace, make_workspace

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
        total = heard(groundswell)
        assert groundswell(*crawl).code == 0
        assert heard(groundswell) == total
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
        total = heard(groundswell)
        assert groundswell(*crawl).code == 0
    assert heard(groundswell) == total
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

    posts = {post["remote_id"]: post for post in posts_with(groundswell)}
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


def watch_all(store_url: str) -> None:
    """Let every post be asked for again, as a later stage asks for those it has answered."""
    engine = make_engine(store_url)
    with transaction(engine) as session:
        ids = [post_id for post_id in session.exec(select(Post.id)).all() if post_id is not None]
        store_minding.watch(session, ids, datetime.now(UTC) + timedelta(days=1))
    engine.dispose()


def heard(groundswell: Workspace, *words: str) -> int:
    """How many posts hold these words; all of them without any."""
    return int(groundswell("post", "list", *filtered(words), "--count").out)


def posts_with(groundswell: Workspace, *words: str) -> list[dict[str, Any]]:
    """The posts that hold these words; all of them without any."""
    found: list[dict[str, Any]] = groundswell("post", "list", *filtered(words), "--json").json
    return found


def filtered(words: Sequence[str]) -> list[str]:
    """The options that ask for posts with these words."""
    return [part for one in words for part in ("--text", one)]


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
