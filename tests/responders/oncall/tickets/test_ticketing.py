"""Tickets are looked at politely: when due, conditionally, and not where they ask for silence."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.ground import Ground
from config.http_client import PoliteClient
from listener.tables import HostState
from responders.oncall.tables import TicketState
from responders.oncall.tickets import ticketing
from responders.oncall.tickets.ticketing import look_at_tickets
from responders.oncall.tickets.tracker import Look, look_at_ticket
from tests.listener.installation import rows
from tests.listener.sources.fetching import loopback_client
from tests.places import faults
from tests.places.web import Reply
from tests.responders.decisions.deciding import set_issue
from tests.responders.incidents import Incident, happen
from tests.responders.oncall.tickets.desk import Desk, desk


@pytest.fixture
def there(ground: Ground) -> Iterator[Desk]:
    with desk(ground) as found:
        found.tracker.add("It hangs")
        found.link(happen(found.ground, Incident()))
        yield found


def look(there: Desk) -> int:
    return look_at_tickets(there.ground, loopback_client())


def always(body: bytes) -> faults.Fault:
    return lambda _script, _asked: Reply(200, body)


def looks(there: Desk) -> int:
    return len(there.tracker.asked)


def test_it_is_looked_at_at_once_and_then_on_its_rhythm(there: Desk) -> None:
    assert [look(there), look(there)] == [1, 0]
    assert looks(there) == 1
    there.later(minutes=10)
    look(there)
    assert looks(there) == 1
    there.later(minutes=10)
    assert look(there) == 0  # nothing new
    assert looks(there) == 2
    assert "if-none-match" in there.web.log[-1].headers


def test_a_change_is_kept_with_the_time_it_was_heard(there: Desk) -> None:
    look(there)
    there.tracker.set(1, "closed", "completed")
    there.later(hours=1)
    assert look(there) == 1
    (row,) = there.tickets()
    assert (row.state, row.heard_at) == (TicketState.COMPLETED, there.ground.clock.now())


def test_trouble_waits_longer_each_time_and_says_why(there: Desk) -> None:
    for _ in range(5):
        there.faulty.next(faults.fails_before)
        look(there)
        there.later(hours=1)
    (row,) = there.tickets()
    assert row.failures == 4, "the fourth waits two hours"
    assert row.reason
    there.faulty.forget()
    there.later(hours=3)
    look(there)
    assert [(row.failures, row.reason) for row in there.tickets()] == [(0, "")]


def test_a_tracker_that_asks_for_silence_gets_it(there: Desk) -> None:
    there.faulty.next(faults.too_many(7_200))
    look(there)
    assert rows(there.ground, HostState)
    there.later(hours=1)
    look(there)
    assert looks(there) == 0
    there.later(hours=2)
    assert look(there) == 1


def test_nonsense_breaks_nothing(there: Desk) -> None:
    for body in (b"[]", b"{", b'{"html_url": 3}', b'{"html_url": "x", "state": "odd"}'):
        there.faulty.next(always(body))
        there.later(hours=9)
        assert look(there) == 0
    assert there.tickets()[0].state is None


def test_a_look_that_breaks_keeps_no_other_ticket_from_its_own(
    there: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.tracker.add("It is slow")
    there.link(happen(there.ground, Incident()), 2)

    def break_at_the_first(client: PoliteClient, url: str, **more: Any) -> Look:
        if url.endswith("/1"):
            raise RuntimeError("nobody foresaw this")
        return look_at_ticket(client, url, **more)

    monkeypatch.setattr(ticketing, "look_at_ticket", break_at_the_first)
    assert look(there) == 1
    first, second = there.tickets()
    assert (first.state, first.failures) == (None, 1)
    assert second.state is TicketState.OPEN


def test_a_hostile_address_is_not_kept(there: Desk) -> None:
    body = b'{"html_url": "javascript:alert(1)", "state": "open"}'
    there.faulty.next(lambda _script, _asked: Reply(200, body))
    look(there)
    assert there.tickets()[0].url == "https://github.com/acme/app/issues/1"


def test_what_is_over_on_both_sides_is_not_looked_at_any_more(there: Desk) -> None:
    there.tracker.set(1, "closed", "completed")
    look(there)
    set_issue(there.ground, 1, state="resolved")
    there.later(hours=9)
    look(there)
    assert looks(there) == 1
