"""One issue: what people say, how fast, what we said and promised, and what may be decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from classifiers.corrections.store_workarounds import Credited
from classifiers.corrections.workarounds import KIND as FIXES
from classifiers.facts import KINDS, reported
from classifiers.releases import likely
from classifiers.store import Counts, reference
from classifiers.tables import Issue, IssueEvent, Membership
from listener.tables import Post, Product, Source
from responders.console.store import Proposal
from responders.console.views.desk import HUSHED, PAGE, place_of
from responders.console.views.focus import PromiseBar, kind_of, page_says, promise_bar, whom
from responders.console.views.ledger import Ledger, PromiseRow, Step
from responders.console.views.linted import with_count
from responders.console.views.picture import Series, per
from responders.console.views.said import Said, said
from responders.console.views.shapes import BARS, Chip, chip, flag_words
from responders.console.views.timeline import Happening, Timeline, draw
from responders.console.views.words import clock, one_line, several, usual_range
from responders.oncall.tables import Alert
from responders.page.tables import Incident, IncidentUpdate
from responders.voice.tables import DraftState, Promise, PromiseState, Told

ALERTS, WE_SAID, PROMISED = "Alerts", "We said", "Promised"
LANES = (ALERTS, WE_SAID, PROMISED)
SPANS = {"began": "Since it began", "day": "24 h", "week": "7 days"}
SAME_WORD = timedelta(minutes=10)
"""Texts of one phase within this are one word to the public."""


@dataclass(frozen=True)
class Member:
    """One post of the issue."""

    id: int
    said: Said
    kind: str


@dataclass(frozen=True)
class DraftRow:
    """One draft of the issue."""

    id: int
    line: str
    to: str
    place: str
    state: str
    words: str


@dataclass(frozen=True)
class LogRow:
    """One thing that happened."""

    at: datetime
    when: str
    text: str
    by: str


@dataclass(frozen=True)
class TableRow:
    """One row of the picture as a table."""

    when: str
    what: str
    people: str


@dataclass(frozen=True)
class FactRow:
    """What is known of one kind, and the words it was taken from."""

    name: str
    words: str
    quotes: Sequence[str] = ()


@dataclass(frozen=True)
class Offer:
    """What helped somebody, for a person to verify."""

    post_id: str
    words: str
    author: str


@dataclass(frozen=True)
class Helps:
    """What is verified to help, with who found it and who vouches for it."""

    words: str
    author: str
    by: str


@dataclass(frozen=True)
class Head:
    """What the head of the page says."""

    reference: str
    title: str
    product: str
    chip: Chip
    severity: str
    bars: int
    flags: Sequence[str]
    hushed_until: str
    opened: str
    merged_into: str
    is_hushed: bool


@dataclass(frozen=True, kw_only=True)
class IssuePage:
    """Everything the page of an issue prints."""

    head: Head
    lead: Sequence[tuple[str, bool]]
    reason: str
    per: str
    picture: Timeline
    described: str
    table: Sequence[TableRow]
    span: str
    members: Sequence[Member]
    counts: Counts
    facts: Sequence[FactRow]
    helps: Helps | None
    offers: Sequence[Offer]
    ledger: Ledger
    promise: PromiseBar | None
    promises: Sequence[PromiseRow]
    ladder: Sequence[Step]
    drafts: Sequence[DraftRow]
    log: Sequence[LogRow]
    page_says: str


@dataclass(frozen=True, kw_only=True)
class IssueRows:
    """The rows that the page is made from."""

    issue: Issue
    product: Product | None
    counts: Counts
    posts: Sequence[tuple[Post, Source, Membership]]
    promises: Sequence[Promise]
    drafts: Sequence[Proposal]
    events: Sequence[IssueEvent]
    incident: Incident | None
    workaround: Credited | None = None
    finders: Mapping[int, str] = field(default_factory=dict)
    """Who wrote the posts that tell what helped."""


def happenings(
    alerts: Sequence[Alert],
    told: Sequence[Told],
    updates: Sequence[IncidentUpdate],
    promises: Sequence[Promise],
) -> Sequence[Happening]:
    """Return what the lanes show: alerts, what we said in public, and promises."""
    found = [
        Happening(
            one.raised_at,
            ALERTS,
            "alert",
            "first alert" if place == 0 else "alert",
            detail=f"Alert: {one.reason}",
        )
        for place, one in enumerate(alerts)
    ]
    for at, phase, where in _public_words(told, updates):
        found.append(Happening(at, WE_SAID, "said", phase, detail=f"We said: {phase} ({where})"))
    found.extend(_promised(one) for one in promises)
    return sorted(found, key=lambda one: one.at)


def _promised(one: Promise) -> Happening:
    shape = {PromiseState.OPEN: "due", PromiseState.KEPT: "kept"}.get(one.state, "broken")
    label = {"due": "next word", "kept": "kept", "broken": "overdue"}[shape]
    return Happening(one.due_at, PROMISED, shape, label, detail=f"Next word promised: {one.state}")


def _public_words(
    told: Sequence[Told], updates: Sequence[IncidentUpdate]
) -> Sequence[tuple[datetime, str, str]]:
    """Return each word to the public once: texts of one phase soon after one another are one."""
    single = [(one.told_at, one.phase, False) for one in told]
    single += [(one.created_at, one.status, True) for one in updates]
    words: list[tuple[datetime, datetime, str, bool, int]] = []
    for at, phase, page in sorted(single):
        if words and words[-1][2] == phase and at - words[-1][1] <= SAME_WORD:
            first, _, _, paged, threads = words[-1]
            words[-1] = (first, at, phase, paged or page, threads + (not page))
        else:
            words.append((at, at, phase, page, int(not page)))
    return [
        (
            first,
            phase,
            ", ".join(
                [*(["page"] if page else []), *([several(n, "thread", "threads")] if n else [])]
            ),
        )
        for first, _, phase, page, n in words
    ]


def table(series: Series, issue: Issue, things: Sequence[Happening]) -> Sequence[TableRow]:
    """Return the picture as a table."""
    rows = [(issue.first_seen_at, "First report")]
    rows += [(one.at, one.detail or one.label) for one in things]
    rows.append((series.now, "Now"))
    return [
        TableRow(
            clock(at, series.now),
            what,
            "not yet" if at > series.now else str(series.count_at(at)),
        )
        for at, what in sorted(rows, key=lambda row: row[0])
    ]


def picture_words(series: Series, things: Sequence[Happening]) -> str:
    """Return what the picture shows, for those who do not see it."""
    usual = "" if series.usual is None else f"Usual is {usual_range(series.usual)}. "
    what = "; ".join(f"{one.label} at {clock(one.at, series.now)}" for one in things[-12:])
    return (
        f"{usual}Reports peak at {several(series.peak, 'person', 'people')} per "
        f"{per(series.bucket)}; now {series.running}. {what}"
    ).strip()


def lead(issue: Issue, counts: Counts, series: Series, *, now: datetime) -> list[tuple[str, bool]]:
    """Return the first sentences of the page in pieces: (words, whether they stand out)."""
    people = f"{several(counts.authors, 'person', 'people')} in "
    people += several(counts.sources, "place", "places")
    running = several(series.running, "person", "people")
    usual = ""
    if series.usual is not None:
        usual = f", where {usual_range(series.usual)} per {per(series.bucket)} is usual"
    verb = "says" if counts.authors == 1 else "say"
    return [
        (people, True),
        (f" {verb} the same thing. ", False),
        (running, True),
        (f" since {clock(series.running_since, now)}{usual}. ", False),
        (f"First heard at {clock(issue.first_seen_at, now)}.", False),
    ]


def members(
    rows: Sequence[tuple[Post, Source, Membership]], issue: Issue, *, now: datetime
) -> Sequence[Member]:
    """Return posts of the issue as the page shows them."""
    return [
        Member(
            post.id or 0,
            said(post, source, issue.key_phrases, now=now),
            member.kind.replace("_", " "),
        )
        for post, source, member in rows
    ]


def draft_rows(drafts: Sequence[Proposal], *, now: datetime) -> Sequence[DraftRow]:
    """Return the drafts of an issue, the newest first."""
    return [
        DraftRow(
            id=one.draft.id or 0,
            line=kind_of(one),
            to="" if one.draft.channel == PAGE else whom(one),
            place=place_of(one),
            state=_state_of(one),
            words=with_count(_decided(one, now=now), one.draft),
        )
        for one in drafts
    ]


def _state_of(one: Proposal) -> str:
    live = one.draft.state in {DraftState.APPROVED, DraftState.QUEUED}
    state = one.delivery.state if live and one.delivery else one.draft.state
    return str(state).replace("_", " ")


def _decided(one: Proposal, *, now: datetime) -> str:
    draft = one.draft
    if not draft.decided_by or not draft.decided_at:
        return draft.reason
    words = f"{draft.decided_by}, {clock(draft.decided_at, now)}"
    return f"{words}: {draft.reason}" if draft.reason else words


def log_rows(events: Sequence[IssueEvent], *, now: datetime) -> Sequence[LogRow]:
    """Return what happened to the issue, the newest first."""
    return [
        LogRow(one.at, clock(one.at, now), one.text or one.kind, one.by) for one in reversed(events)
    ]


def facts(issue: Issue) -> Sequence[FactRow]:
    """Return what is known of the issue, in words."""
    release = likely(issue.release, issue.release_probability, issue.release_reason)
    rows = [("Followed release", release)]
    rows.append(("Words", ", ".join(f"“{one_line(words)}”" for words in issue.key_phrases[:8])))
    return [
        *(FactRow(name, words) for name, words in rows if words),
        *(_fact_row(issue, kind) for kind in KINDS if kind != FIXES and issue.facts.get(kind)),
    ]


def helps(credited: Credited | None) -> Helps | None:
    """Return the verified way around, if there is one."""
    if credited is None:
        return None
    found = credited.found
    return Helps(one_line(found.text), one_line(credited.author or ""), found.by)


def offers(issue: Issue, finders: Mapping[int, str], verified: Credited | None) -> Sequence[Offer]:
    """Return what helped somebody and is not the verified way already, one for each post."""
    known = verified.found.post_id if verified else None
    return [
        Offer(quote.post_id, one_line(quote.text), one_line(finders.get(int(quote.post_id), "")))
        for fact in reported(issue.facts, FIXES)
        for quote in fact.quotes
        if int(quote.post_id) != known and int(quote.post_id) in finders
    ]


def _fact_row(issue: Issue, kind: str) -> FactRow:
    """Return what people tell of a kind, with the words each value was found in."""
    found = reported(issue.facts, kind)
    told = [f"{one_line(fact.value)} ({fact.people})" for fact in found]
    quotes = dict.fromkeys(one_line(quote.text) for fact in found for quote in fact.quotes)
    return FactRow(KINDS[kind], "; ".join(told), tuple(quotes))


def head_of(issue: Issue, product: Product | None, *, now: datetime) -> Head:
    """Return what the head of the page says."""
    return Head(
        reference=reference(issue.id or 0),
        title=issue.title,
        product=product.name if product else "",
        chip=chip(issue.state, issue.flags),
        severity=issue.severity.capitalize(),
        bars=BARS[issue.severity],
        flags=flag_words(issue),
        hushed_until=clock(issue.hushed_until, now) if issue.hushed_until else "",
        opened=clock(issue.opened_at, now),
        merged_into=reference(issue.merged_into) if issue.merged_into else "",
        is_hushed=bool(HUSHED & set(issue.flags)),
    )


def issue_page(
    rows: IssueRows,
    *,
    series: Series,
    things: Sequence[Happening],
    span: str,
    threads: Ledger,
    promised: Sequence[PromiseRow],
    steps: Sequence[Step],
    now: datetime,
) -> IssuePage:
    """Return everything the page of an issue prints."""
    issue = rows.issue
    return IssuePage(
        head=head_of(issue, rows.product, now=now),
        lead=lead(issue, rows.counts, series, now=now),
        reason=issue.reason,
        per=per(series.bucket),
        picture=draw(series, [one for one in things if one.at >= series.start], lanes=LANES),
        described=picture_words(series, things),
        table=table(series, issue, things),
        span=span if span in SPANS else "began",
        members=members(rows.posts, issue, now=now),
        counts=rows.counts,
        facts=facts(issue),
        helps=helps(rows.workaround),
        offers=offers(issue, rows.finders, rows.workaround),
        ledger=threads,
        promise=promise_bar(rows.promises, now=now),
        promises=promised,
        ladder=steps,
        drafts=draft_rows(rows.drafts, now=now),
        log=log_rows(rows.events, now=now),
        page_says=page_says(issue, rows.incident),
    )
