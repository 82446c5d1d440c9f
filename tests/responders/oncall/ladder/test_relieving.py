"""The change of shift on a real store against a small Discord."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import col, select

from classifiers.tables import Severity
from config.database import reading
from config.ground import Ground
from responders.decisions.issues.rename import rename
from responders.decisions.issues.take import take
from responders.decisions.people.roster import leave_note, swap
from responders.oncall.ladder.relieving import relieve_due
from responders.oncall.tables import Roster, ShiftNote
from tests.conftest import NOON
from tests.places.discord import Discord
from tests.responders.decisions.deciding import RUTH
from tests.responders.incidents import Incident, breaking, happen
from tests.responders.oncall.ladder.ladders import TOM_ID, Team, declare_oncall

MONDAY = 139 * 60.0
"""Minutes from noon on Tuesday to Monday, 09:00 in Berlin."""


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


@pytest.fixture
def team(ground: Ground, place: Discord) -> Team:
    return Team(ground, place)


def duties(ground: Ground) -> list[tuple[str, str]]:
    with reading(ground.engine) as session:
        rows = session.exec(select(Roster).order_by(col(Roster.number))).all()
    return [(row.person, row.before) for row in rows]


def begin(team: Team) -> int:
    """Let Ruth be on call with two open issues, one of which she has and named."""
    issue = happen(team.ground, Incident(severity=Severity.CRITICAL))
    happen(team.ground, Incident(title="Words of a user", severity=Severity.MINOR))
    declare_oncall(team.ground)
    team.look()
    take(team.now(), RUTH, issue)
    rename(team.now(), RUTH, issue, "Notes hang after 5.2")
    team.set(remind_critical_h=0.0, ladder_minor=())
    return issue


def test_whoever_comes_gets_the_notes_and_the_open_issues_once(team: Team) -> None:
    issue = begin(team)
    leave_note(team.now(), RUTH, 1, "The export runs at 22:00, @everyone")
    team.at = NOON + timedelta(minutes=MONDAY - 1)
    team.look()
    assert team.between(0, MONDAY - 1) == []
    team.go(3)
    (said,) = team.between(MONDAY - 1, MONDAY)
    lines = said.splitlines()
    assert lines[0] == (
        f"<@{TOM_ID}> tom, you are on call for Fernsync now, until Mon 2026-05-25 09:00 "
        "(Europe/Berlin). Before you it was ruth."
    )
    assert lines[1] == "Note by Ruth: The export runs at 22:00, @\u200beveryone"
    assert lines[2] == f"GS-{issue} “Notes hang after 5.2”: critical, new, Ruth has it"
    assert lines[3] == f"GS-{issue + 1}: minor, new, nobody knows of it yet"
    assert team.between(MONDAY, MONDAY + 10) == []
    assert duties(team.ground) == [("ruth", ""), ("tom", "ruth")]


def test_a_note_is_handed_over_once(team: Team) -> None:
    begin(team)
    leave_note(team.now(), RUTH, 1, "Only once")
    for week in (0, 7):
        team.at = NOON + timedelta(minutes=MONDAY, days=week)
        team.look()
    assert ["Only once" in one.text for one in team.heard[-2:]] == [True, False]
    with reading(team.ground.engine) as session:
        (note,) = session.exec(select(ShiftNote)).all()
    assert note.roster_id is not None


def test_the_first_duty_is_noted_and_nobody_told(team: Team) -> None:
    begin(team)
    assert duties(team.ground) == [("ruth", "")]
    assert len(team.heard) == 2, "the two cards"


def test_a_swap_in_the_middle_of_a_shift_is_a_change_now(team: Team) -> None:
    begin(team)
    day = NOON.date()
    swap(team.now(), RUTH, 1, "tom", first=day, last=day)
    team.go(1)
    with reading(team.ground.engine) as session:
        row = session.exec(select(Roster).where(Roster.number == 2)).one()
    assert (row.person, row.before, row.begins_at) == ("tom", "ruth", team.at)


def test_after_a_stop_over_the_change_it_is_told_with_the_time_it_was(team: Team) -> None:
    begin(team)
    team.at = NOON + timedelta(minutes=MONDAY + 300)
    team.look()
    with reading(team.ground.engine) as session:
        row = session.exec(select(Roster).where(Roster.number == 2)).one()
    assert row.begins_at == NOON + timedelta(minutes=MONDAY)


def test_three_processes_tell_once(team: Team) -> None:
    begin(team)
    team.processes = 3
    team.at = NOON + timedelta(minutes=MONDAY)
    team.look()
    assert len(team.heard) == 3


def test_a_change_that_breaks_is_told_whole_the_next_time(team: Team) -> None:
    begin(team)
    leave_note(team.now(), RUTH, 1, "Do not lose me")
    team.at = NOON + timedelta(minutes=MONDAY)
    with breaking(Roster, "before_insert", RuntimeError("no more room"), product_id=1):
        assert relieve_due(team.now()) == 0
    team.go(1)
    assert "Do not lose me" in team.heard[-1].text
