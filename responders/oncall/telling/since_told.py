"""Tell what is otherwise than people were told, where no card can be edited: a webhook, mail.

What people were told stands in the targets of the messages themselves, so nothing is told twice.
What is new at one look is one message for each destination, in our own words.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from classifiers.tables import Issue
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.delivery import store as outbox
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.oncall.alert import ALL_ALERTS
from responders.oncall.grouping import rank
from responders.oncall.storms.store_storms import DIGEST

LISTED = 15
"""So many get a line; the others are counted."""

log = event_log(__name__)

News = tuple[Issue, str]
"""An issue, and what people heard of it last."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing about issues that on-call is told, and told again when it is otherwise.

    Attributes:
        kind: of the deliveries that tell it.
        one: under which name the target of an alert holds what it told.
        many: under which name messages about several issues hold it, by the issue's number.
        issues: which issues may have news now.
        stands: how an issue stands.
        is_news: whether that is worth a word to somebody who was told this.
        text: the message, the gravest issue first.
    """

    kind: str
    one: str
    many: str
    issues: Callable[[Session, datetime], Sequence[Issue]]
    stands: Callable[[Issue], str]
    is_news: Callable[[Issue, str], bool]
    text: Callable[[Session, Ground, Sequence[News]], str]


def tell(ground: Ground, subject: Subject) -> int | None:
    """Tell what is otherwise than it was told; return of how many issues.

    None where another process is at it.
    """
    with reading(ground.engine) as session:
        if not _due(session, ground, subject):
            return 0
    clock = SystemClock()
    with leases.holding(ground.engine, ALL_ALERTS, clock=clock, holder=ground.holder) as held:
        if held is None:
            return None
        with transaction(ground.engine) as session:
            leases.check(session, held, now=clock.now())
            due = _due(session, ground, subject)
            for to, news in due.items():
                _queue(session, ground, subject, to, news)
            return sum(map(len, due.values()))


def told(
    session: Session, subject: Subject, names: Iterable[str], issues: Sequence[Issue]
) -> Mapping[str, Mapping[int, str]]:
    """Return what was told of these issues last, by destination and issue.

    Asked every second, so of all messages only those since the oldest of these issues are read.
    """
    since = min(issue.opened_at for issue in issues)
    query = (
        select(Delivery.id, Delivery.destination, Delivery.issue_id, Delivery.target)
        .where(col(Delivery.destination).in_(list(names)), col(Delivery.next_try_at) >= since)
        .where(
            or_(
                (col(Delivery.kind) == outbox.ALERT)
                & col(Delivery.issue_id).in_([issue.id for issue in issues]),
                col(Delivery.kind).in_((subject.kind, DIGEST)),
            )
        )
    )  # put in order here: asked for it, SQLite reads the whole table instead of the index
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for _, name, issue_id, target in sorted(session.exec(query).all(), key=lambda row: row[0] or 0):
        if issue_id is not None and subject.one in target:
            found[name][issue_id] = target[subject.one]
        for number, stood in target.get(subject.many, {}).items():
            found[name][int(number)] = stood
    return found


def more_than(listed: Sequence[News], command: str) -> list[str]:
    """Return the line that counts what got none, and says where it is to be seen."""
    return [f"and {len(listed) - LISTED} more: {command}"] if len(listed) > LISTED else []


def _due(
    session: Session, ground: Ground, subject: Subject
) -> Mapping[Destination, Sequence[News]]:
    there_are = {to.name: to for to in destinations(ground.settings) if not to.keeps_cards}
    issues = subject.issues(session, ground.clock.now()) if there_are else []
    if not issues:
        return {}
    found = {
        there_are[name]: [
            (issue, heard)
            for issue in issues
            if (heard := last.get(issue.id or 0)) and subject.is_news(issue, heard)
        ]
        for name, last in told(session, subject, there_are, issues).items()
    }
    return {to: news for to, news in found.items() if news}


def _queue(
    session: Session, ground: Ground, subject: Subject, to: Destination, news: Sequence[News]
) -> None:
    now = ground.clock.now()
    order = sorted(news, key=lambda one: (-rank(one[0].severity), one[0].id or 0))
    row = Delivery(
        key=f"{to.name}|{subject.kind}|{now.isoformat()}",
        product_id=order[0][0].product_id,
        channel=to.channel,
        destination=to.name,
        kind=subject.kind,
        target={subject.many: {str(issue.id): subject.stands(issue) for issue, _ in order}},
        text=subject.text(session, ground, order),
        next_try_at=now,
        created_at=now,
    )
    if outbox.queue(session, row):
        log.info("news_told", about=subject.kind, destination=to.name, issues=len(order))
