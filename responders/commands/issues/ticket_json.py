"""An issue's ticket and what is suggested because of it, as scripts and people read them."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from classifiers.tables import Issue
from config.clock import rfc3339
from responders.oncall.tables import Suggestion, Ticket
from responders.oncall.tickets import store_tickets as store
from responders.voice.store import family

NO_TICKET = "none; hand it on: groundswell issue ticket {} --create, or --link URL"


def handed_on(session: Session, row: Issue) -> dict[str, Any]:
    """Return the newest ticket of an issue and of its parts, and what waits for a person."""
    issues = family(session, row.id or 0)
    found = store.tickets(session, issues)
    return {
        "ticket": _ticket(found[-1]) if found else None,
        "suggestions": [_suggestion(one) for one in store.suggestions(session, issues)],
    }


def _ticket(row: Ticket) -> dict[str, Any]:
    return {
        "repository": row.repository,
        "number": row.number,
        "url": row.url,
        "state": str(row.state) if row.state else None,
        "by": row.by,
        "at": rfc3339(row.at),
        "delivery_id": str(row.delivery_id) if row.delivery_id else None,
        "reason": row.reason or None,
    }


def _suggestion(row: Suggestion) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "state": row.state,
        "resolution": row.resolution,
        "reason": row.reason,
        "url": row.url,
        "made_at": rfc3339(row.made_at),
    }


def ticket_lines(value: Mapping[str, Any]) -> dict[str, str]:
    """Return the same for people: the ticket in a line, and a line for each suggestion."""
    return {
        "ticket": ticket_line(value["ticket"]) or NO_TICKET.format(value["id"]),
        **({"suggested": "\n".join(map(_line, found))} if (found := value["suggestions"]) else {}),
    }


def ticket_line(ticket: Mapping[str, Any] | None) -> str:
    """Return a ticket in a line; empty where there is none."""
    if ticket is None:
        return ""
    if ticket["number"] is None:
        return f"on its way to {ticket['repository']}: delivery {ticket['delivery_id']}"
    state = (ticket["state"] or "not looked at yet").replace("_", " ")
    why = f" ({ticket['reason']})" if ticket["reason"] else ""
    return f"{ticket['repository']}#{ticket['number']}, {state}{why}, {ticket['url']}"


def _line(row: Mapping[str, Any]) -> str:
    return f"{row['state']}: {row['reason']}" if row["state"] else str(row["reason"])
