"""Who has been told of an issue, what was promised, and how far each phase is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from classifiers.tables import Issue, IssueState
from responders.console.store import Proposal
from responders.console.views.shapes import chip
from responders.console.views.words import Link, clock, left, link_to, public_name, several
from responders.page.tables import IncidentUpdate
from responders.voice.leave.store_policy import Placed
from responders.voice.leave.withholding import REASONS, Lane
from responders.voice.store import ThreadOfIssue
from responders.voice.tables import Called, Draft, DraftState, Promise, PromiseState, Told

MOST_CELLS = 40
"""More threads than that are one bar and the counts."""
PHASES = (
    IssueState.INVESTIGATING,
    IssueState.IDENTIFIED,
    IssueState.MONITORING,
    IssueState.RESOLVED,
)
WORDS = {
    "told": "told",
    "waiting": "waiting for approval",
    "silent": "silent",
    "unanswered": "not answered yet",
}


@dataclass(frozen=True)
class Cell:
    """One thread."""

    state: str
    words: str
    place: str
    link: Link | None
    draft_id: int | None
    when: str
    why: str = ""
    """Why nothing goes there."""


@dataclass(frozen=True)
class Asked:
    """Somebody who was asked to answer, because no prepared text may."""

    person: str
    why: str
    link: Link | None
    when: str


@dataclass(frozen=True)
class Ledger:
    """Who has been told."""

    cells: Sequence[Cell]
    counts: Sequence[tuple[int, str]]
    told: int
    total: int
    shares: Sequence[tuple[str, float, float]]
    """(state, percent it begins at, percent it takes) of the bar for many threads."""
    asked: Sequence[Asked] = ()
    """Whom we asked to answer themselves."""

    @property
    def many(self) -> bool:
        """Whether there are too many threads for a cell each."""
        return self.total > MOST_CELLS


def ledger(
    threads: Sequence[ThreadOfIssue],
    *,
    calls: Sequence[tuple[Called, Placed]] = (),
    now: datetime,
) -> Ledger:
    """Return the ledger: told first, then what waits, then the rest."""
    order = list(WORDS)
    arranged = sorted(threads, key=lambda one: order.index(one.state))
    numbers = {state: sum(one.state == state for one in threads) for state in order}
    begins, shares = 0.0, []
    for state, number in numbers.items():
        share = round(100 * number / max(len(threads), 1), 2)
        if number:
            shares.append((state, round(begins, 2), share))
        begins += share
    return Ledger(
        cells=[_cell(one, now=now) for one in arranged],
        counts=[(number, WORDS[state]) for state, number in numbers.items() if number],
        told=numbers["told"],
        total=len(threads),
        shares=shares,
        asked=[_asked(*one, now=now) for one in calls],
    )


def _asked(called: Called, placed: Placed, *, now: datetime) -> Asked:
    return Asked(
        person=called.person or "whoever is on call",
        why=REASONS[Lane(called.lane)],
        link=link_to(placed.post.url),
        when=clock(called.at, now),
    )


def _cell(one: ThreadOfIssue, *, now: datetime) -> Cell:
    when = clock(one.told_at, now) if one.told_at else ""
    return Cell(
        state=one.state,
        words=one.lost or WORDS[one.state] + (f" {when}, {one.phase}" if when else ""),
        place=public_name(one.source.name),
        link=link_to(one.thread.url),
        draft_id=one.draft_id,
        when=when,
        why=one.why,
    )


@dataclass(frozen=True)
class PromiseRow:
    """One promise and what became of it."""

    by: str
    what: str
    state: str
    words: str


def promise_rows(
    promises: Sequence[Promise], *, told: int, total: int, resolved: bool, now: datetime
) -> Sequence[PromiseRow]:
    """Return the promises of an issue, the newest first, the standing one to each thread last."""
    rows = [
        PromiseRow(f"by {clock(one.due_at, now)}", "The next word", str(one.state), _end(one, now))
        for one in reversed(promises)
    ]
    if total:
        words = (
            f"{told} of {total} told"
            if resolved
            else f"open, {several(total, 'thread', 'threads')}"
        )
        done = resolved and told == total
        rows.append(
            PromiseRow(
                "when it is fixed",
                "Tell every thread that asked",
                "kept" if done else "open",
                words,
            )
        )
    return rows


def _end(one: Promise, now: datetime) -> str:
    if one.state is PromiseState.KEPT:
        return f"kept at {clock(one.settled_at, now)}" if one.settled_at else "kept"
    if one.state is PromiseState.OPEN:
        return f"open, {left(one.due_at, now)}"
    if one.settled_at:
        return f"late, at {clock(one.settled_at, now)}"
    return "broken, still due"


@dataclass(frozen=True)
class Step:
    """How far one phase is told."""

    shape: str
    word: str
    reached: bool
    here: bool
    at: datetime | None
    when: str
    words: str


def ladder(
    issue: Issue,
    told: Sequence[Told],
    updates: Sequence[IncidentUpdate],
    drafts: Sequence[Proposal | Draft],
    *,
    now: datetime,
) -> Sequence[Step]:
    """Return the four phases with what was said in each, in public."""
    inside = IssueState.INVESTIGATING if issue.state is IssueState.NEW else issue.state
    steps = []
    for phase in PHASES:
        page = [one.created_at for one in updates if one.status == phase]
        threads = [one.told_at for one in told if one.phase == phase]
        said = [*page, *threads]
        at = min(said, default=None)
        steps.append(
            Step(
                shape=chip(phase).shape,
                word=phase.capitalize(),
                reached=at is not None,
                here=phase is inside,
                at=at,
                when=clock(at, now) if at else "",
                words=_told_words(bool(page), len(threads), _drafted(drafts, phase)),
            )
        )
    return steps


def _drafted(drafts: Sequence[Proposal | Draft], phase: str) -> int:
    rows = [one.draft if isinstance(one, Proposal) else one for one in drafts]
    return sum(row.phase == phase and row.state is DraftState.PENDING for row in rows)


def _told_words(page: bool, threads: int, drafted: int) -> str:
    where = ["page"] if page else []
    if threads:
        where.append(several(threads, "thread", "threads"))
    if drafted:
        where.append(f"{drafted} drafted")
    return ", ".join(where) or "nothing said yet"
