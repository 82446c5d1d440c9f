"""`groundswell issue …`: what several people report."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import typer
from sqlmodel import Session

from classifiers import store
from classifiers.tables import Issue
from config.clock import rfc3339
from config.database import reading
from config.errors import GroundswellError, SettingsError
from listener.store import products, threads_by_id
from responders.commands.output import JsonOption, emit_list, emit_object, shown
from responders.voice.store import drafts_of
from responders.voice.tables import Draft, DraftState
from responders.workspace import open_ground

app = typer.Typer(help="What several people report.", no_args_is_help=True)

EMPTY = (
    "No issue is open. That says only that nothing new was noticed in what was heard: "
    "`groundswell status` shows when each place was last heard."
)


@app.command("list")
def list_issues(
    *,
    everything: bool = typer.Option(
        False, "--all", help="Also the resolved ones, and spam and brigades set aside."
    ),
    as_json: bool = JsonOption,
) -> None:
    """List issues, the newest first.

    Example: groundswell issue list --all
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        rows = issues_json(session, list(store.issues(session, everything=everything)))
    columns = ["id", "title", "state", "kind", "severity", "posts", "authors"]
    emit_list(rows, as_json=as_json, columns=columns, empty=EMPTY)


@app.command("show")
def show_issue(issue: str, as_json: bool = JsonOption) -> None:
    """Show one issue with its evidence and what happened to it.

    Example: groundswell issue show GS-1
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        row = issue_named(session, issue)
        value = issues_json(session, [row])[0]
        value["events"] = [
            {"at": rfc3339(event.at), "kind": event.kind, "text": event.text, "by": event.by}
            for event in store.events(session, row.id or 0)
        ]
    emit_object(value if as_json else for_people(value), as_json=as_json)


def issue_named(session: Session, text: str) -> Issue:
    """Return the issue of a reference.

    Raises:
        SettingsError: the text is no reference.
        GroundswellError: no issue has it.
    """
    number = text.strip().upper().removeprefix(store.REFERENCE)
    if not (number.isascii() and number.isdigit()):
        raise SettingsError(f"{text} is no issue; write it like GS-3")
    found = store.issue_id_from(text)
    row = store.issue_with_id(session, found) if found is not None else None
    if row is None:
        raise GroundswellError(f"there is no issue {text}; `groundswell issue list` shows them")
    return row


def for_people(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an issue with a line for each quote and each event."""
    threads = value["threads"]
    return {
        **value,
        "quotes": "\n".join(f"“{_line(part['text'])}” {_place(part)}" for part in value["quotes"]),
        "threads": f"told {threads['told']} of {threads['total']}",
        "events": "\n".join(map(_event, value["events"])),
    }


def _line(text: str) -> str:
    return " ".join(text.split())


def _place(quote: Mapping[str, Any]) -> str:
    return str(quote["url"] or f"post {quote['post_id']}")


def _event(event: Mapping[str, Any]) -> str:
    words = f"{shown(event['at'])} {event['kind']}"
    words += f": {_line(event['text'])}" if event["text"] else ""
    return f"{words} (by {event['by']})" if event["by"] else words


def issues_json(session: Session, rows: list[Issue]) -> list[dict[str, Any]]:
    """Return issues as scripts read them."""
    names = {product.id: product.name for product in products(session)}
    counts = store.counts(session, [row.id for row in rows if row.id is not None])
    return [
        _issue_json(session, row, names, counts.get(row.id or 0, store.Counts())) for row in rows
    ]


def _issue_json(
    session: Session, row: Issue, names: dict[int | None, str], counts: store.Counts
) -> dict[str, Any]:
    posts = store.posts_of_issue(session, row.id or 0)
    threads = threads_by_id(session, [post.thread_id for post in posts if post.thread_id])
    drafts = drafts_of(session, row.id or 0)
    due = _next_word(drafts)
    return {
        "id": store.reference(row.id or 0),
        "product": names.get(row.product_id),
        "title": row.title,
        "state": row.state.value,
        "severity": row.severity.value,
        "kind": row.kind.value,
        "flags": row.flags,
        "first_seen_at": rfc3339(row.first_seen_at),
        "last_seen_at": rfc3339(row.last_seen_at),
        "alerted_at": rfc3339(row.alerted_at) if row.alerted_at else None,
        "posts": counts.posts,
        "authors": counts.authors,
        "sources": counts.sources,
        "reason": row.reason,
        "score": row.score,
        "key_phrases": row.key_phrases,
        "quotes": row.quotes,
        "facts": row.facts,
        "release": row.release,
        "nearest_past": store.reference(row.nearest_past) if row.nearest_past else None,
        "merged_into": store.reference(row.merged_into) if row.merged_into else None,
        "threads": {"total": len(threads), "told": _told(drafts)},
        "next_update_by": rfc3339(due) if due else None,
    }


LIVE = (DraftState.PENDING, DraftState.APPROVED, DraftState.QUEUED, DraftState.SENT)


def _next_word(drafts: Sequence[Draft]) -> datetime | None:
    """Return the earliest next word that was promised or is proposed."""
    return min(
        (draft.next_update_by for draft in drafts if draft.state in LIVE and draft.next_update_by),
        default=None,
    )


def _told(drafts: Sequence[Draft]) -> int:
    """Return how many threads were told."""
    return len({draft.thread_id for draft in drafts if draft.state is DraftState.SENT})
