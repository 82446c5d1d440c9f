"""Tell of a storm: one digest for each destination, edited in place where that can be done.

Two halves. In the respond pass the digest's messages are queued once everything that was due has
joined: the first one everywhere; where nothing can be edited, then one every few minutes with what
joined since, and a last word. In the deliver pass the one message of a channel with cards is kept
true. Both find what is due by comparing rows, so neither a crash nor a second process loses an
issue or lists one twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from classifiers.store import counts
from classifiers.tables import Issue, IssueState
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from responders.delivery import store as outbox
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.oncall.alert import ALL_ALERTS, UNTITLED, standing_of
from responders.oncall.store import SILENCED
from responders.oncall.storms import store_storms as store
from responders.oncall.storms.storming import is_over
from responders.oncall.tables import Alert, Storm
from responders.oncall.telling.digest import Digest, Listed, as_discord, as_slack, as_text

LOOKED_BACK = timedelta(days=30)
"""So long after its end a storm is looked after: erased words must leave its message as well."""
LAST_WORD = timedelta(days=1)
"""Until then it is told that a storm is over; after a longer standstill nobody asks any more."""

DRAWINGS: Mapping[str, Callable[[Digest], dict[str, Any]]] = {
    "discord": as_discord,
    "slack": as_slack,
}
"""How each channel draws a digest; one that is not here shows the text."""

log = event_log(__name__)


def tell_storms(ground: Ground) -> int:
    """Queue what is to be told of storms, and end those that blew themselves out."""
    now = ground.clock.now()
    with reading(ground.engine) as session:
        if not (_is_over(session, ground, now=now) or _due(session, ground, now=now)):
            return 0
    name, clock = ALL_ALERTS, SystemClock()
    with leases.holding(ground.engine, name, clock=clock, holder=ground.holder) as held:
        if held is None:
            return 0
        with transaction(ground.engine) as session:
            leases.check(session, held, now=clock.now())
            store.end_calm(session, now=now, window=_window(ground))
            return sum([_queue(session, ground, one) for one in _due(session, ground, now=now)])


@dataclass(frozen=True)
class _Part:
    """One message of a storm that is due."""

    storm: Storm
    to: Destination
    alerts: Sequence[Alert]
    """What it lists."""
    number: int


def _window(ground: Ground) -> timedelta:
    return timedelta(minutes=ground.settings.oncall.storm_minutes)


def _is_over(session: Session, ground: Ground, *, now: datetime) -> bool:
    storm = store.running(session)
    return storm is not None and is_over(storm.last_at, now=now, window=_window(ground))


def _due(session: Session, ground: Ground, *, now: datetime) -> list[_Part]:
    """Return the messages that are due, of each storm to each destination."""
    found = [
        _part(session, ground, storm, to, now=now)
        for storm in store.untold(session, since=now - LAST_WORD)
        for to in destinations(ground.settings)
    ]
    return [part for part in found if part is not None]


def _part(
    session: Session, ground: Ground, storm: Storm, to: Destination, *, now: datetime
) -> _Part | None:
    sends = store.sends(session, storm, to.name)
    every = timedelta(minutes=ground.settings.oncall.digest_minutes)
    if to.keeps_cards:
        return _edited_part(session, storm, to, sends, late=now - every)
    over = storm.over_at is not None
    if over and any(row.target.get("over") for row in sends):
        return None
    told = {number for row in sends for number in row.target.get("alerts", ())}
    fresh = [alert for alert in _alerts(session, storm) if alert.id not in told]
    if not over and (not fresh or (sends and now - sends[-1].created_at < every)):
        return None
    return _Part(storm, to, fresh, len(sends) + 1)


def _edited_part(
    session: Session, storm: Storm, to: Destination, sends: Sequence[Delivery], *, late: datetime
) -> _Part | None:
    """Return the one message that is edited while more join.

    Where it went nowhere, or somebody took it away, what joined since stands nowhere: then it comes
    once more, after a while.
    """
    if sends and (sends[-1].created_at > late or store.stands(session, storm.id or 0, sends[-1])):
        return None
    alerts = _alerts(session, storm)
    told = {number for row in sends for number in row.target.get("alerts", ())}
    seen = store.seen(session, storm.id or 0, to.name) if sends else set()
    if all(alert.id in told or alert.issue_id in seen for alert in alerts):
        return None
    return _Part(storm, to, alerts, len(sends) + 1)


def _standings(session: Session, part: _Part) -> dict[str, str]:
    """Return how what is listed stands, so that people can be told of a change."""
    listed = {alert.id for alert in part.alerts}
    members = store.members(session, part.storm.id or 0)
    return {str(issue.id): standing_of(issue) for alert, issue in members if alert.id in listed}


def _alerts(session: Session, storm: Storm) -> Sequence[Alert]:
    return [alert for alert, _ in store.members(session, storm.id or 0)]


def _queue(session: Session, ground: Ground, part: _Part) -> int:
    """Queue one message of a digest; it lists these alerts, in our own words only."""
    now, storm, to = ground.clock.now(), part.storm, part.to
    digest = digest_of(session, ground, storm).without_titles()
    if not to.keeps_cards and storm.over_at is None:
        listed = {alert.issue_id for alert in part.alerts}
        digest = replace(digest, listed=[one for one in digest.listed if one.number in listed])
    text, payload = drawn(digest, to.channel)
    row = Delivery(
        key=f"{to.name}|storm|{storm.id}|{part.number}",
        product_id=storm.product_id,
        channel=to.channel,
        destination=to.name,
        kind=store.DIGEST,
        target={
            "storm": storm.id,
            "alerts": [alert.id for alert in part.alerts],
            "over": storm.over_at is not None,
            "severities": {str(one.number): one.severity for one in digest.listed},
            "standings": _standings(session, part),
        },
        text=text,
        payload=payload,
        next_try_at=now,
        created_at=now,
    )
    log.info("storm_told", storm=storm.id, destination=to.name, issues=len(part.alerts))
    return int(outbox.queue(session, row))


def digest_of(session: Session, ground: Ground, storm: Storm) -> Digest:
    """Return a storm as it is told now, with the titles that may be shown."""
    found = {
        issue.id or 0: (alert, issue) for alert, issue in store.members(session, storm.id or 0)
    }
    people = counts(session, found)
    uncertain = store.uncertain_titles(session, storm.id or 0)
    return Digest(
        began_at=storm.began_at,
        over_at=storm.over_at,
        console=ground.settings.console.url.rstrip("/") or None,
        listed=[
            Listed(
                number=number, severity=issue.severity.value, state=issue.state.value,
                people=people[number].authors if number in people else 0,
                title=UNTITLED if number in uncertain else issue.title,
                over=_needs_nobody(issue), back=alert.revision > 1,
            )
            for number, (alert, issue) in found.items()
        ],
    )  # fmt: skip


def _needs_nobody(issue: Issue) -> bool:
    quiet = bool(SILENCED.intersection(issue.flags)) or issue.merged_into is not None
    return quiet or issue.state is IssueState.RESOLVED


def drawn(digest: Digest, channel: str) -> tuple[str, dict[str, Any]]:
    """Return a digest as text and as the channel draws it."""
    draw = DRAWINGS.get(channel)
    return as_text(digest), draw(digest) if draw else {}
