"""Alerts held back under a worse issue: noted, shown, and told once that one ends."""

import sqlite3
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
from responders.decisions.drafts.store_saying import spoken
from responders.decisions.issues.merge import merge
from responders.decisions.issues.mute import mute
from responders.decisions.issues.state import set_state
from responders.delivery.outbox import deliver_due
from responders.oncall.alert import alert_due
from responders.oncall.storms.holding_back import _shared, held_by, holding
from responders.oncall.tables import Alert, HeldAlert
from responders.oncall.telling.refreshing import refresh_due
from tests.conftest import NOON
from tests.places.discord import Discord
from tests.responders.decisions.deciding import RUTH, set_issue
from tests.responders.incidents import Incident, Said, happen, say
from tests.responders.oncall.storms.outbreak import Watch, with_discord


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


def back(place: Discord) -> list[str]:
    told = [str(message["content"]) for message in place.cards]
    return [text for text in told if text.startswith("Back after it was quiet")]


def test_a_return_is_not_told_before_it_is_known_whether_it_is_held(
    watch: Watch, place: Discord
) -> None:
    issue = happen(watch.ground, Incident())
    watch.look(times=2)
    set_issue(watch.ground, issue, bursts=2, version=2)
    refresh_due(watch.ground, watch.channels, spoken)
    deliver_due(watch.ground, watch.channels)
    assert back(place) == []
    watch.look(times=2)
    assert len(back(place)) == 1


def test_returns_that_are_held_are_told_aloud_once_the_outage_ends_and_not_before(
    watch: Watch, place: Discord
) -> None:
    child = part(watch.ground, said=[Said(text="Blank, first", thread="other 0")], beside=0)
    watch.look(times=2)
    with transaction(watch.ground.engine) as session:
        for n in range(2):
            say(session, Said(text=f"Blank again, {n}", thread="outage"), issue=child, source=1)
    whole = outage(watch.ground)
    with transaction(watch.ground.engine) as session:
        for n in range(2):
            say(session, Said(text=f"Nothing, {n}", thread="outage"), issue=whole, source=1)
    watch.look(times=2)
    for burst in (2, 3):
        set_issue(watch.ground, child, bursts=burst, version=burst)
        watch.look(times=3)
    assert (alerted(watch.ground), back(place)) == ([child, whole], [])
    set_state(watch.ground, RUTH, whole, IssueState.RESOLVED)
    watch.look(times=3)
    assert back(place) == [
        f"Back after it was quiet, minor: GS-{child}. 3 people so far; see its card."
    ]


def test_to_ask_for_shared_threads_costs_no_row_for_each_pair_of_posts(ground: Ground) -> None:
    said = [Said(text=f"Nothing works, {n}.", thread="outage") for n in range(60)]
    whole = happen(ground, Incident(said=said, severity=Severity.CRITICAL))
    child = part(ground, beside=40)
    steps = []

    def count() -> int:
        steps.append(1)
        return 0

    with reading(ground.engine) as session:
        raw = session.connection().connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            pytest.skip("counts the steps of SQLite's machine")
        raw.set_progress_handler(count, 100)
        try:
            assert _shared(session, [child], [whole, child]) == {(child, whole): 40}
        finally:
            raw.set_progress_handler(None, 0)
    assert len(steps) < 150  # 2,400 pairs of posts took 780
