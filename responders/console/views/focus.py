"""The draft in focus: what they said, why we think so, what we would say, and what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from classifiers.releases import likely
from classifiers.store import Counts, reference
from classifiers.tables import Issue, IssueState
from listener.tables import Post, Product
from responders.console.store import Proposal
from responders.console.views.desk import PAGE, Tray, place_of, tray_of
from responders.console.views.linted import Found, Piece, found_in, marked
from responders.console.views.picture import Series, Small, per, small
from responders.console.views.said import Said, said
from responders.console.views.shapes import Chip, chip, flag_words
from responders.console.views.words import (
    Link,
    age,
    clock,
    duration,
    left,
    link_to,
    one_line,
    several,
    usual_range,
)
from responders.delivery.tables import Delivery, DeliveryState
from responders.page.tables import Incident
from responders.voice.tables import Promise, PromiseState

OPEN = frozenset({Tray.APPROVE, Tray.HUSHED})
"""Where a text may still be changed."""
BY_HAND = "manual"
"""The channel of places without a way in."""


@dataclass(frozen=True)
class PromiseBar:
    """A promise as a line of words over a bar."""

    at: datetime
    by: str
    left: str
    gone: float
    """Percent of its time that is over."""
    late: bool
    state: str


@dataclass(frozen=True)
class Why:
    """Why we think that this is one problem."""

    reason: str
    facts: Sequence[tuple[str, str]]
    picture: Small | None
    peak: int
    described: str


@dataclass(frozen=True)
class Sending:
    """How far the text's way is."""

    id: int
    state: str
    reason: str
    tries: int
    leaves_at: datetime
    leaves_words: str
    leaves_in_s: int
    sent_words: str
    link: Link | None
    may_take_back: bool


@dataclass(frozen=True)
class OurText:
    """What we would say, and how it stands."""

    id: int
    state: str
    version: int
    sha256: str
    kind: str
    whole: str
    paragraphs: Sequence[str]
    heading: str
    """The title of a page update; empty for a reply."""
    edited_by: str
    decided: str
    reason: str
    would_promise: str
    promise_passed: bool
    findings: Sequence[Found]
    """What the linter found, while the text may still be changed."""
    marked: Sequence[Sequence[Piece]]
    """The paragraphs with the words that the findings mean."""

    @property
    def blocked(self) -> bool:
        """Whether it leaves only with a reason."""
        return any(one.block for one in self.findings)


@dataclass(frozen=True)
class Focus:
    """Everything beside the list."""

    draft: OurText
    tray: Tray
    place: str
    to_page: bool
    by_hand: bool
    title: str
    thread: Link | None
    posts: Sequence[Said]
    why: Why
    issue_reference: str
    issue_chip: Chip
    flags: Sequence[str]
    promise: PromiseBar | None
    page_says: str
    speaker: str
    sending: Sending | None


def focus(
    one: Proposal,
    *,
    posts: Sequence[Post],
    why: Why,
    promises: Sequence[Promise],
    incident: Incident | None,
    product: Product | None,
    now: datetime,
) -> Focus:
    """Return the draft in focus.

    Args:
        one: the draft with what stands around it.
        posts: what to show of what people said, in its order.
        why: the reason, as ``why_of`` tells it.
        promises: those about its issue.
        incident: what the page shows of the issue.
        product: whose issue it is; it names the speaker.
        now: aware UTC.
    """
    draft, issue = one.draft, one.issue
    return Focus(
        draft=our_text(one, now=now),
        tray=tray_of(one),
        place=place_of(one),
        to_page=draft.channel == PAGE,
        by_hand=draft.channel == BY_HAND,
        title=_title(one),
        thread=link_to(one.thread.url if one.thread else None),
        posts=[said(post, one.source, issue.key_phrases, now=now) for post in posts],
        why=why,
        issue_reference=reference(issue.id or 0),
        issue_chip=chip(issue.state, issue.flags),
        flags=flag_words(issue),
        promise=promise_bar(promises, now=now),
        page_says=page_says(issue, incident),
        speaker=product.speaker if product else "",
        sending=sending(one.delivery, now=now),
    )


def our_text(one: Proposal, *, now: datetime) -> OurText:
    """Return what we would say, and how it stands."""
    draft = one.draft
    heading, body = _split(draft.text) if draft.channel == PAGE else ("", draft.text)
    due, decided = draft.next_update_by, ""
    if draft.decided_by and draft.decided_at:
        decided = f"{draft.decided_by}, {clock(draft.decided_at, now)}"
    paragraphs = [part for part in body.split("\n\n") if part.strip()]
    found = found_in(draft.findings if tray_of(one) in OPEN else ())
    return OurText(
        id=draft.id or 0,
        state=str(draft.state),
        version=draft.version,
        sha256=draft.text_sha256,
        kind=kind_of(one),
        whole=draft.text,
        paragraphs=paragraphs,
        findings=found,
        marked=marked(paragraphs, found),
        heading=heading,
        edited_by=draft.edited_by,
        decided=decided,
        reason=draft.reason,
        would_promise=clock(due, now) if due else "",
        promise_passed=due is not None and due <= now,
    )


def why_of(
    issue: Issue,
    counts: Counts,
    series: Series,
    *,
    past: str,
    now: datetime,
    helps: str = "",
) -> Why:
    """Return why this is one problem, in facts and a small picture; ``helps`` is at hand."""
    usual = "" if series.usual is None else f"; usual {usual_range(series.usual)}"
    people = several(series.running, "person", "people")
    before = (
        f", {series.counts[-2]} in the {per(series.bucket)} before"
        if len(series.counts) > 1
        else ""
    )
    rate = f"{people} since {clock(series.running_since, now)}{before}{usual}"
    facts = [
        ("Now", rate),
        ("Heard from", _heard(issue, counts, now=now)),
        ("Alike in", ", ".join(f"“{one_line(phrase)}”" for phrase in issue.key_phrases[:5])),
        ("Followed release", likely(issue.release, issue.release_probability)),
        ("Verified way around", helps),
        ("Nearest past", past),
    ]
    return Why(
        reason=issue.reason,
        facts=[(name, words) for name, words in facts if words],
        picture=small(series) if series.peak else None,
        peak=series.peak,
        described=(
            f"People reporting this per {per(series.bucket)} since {clock(series.start, now)}: "
            f"peak {series.peak}, now {series.running}{usual}"
        ),
    )


def _heard(issue: Issue, counts: Counts, *, now: datetime) -> str:
    people = several(counts.authors, "person", "people")
    places = several(counts.sources, "place", "places")
    return f"{people} in {places}, first at {clock(issue.first_seen_at, now)}"


def promise_bar(promises: Sequence[Promise], *, now: datetime) -> PromiseBar | None:
    """Return the promise that counts now: one broken and not made good, else the next one due."""
    late = [one for one in promises if one.state is PromiseState.BROKEN and not one.settled_at]
    still = [one for one in promises if one.state is PromiseState.OPEN]
    if not late and not still:
        return None
    one = (late or still)[0]
    whole = (one.due_at - one.made_at).total_seconds()
    gone = (now - one.made_at).total_seconds() / whole if whole > 0 else 1.0
    over = one.due_at <= now
    words = left(one.due_at, now)
    if not over and one.reminded_at is not None:
        words = f"{words}, channel reminded"
    return PromiseBar(
        at=one.due_at,
        by=clock(one.due_at, now),
        left=words,
        gone=round(100 * min(max(gone, 0.0), 1.0), 1),
        late=over,
        state=str(one.state),
    )


def page_says(issue: Issue, incident: Incident | None) -> str:
    """Return what the public page still says where it is not what we say inside; else nothing."""
    inside = IssueState.INVESTIGATING if issue.state is IssueState.NEW else issue.state
    if incident is None:
        return "" if issue.state is IssueState.NEW else "The page says nothing of it yet."
    if incident.status == str(inside):
        return ""
    return f"The page still says {incident.status}."


def sending(delivery: Delivery | None, *, now: datetime) -> Sending | None:
    """Return how far the way of a text is."""
    if delivery is None or delivery.state is DeliveryState.CANCELLED:
        return None
    queued = delivery.state is DeliveryState.QUEUED
    wait = delivery.next_try_at - now
    return Sending(
        id=delivery.id or 0,
        state=str(delivery.state),
        reason=delivery.reason,
        tries=delivery.tries,
        leaves_at=delivery.next_try_at,
        leaves_words=duration(wait) if wait.total_seconds() > 0 else "",
        leaves_in_s=max(int(wait.total_seconds() + 0.999), 0),
        sent_words=f"{clock(delivery.sent_at, now)}, {age(delivery.sent_at, now)}"
        if delivery.sent_at
        else "",
        link=link_to(delivery.url),
        may_take_back=queued and delivery.tries == 0,
    )


def whom(one: Proposal) -> str:
    """Return for whom a text is, such as ``peat_hag`` or ``the public page``."""
    if one.draft.channel == PAGE:
        return "the public page"
    if one.post is not None and one.post.author:
        return one_line(one.post.author)
    return place_of(one)


def kind_of(one: Proposal) -> str:
    """Return what sort of text it is, such as ``First reply`` or ``Page update, identified``."""
    if one.draft.channel == PAGE:
        return f"Page update, {one.draft.phase}"
    return "First reply" if one.draft.kind == "ack" else f"Follow-up, {one.draft.phase}"


def _title(one: Proposal) -> str:
    if one.draft.channel == PAGE:
        return one.issue.title
    title = one.thread.title if one.thread else None
    return title or (one.post.title if one.post else None) or ""


def _split(text: str) -> tuple[str, str]:
    title, _, body = text.partition("\n")
    return title.strip(), body.strip()
