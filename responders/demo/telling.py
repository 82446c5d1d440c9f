"""What the narration tells of the loop: approved, sent, published, promised, kept, told back.

Apart from the narration, which tells what was heard and noticed. Each row is told once; what came
about at the same look is told together, so that ten threads make one line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sqlmodel import Session

from classifiers.store import reference
from responders.delivery.tables import Delivery, DeliveryState
from responders.demo import store
from responders.voice.addressing import PAGE
from responders.voice.ledger.promises import told_time
from responders.voice.phases import RESOLVED
from responders.voice.tables import PromiseState, Told

GOOD, BAD, PLAIN = "green", "bold red", "cyan"


@dataclass(frozen=True)
class News:
    """One line for the terminal."""

    words: str
    style: str = PLAIN
    below: Sequence[str] = ()
    """What stands under it, a line each."""


@dataclass
class Loop:
    """Remembers what of the loop was told."""

    _approved: set[int] = field(default_factory=set)
    _handed: set[int] = field(default_factory=set)
    _published: set[int] = field(default_factory=set)
    _told: set[int] = field(default_factory=set)
    _promised: set[int] = field(default_factory=set)
    _settled: set[tuple[int, str]] = field(default_factory=set)

    def news(self, session: Session) -> Iterator[News]:
        """Yield what is new, in the order in which it came about."""
        yield from self._approvals(session)
        public = store.public_deliveries(session)
        yield from self._pages(public)
        yield from self._hands(public)
        yield from self._threads(session)
        yield from self._promises(session)

    def _approvals(self, session: Session) -> Iterator[News]:
        fresh = [row for row in store.approvals(session) if row[0] not in self._approved]
        self._approved.update(number for number, *_ in fresh)
        for (by, issue), rows in groupby(fresh, key=lambda row: (row[1], row[2])):
            count = len(list(rows))
            yield News(f"{by} approved {_texts(count)} about {reference(issue)}")

    def _pages(self, public: Sequence[Delivery]) -> Iterator[News]:
        for row in public:
            fresh = row.id is not None and row.id not in self._published
            if fresh and row.channel == PAGE and row.state is DeliveryState.SENT:
                self._published.add(row.id or 0)
                title = row.text.partition("\n")[0]
                phase = row.target.get("phase")
                yield News(f"published, {phase}: “{title}”", GOOD, [row.url or ""])

    def _hands(self, public: Sequence[Delivery]) -> Iterator[News]:
        waiting = [row for row in public if row.state is DeliveryState.BY_HAND]
        fresh = [row for row in waiting if row.id not in self._handed]
        self._handed.update(row.id or 0 for row in fresh)
        if fresh:
            places = [str(row.target.get("thread_url") or "") for row in fresh]
            yield News(f"{_texts(len(fresh))} to be posted by hand:", below=places)

    def _threads(self, session: Session) -> Iterator[News]:
        rows = store.told(session)
        fresh = [row for row, _, _ in rows if row.id not in self._told]
        self._told.update(row.id or 0 for row in fresh)
        ordered = sorted(fresh, key=lambda row: (row.issue_id, row.phase))
        for (issue, phase), group in groupby(ordered, key=lambda row: (row.issue_id, row.phase)):
            told = [row for row, _, _ in rows if row.issue_id == issue]
            yield _told_news(issue, phase, list(group), told)

    def _promises(self, session: Session) -> Iterator[News]:
        for row in store.all_promises(session):
            name = reference(row.issue_id)
            if row.id not in self._promised:
                self._promised.add(row.id or 0)
                due = told_time(row.due_at, now=row.made_at)
                yield News(f"promised: the next word on {name} comes by {due}")
            known = (row.id or 0, str(row.state))
            if row.state is PromiseState.OPEN or known in self._settled:
                continue
            self._settled.add(known)
            if row.state is PromiseState.BROKEN:
                yield News(f"promise broken: {name}, {row.due_at:%H:%M} UTC went by", BAD)
            elif row.settled_at:
                due = told_time(row.due_at, now=row.settled_at)
                yield News(
                    f"promise kept: {name}, due by {due}, kept at {row.settled_at:%H:%M}", GOOD
                )


def _told_news(issue: int, phase: str, fresh: Sequence[Told], told: Sequence[Told]) -> News:
    if phase != RESOLVED:
        words = f"{reference(issue)}, {phase}: told in {_threads(len(fresh))}"
        return News(words, GOOD, [row.url or "" for row in fresh])
    knowing = len({row.thread_id for row in told if row.phase == RESOLVED})
    everyone = len({row.thread_id for row in told})
    return News(
        f"told back: {reference(issue)} is resolved, in {knowing} of {_threads(everyone)}", GOOD
    )


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"


def _threads(count: int) -> str:
    return "1 thread" if count == 1 else f"{count} threads"
