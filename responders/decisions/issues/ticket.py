"""Hand an issue on to engineering: ask for a ticket, link one, unlink it, decline what follows.

A ticket leaves the house, so it leaves like any public text: the person who asks approves exactly
what was shown, and the outbox sends it once. A suggestion is accepted by changing the state.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from classifiers.store import reference
from classifiers.tables import Issue, IssueState
from config.errors import PermanentError
from config.ground import Ground
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.tracking import hold_issue, ref, tell
from responders.decisions.wording import at_time
from responders.delivery import store as outbox
from responders.delivery.erasures import erasures
from responders.delivery.marking import ticket_text
from responders.delivery.tables import Delivery
from responders.oncall.tables import SuggestionEnd, Ticket
from responders.oncall.tickets import store_tickets as store
from responders.voice.words.drafting import digest

CHANNEL = "github_ticket"
TICKET = "ticket"
MARK_BYTES = 16


@dataclass(frozen=True)
class Where:
    """The place of tickets."""

    api_url: str
    repository: str
    credential: str | None


@dataclass(frozen=True)
class Words:
    """What a ticket would say, as a person read it."""

    title: str
    body: str
    erased: int
    """Posts of the issue that were erased when it was written."""
    quotes: bool
    """Whether the words of users stand in it."""


def ask(ground: Ground, actor: Actor, issue_id: int, where: Where, words: Words) -> int:
    """Ask for a ticket with exactly these words; return the delivery that will make it.

    Raises:
        AlreadyDone: the issue has a ticket, or one is on its way.
        NotAllowed: the role is too low, a post was erased meanwhile, or no credential is named.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = hold_issue(act, issue_id)
        _refuse_second(act, issue)
        if where.credential is None:
            raise NotAllowed("name the credential that may write issues there: --credential NAME")
        if erasures(act.session, issue_id).members != words.erased:
            raise NotAllowed("a post was erased while you read; look at the ticket again")
        ticket = _ticket(act, issue, where)
        number = store.add(act.session, ticket)
        delivery = _delivery(act, issue, where, words, number)
        act.session.add(delivery)
        act.session.flush()
        store.change(act.session, ticket, delivery_id=delivery.id)
        text = f"asked for a ticket in {where.repository}"
        tell(act, issue, kind=TICKET, text=text, data={"ticket": number})
        act.note(
            "ticket asked for", ref(issue), repository=where.repository, delivery=delivery.id,
            text_sha256=delivery.approved_sha256, quotes=words.quotes,
        )  # fmt: skip
        return delivery.id or 0


def link(
    ground: Ground, actor: Actor, issue_id: int, where: Where, *, number: int, url: str
) -> None:
    """Link a ticket that stands there already.

    Raises:
        AlreadyDone: the issue has a ticket, or one is on its way.
        NotAllowed: the role is too low.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = hold_issue(act, issue_id)
        _refuse_second(act, issue)
        ticket = _ticket(act, issue, where)
        ticket.number, ticket.url = number, url
        row = store.add(act.session, ticket)
        name = f"{where.repository}#{number}"
        tell(act, issue, kind=TICKET, text=f"linked ticket {name}", data={"ticket": row})
        act.note("ticket linked", ref(issue), ticket=name)


def unlink(ground: Ground, actor: Actor, issue_id: int) -> None:
    """Let an issue have no ticket; one that was asked for and has not left never leaves.

    Raises:
        AlreadyDone: it has none, or it is leaving at this moment.
        NotAllowed: the role is too low.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = hold_issue(act, issue_id)
        ticket = store.standing(act.session, issue_id)
        if ticket is None:
            raise AlreadyDone(f"{ref(issue)} has no ticket")
        if ticket.number is None:
            _call_back(act, issue, ticket)
        store.change(act.session, ticket, unlinked_by=act.actor.name, unlinked_at=act.now)
        for row in store.suggestions(act.session, [issue_id]):
            if row.ticket_id == ticket.id:
                _end(act, row, SuggestionEnd.OVERTAKEN)
        name = ticket_name(ticket)
        tell(act, issue, kind=TICKET, text=f"unlinked {name}", data={"ticket": ticket.id})
        act.note("ticket unlinked", ref(issue), ticket=name)


def decline(ground: Ground, actor: Actor, suggestion_id: int) -> None:
    """Say no to a suggestion; the state stays as it is.

    Raises:
        AlreadyDone: it waits for nobody any more; it says by whom and when.
        NotAllowed: the role is too low.
        NotFound: there is no such suggestion.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        row = store.suggestion(act.session, suggestion_id)
        if row is None:
            raise NotFound(f"there is no suggestion {suggestion_id}; look at the issue")
        if row.end is not None or not _end(act, row, SuggestionEnd.DECLINED):
            when = f" {at_time(row.ended_at)}" if row.ended_at else ""
            raise AlreadyDone(f"that suggestion was {row.end} by {row.ended_by}{when}")
        act.note("suggestion declined", reference(row.issue_id), suggestion=suggestion_id)


def settle_suggestions(act: Act, issue: Issue) -> None:
    """End what was suggested, now that a person said how far an issue is: for its own act.

    What proposes more than was said stays: the ticket is closed all the same.
    """
    order = list(IssueState)
    for row in store.suggestions(act.session, [issue.id or 0]):
        if row.state == issue.state:
            _end(act, row, SuggestionEnd.ACCEPTED)
        elif row.state is None or order.index(IssueState(row.state)) < order.index(issue.state):
            _end(act, row, SuggestionEnd.OVERTAKEN)


def ticket_name(ticket: Ticket) -> str:
    """Return how people name a ticket."""
    if ticket.number is None:
        return f"the ticket asked for in {ticket.repository}"
    return f"ticket {ticket.repository}#{ticket.number}"


def _end(act: Act, row: Any, how: SuggestionEnd) -> bool:
    return store.end(act.session, row, how, by=act.actor.name, at=act.now)


def _refuse_second(act: Act, issue: Issue) -> None:
    known = store.standing(act.session, issue.id or 0)
    if known is not None:
        where = f": {known.url}" if known.url else ""
        raise AlreadyDone(
            f"{ref(issue)} has {ticket_name(known)} already, by {known.by} {at_time(known.at)}"
            f"{where}. Another one: groundswell issue ticket {ref(issue)} --unlink"
        )


def _call_back(act: Act, issue: Issue, ticket: Ticket) -> None:
    """Keep a ticket here that was asked for and has not left."""
    sent = act.session.get(Delivery, ticket.delivery_id) if ticket.delivery_id else None
    if sent is None or outbox.call_back(act.session, sent.id or 0, why="unlinked"):
        return
    if sent.state in outbox.MAY_BE_QUEUED_AGAIN:
        return
    raise AlreadyDone(
        f"the ticket of {ref(issue)} is {sent.state} at this moment; wait until it stands there, "
        f"or settle it: groundswell delivery show {sent.id}"
    )


def _ticket(act: Act, issue: Issue, where: Where) -> Ticket:
    return Ticket(
        product_id=issue.product_id, issue_id=issue.id or 0, api_url=where.api_url,
        repository=where.repository, credential=where.credential, by=act.actor.name, at=act.now,
        next_due_at=act.now,
    )  # fmt: skip


def _delivery(act: Act, issue: Issue, where: Where, words: Words, ticket: int) -> Delivery:
    token = secrets.token_hex(MARK_BYTES)
    text = ticket_text(words.title, words.body, token)
    if not words.title.strip():
        raise PermanentError("a ticket needs a title; rename the issue first")
    return Delivery(
        key=f"{CHANNEL}|{issue.id}|{TICKET}|{ticket}", product_id=issue.product_id,
        issue_id=issue.id, channel=CHANNEL, destination=f"{CHANNEL}:{where.repository}",
        target={
            "api_url": where.api_url, "repository": where.repository,
            "credential": where.credential, "mark": token, "asked_at": act.now.isoformat(),
            "quotes": words.quotes,
        },
        kind=outbox.TICKET, public=True, approved_sha256=digest(text), text=text,
        drawn_without=words.erased, erasures=issue.erasures, next_try_at=act.now,
        created_at=act.now,
    )  # fmt: skip
