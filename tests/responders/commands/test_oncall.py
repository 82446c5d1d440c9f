"""Who is on call, the roster and notes, from the command line."""

import pytest

from tests.responders.commands.line import Workspace

ROSTER = """
zone = "Europe/Berlin"
[people.ruth]
discord = "123456789012345678"
[people.tom]
[[shifts]]
name = "week"
people = ["ruth", "tom"]
from = 09:00:00
until = "09:00"
since = 2026-05-11
"""


@pytest.fixture
def team(at_noon: Workspace) -> Workspace:
    said = at_noon("oncall", "roster", "set", at_noon.write("roster.toml", ROSTER))
    assert (said.code, said.out) == (0, "")
    return at_noon


def test_without_a_roster_nobody_is_on_call(at_noon: Workspace) -> None:
    (row,) = at_noon("oncall", "who", "--json").json
    assert (row["product"], row["person"], row["next_person"]) == ("fernsync", None, None)


def test_who_is_on_call_until_when_and_who_is_next(team: Workspace) -> None:
    (row,) = team("oncall", "who", "--json").json
    assert row == {
        "product": "fernsync", "at": "2026-05-12T12:00:00Z", "person": "ruth", "shift": "week",
        "begins_at": "2026-05-11T07:00:00Z", "ends_at": "2026-05-18T07:00:00Z",
        "next_person": "tom", "next_at": "2026-05-18T07:00:00Z", "zone": "Europe/Berlin",
        "notes": [],
    }  # fmt: skip
    later = team("oncall", "who", "--at", "2026-05-18T07:00:00Z", "--json").json
    assert later[0]["person"] == "tom"
    assert "ruth" in team("oncall", "who").out


def test_a_swap_is_shown_and_taken_back(team: Workspace) -> None:
    said = team("oncall", "roster", "swap", "2026-05-13", "tom")
    assert said.err == (
        "tom is on call on 2026-05-13: Wed 09:00 to Thu 09:00 (Europe/Berlin), for each shift that "
        "begins then. To take it back: groundswell oncall roster unswap 1\n"
    )
    shown = team("oncall", "roster", "show", "--json").json
    assert [(one["id"], one["person"]) for one in shown["swaps"]] == [("1", "tom")]
    assert [one["person"] for one in shown["coming"]] == ["ruth", "tom", "ruth", "tom", "ruth"]
    assert "unswap" in team("oncall", "roster", "show").err
    assert team("oncall", "roster", "unswap", "1", "--json").json["ended_by"]
    assert team("oncall", "roster", "unswap", "1").code == 1
    assert team("oncall", "roster", "unswap", "9" * 30).code == 2
    assert team("oncall", "roster", "show", "--json").json["swaps"] == []


def test_a_note_waits_for_the_next_one(team: Workspace) -> None:
    assert team("oncall", "note", "Look at the log", "--json").json["text"] == "Look at the log"
    (row,) = team("oncall", "who", "--json").json
    assert [note["text"] for note in row["notes"]] == ["Look at the log"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["roster", "swap", "tomorrow", "tom"], 2, "is no day; write 2026-12-24"),
        (["roster", "swap", "2026-05-13", "bob"], 1, "the roster knows no bob; it has ruth, tom"),
        (["roster", "set", "nowhere.toml"], 1, "cannot be read"),
        (["who", "--product", "x"], 2, "there is no product x"),
        (["who", "--at", "x"], 2, "--at is no time"),
        (["note", " "], 1, "the note is empty"),
    ],
)
def test_what_cannot_be_meant_is_told(
    team: Workspace, arguments: list[str], code: int, words: str
) -> None:
    said = team("oncall", *arguments)
    assert said.code == code
    assert words in said.err


def test_a_roster_with_mistakes_is_refused_and_the_old_one_stays(team: Workspace) -> None:
    said = team("oncall", "roster", "set", team.write("bad.toml", 'zone = "Berlin"'))
    assert said.code == 1
    assert "there is no time zone" in said.err
    assert team("oncall", "roster", "set", team.write("worse.toml", "zone = ")).code == 2
    assert team("oncall", "roster", "show", "--json").json["zone"] == "Europe/Berlin"


def test_the_same_roster_again_is_fine_and_says_so(team: Workspace) -> None:
    before = team("oncall", "roster", "show", "--json").json
    said = team("oncall", "roster", "set", team.write("again.toml", ROSTER))
    assert said.code == 0
    assert "fernsync has this roster already; nothing was changed" in said.err
    assert team("oncall", "roster", "show", "--json").json == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ladder = { critical = [] }", "oncall.ladder.critical has no step"),
        ('ladder = { critical = ["5 boss"] }', "“5 boss” is no step; write MINUTES WHOM"),
        ('ladder = { critical = ["5 pager apprise:x"] }', "there is no destination apprise:x"),
        ('people = { ruth = { pager = "nowhere" } }', "there is no destination nowhere"),
        ('people = { ruth = { discord = "ruth#1" } }', "“ruth#1” is no Discord id; write the"),
        ('people = { ruth = { slack = "@ruth" } }', "“@ruth” is no Slack id; write the person's"),
        ('quiet = "22-7"', "write them as 22:00-07:00"),
    ],
)
def test_what_would_call_nobody_is_refused_by_both_commands(
    at_noon: Workspace, line: str, words: str
) -> None:
    said = at_noon("oncall", "roster", "set", at_noon.write("r.toml", line))
    assert (said.code, words in said.err) == (1, True), said.err
    whole = f'[[product]]\nname = "new"\n[product.oncall]\n{line}'
    applied = at_noon("apply", at_noon.write("p.toml", whole))
    assert (applied.code, words in applied.err) == (2, True), applied.err
    for said_so in (said, applied):
        assert "pattern" not in said_so.err
        assert "^" not in said_so.err


def test_a_roster_stays_where_an_applied_file_says_nothing_of_it(team: Workspace) -> None:
    product = '[[product]]\nname = "fernsync"\naliases = ["fern"]\n'
    assert team("apply", team.write("p.toml", product)).code == 0
    assert team("oncall", "who", "--json").json[0]["person"] == "ruth"
    assert team("apply", team.write("p.toml", f"{product}[product.oncall]\n")).code == 0
    assert team("oncall", "who", "--json").json[0]["person"] is None


def test_for_whom_nothing_rings_is_told_when_the_roster_is_set(at_noon: Workspace) -> None:
    said = at_noon("oncall", "roster", "set", at_noon.write("roster.toml", ROSTER))
    assert said.code == 0
    (line,) = [one for one in said.err.splitlines() if one.startswith("! ")]
    assert line.startswith("! tom takes turns with no account and no pager")
    pager = ROSTER.replace("[people.tom]", '[people.tom]\nslack = "U024BE7LH"')
    with_account = at_noon("oncall", "roster", "set", at_noon.write("roster.toml", pager))
    assert (with_account.code, "takes turns" in with_account.err) == (0, False)


def test_hours_with_nobody_on_call_are_told_when_it_is_set(at_noon: Workspace) -> None:
    office = ROSTER.replace('until = "09:00"', 'until = "17:00"')
    said = at_noon("oncall", "roster", "set", at_noon.write("roster.toml", office))
    assert "! nobody is on call from Tue 2026-05-12 17:00 (Europe/Berlin)" in said.err
    assert "more times within a year" in said.err


def test_what_is_exported_can_be_applied_again(team: Workspace) -> None:
    text = team("export", "-").out
    assert "Nothing to change" in team("apply", team.write("all.toml", text)).err
    assert team("oncall", "who", "--json").json[0]["person"] == "ruth"


def test_apply_refuses_shifts_that_overlap_and_changes_nothing(at_noon: Workspace) -> None:
    twice = '[[product]]\nname = "new"\n[product.oncall]\n' + "".join(
        f'[[product.oncall.shifts]]\nname = "{name}"\npeople = ["ruth"]\nfrom = "09:00"\n'
        'until = "17:00"\nsince = "2026-05-11"\n'
        for name in ("one", "two")
    )
    said = at_noon("apply", at_noon.write("p.toml", twice))
    assert said.code == 2
    assert "product new: oncall.shifts: one and two overlap, first on" in said.err
    assert len(at_noon("oncall", "who", "--json").json) == 1


def test_status_tells_that_nobody_is_on_call(at_noon: Workspace) -> None:
    never = ROSTER.replace("since = 2026-05-11", 'since = 2026-05-11\ndays = ["mon"]')
    never = never.replace('until = "09:00"', 'until = "09:01"')
    at_noon("oncall", "roster", "set", at_noon.write("roster.toml", never))
    assert any(
        "nobody is on call now" in one for one in at_noon("status", "--json").json["warnings"]
    )
