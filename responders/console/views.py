"""From rows to what the templates print: words, shapes and marked quotes; no rule of its own."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session

from classifiers import store as issues_store
from classifiers.tables import Issue, IssueState, Severity
from listener import store as posts_store
from listener.tables import Source, SourceState
from responders.overview import TROUBLE, pending_drafts
from responders.voice.tables import Draft

STATE_TONES: Mapping[IssueState, str] = {
    IssueState.NEW: "crit",
    IssueState.INVESTIGATING: "crit",
    IssueState.IDENTIFIED: "warn",
    IssueState.MONITORING: "theirs",
    IssueState.RESOLVED: "good",
}
BARS: Mapping[Severity, int] = {severity: n for n, severity in enumerate(Severity, start=1)}


@dataclass(frozen=True)
class Link:
    """A way to a place on the web, named by its host: a stranger's words never name a link."""

    url: str
    host: str


@dataclass(frozen=True)
class QuoteView:
    """What somebody wrote, in pieces: (text, whether it is what the issue is about)."""

    pieces: Sequence[tuple[str, bool]]
    link: Link | None


@dataclass(frozen=True)
class DraftView:
    """A text that waits for a person."""

    id: int
    text: str
    channel: str
    language: str
    next_update_by: datetime | None
    link: Link | None


@dataclass(frozen=True)
class IssueView:
    """One issue as the console shows it."""

    reference: str
    title: str
    state: str
    tone: str
    severity: str
    bars: int
    reason: str
    posts: int
    authors: int
    sources: int
    first_seen_at: datetime
    last_seen_at: datetime
    next_word_by: datetime | None
    quotes: Sequence[QuoteView]
    drafts: Sequence[DraftView]


@dataclass(frozen=True)
class PlaceView:
    """One place we listen to."""

    name: str
    heard_at: datetime | None
    silent: bool
    state: str
    reason: str


def open_issues(session: Session) -> list[IssueView]:
    """Return the open issues, the next promise first, then the newest."""
    rows = issues_store.issues(session)
    counts = issues_store.counts(session, [row.id for row in rows if row.id is not None])
    drafts = pending_drafts(session)
    threads = posts_store.threads_by_id(session, [d.thread_id for d in drafts if d.thread_id])
    links = {key: link_to(thread.url) for key, thread in threads.items()}
    views = [
        _issue(
            row,
            counts.get(row.id or 0, issues_store.Counts()),
            [_draft(d, links.get(d.thread_id or 0)) for d in drafts if d.issue_id == row.id],
        )
        for row in rows
    ]
    return sorted(views, key=lambda view: (view.next_word_by is None, view.next_word_by or 0))


def places(sources: Iterable[Source]) -> list[PlaceView]:
    """Return the places that are watched, in their order."""
    return [
        PlaceView(
            name=public_name(source.name),
            heard_at=source.last_heard_at,
            silent=source.state in TROUBLE,
            state=_state_word(source),
            reason=source.reason,
        )
        for source in sources
        if source.enabled
    ]


def last_heard(views: Sequence[PlaceView]) -> datetime | None:
    """Return when any place was last heard."""
    return max((view.heard_at for view in views if view.heard_at), default=None)


def utc(moment: datetime) -> str:
    """Return a time as pages print it, such as ``09:05 UTC, 12 May 2026``: no ages in a page."""
    return f"{moment:%H:%M} UTC, {moment.day} {moment:%b %Y}"


def marked(text: str, phrases: Iterable[str]) -> list[tuple[str, bool]]:
    """Cut a text into pieces, those that a phrase names marked; longer phrases win.

    ``("The tray stays locked", ["stays locked"])`` gives ``[("The tray ", False),
    ("stays locked", True)]``. The pieces together are the text.
    """
    known = sorted({phrase for phrase in phrases if phrase.strip()}, key=len, reverse=True)
    if not known:
        return [(text, False)]
    pattern = re.compile(
        rf"(?<!\w)({'|'.join(re.escape(phrase) for phrase in known)})(?!\w)", re.IGNORECASE
    )
    pieces = [(piece, index % 2 == 1) for index, piece in enumerate(pattern.split(text))]
    return [piece for piece in pieces if piece[0]]


def link_to(url: str | None) -> Link | None:
    """Return a link to a place on the web; None for any other scheme, which a page never opens."""
    try:
        parts = urlsplit(url or "")
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return Link(url=parts.geturl(), host=host)


def _issue(row: Issue, counts: issues_store.Counts, drafts: Sequence[DraftView]) -> IssueView:
    return IssueView(
        reference=issues_store.reference(row.id or 0),
        title=row.title,
        state=row.state,
        tone=STATE_TONES[row.state],
        severity=row.severity,
        bars=BARS[row.severity],
        reason=row.reason,
        posts=counts.posts,
        authors=counts.authors,
        sources=counts.sources,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        next_word_by=min(
            (draft.next_update_by for draft in drafts if draft.next_update_by), default=None
        ),
        quotes=[
            QuoteView(
                pieces=marked(str(quote.get("text", "")), row.key_phrases),
                link=link_to(quote.get("url")),
            )
            for quote in row.quotes
        ],
        drafts=drafts,
    )


def _draft(row: Draft, link: Link | None) -> DraftView:
    return DraftView(
        id=row.id or 0,
        text=row.text,
        channel=row.channel,
        language=row.language,
        next_update_by=row.next_update_by,
        link=link,
    )


def _state_word(source: Source) -> str:
    if source.state is SourceState.NEW:
        return "not heard yet"
    return str(source.state).replace("_", " ")


def public_name(name: str) -> str:
    """Return a source's name as anybody may read it: of an address only the host.

    The rest of an address may hold a token: ``https://forum.example/feed?key=1`` is
    ``forum.example``.
    """
    if "://" not in name:
        return name
    try:
        return urlsplit(name).hostname or "a place"
    except ValueError:
        return "a place"
