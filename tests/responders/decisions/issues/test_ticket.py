"""An issue is handed on once, by a person, with exactly the words that were read."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from classifiers.tables import IssueState
from config.database import reading
from config.ground import Ground
from responders.decisions.acting import AlreadyDone, NotAllowed, NotFound
from responders.decisions.issues.state import set_state
from responders.decisions.issues.ticket import Where, Words, ask, decline, unlink
from responders.delivery.channels.base import Channel, Message, Receipt
from responders.delivery.marking import is_marked, parts
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.tables import SuggestionEnd, TicketState
from tests.places import faults
from tests.places.board import Killed
from tests.places.github_tickets import REPOSITORY
from tests.responders.decisions.deciding import RUTH, TOM, audit, entries, events, set_issue
from tests.responders.incidents import Incident, Said, erase, happen
from tests.responders.oncall.tickets.desk import WORDS, Desk, desk


@pytest.fixture
def there(ground: Ground) -> Iterator[Desk]:
    with desk(ground) as found:
        yield found


@pytest.fixture
def issue(there: Desk) -> int:
    return happen(there.ground, Incident(said=[Said(text="It hangs a lot."), Said()]))


def stored(there: Desk, number: int) -> Delivery:
    with reading(there.ground.engine) as session:
        return session.get_one(Delivery, number)


def test_what_was_read_is_what_leaves_and_the_issue_says_so(there: Desk, issue: int) -> None:
    number = there.ask(issue)
    row = stored(there, number)
    assert parts(row.text)[0] == WORDS.title
    assert is_marked(row.text, row.target["mark"])
    assert (row.kind, row.public, row.destination) == (
        "ticket", True, f"github_ticket:{REPOSITORY}",
    )  # fmt: skip
    there.deliver()
    assert there.tracker.bearing(row.target["mark"]) == 1
    there.look()
    (ticket,) = there.tickets()
    assert (ticket.number, ticket.state, ticket.by) == (1, TicketState.OPEN, "Ruth")
    assert ticket.url == f"https://github.com/{REPOSITORY}/issues/1"
    assert [one.text for one in events(there.ground, issue)] == [
        "asked for a ticket in acme/app", "ticket acme/app#1 stands there",
    ]  # fmt: skip
    assert audit(there.ground) == [("ticket asked for", f"GS-{issue}")]
    payload = entries(there.ground)[0].payload or {}
    assert payload["text_sha256"] == row.approved_sha256


def test_nobody_makes_a_second_one(there: Desk, issue: int) -> None:
    there.ask(issue)
    with pytest.raises(AlreadyDone, match="has the ticket asked for in acme/app already, by Ruth"):
        there.ask(issue)
    there.deliver()
    there.look()
    with pytest.raises(AlreadyDone, match=r"has ticket acme/app#1 already, by Ruth .* --unlink"):
        there.link(issue, 7)
    assert there.tracker.writes == 1


def test_without_a_credential_or_an_issue_nothing_is_asked(there: Desk, issue: int) -> None:
    nobody = Where(there.where.api_url, REPOSITORY, None)
    with pytest.raises(NotAllowed, match="--credential NAME"):
        ask(there.ground, RUTH, issue, nobody, WORDS)
    with pytest.raises(NotFound):
        there.ask(99)
    assert there.tickets() == []


def test_a_post_erased_meanwhile_stops_the_asking_and_what_waits(there: Desk, issue: int) -> None:
    erase(there.ground, "a lot")
    with pytest.raises(NotAllowed, match="erased while you read"):
        there.ask(issue)
    other = happen(there.ground, Incident(said=[Said(text="Wiped out."), Said()]))
    number = there.ask(other)
    erase(there.ground, "Wiped")
    there.deliver()
    assert there.tracker.issues == []
    there.look()
    row = stored(there, number)
    assert (row.state, there.tickets()[0].unlinked_by) == (DeliveryState.CANCELLED, "groundswell")
    assert "a post in it was erased" in there.tickets()[0].reason
    set_issue(there.ground, other, erasures=1)  # once the classifiers forgot the words
    there.deliver()
    assert stored(there, number).text == ""


def test_unlinking_keeps_a_ticket_here_that_has_not_left(there: Desk, issue: int) -> None:
    number = there.ask(issue)
    unlink(there.ground, TOM, issue)
    there.deliver()
    assert (stored(there, number).state, there.tracker.issues) == (DeliveryState.CANCELLED, [])
    with pytest.raises(AlreadyDone, match="has no ticket"):
        unlink(there.ground, TOM, issue)
    there.link(issue, 7)
    assert [row.number for row in there.tickets()] == [None, 7]


def test_a_suggestion_is_accepted_by_the_state_and_declined_by_a_no(
    there: Desk, issue: int
) -> None:
    there.tracker.add("It hangs")
    there.link(issue)
    there.look()
    there.tracker.set(1, "closed", "completed")
    there.look()
    (row,) = there.suggestions()
    assert (row.state, row.end) == ("monitoring", None)
    set_state(there.ground, TOM, issue, IssueState.MONITORING)
    (row,) = there.suggestions()
    assert (row.end, row.ended_by) == (SuggestionEnd.ACCEPTED, "Tom")
    with pytest.raises(AlreadyDone, match="that suggestion was accepted by Tom"):
        decline(there.ground, RUTH, row.id or 0)
    with pytest.raises(NotFound):
        decline(there.ground, RUTH, 99)


def test_a_no_changes_no_state_and_is_not_asked_again(there: Desk, issue: int) -> None:
    there.tracker.add("It hangs", state="closed", state_reason="completed")
    there.link(issue)
    there.look()
    decline(there.ground, RUTH, there.suggestions()[0].id or 0)
    there.look()
    assert [row.end for row in there.suggestions()] == [SuggestionEnd.DECLINED]
    assert audit(there.ground)[-1] == ("suggestion declined", f"GS-{issue}")


def test_what_proposes_more_than_was_said_still_waits(there: Desk, issue: int) -> None:
    there.tracker.add("It hangs", state="closed", state_reason="completed")
    there.link(issue)
    there.look()
    set_state(there.ground, TOM, issue, IssueState.IDENTIFIED)
    assert [row.end for row in there.suggestions()] == [None]
    set_state(there.ground, TOM, issue, IssueState.RESOLVED)
    assert [row.end for row in there.suggestions()] == [SuggestionEnd.OVERTAKEN]


class Dying:
    """A channel whose process is killed at a boundary of its first send."""

    def __init__(self, inner: Channel, when: str) -> None:
        self.inner, self.when = inner, when
        self.capabilities = inner.capabilities

    def send(self, message: Message) -> Receipt:
        when, self.when = self.when, ""
        if when == "before":
            raise Killed
        receipt = self.inner.send(message)
        if when == "after":
            raise Killed
        return receipt

    def find(self, message: Message) -> Receipt | None:
        when, self.when = self.when, self.when if self.when != "looking" else ""
        if when == "looking":
            raise Killed
        return self.inner.find(message)


def run_until_quiet(there: Desk, number: int, channel: Channel) -> Delivery:
    """Run the pass, each time long after the last, until nothing is under way."""
    for _ in range(30):
        row = stored(there, number)
        if row.state not in {DeliveryState.QUEUED, DeliveryState.SENDING}:
            return row
        try:
            clock = there.ground.clock
            deliver_due(there.ground, {"github_ticket": channel}, machine=clock)
        except Killed:
            pass
        there.later(hours=2)
    raise AssertionError("it never settles")


@pytest.mark.parametrize("when", ["before", "after", "looking"])
def test_a_kill_at_any_boundary_leaves_exactly_one_ticket(
    there: Desk, issue: int, when: str
) -> None:
    number = there.ask(issue)
    row = run_until_quiet(there, number, Dying(there.channels()["github_ticket"], when))
    assert row.state is DeliveryState.SENT
    assert there.tracker.bearing(row.target["mark"]) == 1
    assert row.remote_id == "1"


@pytest.mark.parametrize(
    "fault", [*faults.BEFORE, *faults.AFTER, faults.too_many(9)], ids=lambda one: one.__name__
)
@pytest.mark.parametrize("again", [1, 2])
def test_whatever_the_tracker_does_there_is_exactly_one_ticket(
    there: Desk, issue: int, fault: faults.Fault, again: int
) -> None:
    number = there.ask(issue)
    for _ in range(again):
        there.faulty.next(fault, faults.POST)
    # Silence lasts as long as it is waited for.
    channels = there.channels(deadline_s=1.0 if "silent" in fault.__name__ else 10.0)
    row = run_until_quiet(there, number, channels["github_ticket"])
    assert row.state is DeliveryState.SENT
    assert there.tracker.bearing(row.target["mark"]) == 1
    assert row.url == f"https://github.com/{REPOSITORY}/issues/1"


def test_a_lost_answer_and_a_kill_while_it_is_settled_make_one_ticket(
    there: Desk, issue: int
) -> None:
    number = there.ask(issue)
    there.faulty.next(faults.lost_after, faults.POST)
    there.faulty.next(faults.fails_before, faults.GET)
    row = run_until_quiet(there, number, there.channels()["github_ticket"])
    assert (row.state, there.tracker.writes) == (DeliveryState.SENT, 1)


def test_a_ticket_that_is_refused_for_good_is_given_up_and_may_be_asked_for_anew(
    there: Desk, issue: int
) -> None:
    there.tracker.has_issues = False
    number = there.ask(issue)
    row = run_until_quiet(there, number, there.channels()["github_ticket"])
    assert (row.state, "switched off" in row.reason) == (DeliveryState.FAILED, True)
    unlink(there.ground, RUTH, issue)
    there.tracker.has_issues = True
    there.ask(issue, Words("GS-1: again", "Still.", 0, quotes=False))
    there.later(minutes=1)
    there.deliver()
    assert [one["title"] for one in there.tracker.issues] == ["GS-1: again"]
    assert timedelta() < there.ground.clock.now() - row.created_at
