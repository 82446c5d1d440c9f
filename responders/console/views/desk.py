"""The queue: every draft that needs a person, by issue, in the order of the next promise due."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from classifiers.store import reference
from classifiers.tables import Issue
from responders.console.store import Proposal
from responders.console.views.shapes import BARS
from responders.console.views.words import age, clock, initials, left, one_line, public_name
from responders.decisions.drafts.claiming import holder
from responders.decisions.standing import is_open
from responders.delivery.tables import DeliveryState
from responders.voice.tables import DraftState, Promise, PromiseState

SOON = timedelta(minutes=30)
"""A promise due within this is told in the tone of trouble."""
HUSHED = frozenset({"muted", "snoozed", "not-an-issue"})
"""Flags by which a person said: not now."""
PAGE = "page"


SHOWN, AROUND = 40, 15
"""Rows of an issue that are listed: from its start, and around the draft in focus."""


class Tray(StrEnum):
    """Where a draft lies; each is a view of the queue."""

    APPROVE = "approve"
    HAND = "hand"
    DOUBT = "doubt"
    LEAVING = "leaving"
    HUSHED = "hushed"
    DECIDED = "decided"


@dataclass(frozen=True)
class Due:
    """When the next word about an issue is promised, or would be."""

    at: datetime
    promised: bool
    words: str
    left: str
    soon: bool
    overdue: bool


@dataclass(frozen=True)
class Row:
    """One draft in the list."""

    id: int
    ours: bool
    """It is about the page, so its line is ours and nobody's quote."""
    line: str
    age: str
    place: str
    note: str
    current: bool
    held_by: str = ""
    """Who reads it just now."""
    initials: str = ""


@dataclass(frozen=True)
class Group:
    """The drafts of one issue."""

    reference: str
    title: str
    severity: str
    bars: int
    due: Due | None
    rows: Sequence[Row]
    total: int
    above: int = 0
    """Drafts above the rows, which are not listed; ``up`` is the last of them."""
    below: int = 0
    up: int | None = None
    down: int | None = None


@dataclass(frozen=True)
class Desk:
    """One view of the queue with a draft in focus."""

    tray: Tray
    counts: Mapping[Tray, int]
    groups: Sequence[Group]
    order: Sequence[int]
    """The drafts from top to bottom."""
    current: int | None

    @property
    def place(self) -> int:
        """The place of the draft in focus, from 1; 0 when it is not in this list."""
        return self.order.index(self.current) + 1 if self.current in self.order else 0

    @property
    def before(self) -> int | None:
        """The draft above the one in focus."""
        return self.order[self.place - 2] if self.place > 1 else None

    @property
    def after(self) -> int | None:
        """The draft below the one in focus; the first when that one left the list."""
        return self.order[self.place] if self.place < len(self.order) else None


def tray_of(one: Proposal) -> Tray:
    """Return where a draft lies; one that for certain was not sent waits for a person again."""
    state = one.delivery.state if one.delivery else None
    if is_open(one.draft, one.delivery):
        return Tray.HUSHED if HUSHED & set(one.issue.flags) else Tray.APPROVE
    if one.draft.state not in {DraftState.APPROVED, DraftState.QUEUED}:
        return Tray.DECIDED
    if state is DeliveryState.BY_HAND:
        return Tray.HAND
    if state is DeliveryState.IN_DOUBT:
        return Tray.DOUBT
    return Tray.DECIDED if state is DeliveryState.SENT else Tray.LEAVING


def due_of(promises: Sequence[Promise], drafts: Sequence[Proposal], *, now: datetime) -> Due | None:
    """Return the next word due about an issue: what was promised, else what a draft would promise.

    A promise that was broken and not made good counts before all others.
    """
    late = [one for one in promises if one.state is PromiseState.BROKEN and not one.settled_at]
    still = [one for one in promises if one.state is PromiseState.OPEN]
    if late or still:
        at, promised = (late or still)[0].due_at, True
    else:
        drafted = [one.draft.next_update_by for one in drafts if one.draft.next_update_by]
        if not drafted:
            return None
        at, promised = min(drafted), False
    gone = at <= now
    return Due(
        at=at,
        promised=promised,
        words=clock(at, now),
        left=left(at, now),
        soon=gone or at - now <= SOON,
        overdue=promised and gone,
    )


def desk(
    proposals: Sequence[Proposal],
    promises: Mapping[int, Sequence[Promise]],
    *,
    tray: Tray,
    counts: Mapping[Tray, int],
    current: int | None,
    now: datetime,
    search: str = "",
    contradicted: Collection[int] = (),
) -> Desk:
    """Return one view of the queue.

    Args:
        proposals: the drafts of this view.
        promises: of each issue, the first due first.
        tray: the view.
        counts: how many drafts each view holds.
        current: the draft in focus; the first one when None.
        now: aware UTC.
        search: words that must stand in what was said, in the text, the place or the name.
        contradicted: issues of which somebody answered us that it is not over; they come first.
    """
    by_issue = _by_issue(one for one in proposals if _holds(one, search))
    dues = _dues(by_issue, promises, tray, now=now)
    keys = list(by_issue)
    if tray is not Tray.DECIDED:
        keys.sort(key=_urgency(dues, contradicted))
    arranged = [
        (by_issue[key][0].issue, _page_first(by_issue[key], tray), dues[key]) for key in keys
    ]
    order = [one.draft.id or 0 for _, some, _ in arranged for one in some]
    focus = current if current is not None else (order[0] if order else None)
    return Desk(
        tray=tray,
        counts=counts,
        groups=[_group(*parts, current=focus, now=now) for parts in arranged],
        order=order,
        current=focus,
    )


def _dues(
    by_issue: Mapping[int, Sequence[Proposal]],
    promises: Mapping[int, Sequence[Promise]],
    tray: Tray,
    *,
    now: datetime,
) -> Mapping[int, Due | None]:
    """Return the next word due of each issue; what is decided would promise nothing any more."""
    over = tray is Tray.DECIDED
    return {
        key: due_of(promises.get(key, ()), () if over else some, now=now)
        for key, some in by_issue.items()
    }


def _by_issue(proposals: Iterable[Proposal]) -> dict[int, list[Proposal]]:
    found: dict[int, list[Proposal]] = {}
    for one in proposals:
        found.setdefault(one.draft.issue_id, []).append(one)
    return found


def _urgency(
    dues: Mapping[int, Due | None], contradicted: Collection[int]
) -> Callable[[int], tuple[bool, bool, datetime | int, int]]:
    def key(issue_id: int) -> tuple[bool, bool, datetime | int, int]:
        due = dues[issue_id]
        return (issue_id not in contradicted, due is None, due.at if due else 0, issue_id)

    return key


def _page_first(some: Sequence[Proposal], tray: Tray) -> Sequence[Proposal]:
    if tray is Tray.DECIDED:
        return some
    return sorted(some, key=lambda one: (one.draft.channel != PAGE, one.draft.id or 0))


def _holds(one: Proposal, search: str) -> bool:
    words = search.casefold().split()
    if not words:
        return True
    said = (one.post.text, one.post.author or "") if one.post else ()
    place = one.source.name if one.source else ""
    everything = " ".join((one.draft.text, one.issue.title, place, *said)).casefold()
    return all(word in everything for word in words)


def _group(
    issue: Issue,
    some: Sequence[Proposal],
    due: Due | None,
    *,
    current: int | None,
    now: datetime,
) -> Group:
    begins, ends = listed([one.draft.id or 0 for one in some], current)
    return Group(
        reference=reference(issue.id or 0),
        title=issue.title,
        severity=issue.severity.capitalize(),
        bars=BARS[issue.severity],
        due=due,
        rows=[_row(one, due, current=current, now=now) for one in some[begins:ends]],
        total=len(some),
        above=begins,
        below=len(some) - ends,
        up=some[begins - 1].draft.id if begins else None,
        down=some[ends].draft.id if ends < len(some) else None,
    )


def listed(ids: Sequence[int], current: int | None) -> tuple[int, int]:
    """Return which rows of an issue are listed, as a slice: hundreds of them help nobody.

    Of 500 the first 40; with the 200th in focus, its neighbours: ``(184, 224)``.
    """
    at = ids.index(current) if current in ids else 0
    begins = 0 if at < SHOWN - 1 else at - AROUND
    begins = max(min(begins, len(ids) - SHOWN), 0)
    return begins, min(begins + SHOWN, len(ids))


def _row(one: Proposal, due: Due | None, *, current: int | None, now: datetime) -> Row:
    reads = holder(one.draft, now=now) if is_open(one.draft, one.delivery) else ""
    return Row(
        id=one.draft.id or 0,
        ours=one.post is None,
        line=line_of(one),
        age=age(one.post.published_at if one.post else one.draft.created_at, now),
        place=place_of(one),
        note=_note(one, due, now=now),
        current=one.draft.id == current,
        held_by=one_line(reads),
        initials=initials(reads) if reads else "",
    )


def line_of(one: Proposal) -> str:
    """Return what stands for a draft in one line: the words it answers, else its own title."""
    if one.post is not None:
        return one_line(one.post.text or one.post.title or "") or "erased at its place"
    return one_line(one.draft.text.split("\n", 1)[0]) or "a text without words"


def place_of(one: Proposal) -> str:
    """Return where a draft's text would stand."""
    if one.draft.channel == PAGE:
        return "the public page"
    return public_name(one.source.name) if one.source else one.draft.channel


def _note(one: Proposal, due: Due | None, *, now: datetime) -> str:
    """Return what a row says beside age and place: its own promise only where it differs."""
    draft, delivery = one.draft, one.delivery
    if draft.state is DraftState.PENDING:
        differs = (
            draft.next_update_by and due and not due.promised and draft.next_update_by != due.at
        )
        if differs and draft.next_update_by:
            return f"by {clock(draft.next_update_by, now)}"
        return "edited" if draft.edited_by else ""
    if delivery is not None and draft.state in {DraftState.APPROVED, DraftState.QUEUED}:
        waits = delivery.state is DeliveryState.QUEUED and delivery.next_try_at > now
        return "approved" if waits else str(delivery.state).replace("_", " ")
    return str(draft.state)
