"""The queries on storms: whether one runs, who joins it, what its digest lists, where it stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.tables import Issue, Membership
from listener.tables import Post
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.storms.storming import Placing, Weather, is_over, place
from responders.oncall.tables import Alert, DigestShown, Storm

DIGEST = "digest"
"""The kind of a delivery that tells of a storm: our words only."""


def running(session: Session) -> Storm | None:
    """Return the storm that is not over; there is one at the most."""
    query = select(Storm).where(col(Storm.over_at).is_(None)).order_by(col(Storm.id).desc())
    return session.exec(query.limit(1)).first()


def end_calm(session: Session, *, now: datetime, window: timedelta) -> bool:
    """Say that the storm is over if it blew itself out; tell whether it did."""
    storm = running(session)
    if storm is None or not is_over(storm.last_at, now=now, window=window):
        return False
    storm.over_at = now
    session.add(storm)
    session.flush()
    return True


def weather(session: Session, *, now: datetime, window: timedelta) -> Weather:
    """Return what the channel has had lately."""
    told = (
        select(func.count(col(Alert.id)))
        .where(col(Alert.storm_id).is_(None))
        .where(Alert.raised_at > now - window, Alert.raised_at <= now)
    )
    storm = running(session)
    return Weather(int(session.exec(told).one()), storm.last_at if storm else None)


def join(session: Session, product_id: int, *, now: datetime) -> int:
    """Let an alert of a product join the storm that runs, or begin one; return its id."""
    storm = running(session)
    if storm is None:
        storm = Storm(product_id=product_id, began_at=now, last_at=now)
    storm.last_at = max(storm.last_at, now)
    session.add(storm)
    session.flush()
    return storm.id or 0


def placed(
    session: Session, product_id: int, *, now: datetime, at_most: int, window: timedelta
) -> tuple[Placing, int | None]:
    """Say where one more alert goes, and into which storm's digest if not by itself.

    Ask only while holding the lease of all alerts: the count is over all products.
    """
    end_calm(session, now=now, window=window)
    found = place(weather(session, now=now, window=window), at_most=at_most, window=window)
    return found, join(session, product_id, now=now) if found.digest else None


def untold(session: Session, *, since: datetime) -> Sequence[Storm]:
    """Return the storms that run, or ended lately, oldest first."""
    query = select(Storm).where((col(Storm.over_at).is_(None)) | (col(Storm.over_at) >= since))
    return session.exec(query.order_by(col(Storm.id))).all()


def members(session: Session, storm_id: int) -> Sequence[tuple[Alert, Issue]]:
    """Return what a digest lists, in the order of joining."""
    query = (
        select(Alert, Issue)
        .join(Issue, col(Issue.id) == col(Alert.issue_id))
        .where(Alert.storm_id == storm_id)
        .order_by(col(Alert.id))
    )
    return session.exec(query).all()


def uncertain_titles(session: Session, storm_id: int) -> set[int]:
    """Return the issues of a storm whose titles may be the words of posts erased since."""
    query = (
        select(Membership.issue_id)
        .join(Alert, col(Alert.issue_id) == col(Membership.issue_id))
        .join(Post, col(Post.id) == col(Membership.post_id))
        .where(Alert.storm_id == storm_id, col(Post.erased_at).is_not(None))
        .where(Membership.text_hash != "")
    )
    return {number for number in session.exec(query).all() if number is not None}


def sends(session: Session, storm: Storm, destination: str) -> Sequence[Delivery]:
    """Return what was queued of a storm at a destination, oldest first.

    Asked every second for a day, so older messages than the storm are not looked through.
    """
    start = f"{destination}|storm|{storm.id}|"
    query = (
        select(Delivery)
        .where(Delivery.destination == destination, Delivery.kind == DIGEST)
        .where(col(Delivery.next_try_at) >= storm.began_at)
        .where(col(Delivery.key).startswith(start, autoescape=True))
    )  # put in order here: asked for it, SQLite reads the whole table instead of the index
    return sorted(session.exec(query).all(), key=lambda row: row.id or 0)


def shown_at(session: Session, storm_id: int, destination: str) -> DigestShown | None:
    """Return what is noted of a storm's message at a destination that can edit."""
    query = select(DigestShown).where(
        DigestShown.storm_id == storm_id, DigestShown.destination == destination
    )
    return session.exec(query).first()


def stands(session: Session, storm_id: int, last: Delivery) -> bool:
    """Tell whether the message that was queued last stands, or is on its way."""
    shown = shown_at(session, storm_id, last.destination)
    if shown is not None and shown.delivery_id == last.id:
        return shown.gone_at is None
    return last.state not in (DeliveryState.FAILED, DeliveryState.CANCELLED)


def seen(session: Session, storm_id: int, destination: str) -> set[int]:
    """Return the issues that the message showed when it was last edited."""
    shown = shown_at(session, storm_id, destination)
    return set(map(int, shown.shown.get("severity", {}))) if shown is not None else set()


def unnoted(session: Session, destination: str) -> Sequence[tuple[Delivery, DigestShown | None]]:
    """Return the digests that were sent and not noted, with the older one that is gone."""
    query = select(DigestShown).where(DigestShown.destination == destination)
    noted = {row.storm_id: row for row in session.exec(query).all()}
    known = [row.delivery_id for row in noted.values()]
    sent = (
        select(Delivery)
        .where(Delivery.kind == DIGEST, Delivery.destination == destination)
        .where(Delivery.state == DeliveryState.SENT, col(Delivery.remote_id).is_not(None))
        .where(col(Delivery.id).not_in(known))
        .order_by(col(Delivery.id))
    )
    newest = {int(row.target["storm"]): row for row in session.exec(sent).all()}
    return [
        (row, older)
        for storm_id, row in newest.items()
        if (older := noted.get(storm_id)) is None or older.delivery_id < (row.id or 0)
    ]


def standing(
    session: Session, destination: str, *, since: datetime
) -> Sequence[tuple[DigestShown, Storm]]:
    """Return the digests that are looked after at a destination."""
    query = (
        select(DigestShown, Storm)
        .join(Storm, col(Storm.id) == col(DigestShown.storm_id))
        .where(DigestShown.destination == destination, col(DigestShown.gone_at).is_(None))
        .where((col(Storm.over_at).is_(None)) | (col(Storm.over_at) >= since))
        .order_by(col(DigestShown.id))
    )
    return session.exec(query).all()


def mark(session: Session, storm: Storm) -> str:
    """Say in one line what the rows behind a digest look like; cheap, for all at each pass."""
    sums = (func.count(col(Alert.id)), func.sum(Issue.version), func.sum(Issue.erasures))
    query = select(*sums).join(Issue, col(Issue.id) == col(Alert.issue_id))
    found = session.exec(query.where(Alert.storm_id == storm.id)).one()
    return "|".join(
        map(str, [*found, len(uncertain_titles(session, storm.id or 0)), storm.over_at])
    )
