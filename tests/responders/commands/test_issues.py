"""`groundswell issue …`: what was noticed, in the shape scripts rely on."""

import pytest

from classifiers.detect import Detector
from responders.workspace import open_ground
from tests.classifiers.telling import OUTAGE, told
from tests.places.tiny_embedder import TinyEmbedder
from tests.responders.commands.line import Workspace

KEYS = [
    "id", "product", "title", "state", "severity", "kind", "flags", "first_seen_at",
    "last_seen_at", "alerted_at", "posts", "authors", "sources", "reason", "score", "key_phrases",
    "quotes", "facts", "release", "nearest_past", "merged_into", "threads", "next_update_by",
]  # fmt: skip


@pytest.fixture
def noticed(groundswell: Workspace) -> Workspace:
    """A workspace in which one issue was noticed."""
    ground = open_ground(groundswell.folder / "groundswell.toml", environ={})
    forum = told(ground, "noticed")
    forum.burst(forum.talk())
    Detector(ground, TinyEmbedder()).detect_due()
    ground.engine.dispose()
    return groundswell


def test_no_issue_is_no_promise_that_all_is_well(groundswell: Workspace) -> None:
    assert groundswell("issue", "list", "--json").json == []
    assert "That says only that nothing new was noticed" in groundswell("issue", "list").out


def test_an_issue_has_the_shape_scripts_rely_on(noticed: Workspace) -> None:
    (row,) = noticed("issue", "list", "--json").json

    assert list(row) == KEYS
    assert row["id"] == "GS-1"
    assert (row["product"], row["state"], row["kind"]) == ("noticed", "new", "issue")
    assert row["posts"] == row["authors"] >= 8
    assert row["sources"] == 2
    assert row["alerted_at"].endswith("Z")
    assert len(row["quotes"]) == 3
    assert list(row["quotes"][0]) == ["post_id", "text", "url"]
    assert row["threads"] == {"total": 0, "told": 0}
    absent = ("release", "nearest_past", "merged_into", "next_update_by")
    assert [row[key] for key in absent] == [None] * 4
    assert noticed("issue", "list", "--all", "--json").json == [row]


def test_show_tells_one_issue_and_what_happened_to_it(noticed: Workspace) -> None:
    (row,) = noticed("issue", "list", "--json").json

    for name in ("GS-1", "gs-1", "1"):
        shown = noticed("issue", "show", name, "--json").json
        events = shown.pop("events")
        assert shown == row
        assert [event["kind"] for event in events] == ["opened"]
    assert set(OUTAGE) & set(noticed("issue", "show", "GS-1").out.lower().split())


def test_the_posts_of_an_issue_can_be_listed(noticed: Workspace) -> None:
    (row,) = noticed("issue", "list", "--json").json

    posts = noticed("post", "list", "--issue", "GS-1", "--json").json

    assert len(posts) == row["posts"]
    assert {post["issue_id"] for post in posts} == {"GS-1"}
    assert all(post["cluster"].isdigit() and post["kind"] for post in posts)
    assert noticed("post", "list", "--issue", "GS-1", "--count").out == f"{row['posts']}\n"


@pytest.mark.parametrize("name", ["GS-2", "GS-", "x", "GS-²", "GS-99999999999999999999"])
def test_an_unknown_issue_is_answered_with_the_list(noticed: Workspace, name: str) -> None:
    said = noticed("issue", "show", name)

    assert said.code == 2
    assert said.err == (
        f"groundswell: there is no issue {name}; `groundswell issue list` shows them\n"
    )
