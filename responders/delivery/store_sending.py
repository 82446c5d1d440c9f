"""The sender's queries: what is due, who has it, what came of it.

A claim adds one to ``tries``; the number is the claim's own. Whoever comes late with an answer
writes only where the number is still theirs, so nobody writes over a later try.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select, update

from config.leases import holder_is_dead
from listener.tables import Post
from responders.delivery.changing import CORRECTION
from responders.delivery.erasures import corrections_of_replies
from responders.delivery.store import is_outdated
from responders.delivery.tables import Delivery, DeliveryState, Rest

SENDING = DeliveryState.SENDING
STAYING = (DeliveryState.QUEUED, DeliveryState.BY_HAND)
"""Not gone out yet, and in no sender's hands."""
MAY_STILL_LEAVE = (*STAYING, SENDING, DeliveryState.IN_DOUBT)
"""A later try is possible; what failed or was taken back needs an approval first."""


@dataclass(frozen=True)
class Scope:
    """Which destinations a sender serves: each can have one of its own, so that none waits."""

    only: frozenset[str] | None = None
    """None: every one."""
    but: frozenset[str] = frozenset()

    def has(self, destination: str) -> bool:
        """Tell whether a destination is served."""
        return destination not in self.but and (self.only is None or destination in self.only)

    def within(self) -> list[ColumnElement[bool]]:
        """Return the same as conditions on deliveries."""
        name = col(Delivery.destination)
        found = [name.not_in(sorted(self.but))] if self.but else []
        return [*found, *([] if self.only is None else [name.in_(sorted(self.only))])]


EVERYWHERE = Scope()


def waited_for(session: Session) -> set[str]:
    """Return the destinations for which anything waits, or is being sent."""
    waits = col(Delivery.state).in_((DeliveryState.QUEUED, SENDING))
    return set(session.exec(select(Delivery.destination).where(waits).distinct()).all())


def is_waited_for(session: Session, destination: str, *, now: datetime) -> bool:
    """Tell whether a message is to leave for a destination now."""
    query = select(Delivery.id).where(Delivery.state == DeliveryState.QUEUED)
    query = query.where(Delivery.destination == destination, Delivery.next_try_at <= now)
    return session.exec(query.limit(1)).first() is not None


def due(
    session: Session,
    *,
    now: datetime,
    machine_now: datetime,
    limit: int,
    scope: Scope = EVERYWHERE,
) -> Sequence[Delivery]:
    """Return what is to leave now: alerts first, then the longest due.

    Nothing to a destination that wants silence, or a long queue there would hide all others; no
    alert with words since erased.
    """
    silent = select(Rest.destination).where(Rest.until > machine_now)
    query = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.QUEUED, Delivery.next_try_at <= now)
        .where(~is_outdated(), col(Delivery.destination).not_in(silent), *scope.within())
        .order_by(col(Delivery.public), col(Delivery.next_try_at), col(Delivery.id))
        .limit(limit)
    )
    return session.exec(query).all()


def locked(session: Session, row: Delivery) -> Delivery | None:
    """Return a queued message as it stands now, held for us; None when it is another one since.

    Another one: claimed, taken back, tried, or approved with other words since ``row`` was read.
    """
    query = (
        select(Delivery)
        .where(Delivery.id == row.id, Delivery.state == DeliveryState.QUEUED)
        .where(Delivery.tries == row.tries)
        .with_for_update()
    )
    found = session.exec(query).first()
    return found if found and found.approved_sha256 == row.approved_sha256 else None


def post_erased(session: Session, row: Delivery) -> bool:
    """Tell whether the post that a message answers, or that the reply it corrects does, is gone."""
    answers = _answering(session, row)
    if answers is None:
        return False
    erased = select(Post.id).where(Post.id == answers, col(Post.erased_at).is_not(None))
    return session.exec(erased).first() is not None


def _answering(session: Session, row: Delivery) -> int | None:
    """Return the post that a text speaks of; what only takes a reply away speaks of none."""
    if row.changes_id is None or row.kind != CORRECTION:
        return row.post_id
    return session.exec(select(Delivery.post_id).where(Delivery.id == row.changes_id)).first()


def claim(
    session: Session, delivery_id: int, *, holder: str, until: datetime, now: datetime
) -> Delivery | None:
    """Take a queued message for sending; None when another process or an erasure was first.

    ``next_try_at`` then says when this try began: a doubt is told with it.
    """
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == DeliveryState.QUEUED)
        .where(~is_outdated())
        .values(
            state=SENDING,
            tries=col(Delivery.tries) + 1,
            next_try_at=now,
            lease_holder=holder,
            lease_until=until,
        )
    )
    if session.connection().execute(statement).rowcount != 1:
        return None
    return session.get_one(Delivery, delivery_id, populate_existing=True)


def bar(session: Session, row: Delivery, *, state: DeliveryState, reason: str) -> bool:
    """End a message that may not leave; a cancelled one keeps no words."""
    blank = {"text": "", "payload": {}} if state is DeliveryState.CANCELLED else {}
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state).in_(STAYING))
        .values(state=state, reason=reason, **blank)
    )
    return session.connection().execute(statement).rowcount == 1


def forbid(session: Session, delivery_id: int, *, reason: str) -> bool:
    """Let a message never leave from now on; tell whether it waited here and is cancelled.

    One that is being sent, or in doubt, can only be kept from a next try.
    """
    if not _set_forbidden(session, delivery_id, reason):
        return False
    row = session.get_one(Delivery, delivery_id, populate_existing=True)
    return bar(session, row, state=DeliveryState.CANCELLED, reason=reason)


def _set_forbidden(session: Session, delivery_id: int, reason: str) -> bool:
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state).in_(MAY_STILL_LEAVE))
        .values(forbidden=reason)
    )
    return session.connection().execute(statement).rowcount == 1


def put_off(session: Session, row: Delivery, *, until: datetime) -> None:
    """Let a queued message leave no sooner than then."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state) == DeliveryState.QUEUED)
        .values(next_try_at=until)
    )
    session.connection().execute(statement)


def bereft(session: Session) -> Sequence[Delivery]:
    """Return what waits here, or in a person's hands, to answer a post that was erased since.

    A correction of such an answer is one too: it may repeat the same words.
    """
    replies = select(Delivery).join(Post, col(Post.id) == col(Delivery.post_id))
    found: list[Delivery] = []
    for query in (replies, corrections_of_replies()):
        waits = query.where(col(Delivery.state).in_(STAYING), col(Post.erased_at).is_not(None))
        found += session.exec(waits).all()
    return sorted(found, key=lambda row: row.id or 0)


def abandoned(session: Session, *, now: datetime) -> Sequence[Delivery]:
    """Return what was being sent when its sender's time ran out, or its process died."""
    rows = session.exec(
        select(Delivery).where(Delivery.state == SENDING).order_by(col(Delivery.id))
    ).all()
    return [row for row in rows if lease_ran_out(row, now=now) or _is_orphan(row)]


def lease_ran_out(row: Delivery, *, now: datetime) -> bool:
    """Tell whether the sender had all the time it may take."""
    return row.lease_until is None or row.lease_until <= now


def _is_orphan(row: Delivery) -> bool:
    return row.lease_holder is None or holder_is_dead(row.lease_holder)


def take_over(session: Session, row: Delivery, *, holder: str, until: datetime) -> bool:
    """Take an abandoned message for settling; False when another process was first."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state) == SENDING)
        .where(col(Delivery.tries) == row.tries, col(Delivery.lease_until) == row.lease_until)
        .values(lease_holder=holder, lease_until=until)
    )
    return session.connection().execute(statement).rowcount == 1


def record_sent(
    session: Session,
    row: Delivery,
    *,
    at: datetime,
    remote_id: str | None,
    url: str | None,
    note: str = "",
    unclaimed: bool = False,
) -> bool:
    """Record the receipt of a try; a late one still counts while no later try began.

    Unclaimed, it was found to stand there before we tried: only while it is still queued.
    """
    state = col(Delivery.state)
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.tries) == row.tries)
        .where(
            state == DeliveryState.QUEUED if unclaimed else state != DeliveryState.SENT,
        )
        .values(
            state=DeliveryState.SENT,
            sent_at=at,
            remote_id=remote_id,
            url=url,
            reason=note,
            lease_holder=None,
            lease_until=None,
        )
    )
    return session.connection().execute(statement).rowcount == 1


def is_anothers(session: Session, row: Delivery, *, remote_id: str | None, url: str | None) -> bool:
    """Tell whether what was found is already the proof of another message with the same words.

    The same words are asked for too: a forum that was restored gives its numbers out again.
    """
    if row.changes_id is not None:  # what it changes is another's by its nature
        return False
    same = [col(Delivery.remote_id) == remote_id] if remote_id else []
    same += [col(Delivery.url) == url] if url else []
    if not same:
        return False
    query = (
        select(Delivery.id)
        .where(Delivery.id != row.id, Delivery.text == row.text)
        .where(Delivery.destination == row.destination, or_(*same))
    )
    return session.exec(query).first() is not None


def record_other(session: Session, row: Delivery, *, holder: str, **values: Any) -> bool:
    """Record any other end of our own try; False when it is no longer ours."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.tries) == row.tries)
        .where(col(Delivery.state) == SENDING, col(Delivery.lease_holder) == holder)
        .values(lease_holder=None, lease_until=None, **values)
    )
    return session.connection().execute(statement).rowcount == 1


def unreadable(
    session: Session, *, now: datetime, since: datetime, limit: int
) -> Sequence[Delivery]:
    """Return what was sent since then, stands where nobody can read it, and is to be looked for."""
    query = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.SENT, col(Delivery.public), _nowhere())
        .where(col(Delivery.next_try_at) <= now, col(Delivery.sent_at) >= since)
        .order_by(col(Delivery.next_try_at), col(Delivery.id))
        .limit(limit)
    )
    return session.exec(query).all()


def record_look(session: Session, row: Delivery, **values: Any) -> bool:
    """Record what a look at a sent message brought; False when it can be read already."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state) == DeliveryState.SENT, _nowhere())
        .values(**values)
    )
    return session.connection().execute(statement).rowcount == 1


def unseen(
    session: Session,
    channels: Collection[str],
    *,
    now: datetime,
    sent_before: datetime,
    since: datetime,
    limit: int,
) -> Sequence[Delivery]:
    """Return the replies that nobody looked at yet as a stranger would, or that were hidden then.

    Only what stands at a known address: what moderators hold back is ``unreadable``.

    Args:
        session: an open session.
        channels: those where a stranger can look.
        now: the time.
        sent_before: places need a while until what was sent shows.
        since: older ones are not looked for any more.
        limit: so many at the most.
    """
    query = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.SENT, col(Delivery.public))
        .where(col(Delivery.channel).in_(sorted(channels)))
        .where(col(Delivery.changes_id).is_(None), col(Delivery.remote_id).is_not(None))
        .where(col(Delivery.seen_at).is_(None), col(Delivery.removed_at).is_(None))
        .where(col(Delivery.sent_at) <= sent_before, col(Delivery.sent_at) >= since)
        .where(col(Delivery.next_try_at) <= now)
        .order_by(col(Delivery.next_try_at), col(Delivery.id))
        .limit(limit)
    )
    return session.exec(query).all()


def record_sight(session: Session, row: Delivery, **values: Any) -> bool:
    """Record what a look as a stranger brought; False when another process looked meanwhile."""
    statement = (
        update(Delivery)
        .where(col(Delivery.id) == row.id, col(Delivery.state) == DeliveryState.SENT)
        .where(col(Delivery.seen_at).is_(None), col(Delivery.removed_at).is_(None))
        .where(col(Delivery.next_try_at) == row.next_try_at)
        .values(**values)
    )
    return session.connection().execute(statement).rowcount == 1


def _nowhere() -> ColumnElement[bool]:
    """Tell whether a message has a note, and no address or id that would prove it stands."""
    known = or_(col(Delivery.url).is_not(None), col(Delivery.remote_id).is_not(None))
    return and_(col(Delivery.reason) != "", ~known)


def rest(session: Session, destination: str, *, until: datetime) -> None:
    """Send nothing to a destination before ``until``; a longer rest already asked for stays."""
    row = session.get(Rest, destination)
    if row is None or row.until < until:
        session.merge(Rest(destination=destination, until=until))


def resting(session: Session, *, now: datetime) -> set[str]:
    """Return the destinations that want silence now."""
    return set(session.exec(select(Rest.destination).where(Rest.until > now)).all())


def backoff(tries: int, *, retry_s: float, longest_s: float = 3600.0) -> timedelta:
    """Return the wait before the next try: doubled each time, ``longest_s`` at most.

    After the third try with ``retry_s`` 30 it is 120 s.
    """
    return timedelta(seconds=min(retry_s * 2.0 ** (tries - 1), longest_s))
