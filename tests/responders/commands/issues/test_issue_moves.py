"""Merging, splitting and moving, as the command line takes them."""

import pytest

from responders.workspace import close_opened, open_ground
from tests.responders.commands.line import Workspace
from tests.responders.incidents import Incident, Said, happen


@pytest.fixture
def two(proposed: Workspace) -> Workspace:
    """A second issue beside GS-1, with one post."""
    ground = open_ground(proposed.folder / "groundswell.toml")
    happen(ground, Incident(said=[Said(thread="x")], title="Sign-in fails", product="fernsync"))
    close_opened()
    return proposed


def test_a_merge_says_what_there_is_now_and_can_be_undone(two: Workspace) -> None:
    said = two("issue", "merge", "GS-2", "--into", "GS-1")
    assert said.err == (
        "GS-2 is part of GS-1 now, which holds 3 posts. Undo it: groundswell issue unmerge GS-2\n"
    )
    assert two("issue", "show", "GS-2", "--json").json["merged_into"] == "GS-1"
    assert two("issue", "merge", "GS-2", "--into", "GS-1").code == 1
    back = two("issue", "unmerge", "GS-2")
    assert "GS-2 stands by itself again with 1 post." in back.err
    assert two("issue", "unmerge", "GS-2").code == 1


def test_an_issue_cannot_become_part_of_itself(two: Workspace) -> None:
    said = two("issue", "merge", "GS-1", "--into", "GS-1")
    assert (said.code, len(said.err.splitlines())) == (1, 1)


def test_posts_are_split_off_into_an_issue_of_their_own(two: Workspace) -> None:
    said = two("issue", "split", "GS-1", "--post", "1", "--title", "On the phone", "--json")
    assert (said.json["id"], said.json["title"], said.json["posts"]) == ("GS-3", "On the phone", 1)
    for posts in (("--post", "77"), ("--post", "3")):
        assert two("issue", "split", "GS-1", *posts, "--title", "x").code == 1
    assert two("issue", "split", "GS-1", "--post", "x", "--title", "x").code == 2


def test_a_post_is_moved_to_where_it_belongs(two: Workspace) -> None:
    said = two("issue", "move", "1", "--to", "GS-2")
    assert said.err.startswith("Post 1 belongs to GS-2 now, which holds 2 posts.")
    assert two("post", "show", "1", "--json").json["issue_id"] == "GS-2"
    assert two("issue", "move", "1", "--to", "GS-2").code == 1
    assert two("issue", "move", "77", "--to", "GS-2").code == 1
    assert two("issue", "move", "x", "--to", "GS-2").code == 2
