"""The lists: issues, sources, and the audit."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from classifiers.store import Counts, reference
from classifiers.tables import Issue, IssueState
from listener.store import MANUAL
from listener.tables import Source, SourceState
from responders.console.store import Proposal
from responders.console.views.desk import Due, due_of
from responders.console.views.shapes import BARS, Chip, chip, flag_words
from responders.console.views.words import age, clock, left, public_name
from responders.decisions.tables import AuditEntry
from responders.page.tables import Incident
from responders.voice.tables import Promise

REMEDIES: Mapping[SourceState, str] = {
    SourceState.NEEDS_LOGIN: "Give it a credential: [credentials.NAME] in the settings, then "
    "groundswell source add with --credential NAME.",
    SourceState.FORBIDDEN: "Ask its owner to let Groundswell read, or remove it.",
    SourceState.NOT_FOUND: "Check its address: groundswell source discover finds the new one.",
    SourceState.GONE: "It said that it ended. Remove it, or add its successor.",
    SourceState.NOT_A_FEED: "Its address shows no feed any more: groundswell source discover.",
    SourceState.HTML: "Its address shows a web page, not a feed: groundswell source discover.",
    SourceState.CHALLENGE: "It wants a person in a browser. Ask its owner for a feed address.",
    SourceState.TOO_LARGE: "Raise [http] max_bytes, or choose a smaller feed of it.",
    SourceState.REFUSED: "Its address is private. Add it to [http] allow_hosts if you mean it.",
    SourceState.UNREACHABLE: "Check that it is up; we look again by ourselves.",
    SourceState.TIMED_OUT: "It is slow; we look again by ourselves.",
    SourceState.RATE_LIMITED: "It asked for fewer looks; we wait as long as it said.",
    SourceState.FAILING: "It answers with errors; we look again by ourselves.",
}
"""What to do about a place that cannot be heard."""
DIGEST = re.compile("[0-9a-f]{64}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
WELL = frozenset({SourceState.NEW, SourceState.OK, SourceState.EMPTY})


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
    replies: bool


def source_rows(
    sources: Sequence[Source], counts: Mapping[int, int], *, now: datetime
) -> Sequence[SourceRow]:
    """Return places: those that cannot be heard first, then by name."""
    rows = [_source_row(source, counts.get(source.id or 0, 0), now=now) for source in sources]
    order = ("silent", "heard", "quiet", "off")
    return sorted(rows, key=lambda row: (order.index(row.tone), row.name))


def _source_row(source: Source, posts: int, *, now: datetime) -> SourceRow:
    tone, word = _tone(source, now=now)
    return SourceRow(
        name=public_name(source.name),
        host=public_name(source.url),
        kind=source.kind,
        heard=clock(source.last_heard_at, now) if source.last_heard_at else "not yet",
        heard_age=age(source.last_heard_at, now) if source.last_heard_at else "",
        due=_due(source, now=now),
        word=word,
        tone=tone,
        reason=source.reason,
        remedy=REMEDIES.get(source.state, "") if source.enabled or tone == "silent" else "",
        posts=posts,
        replies=source.reply,
    )


def _tone(source: Source, *, now: datetime) -> tuple[str, str]:
    if source.kind == MANUAL:
        return "quiet", "filled by hand"
    if source.state not in WELL:
        word = str(source.state).replace("_", " ")
        since = f", silent since {clock(source.last_heard_at, now)}" if source.last_heard_at else ""
        return "silent", f"{word}{since}"
    if not source.enabled:
        return "off", "not watched any more"
    if source.state is SourceState.NEW:
        return "quiet", "not looked at yet"
    if source.state is SourceState.EMPTY:
        return "quiet", "quiet: it holds no post yet"
    return "heard", "heard"


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
