"""What engineering's work says about an issue: what is proposed when a ticket closes or ships.

Pure. Nothing here changes a state: a closed ticket is not yet an update on anybody's phone, and a
person knows what the tracker does not.
"""

from dataclasses import dataclass

from classifiers.corrections.resolutions import Resolution
from classifiers.tables import IssueState
from responders.oncall.tables import TicketState

ORDER = tuple(IssueState)


@dataclass(frozen=True)
class Proposal:
    """What is proposed, and what it follows from."""

    state: IssueState | None
    """None: it is only told."""
    reason: str
    resolution: Resolution | None = None

    def is_so(self, state: IssueState) -> bool:
        """Tell whether an issue is there already, or further: then nobody must be asked."""
        return self.state is not None and ORDER.index(state) >= ORDER.index(self.state)


def of_ticket(now: TicketState, *, name: str, released: str | None) -> Proposal | None:
    """Return what a ticket's state proposes; None for one that is open as it was from the start.

    Args:
        now: the ticket's state.
        name: how people name it, such as ``acme/app#7``.
        released: the version whose notes name it, if one did.

    Example: completed, not in a release yet: monitoring.
    """
    if now is TicketState.COMPLETED and released:
        return Proposal(
            IssueState.RESOLVED,
            f"ticket {name} is done, and release {released} names it",
            Resolution.FIXED,
        )
    if now is TicketState.COMPLETED:
        return Proposal(IssueState.MONITORING, f"ticket {name} is done")
    if now is TicketState.NOT_PLANNED:
        return Proposal(
            IssueState.RESOLVED, f"ticket {name} was closed as not planned", Resolution.WILL_NOT_FIX
        )
    if now is TicketState.DUPLICATE:
        return Proposal(None, f"ticket {name} was closed as a duplicate: link the other one")
    if now is TicketState.GONE:
        return Proposal(None, f"ticket {name} is not there any more: link or make another one")
    return None


def of_reopening(name: str) -> Proposal:
    """Return what is told when a ticket that was closed is open again."""
    return Proposal(None, f"ticket {name} is open again")


def of_erasure(name: str) -> Proposal:
    """Return what is told when a post was erased whose words a ticket quotes."""
    return Proposal(None, f"a post that ticket {name} quotes was erased: take its words out there")


def of_release(version: str, *, named: str) -> Proposal:
    """Return what a release proposes whose notes name an issue or its ticket."""
    return Proposal(
        IssueState.RESOLVED, f"the notes of release {version} name {named}", Resolution.FIXED
    )
