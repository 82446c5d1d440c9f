"""The lists: issues, sources, and the audit."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from classifiers.store import Counts, reference
from classifiers.tables import Issue, IssueState
from config.settings import Settings
from listener.health import GAP, SILENT, SLOW, Standing
from listener.pacing.store_pacing import requests_today
from listener.standings import is_watched
from listener.store import MANUAL
from listener.tables import Source, SourceState
from responders.console.store import Proposal
from responders.console.views.desk import Due, due_of
from responders.console.views.shapes import BARS, Chip, chip, flag_words
from responders.console.views.words import age, clock, left, public_name
from responders.decisions.tables import AuditEntry
from responders.delivery.reaching import why_by_hand
from responders.page.tables import Incident
from responders.voice.tables import Promise

DIGEST = re.compile("[0-9a-f]{64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
WELL: Mapping[str, tuple[str, str]] = {
    SourceState.NEW: ("quiet", "not looked at yet"),
    SourceState.OK: ("heard", "heard"),
    SourceState.EMPTY: ("quiet", "quiet: it holds no post yet"),
    SLOW: ("heard", "heard, but slow"),
    SILENT: ("silent", "silent"),
    GAP: ("silent", "heard, with a gap"),
}
"""The tone and the words of a place that answers; every other one cannot be heard."""


@dataclass(frozen=True)
class IssueRow:
    """One issue in the list."""

    reference: str
    title: str
    chip: Chip
    severity: str
    bars: int
    flags: Sequence[str]
    due: Due | None
    counts: Counts
    told: int
    waiting: int
    latest: str
    merged_into: str
    page: str
    closed: bool


def issue_rows(
    issues: Sequence[Issue],
    *,
    counts: Mapping[int, Counts],
    promises: Mapping[int, Sequence[Promise]],
    told: Mapping[int, int],
    waiting: Mapping[int, Sequence[Proposal]],
    incidents: Mapping[int, Incident],
    now: datetime,
) -> Sequence[IssueRow]:
    """Return issues: open ones first, the next promise due before the others, then the newest."""
    rows = [
        (
            issue,
            IssueRow(
                reference=reference(key := issue.id or 0),
                title=issue.title,
                chip=chip(issue.state, issue.flags),
                severity=issue.severity.capitalize(),
                bars=BARS[issue.severity],
                flags=flag_words(issue),
                due=due_of(promises.get(key, ()), waiting.get(key, ()), now=now),
                counts=counts.get(key, Counts()),
                told=told.get(key, 0),
                waiting=len(waiting.get(key, ())),
                latest=age(issue.last_seen_at, now),
                merged_into=reference(issue.merged_into) if issue.merged_into else "",
                page=incidents[key].status if key in incidents else "",
                closed=issue.state is IssueState.RESOLVED or issue.merged_into is not None,
            ),
        )
        for issue in issues
    ]

    def urgency(pair: tuple[Issue, IssueRow]) -> tuple[bool, bool, float, int]:
        issue, row = pair
        due = row.due.at.timestamp() if row.due else 0.0
        return row.closed, row.due is None, due, -(issue.id or 0)

    return [row for _, row in sorted(rows, key=urgency)]


@dataclass(frozen=True)
class SourceRow:
    """One place in the list."""

    name: str
    host: str
    kind: str
    heard: str
    heard_age: str
    due: str
    word: str
    tone: str
    """``heard``, ``quiet``, ``silent`` or ``off``."""
    reason: str
    remedy: str
    posts: int
    requests: int
    """Asked today."""
    by_hand: str
    """Why answers there go by hand; empty where we can answer."""


def source_rows(
    sources: Sequence[Source],
    counts: Mapping[int, int],
    fare: Mapping[str, Standing],
    *,
    settings: Settings,
    now: datetime,
) -> Sequence[SourceRow]:
    """Return places: those that want a look first, then by name."""
    rows = [
        _source_row(
            source,
            counts.get(source.id or 0, 0),
            fare[source.name],
            by_hand=why_by_hand(source, settings) or "",
            now=now,
        )
        for source in sources
    ]
    order = ("silent", "heard", "quiet", "off")
    return sorted(rows, key=lambda row: (order.index(row.tone), row.name))


def _source_row(
    source: Source, posts: int, fares: Standing, *, by_hand: str, now: datetime
) -> SourceRow:
    tone, word = _tone(source, fares, now=now)
    remedy = fares.remedy if tone != "off" and source.kind != MANUAL else None
    return SourceRow(
        name=public_name(source.name),
        host=public_name(source.url),
        kind=source.kind,
        heard=clock(source.last_heard_at, now) if source.last_heard_at else "not yet",
        heard_age=age(source.last_heard_at, now) if source.last_heard_at else "",
        due=_due(source, now=now),
        word=word,
        tone=tone,
        reason=fares.reason,
        remedy=f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "",
        posts=posts,
        requests=requests_today(source, now=now),
        by_hand=by_hand,
    )


def _tone(source: Source, fares: Standing, *, now: datetime) -> tuple[str, str]:
    if source.kind == MANUAL:
        return "quiet", "filled by hand"
    if not is_watched(source):
        return "off", "not watched any more"
    if fares.state in WELL:
        return WELL[fares.state]
    word = fares.state.replace("_", " ")
    since = f", not heard since {clock(source.last_heard_at, now)}" if source.last_heard_at else ""
    return "silent", f"{word}{since}"


def _due(source: Source, *, now: datetime) -> str:
    if not source.enabled or source.kind == MANUAL:
        return "never"
    if source.next_due_at is None:
        return "as soon as it can"
    return "now" if source.next_due_at <= now else left(source.next_due_at, now)


@dataclass(frozen=True)
class AuditRow:
    """One link of the chain."""

    number: int
    at: datetime
    when: str
    act: str
    subject: str
    by: str
    via: str
    details: str
    erased: bool
    hash: str


def audit_rows(entries: Sequence[AuditEntry], *, now: datetime) -> Sequence[AuditRow]:
    """Return entries of the audit in words."""
    return [_audit_row(entry, now=now) for entry in entries]


def _audit_row(entry: AuditEntry, *, now: datetime) -> AuditRow:
    payload = dict(entry.payload or {})
    who, via = str(payload.pop("by", "")), str(payload.pop("via", ""))
    payload.pop("role", None)
    return AuditRow(
        number=entry.number,
        at=entry.at,
        when=clock(entry.at, now),
        act=entry.act,
        subject=entry.subject,
        by=who,
        via=via,
        details="; ".join(
            f"{name.replace('_', ' ')} {_short(value, now=now)}"
            for name, value in payload.items()
            if value not in ("", None, [])
        ),
        erased=entry.payload is None,
        hash=entry.hash[:12],
    )


def _short(value: object, *, now: datetime) -> str:
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if DIGEST.fullmatch(words):
        return f"{words[:12]}…"
    if MOMENT.fullmatch(words):
        return clock(datetime.fromisoformat(words), now)
    return words if len(words) <= 80 else f"{words[:79]}…"
