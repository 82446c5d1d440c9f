"""What a closed ticket and a release propose, as plain rules."""

import pytest

from classifiers.corrections.resolutions import Resolution
from classifiers.tables import IssueState
from responders.oncall.tables import TicketState
from responders.oncall.tickets.handing_back import Proposal, of_release, of_ticket

NAME = "acme/app#7"


@pytest.mark.parametrize("state", list(TicketState))
def test_each_state_of_a_ticket_proposes_something_or_is_open(state: TicketState) -> None:
    found = of_ticket(state, name=NAME, released=None)
    assert (found is None) is (state is TicketState.OPEN)
    assert found is None or NAME in found.reason


def test_done_and_released_is_the_end_and_done_alone_is_not() -> None:
    done = of_ticket(TicketState.COMPLETED, name=NAME, released=None)
    shipped = of_ticket(TicketState.COMPLETED, name=NAME, released="5.2.1")
    assert (done and done.state, shipped and shipped.state) == ("monitoring", "resolved")
    assert shipped is not None
    assert shipped.resolution is Resolution.FIXED


@pytest.mark.parametrize(
    ("state", "is_so"),
    [(IssueState.NEW, False), (IssueState.IDENTIFIED, False), (IssueState.MONITORING, True),
     (IssueState.RESOLVED, True)],
)  # fmt: skip
def test_nobody_is_asked_for_what_is_so_already(state: IssueState, is_so: bool) -> None:
    assert Proposal(IssueState.MONITORING, "done").is_so(state) is is_so
    assert not Proposal(None, "it says so").is_so(state)


def test_a_release_proposes_the_end() -> None:
    assert of_release("5.2.1", named="GS-3") == Proposal(
        IssueState.RESOLVED, "the notes of release 5.2.1 name GS-3", Resolution.FIXED
    )
