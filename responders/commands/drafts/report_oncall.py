"""The part of `groundswell report` on how soon on-call people acknowledged their alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session

from responders.commands.output import emit_list
from responders.oncall.acknowledging import Acknowledging, acknowledgings
from responders.oncall.store_acknowledging import told_of
from responders.voice.ledger.clocks import lasted

COLUMNS = ("severity", "alerts", "acknowledged", "unacknowledged", "middle", "9_of_10_within")
EMPTY = "No alert was told in this span."


def oncall_json(session: Session, *, since: datetime, until: datetime) -> dict[str, Any]:
    """Return how soon the issues were acknowledged that on-call people were told of in a span."""
    found = acknowledgings(told_of(session, since=since, until=until))
    return {"oncall": {name: asdict(one) for name, one in found.items()}}


def tell_oncall(value: Mapping[str, Any]) -> None:
    """Tell it to a person."""
    emit_list(oncall_rows(value), as_json=False, columns=COLUMNS, empty=EMPTY)


def oncall_rows(value: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the same as rows for people; empty where nothing was told."""
    rows = [(name, Acknowledging(**one)) for name, one in value["oncall"].items()]
    return [
        {
            "severity": name,
            "alerts": one.alerts,
            "acknowledged": one.acknowledged,
            "unacknowledged": one.unacknowledged,
            "middle": _told(one.acknowledged_s),
            "9_of_10_within": _told(one.acknowledged_p90_s),
        }
        for name, one in rows
        if one.alerts
    ]


def _told(seconds: float | None) -> str | None:
    return None if seconds is None else lasted(seconds)
