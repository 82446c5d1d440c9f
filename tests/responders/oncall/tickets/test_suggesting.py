"""What engineering's work says is proposed once; only a person changes a state."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from classifiers.tables import IssueState, Release
from config.database import transaction
from config.ground import Ground
from responders.decisions.issues.rename import rename
from responders.decisions.issues.ticket import Words, unlink
from responders.delivery.opening import destinations
from responders.oncall.tables import SuggestionEnd, TicketState
from responders.oncall.tickets.suggesting import suggest_due
from tests.conftest import NOON
from tests.responders.decisions.deciding import RUTH, events, issue, set_issue
from tests.responders.incidents import Incident, Said, happen
from tests.responders.oncall.tickets.desk import WORDS, Desk, desk
from tests.responders.voice.acts import flag, merge


@pytest.fixture
def there(ground: Ground) -> Iterator[Desk]:
    with desk(ground) as found:
        yield found


@pytest.fixture
def linked(there: Desk) -> int:
    number = happen(there.ground, Incident(said=[Said(), Said()]))
    there.tracker.add("It hangs")
    there.link(number)
    there.look()
    return number


def came_out(ground: Ground, version: str, *names: str, **more: Any) -> None:
    with transaction(ground.engine) as session:
        session.add(
            Release(
                product_id=1, version=version, released_at=NOON, source="feed", heard_at=NOON,
                names=list(names), url=f"https://fern.example/{version}", **more,
            )
        )  # fmt: skip


def said(there: Desk) -> list[tuple[str | None, str | None, str]]:
    return [(row.state, row.resolution, row.reason) for row in there.suggestions()]


def waiting(there: Desk) -> list[str | None]:
    return [row.state for row in there.suggestions() if row.end is None]


@pytest.mark.parametrize(
    ("reason", "proposed"),
    [
        ("completed", ("monitoring", None, "ticket acme/app#1 is done")),
        (None, ("monitoring", None, "ticket acme/app#1 is done")),
        (
            "not_planned",
            ("resolved", "will-not-fix", "ticket acme/app#1 was closed as not planned"),
        ),
        (
            "duplicate",
            (None, None, "ticket acme/app#1 was closed as a duplicate: link the other one"),
        ),
    ],
)
def test_how_a_ticket_closes_decides_what_is_proposed(
    there: Desk, linked: int, reason: str | None, proposed: tuple[str | None, str | None, str]
) -> None:
    there.tracker.set(1, "closed", reason)
    for _ in range(3):
        there.look()
    assert said(there) == [proposed]
    assert issue(there.ground, linked).state is IssueState.NEW


def test_the_on_call_people_are_told_once_with_the_act(there: Desk, linked: int) -> None:
    there.tracker.set(1, "closed", "completed")
    for _ in range(3):
        there.look()
    rows = there.deliveries("suggestion")
    assert len(rows) == len(destinations(there.ground.settings))
    assert rows[0].text == (
        "GS-1 (major, new): ticket acme/app#1 is done. Is it monitoring now? A person decides: "
        "groundswell issue state GS-1 monitoring https://github.com/acme/app/issues/1"
    )
    assert not rows[0].public
    assert events(there.ground, linked)[-1].text == (
        "ticket acme/app#1 is done; proposed: monitoring"
    )


def test_only_a_title_that_a_person_gave_is_named(there: Desk, linked: int) -> None:
    rename(there.ground, RUTH, linked, "Notes hang")
    there.tracker.set(1, "closed", "not_planned")
    there.look()
    text = there.deliveries("suggestion")[0].text
    assert text.startswith("GS-1 “Notes hang” (major, new): ")
    assert 'resolved --as will-not-fix --note "…"' in text


def test_opened_again_it_says_so_and_the_next_closing_is_another(there: Desk, linked: int) -> None:
    there.tracker.set(1, "closed", "completed")
    there.look()
    there.tracker.set(1, "open", "reopened")
    there.look()
    there.tracker.set(1, "closed", "completed")
    there.look()
    assert [row[2] for row in said(there)] == [
        "ticket acme/app#1 is done", "ticket acme/app#1 is open again",
        "ticket acme/app#1 is done",
    ]  # fmt: skip
    assert [row.end for row in there.suggestions()] == [
        SuggestionEnd.OVERTAKEN, SuggestionEnd.OVERTAKEN, None,
    ]  # fmt: skip
    assert issue(there.ground, linked).state is IssueState.NEW


def test_a_ticket_that_was_deleted_says_so(there: Desk, linked: int) -> None:
    there.tracker.set(1, "deleted")
    there.look()
    there.look()
    assert said(there) == [
        (None, None, "ticket acme/app#1 is not there any more: link or make another one")
    ]
    assert [row.state for row in there.tickets()] == [TicketState.GONE]


@pytest.mark.parametrize("name", ["GS-1", "acme/app#1", "#1"])
def test_a_release_that_names_it_proposes_the_end(there: Desk, linked: int, name: str) -> None:
    came_out(there.ground, "5.2.1", name)
    came_out(there.ground, "5.2.2", "GS-77", "acme/app#11", "other/app#1")
    there.look()
    there.look()
    named = "GS-1" if name == "GS-1" else "acme/app#1"
    words = f"the notes of release 5.2.1 name {named}"
    assert said(there) == [("resolved", "fixed", words)]
    assert there.suggestions()[0].url == "https://fern.example/5.2.1"


def test_a_done_ticket_that_a_release_named_proposes_the_end(there: Desk, linked: int) -> None:
    came_out(there.ground, "5.2.1", "acme/app#1")
    there.tracker.set(1, "closed", "completed")
    there.look()
    assert said(there)[0] == (
        "resolved", "fixed", "ticket acme/app#1 is done, and release 5.2.1 names it",
    )  # fmt: skip
    assert waiting(there) == ["resolved"]
    assert len(there.deliveries("suggestion")) == len(destinations(there.ground.settings))


def test_a_release_after_the_closing_takes_its_place(there: Desk, linked: int) -> None:
    there.tracker.set(1, "closed", "completed")
    there.look()
    came_out(there.ground, "5.2.1", "acme/app#1")
    there.look()
    assert [(row[0], row[1]) for row in said(there)] == [
        ("monitoring", None),
        ("resolved", "fixed"),
    ]
    assert waiting(there) == ["resolved"]


def test_an_issue_without_a_ticket_is_named_by_its_own_reference(there: Desk) -> None:
    happen(there.ground, Incident())
    came_out(there.ground, "5.2.1", "GS-1", "#1")
    assert suggest_due(there.ground) == 1
    assert suggest_due(there.ground) == 0


def test_what_is_so_already_is_proposed_to_nobody(there: Desk, linked: int) -> None:
    set_issue(there.ground, linked, state=IssueState.MONITORING)
    there.tracker.set(1, "closed", "completed")
    there.look()
    assert (waiting(there), there.deliveries("suggestion")) == ([], [])
    set_issue(there.ground, linked, state=IssueState.INVESTIGATING)  # a person knows better
    there.look()
    assert waiting(there) == []


def test_a_hushed_issue_keeps_it_and_tells_nobody(there: Desk, linked: int) -> None:
    flag(there.ground, linked, "muted")
    there.tracker.set(1, "closed", "completed")
    there.look()
    assert (waiting(there), there.deliveries("suggestion")) == (["monitoring"], [])


def test_the_ticket_of_a_part_speaks_for_the_whole(there: Desk, linked: int) -> None:
    whole = happen(there.ground, Incident())
    merge(there.ground, linked, whole)
    there.tracker.set(1, "closed", "completed")
    there.look()
    assert [row.issue_id for row in there.suggestions()] == [whole]


def test_a_post_erased_after_it_was_quoted_there_is_told(there: Desk) -> None:
    number = happen(there.ground, Incident())
    there.ask(number, Words(WORDS.title, WORDS.body, 0, quotes=True))
    there.deliver()
    there.look()
    assert there.suggestions() == []
    set_issue(there.ground, number, erasures=1)
    there.look()
    there.look()
    assert said(there) == [
        (None, None, "a post that ticket acme/app#1 quotes was erased: take its words out there")
    ]
    there.tracker.set(1, "closed", "completed")  # what was told once hinders nothing that follows
    there.look()
    assert len(there.suggestions()) == 2


def test_an_unlinked_ticket_says_nothing_any_more(there: Desk, linked: int) -> None:
    unlink(there.ground, RUTH, linked)
    there.tracker.set(1, "closed", "completed")
    there.look()
    assert there.suggestions() == []


def test_two_processes_suggest_it_once(there: Desk, linked: int) -> None:
    there.tracker.set(1, "closed", "completed")
    there.look()
    there.later(minutes=1)
    assert [suggest_due(there.ground), suggest_due(there.ground)] == [0, 0]
    assert there.ground.clock.now() - NOON > timedelta(hours=1)
