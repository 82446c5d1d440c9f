"""Alerts held back under a worse issue: noted, shown, and told once that one ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from classifiers.store import events
from classifiers.tables import IssueState, Severity
from config.clock import FixedClock
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Source
from responders.decisions.issues.merge import merge
from responders.decisions.issues.mute import mute
from responders.decisions.issues.state import set_state
from responders.oncall.alert import alert_due
from responders.oncall.holding_back import held_by, holding
from responders.oncall.tables import Alert, HeldAlert
from tests.conftest import NOON
from tests.places.discord import Discord
from tests.responders.decisions.deciding import RUTH, set_issue
from tests.responders.incidents import Incident, Said, happen, say
from tests.responders.oncall.storms import Watch, with_discord


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


@pytest.fixture
def watch(ground: Ground, place: Discord) -> Watch:
    return Watch(with_discord(ground, place))


def outage(ground: Ground, **incident: object) -> int:
    """A critical problem of six people in one thread."""
    said = [Said(text=f"Nothing works, {n}.", thread="outage") for n in range(6)]
    values = {"severity": Severity.CRITICAL, "title": "Nobody can log in", **incident}
    return happen(ground, Incident(said=said, **values))  # type: ignore[arg-type]


def part(ground: Ground, *, beside: int = 2, elsewhere: int = 0, **incident: object) -> int:
    """A smaller problem, told in the thread of the outage so often, and elsewhere so often."""
    values = {"severity": Severity.MINOR, "title": "Widget is blank", "said": [], **incident}
    number = happen(ground, Incident(**values))  # type: ignore[arg-type]
    with transaction(ground.engine) as session:
        source = session.exec(select(Source.id).order_by(Source.id)).first()  # type: ignore[arg-type]
        assert source is not None
        for n in range(beside + elsewhere):
            thread = "outage" if n < beside else f"other {n}"
            say(session, Said(text=f"Blank, {n}", thread=thread), issue=number, source=source)
    return number


def alerted(ground: Ground) -> list[int]:
    with reading(ground.engine) as session:
        return sorted(row.issue_id for row in session.exec(select(Alert)).all())


def logged(ground: Ground, issue: int) -> list[str]:
    with reading(ground.engine) as session:
        return [row.text for row in events(session, issue)]


def test_a_part_of_an_outage_is_held_with_its_reason_on_both_timelines(
    watch: Watch, place: Discord
) -> None:
    whole = outage(watch.ground)
    watch.look()
    child = part(watch.ground)
    watch.look(times=3)
    assert (alerted(watch.ground), len(place.cards)) == ([whole], 1)
    (held,) = logged(watch.ground, child)
    assert held.startswith("held under GS-1: 2 of its 2 posts stand in threads about it")
    assert held.endswith("which is critical and reported by 6 people")
    assert logged(watch.ground, whole) == ["holds the alert of GS-2 back"]
    with reading(watch.ground.engine) as session:
        assert held_by(session, child) == "GS-1"
        assert holding(session, whole) == ("GS-2",)


def test_the_card_of_the_outage_names_what_it_holds_back(watch: Watch, place: Discord) -> None:
    outage(watch.ground)
    watch.look()
    part(watch.ground)
    watch.look(times=2)
    assert "holds back GS-2" in str(place.cards[0]["embeds"][0])
    assert len(place.cards) == 1


def test_what_came_into_one_pass_together_is_decided_alike(watch: Watch) -> None:
    whole, _ = outage(watch.ground), part(watch.ground)
    watch.look()
    assert alerted(watch.ground) == [whole]


@pytest.mark.parametrize("end", ["resolved", "muted", "grown", "elsewhere"])
def test_once_the_outage_ends_or_explains_it_no_more_the_part_is_told(
    watch: Watch, place: Discord, end: str
) -> None:
    whole, child = outage(watch.ground), part(watch.ground)
    watch.look(times=2)
    match end:
        case "resolved":
            set_state(watch.ground, RUTH, whole, IssueState.RESOLVED)
        case "muted":
            mute(watch.ground, RUTH, whole, "known")
        case "grown":
            set_issue(watch.ground, child, severity=Severity.CRITICAL, version=2)
        case "elsewhere":
            with transaction(watch.ground.engine) as session:
                for n in range(2):
                    say(session, Said(thread=f"new {n}"), issue=child, source=1)
    watch.look(times=2)
    assert alerted(watch.ground) == [whole, child]
    assert len(place.cards) == 2
    assert logged(watch.ground, child)[-1] == "no longer held under GS-1"
    with reading(watch.ground.engine) as session:
        assert held_by(session, child) is None
        assert holding(session, whole) == ()


def test_a_part_that_was_over_before_the_outage_is_never_told(watch: Watch) -> None:
    whole, child = outage(watch.ground), part(watch.ground)
    watch.look()
    set_state(watch.ground, RUTH, child, IssueState.RESOLVED)
    set_state(watch.ground, RUTH, whole, IssueState.RESOLVED)
    watch.look(times=3)
    assert alerted(watch.ground) == [whole]
    with reading(watch.ground.engine) as session:
        assert holding(session, whole) == ()


def test_a_part_that_a_person_merged_is_held_no_more(watch: Watch) -> None:
    whole, child = outage(watch.ground), part(watch.ground)
    watch.look()
    merge(watch.ground, RUTH, child, whole)
    watch.look(times=2)
    with reading(watch.ground.engine) as session:
        assert held_by(session, child) is None
        (row,) = session.exec(select(HeldAlert)).all()
    assert row.ended_at is not None
    assert alerted(watch.ground) == [whole]


@pytest.mark.parametrize(
    "child",
    [
        {"flags": ["human-only"]},
        {"severity": Severity.CRITICAL},
        {"beside": 2, "elsewhere": 2},
        {"product": "Other"},
    ],
    ids=["people may be hurt", "as bad", "mostly elsewhere", "another product"],
)
def test_what_may_be_a_problem_of_its_own_is_told_at_once(
    watch: Watch, child: dict[str, object]
) -> None:
    outage(watch.ground)
    watch.look()
    part(watch.ground, **child)  # type: ignore[arg-type]
    watch.look()
    assert len(alerted(watch.ground)) == 2


def test_two_processes_note_a_hold_once(watch: Watch) -> None:
    outage(watch.ground)
    child = part(watch.ground)
    for _ in range(3):
        ground = replace(watch.ground, clock=FixedClock(NOON + timedelta(seconds=1)))
        alert_due(ground)
    assert len(logged(watch.ground, child)) == 1
