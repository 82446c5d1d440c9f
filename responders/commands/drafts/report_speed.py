"""The part of `groundswell report` on how fast people were heard, and how promises fared."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session

from classifiers import store as issues_store
from classifiers.issues import NOT_AN_ISSUE
from classifiers.tables import IssueKind
from responders.commands import store
from responders.commands.drafts.promises import summary
from responders.commands.output import emit_list, say
from responders.voice.ledger.clocks import Clocks, lasted
from responders.voice.ledger.speed import Speed, speeds
from responders.voice.ledger.store_clocks import clocks_of
from responders.voice.ledger.store_promises import Kept, counted

COLUMNS = ("severity", "issues", "noticed", "first_public_word", "acted", "resolved")
EMPTY = "No issue began in this span."


def speed_json(session: Session, *, since: datetime, until: datetime) -> dict[str, Any]:
    """Return the middle of the clocks of issues that began in a span, and its promises."""
    found, kept = _measured(session, since, until), _kept(session, since, until)
    return {
        "speed": {name: asdict(one) for name, one in speeds(found).items()},
        "promises": asdict(kept),
    }


def tell_speed(value: Mapping[str, Any]) -> None:
    """Tell it to a person."""
    emit_list(speed_rows(value), as_json=False, columns=COLUMNS, empty=EMPTY)
    say(f"Promises: {summary(Kept(**value['promises']))}")


def speed_rows(value: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the same as rows for people; empty where no issue began."""
    rows = [(name, Speed(**one)) for name, one in value["speed"].items()]
    return [
        {
            "severity": name,
            "issues": one.issues,
            "noticed": _middle(one.noticed_s),
            "first_public_word": _middle(one.acknowledged_s),
            "acted": _middle(one.acted_s),
            "resolved": _middle(one.resolved_s),
        }
        for name, one in rows
        if one.issues
    ]


def _middle(seconds: float | None) -> str | None:
    return None if seconds is None else lasted(seconds)


def _measured(session: Session, since: datetime, until: datetime) -> Sequence[tuple[str, Clocks]]:
    rows = [
        (str(row.severity), clocks_of(session, row))
        for row in issues_store.issues(session, everything=True)
        if row.kind is IssueKind.ISSUE and row.merged_into is None and NOT_AN_ISSUE not in row.flags
    ]
    return [(severity, one) for severity, one in rows if since <= one.began_at < until]


def _kept(session: Session, since: datetime, until: datetime) -> Kept:
    """Count the promises that fell due in a span."""
    return counted(row for row in store.promises(session) if since <= row.due_at < until)
