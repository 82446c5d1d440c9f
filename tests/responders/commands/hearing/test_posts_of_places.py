"""`groundswell post import` of a file whose posts come from several places."""

import json

import pytest

from tests.responders.commands.hearing.test_posts import history
from tests.responders.commands.line import Workspace


def placed(count: int = 6) -> str:
    """Return a history file of posts of two places by turns, and of one that names none."""
    rows = [json.loads(line) for line in history(count).splitlines()]
    places = ["forum", "reviews"]
    for number, row in enumerate(rows[1:]):
        row |= {"source": places[number % 2], "thread": "t"}
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.mark.parametrize("words", [(), ("--live",)])
def test_posts_of_a_file_stand_at_the_place_that_each_names(
    groundswell: Workspace, words: tuple[str, ...]
) -> None:
    file = groundswell.write("h.jsonl", placed())
    assert groundswell("post", "import", file, *words).err == "6 posts added, 0 changed.\n"

    rows = groundswell("post", "list", "--json").json
    assert {row["remote_id"]: row["source"] for row in rows} == {
        "h0": "h.jsonl", "h1": "forum", "h2": "reviews",
        "h3": "forum", "h4": "reviews", "h5": "forum",
    }  # fmt: skip
    assert groundswell("post", "import", file).err == "0 posts added, 0 changed.\n"


def test_posts_of_several_places_are_decided_as_they_were_written(groundswell: Workspace) -> None:
    groundswell("post", "import", groundswell.write("h.jsonl", placed()), "--live")

    rows = sorted(groundswell("post", "list", "--json").json, key=lambda row: int(row["id"]))
    assert [row["remote_id"] for row in rows] == ["h0", "h1", "h2", "h3", "h4", "h5"]


def test_what_a_file_brought_before_stays_where_it_stands(groundswell: Workspace) -> None:
    file = groundswell.write("h.jsonl", history(6))
    groundswell("post", "import", file)
    groundswell.write("h.jsonl", placed(7))

    assert groundswell("post", "import", file).err == "1 posts added, 0 changed.\n"
    rows = groundswell("post", "list", "--json").json
    assert [row["source"] for row in rows].count("h.jsonl") == 6


def test_a_watched_place_takes_no_posts_of_a_file_that_names_it(groundswell: Workspace) -> None:
    watched = groundswell.write("w.jsonl", history(1))
    groundswell("source", "add", watched, "--name", "forum")
    groundswell("post", "import", groundswell.write("h.jsonl", placed()))

    kinds = {row["name"]: row["kind"] for row in groundswell("source", "list", "--json").json}
    assert kinds == {
        "forum": "records", "forum (fernsync)": "manual", "h.jsonl": "manual", "reviews": "manual",
    }  # fmt: skip
