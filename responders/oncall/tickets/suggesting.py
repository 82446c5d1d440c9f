"""Propose a state when a ticket closed or a release named one; the on-call people are told once.

Part of the respond pass. Found by comparing rows: a ticket's state and a release's names against
what was suggested already. No state is changed here: a person accepts by changing it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from classifiers.corrections import store_changes
from classifiers.corrections.resolutions import lacks_reason, resolution_of
from classifiers.register.mentions import is_named
from classifiers.store import reference
from classifiers.tables import Issue, IssueEvent, Release
from config.database import reading
from config.ground import Ground
from config.logs import event_log
from listener.by_product import changing, each_product
from listener.tables import Product
from responders.delivery import store as outbox
from responders.delivery.inert import quoted
from responders.delivery.opening import destinations
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.store import SILENCED
from responders.oncall.tables import Suggestion, SuggestionEnd, Ticket, TicketState
from responders.oncall.tickets import store_tickets as store
from responders.oncall.tickets.handing_back import (
    Proposal,
    of_erasure,
    of_release,
    of_reopening,
    of_ticket,
)

KIND = "suggestion"
TITLE = 80
"""Characters of a title in a message."""
ERASED = "a post in it was erased; ask for the ticket again"
CLOSED = frozenset(TicketState) - {TicketState.OPEN}

log = event_log(__name__)


@dataclass(frozen=True)
class _Made:
    """A suggestion to be kept."""

    key: str
    issue: Issue
    proposal: Proposal
    ticket: Ticket | None
    url: str | None


def suggest_due(ground: Ground) -> int:
    """Take over what became of tickets and suggest what follows; return how much changed."""
    return each_product(ground, partial(_suggest_product, ground), log=log, of="suggestions")


def _suggest_product(ground: Ground, product: Product) -> int:
    product_id = product.id or 0
    with reading(ground.engine) as session:
        overtaken = store.outdated(session, product_id)
        settled = store.unsettled(session, product_id)
        if not (overtaken or settled or any(_found(session, product_id))):
            return 0
    with changing(ground, f"respond:{product_id}") as session:
        if session is None:
            return 0
        for ticket in store.outdated(session, product_id):
            outbox.call_back(session, ticket.delivery_id or 0, why=ERASED)
        unsettled = store.unsettled(session, product_id)
        for row in unsettled:
            _take_over(session, ground, *row)
        made = list(_found(session, product_id))
        for one in made:
            _make(session, ground, one)
    return len(unsettled) + len(made)


def _take_over(session: Session, ground: Ground, ticket: Ticket, delivery: Delivery) -> None:
    """Take over what became of a ticket that was to be made."""
    now = ground.clock.now()
    number = _number(delivery)
    if delivery.state is DeliveryState.SENT and number is not None:
        values = {"number": number, "url": delivery.url, "state": TicketState.OPEN}
        store.change(session, ticket, heard_at=now, next_due_at=now, reason="", **values)
        _tell(session, ticket.issue_id, f"ticket {ticket.repository}#{number} stands there", ground)
        log.info("ticket_made", ticket=ticket.id, issue=reference(ticket.issue_id), number=number)
        return
    why = delivery.reason or "nobody said where it stands"
    store.change(session, ticket, unlinked_by=store_changes.OURS, unlinked_at=now, reason=why)
    _tell(session, ticket.issue_id, f"no ticket was made: {why}", ground)
    log.warning("ticket_not_made", ticket=ticket.id, issue=reference(ticket.issue_id), reason=why)


def _number(delivery: Delivery) -> int | None:
    """Return the ticket's number as the channel told it, or as the address that a person gave."""
    told = delivery.remote_id or (delivery.url or "").rstrip("/").rpartition("/")[2]
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None


def _found(session: Session, product_id: int) -> Iterator[_Made]:
    """Yield what is to be suggested, what is said first coming first."""
    tickets = store.of_product(session, product_id)
    releases = store.naming(session, product_id)
    known = store.known_keys(session, product_id)
    wholes = {row.id: row for row in store.open_issues(session, product_id)}
    parents = store.parts(session, product_id)
    for ticket in tickets:
        issue = wholes.get(_whole(ticket.issue_id, parents))
        if issue is not None:
            yield from _of_ticket(ticket, issue, releases, known)
    for ticket, issue in store.quoting_erased(session, product_id):
        key = f"ticket|{ticket.id}|erased|{issue.erasures}"
        if key not in known:
            name = f"{ticket.repository}#{ticket.number}"
            yield _Made(key, issue, of_erasure(name), ticket, ticket.url)
    for row in releases:
        for issue in wholes.values():
            mine = [one for one in tickets if _whole(one.issue_id, parents) == issue.id]
            yield from _of_release(row, issue, mine, known)


def _whole(issue_id: int, parents: Mapping[int, int]) -> int:
    seen = {issue_id}
    while issue_id in parents and parents[issue_id] not in seen:
        issue_id = parents[issue_id]
        seen.add(issue_id)
    return issue_id


def _of_ticket(
    ticket: Ticket, issue: Issue, releases: Sequence[Release], known: frozenset[str]
) -> Iterator[_Made]:
    if ticket.state is None or ticket.heard_at is None:
        return
    key = f"ticket|{ticket.id}|{ticket.state}|{ticket.heard_at.isoformat()}"
    if key in known:
        return
    name = f"{ticket.repository}#{ticket.number}"
    version = next((row.version for row in releases if _names(row, ticket)), None)
    proposal = of_ticket(ticket.state, name=name, released=version)
    if proposal is None and _was_closed(ticket, known):
        proposal = of_reopening(name)
    if proposal is not None:
        yield _Made(key, issue, proposal, ticket, ticket.url)


def _was_closed(ticket: Ticket, known: frozenset[str]) -> bool:
    closings = tuple(f"ticket|{ticket.id}|{state}|" for state in CLOSED)
    return any(key.startswith(closings) for key in known)


def _of_release(
    row: Release, issue: Issue, tickets: Sequence[Ticket], known: frozenset[str]
) -> Iterator[_Made]:
    key = f"release|{row.id}|{issue.id}"
    if key in known:
        return
    ticket = next((one for one in tickets if _names(row, one)), None)
    own = reference(issue.id or 0)
    if own in row.names or ticket is not None:
        named = own if ticket is None else f"{ticket.repository}#{ticket.number}"
        yield _Made(key, issue, of_release(row.version, named=named), ticket, row.url)


def _names(row: Release, ticket: Ticket) -> bool:
    return ticket.number is not None and is_named(
        row.names, repository=ticket.repository, number=ticket.number
    )


def _make(session: Session, ground: Ground, one: _Made) -> None:
    """Keep a suggestion in place of older ones, and tell of it; what is so already is only kept."""
    now = ground.clock.now()
    issue = session.get_one(Issue, one.issue.id, populate_existing=True)
    older = store.suggestions(session, [issue.id or 0])
    is_so = one.proposal.is_so(issue.state) or _says_the_same(older, one.proposal)
    for row in () if is_so else older:
        store.end(session, row, SuggestionEnd.OVERTAKEN, by=store_changes.OURS, at=now)
    fresh = Suggestion(
        key=one.key, product_id=issue.product_id, issue_id=issue.id or 0,
        ticket_id=one.ticket.id if one.ticket else None,
        state=str(one.proposal.state) if one.proposal.state else None,
        resolution=one.proposal.resolution, reason=one.proposal.reason, url=one.url, made_at=now,
        end=SuggestionEnd.OVERTAKEN if is_so else None,
        ended_by=store_changes.OURS if is_so else "", ended_at=now if is_so else None,
    )  # fmt: skip
    number = store.suggest(session, fresh)
    _tell(session, issue.id or 0, _on_timeline(one.proposal), ground)
    if not (is_so or SILENCED.intersection(issue.flags)):
        for to in destinations(ground.settings):
            outbox.queue(session, _message(fresh, number, issue, to.channel, to.name))
    log.info("state_suggested", issue=reference(issue.id or 0), reason=fresh.reason, to=fresh.state)


def _says_the_same(waiting: Sequence[Suggestion], proposal: Proposal) -> bool:
    """Tell whether a person is asked the same already."""
    asked = {(row.state, row.resolution) for row in waiting if row.state is not None}
    return (proposal.state, proposal.resolution) in asked


def _on_timeline(proposal: Proposal) -> str:
    return f"{proposal.reason}; proposed: {proposal.state}" if proposal.state else proposal.reason


def _tell(session: Session, issue_id: int, text: str, ground: Ground) -> None:
    event = IssueEvent(
        issue_id=issue_id, at=ground.clock.now(), kind="ticket", text=text, by=store_changes.OURS
    )
    store_changes.add_event(session, event)


def suggestion_text(row: Suggestion, issue: Issue) -> str:
    """Say what happened and what a person may do; only a title that a person gave is named.

    The words of users may be erased later, and a message that was sent cannot be changed.
    """
    name = reference(issue.id or 0)
    title = f" “{quoted(issue.title, TITLE)}”" if issue.titled_by else ""
    happened = f"{name}{title} ({issue.severity}, {issue.state}): {row.reason}."
    link = f" {row.url}" if row.url else ""
    if row.state is None:
        return f"{happened}{link}"
    ends = f" --as {row.resolution}" if row.resolution else ""
    why = ' --note "…"' if lacks_reason(resolution_of(row.resolution), "") else ""
    act = f"groundswell issue state {name} {row.state}{ends}{why}"
    return f"{happened} Is it {row.state} now? A person decides: {act}{link}"


def _message(
    row: Suggestion, number: int, issue: Issue, channel: str, destination: str
) -> Delivery:
    return Delivery(
        key=f"{destination}|{issue.id}|{KIND}|{number}",
        product_id=issue.product_id,
        issue_id=issue.id,
        channel=channel,
        destination=destination,
        kind=KIND,
        text=suggestion_text(row, issue),
        next_try_at=row.made_at,
        created_at=row.made_at,
    )
