"""`groundswell issue …`: what was noticed, in the shape scripts rely on."""

import re
from typing import Any

import pytest

from classifiers.detect import Detector
from responders.commands.issues.issue_json import for_people
from responders.workspace import open_ground
from tests.classifiers.telling import OUTAGE, told
from tests.places.tiny_embedder import TinyEmbedder
from tests.responders.commands.line import Workspace

KEYS = [
    "id", "product", "title", "state", "severity", "kind", "flags", "first_seen_at",
    "last_seen_at", "alerted_at", "posts", "authors", "sources", "reason", "score", "key_phrases",
    "quotes", "facts", "release", "release_probability", "release_reason", "nearest_past",
    "merged_into", "threads", "next_update_by", "page", "hushed_until", "not_judged",
    "workaround", "held_under", "holds_back", "acknowledged_by", "acknowledged_at", "taken_by",
    "taken_at", "resolution", "clocks", "silence", "asked", "ticket", "suggestions",
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
    absent = ("release", "nearest_past", "merged_into", "page", "hushed_until")
    assert [row[key] for key in absent] == [None] * 5
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


VERBS = [("issue", "show"), ("draft", "list", "--issue"), ("post", "list", "--issue")]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["GS-2", "GS-77", "GS-99999999999999999999"])
def test_an_unknown_issue_is_answered_with_the_list(
    noticed: Workspace, verb: tuple[str, ...], name: str
) -> None:
    said = noticed(*verb, name)

    assert said.code == 1
    assert said.err == (
        f"groundswell: there is no issue {name}; `groundswell issue list` shows them\n"
    )


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["GS-", "x", "GS-²"])
def test_what_is_no_reference_is_wrong_usage(
    groundswell: Workspace, verb: tuple[str, ...], name: str
) -> None:
    said = groundswell(*verb, name)

    assert (said.code, said.out) == (2, "")
    assert said.err == f"groundswell: {name} is no issue; write it like GS-3\n"


def test_a_person_reads_an_issue_without_json(noticed: Workspace) -> None:
    (row,) = noticed("issue", "list", "--json").json

    told = noticed("issue", "show", "GS-1").out

    assert not set("{}[]") & set(told)
    lines = told.splitlines()
    quoted = [line for line in lines if "“" in line]
    assert all(
        quote["text"] in line and line.endswith(quote["url"] or f"post {quote['post_id']}")
        for quote, line in zip(row["quotes"], quoted, strict=True)
    )
    assert "told 0 of 0" in told
    (event,) = [line for line in lines if line.startswith("events")]
    assert re.search(r"  \d{4}-\d\d-\d\d \d\d:\d\d UTC opened", event)
    assert [line.split()[-1] for line in lines if line.startswith("facts")] == ["–"]


def test_how_many_threads_were_told_is_a_phrase() -> None:
    value: dict[str, Any] = {
        "quotes": [], "facts": {}, "events": [], "threads": {"total": 11, "told": 0},
        "not_judged": None,
    }  # fmt: skip
    assert for_people(value) == {
        "quotes": "",
        "facts": "",
        "events": "",
        "threads": "told 0 of 11",
        "not_judged": None,
    }


def test_facts_are_told_with_how_many_people_say_so() -> None:
    quote = {"post_id": "7", "text": "5.2 doubles files", "url": None}
    facts = {
        "errors": [{"value": "error 503", "people": 1, "quotes": [quote]}],
        "versions": [
            {"value": "5.2", "people": 3, "quotes": [quote]},
            {"value": "5.1", "people": 1, "quotes": []},
        ],
    }
    value: dict[str, Any] = {
        "quotes": [], "facts": facts, "events": [], "threads": {"total": 0, "told": 0},
        "not_judged": None,
    }  # fmt: skip
    assert for_people(value)["facts"] == "Versions: 5.2 (3); 5.1 (1)\nMessages: error 503 (1)"
