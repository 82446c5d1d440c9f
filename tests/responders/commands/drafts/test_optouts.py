"""The people who want no answer of ours, on the command line; and the policy in the file."""

import pytest

from tests.responders.commands.line import Workspace

FILE = """
[[product]]
name = "fernsync"
[product.policy]
person = "Ruth"
quiet_hours = "22:00-07:00"
time_zone = "Europe/Berlin"
[product.policy.persons]
legal = "Lena"
[product.policy.places.board]
allowed = false
why = "their rules"
[[source]]
name = "board"
kind = "feed"
url = "https://board.example/feed"
product = "fernsync"
"""


def test_nobody_yet_says_how_to_note_somebody(at_noon: Workspace) -> None:
    assert "groundswell optout add NAME --place HOST" in at_noon("optout", "list").out
    assert at_noon("optout", "list", "--json").json == []


def test_a_wish_is_noted_listed_and_removed_and_names_nobody(proposed: Workspace) -> None:
    said = proposed("optout", "add", "--post", "1", "--reason", "asked by mail", "--json")
    assert said.json["place"] == "forum.example"
    assert "noted as 2" in proposed("optout", "add", "Ann B.", "--place", "x.example").err
    listed = proposed("optout", "list", "--json").json
    assert (listed[0]["id"], listed[0]["reason"], listed[0]["post_id"]) == (
        "1",
        "asked by mail",
        "1",
    )
    assert "Ann" not in str(listed)
    states = [row["state"] for row in proposed("draft", "list", "--json").json]
    assert states.count("silent") == 1
    again = proposed("optout", "add", "--post", "1")
    assert (again.code, "already" in again.err) == (1, True)
    gone = proposed("optout", "remove", "1", "--reason", "a mistake", "--json")
    assert gone.json["removed_at"] == "2026-05-12T12:00:00Z"
    assert [row["id"] for row in proposed("optout", "list", "--json").json] == ["2"]
    assert len(proposed("optout", "list", "--all", "--json").json) == 2
    file = proposed.folder / "audit.jsonl"
    assert proposed("audit", "export", str(file)).code == 0
    told = file.read_text(encoding="utf-8")
    assert "opt-out added" in told
    assert "opt-out removed" in told
    assert "Ann" not in told


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add",), 2, "say who"),
        (("add", "Ann"), 2, "say where"),
        (("add", "Ann", "--post", "1"), 2, "say who"),
        (("add", "--post", "99"), 1, "no post 99"),
        (("remove", "99", "--reason", "x"), 1, "no opt-out 99"),
        (("remove", "9" * 30, "--reason", "x"), 2, "NUMBER"),
        (("add", "--post", "9" * 30), 2, "--post"),
    ],
)
def test_what_is_wrong_says_what_to_do(
    at_noon: Workspace, words: tuple[str, ...], code: int, told: str
) -> None:
    said = at_noon("optout", *words)
    assert (said.code, told in said.err) == (code, True), said.err


def test_a_policy_is_applied_listed_and_written_out_again(at_noon: Workspace) -> None:
    assert at_noon("apply", at_noon.write("f.toml", FILE)).code == 0
    (row,) = at_noon("source", "list", "--json").json
    assert row["policy"] == "no replies: their rules"
    out = at_noon("export", "-").out
    assert at_noon("apply", at_noon.write("g.toml", out)).err.startswith("Nothing to change")
    assert 'legal" = "Lena' in out


def test_every_mistake_of_a_policy_is_told_and_nothing_changes(at_noon: Workspace) -> None:
    wrong = FILE.replace("22:00-07:00", "at night").replace("allowed", "alowed")
    said = at_noon("apply", at_noon.write("f.toml", wrong))
    assert said.code == 2
    assert "product fernsync: policy: “at night” are no quiet hours; write them as" in said.err
    said = at_noon("apply", at_noon.write("f.toml", FILE.replace("allowed", "alowed")))
    assert 'places."board".alowed: there is no such key; did you mean allowed?' in said.err
    said = at_noon("apply", at_noon.write("f.toml", FILE.replace("places.board", "places.bord")))
    assert "there is no source bord; known are: board" in said.err
    assert at_noon("source", "list", "--json").json == []


def test_an_issue_is_kept_for_people_and_released(proposed: Workspace) -> None:
    kept = proposed("issue", "people-only", "GS-1", "--reason", "somebody was hurt", "--json")
    assert kept.json["flags"] == ["human-only"]
    assert proposed("issue", "people-only", "GS-1", "--reason", "again").code == 1
    free = proposed(
        "issue", "people-only", "GS-1", "--lift", "--reason", "it was not ours", "--json"
    )
    assert free.json["flags"] == []
