"""Nothing is dropped in silence: what does not reach its destination is told at the next one.

Part of the deliver pass. Told there in our own words, with the issues by number: the words of users
stand in the alert itself, which may have been erased since. At once where a platform refused for
good, after a while where it does not answer; one message for all that failed meanwhile. What could
not be delivered is also a warning of ``groundswell status`` and the console, from the rows
themselves, so no pass has to run for that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import func
from sqlmodel import Session, and_, col, false, or_, select

from classifiers.store import reference
from config import leases
from config.clock import Clock, SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.delivery import store as outbox
from responders.delivery.inert import quoted
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery, DeliveryState, Pause
from responders.oncall.card import clock_time
from responders.oncall.tables import Alert, HandedOver

UNDELIVERED = "undelivered"
"""The kind of a delivery that tells of others that did not arrive."""
NOT_FOR_PEOPLE = (outbox.TICKET,)
TOO_OLD = timedelta(days=1)
"""What failed longer ago is no news; it stands in `groundswell delivery list`."""
SAID_AFTER = timedelta(seconds=20)
"""A first try may wait so long for its answer, and a rest that a platform asks for is shorter."""
REASON, NAMED = 160, 12
LAST_RESORT = "terminal"
"""Nobody reads the service's output by itself: only where there is nothing else."""

log = event_log(__name__)


@dataclass(frozen=True)
class Missing:
    """What did not arrive at one destination."""

    destination: str
    rows: Sequence[Delivery]
    issues: Sequence[int]

    @property
    def since(self) -> datetime:
        """When the first of it was to leave."""
        return min(row.created_at for row in self.rows)

    @property
    def reason(self) -> str:
        """Why the newest of it did not."""
        reasons = [row.reason for row in self.rows if row.reason]
        return quoted(reasons[-1], REASON) if reasons else "the destination asked us to wait"


def hand_over_due(ground: Ground, *, machine: Clock | None = None) -> int:
    """Tell the next destination of what did not arrive; return of how many messages."""
    clock = machine or SystemClock()
    with reading(ground.engine) as session:
        if outbox.paused(session) or not _fresh(session, ground):
            return 0
    with leases.holding(ground.engine, UNDELIVERED, clock=clock, holder=ground.holder) as held:
        if held is None:
            return 0
        with transaction(ground.engine) as session:
            leases.check(session, held, now=clock.now())
            return sum(_hand_over(session, ground, one) for one in _fresh(session, ground))


def _fresh(session: Session, ground: Ground) -> list[Missing]:
    """Return what did not arrive for long enough, and that nobody was told of."""
    now = ground.clock.now()
    patience = timedelta(minutes=ground.settings.oncall.undelivered_minutes)
    known = set(session.exec(select(HandedOver.delivery_id)).all())
    found = []
    for missing in undelivered(session, now=now, patience=patience, since=now - TOO_OLD):
        rows = [row for row in missing.rows if row.id not in known]
        if rows and not _told_lately(session, missing.destination, now=now, patience=patience):
            found.append(Missing(missing.destination, rows, _issues(session, rows)))
    return found


def _told_lately(session: Session, destination: str, *, now: datetime, patience: timedelta) -> bool:
    query = select(HandedOver.at).join(Delivery, col(Delivery.id) == col(HandedOver.delivery_id))
    last = session.exec(
        query.where(Delivery.destination == destination).order_by(col(HandedOver.at).desc())
    ).first()
    return last is not None and now - last < patience


def undelivered(
    session: Session, *, now: datetime, patience: timedelta, since: datetime | None = None
) -> Iterator[Missing]:
    """Yield what the on-call people did not get, by its destination.

    Refused for good, or due for longer than ``patience`` and not out: tried in vain, or kept back
    because the destination wants silence. What a person holds back is not late, nor is it at once
    when they let it go on. With ``since``, only what was made or tried after that.
    """
    before = now - patience
    late = and_(Delivery.state == DeliveryState.QUEUED, Delivery.created_at <= before)
    if _was_held(session, before):
        late = and_(late, false())
    tried = or_(Delivery.tries > 0, Delivery.next_try_at <= before)
    query = (
        select(Delivery)
        .where(col(Delivery.public).is_(False), col(Delivery.kind).not_in(NOT_FOR_PEOPLE))
        .where(or_(Delivery.state == DeliveryState.FAILED, and_(late, tried)))
        .order_by(col(Delivery.destination), col(Delivery.id))
    )
    if since is not None:
        query = query.where(col(Delivery.next_try_at) > since)  # no row was made after its try
    rows = session.exec(query).all()
    for name, group in groupby(rows, key=lambda row: row.destination):
        mine = list(group)
        yield Missing(name, mine, _issues(session, mine))


def _was_held(session: Session, before: datetime) -> bool:
    """Tell whether a person holds everything back, or did until less than the patience ago."""
    pause = session.get(Pause, 1, populate_existing=True)
    return pause is not None and (pause.paused or pause.at > before)


def _issues(session: Session, rows: Sequence[Delivery]) -> list[int]:
    """Return what messages are about; a digest is about many, a word on others about theirs."""
    found = {row.issue_id for row in rows}
    alerts = [number for row in rows for number in row.target.get("alerts", ())]
    told = [row.id for row in rows if row.kind == UNDELIVERED]
    if alerts:
        query = select(Alert.issue_id).where(col(Alert.id).in_(alerts))
        found.update(session.exec(query).all())
    if told:
        others = select(Delivery.issue_id).join(
            HandedOver, col(HandedOver.delivery_id) == col(Delivery.id)
        )
        found.update(session.exec(others.where(col(HandedOver.told_by).in_(told))).all())
    return sorted(number for number in found if number is not None)


def _hand_over(session: Session, ground: Ground, missing: Missing) -> int:
    now, notice = ground.clock.now(), None
    to = next_after(missing.destination, destinations(ground.settings), _failing(session, ground))
    if to is not None:
        notice = _notice(missing, to, now=now)
        outbox.queue(session, notice)
        session.flush()
    for row in missing.rows:
        session.add(
            HandedOver(
                delivery_id=row.id or 0, product_id=row.product_id, at=now,
                told_at=to.name if to else "", told_by=notice.id if notice else None,
            )
        )  # fmt: skip
    log.error(
        "alerts_not_delivered",
        destination=missing.destination,
        messages=len(missing.rows),
        told_at=to.name if to else None,
    )
    return len(missing.rows)


def _failing(session: Session, ground: Ground) -> set[str]:
    """Return the destinations that are no help: nothing got there since something did not."""
    patience = timedelta(minutes=ground.settings.oncall.undelivered_minutes)
    now = ground.clock.now()
    found = list(undelivered(session, now=now, patience=patience, since=now - TOO_OLD))
    worked = _worked_at(session, since=now - TOO_OLD)
    return {
        one.destination
        for one in found
        if one.destination not in worked
        or worked[one.destination] <= max(row.next_try_at for row in one.rows)
    }


def _worked_at(session: Session, *, since: datetime) -> Mapping[str, datetime]:
    """Return when each destination took a message last."""
    query = (
        select(Delivery.destination, func.max(Delivery.sent_at))
        .where(col(Delivery.public).is_(False), Delivery.state == DeliveryState.SENT)
        .where(col(Delivery.sent_at) > since)
        .group_by(col(Delivery.destination))
    )
    return {name: at for name, at in session.exec(query).all() if at is not None}


def next_after(
    name: str, there_are: Sequence[Destination], failing: set[str]
) -> Destination | None:
    """Return where to go instead: the next in the list that works, the terminal last of all."""
    names = [to.name for to in there_are]
    start = names.index(name) + 1 if name in names else 0
    order = [*there_are[start:], *there_are[:start]]
    able = [to for to in order if to.name != name and to.name not in failing]
    return min(able, key=lambda to: to.channel == LAST_RESORT, default=None)


def _notice(missing: Missing, to: Destination, *, now: datetime) -> Delivery:
    first = missing.rows[0]
    return Delivery(
        key=f"{to.name}|{UNDELIVERED}|{first.id}",
        product_id=first.product_id,
        channel=to.channel,
        destination=to.name,
        kind=UNDELIVERED,
        text=text_of(missing),
        next_try_at=now,
        created_at=now,
    )


def text_of(missing: Missing) -> str:
    """Say what did not arrive where, since when, why, and where to look."""
    count = len(missing.rows)
    messages = "1 message" if count == 1 else f"{count} messages"
    return (
        f"{messages} did not reach {missing.destination} since {clock_time(missing.since)}: "
        f"{missing.reason.rstrip('.')}. {_about(missing)}See groundswell status."
    )


def _about(missing: Missing) -> str:
    names = ", ".join(map(reference, missing.issues[:NAMED]))
    rest = f" and {len(missing.issues) - NAMED} more" if len(missing.issues) > NAMED else ""
    return f"It is about {names}{rest}. " if names else ""


def undelivered_warnings(session: Session, *, now: datetime) -> list[str]:
    """Return at which destinations alerts do not arrive, since when and why, and what to do."""
    rows = session.exec(select(HandedOver.delivery_id, HandedOver.told_at)).all()
    told: dict[int | None, str] = {number: where for number, where in rows if where}
    return [
        _warning(one, told_at={told[row.id] for row in one.rows if row.id in told})
        for one in undelivered(session, now=now, patience=SAID_AFTER)
    ]


def _warning(missing: Missing, *, told_at: set[str]) -> str:
    names = ", ".join(map(reference, missing.issues[:NAMED]))
    about = f" ({names})" if names else ""
    instead = f"; told at {', '.join(sorted(told_at))} instead" if told_at else ""
    return (
        f"alerts do not reach {missing.destination} since {clock_time(missing.since)}{about}: "
        f"{missing.reason.rstrip('.')}{instead}; see groundswell delivery list, and settle what "
        "will never arrive: groundswell delivery resolve ID --not-sent"
    )
