"""The alert pass: an issue that passed the level and that nobody was told of gets its alert.

The alert and its messages are written in one transaction; the outbox sends them. Spam and brigades
never come here, whatever they score: they are shown in the list of issues. Erasures come first: an
alert that waits with words of a post since erased is drawn anew, and does not leave before.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlmodel import Session

from classifiers.facts import reported
from classifiers.releases import likely
from classifiers.store import emergences, posts_of_issue, reference
from classifiers.tables import Issue
from config import leases
from config.clock import SystemClock
from config.database import give_way, reading, transaction
from config.ground import Ground
from config.logs import event_log
from config.settings import Settings
from listener.by_product import each_product
from listener.schedule import BURST
from listener.store import poll_sooner
from listener.tables import Post, Product
from responders.delivery import store as outbox
from responders.delivery.erasures import Erasures, erasures
from responders.delivery.opening import Destination, destinations
from responders.delivery.tables import Delivery
from responders.oncall import store, store_cards
from responders.oncall.card import Card, IssueFacts, Quoted, make_card
from responders.oncall.cards.drawing import DRAWINGS, as_lines
from responders.oncall.changing import standing
from responders.oncall.grouping import Shown
from responders.oncall.storms.holding_back import hold, holding, let_go, plan
from responders.oncall.storms.store_storms import placed
from responders.oncall.tables import Alert

UNTITLED = "a problem whose title was erased"
FACTS = 3
"""So many facts of a kind fit on a card."""
ALL_ALERTS = "alerts"
"""The lease under which alerts are counted: a storm is one of all products together."""
TREND_BUCKETS, BUCKET = 16, timedelta(minutes=15)

log = event_log(__name__)


def alert_due(ground: Ground) -> int:
    """Raise every alert that is due; return how many."""
    act = partial(_alert_product, ground)
    return each_product(ground, act, log=log, of="alert_pass")


def _alert_product(ground: Ground, product: Product) -> int:
    product_id = product.id or 0
    with reading(ground.engine) as session:
        due = store.unalerted(session, product_id)
        if not (outbox.outdated(session, product_id) or plan(session, product_id, due)):
            return 0
    clock = SystemClock()
    with leases.holding(ground.engine, ALL_ALERTS, clock=clock, holder=ground.holder) as held:
        if held is None:
            return 0
        with reading(ground.engine) as session:
            outdated = outbox.outdated(session, product_id)
            todo = plan(session, product_id, store.unalerted(session, product_id))
        for row in outdated:
            _change(ground, held, row.issue_id, partial(_redraw, row=row, ground=ground))
        now = ground.clock.now()
        for one in todo.let_go:
            _change(ground, held, one.issue_id, partial(let_go, row=one, now=now))
        for number, found in todo.hold.items():
            _change(ground, held, number, partial(hold, issue_id=number, found=found, now=now))
        return sum([_tell(ground, held, issue_id) for issue_id in todo.tell])


def _tell(ground: Ground, held: leases.Held, issue_id: int) -> bool:
    """Raise one alert, and let others write before the next one: a storm has hundreds."""
    began = time.monotonic()
    told = _change(ground, held, issue_id, partial(_raise, issue_id=issue_id, ground=ground))
    give_way(ground.engine, time.monotonic() - began)
    return told


def _change(
    ground: Ground, held: leases.Held, issue_id: int | None, act: Callable[[Session], None]
) -> bool:
    """Do one thing for one issue; if it breaks, that must not keep the others waiting."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            act(session)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("alert_broke", issue=issue_id, error=type(error).__name__, exc_info=True)
        return False
    return True


def _redraw(session: Session, *, row: Delivery, ground: Ground) -> None:
    """Draw a waiting alert as it would have been without the posts erased since."""
    assert row.issue_id is not None  # noqa: S101 - an alert is about an issue
    erased = erasures(session, row.issue_id)
    issue, link = session.get_one(Issue, row.issue_id), link_to(ground.settings, row.issue_id)
    card = _card(session, issue, erased, now=row.created_at, link=link)
    text, payload = _drawn(card, row.channel)
    if outbox.redraw(session, row, text=text, payload=payload, without=erased.members):
        log.info("alert_redrawn", delivery=row.id, issue=reference(row.issue_id))


def _raise(session: Session, *, issue_id: int, ground: Ground) -> None:
    if not store.is_unalerted(session, issue_id):
        return  # somebody muted it, or made it a part of another, since it was read
    erased = erasures(session, issue_id)
    issue = session.get_one(Issue, issue_id)
    now, revision = ground.clock.now(), issue.bursts
    knobs, window = ground.settings.oncall, timedelta(minutes=ground.settings.oncall.storm_minutes)
    placing, storm_id = placed(
        session, issue.product_id, now=now, at_most=knobs.storm_alerts, window=window
    )
    session.add(
        Alert(
            product_id=issue.product_id, issue_id=issue_id, revision=revision, reason=issue.reason,
            raised_at=now, storm_id=storm_id,
        )
    )  # fmt: skip
    session.flush()
    _hurry(session, issue_id, now=now)
    if storm_id is not None:
        log.info("issue_in_digest", issue=reference(issue_id), storm=storm_id, why=placing.reason)
        return
    card = _card(session, issue, erased, now=now, link=link_to(ground.settings, issue_id))
    for destination in destinations(ground.settings):
        if destination.keeps_cards and store_cards.card_stands(session, issue_id, destination.name):
            continue  # the card is edited, and the return is told below it
        row = _delivery(issue, destination, card, revision=revision, now=now)
        row.drawn_without, row.erasures = erased.members, issue.erasures
        outbox.queue(session, row)
    log.info("issue_alerted", issue=reference(issue_id), reason=issue.reason)


def _hurry(session: Session, issue_id: int, *, now: datetime) -> None:
    """Have the product's places looked at more often for a while: the next reports matter most."""
    for post in posts_of_issue(session, issue_id, newest=1):
        poll_sooner(session, post.source_id, now + BURST, now=now)


def link_to(settings: Settings, issue_id: int) -> str | None:
    """Return where the console shows an issue, if people reach it by an address we know."""
    base = settings.console.url
    return f"{base.rstrip('/')}/issues/{reference(issue_id)}" if base else None


def _card(
    session: Session, issue: Issue, erased: Erasures, *, now: datetime, link: str | None = None
) -> Card:
    """Return the card; facts of an unknown shape must not keep the alert from going out."""
    return make_card(replace(safe_facts(session, issue, erased, now=now), link=link))


def safe_facts(session: Session, issue: Issue, erased: Erasures, *, now: datetime) -> IssueFacts:
    """Return what may be said of an issue, and the bare minimum where its facts cannot be read."""
    try:
        facts = facts_of(session, issue, now=now)
        make_card(facts)
        return _cautious(session, issue, facts) if erased.unforgotten else facts
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
        log.error("card_broke", issue=issue.id, error=type(error).__name__, exc_info=True)
        bare = _bare_facts(issue, now=now)
        return replace(bare, title=UNTITLED) if erased.unforgotten else bare


def _cautious(session: Session, issue: Issue, facts: IssueFacts) -> IssueFacts:
    """Leave out what may be the words of a post that was erased and not forgotten yet."""
    title = _one_line(issue.title)
    posts = posts_of_issue(session, issue.id or 0)
    said = any(title in _one_line(f"{post.title or ''}\n{post.text}") for post in posts)
    return replace(facts, title=issue.title if said else UNTITLED, versions=None, tried=None)


def _one_line(text: str) -> str:
    return " ".join(text.casefold().split())


def _bare_facts(issue: Issue, *, now: datetime) -> IssueFacts:
    return IssueFacts(
        reference=reference(issue.id or 0),
        title=issue.title,
        state=issue.state,
        severity=issue.severity,
        reason=issue.reason,
        changed_at=now,
        number=issue.id,
    )


def facts_of(session: Session, issue: Issue, *, now: datetime) -> IssueFacts:
    """Return what is known of an issue as plain values."""
    assert issue.id is not None  # noqa: S101 - a row read from the store has an id
    handling = store_cards.handling_of(session, issue.id)
    evidence = emergences(session, issue.id)
    measures = evidence[-1].measures if evidence else {}
    posts = posts_of_issue(session, issue.id)
    return IssueFacts(
        reference=reference(issue.id),
        title=issue.title,
        state=issue.state,
        severity=issue.severity,
        reason=issue.reason,
        changed_at=now,
        first_seen_at=issue.first_seen_at,
        quotes=_quotes(issue, posts),
        flags=issue.flags,
        people=measures.get("authors"),
        window_hours=measures.get("window_hours"),
        usual=measures.get("expected"),
        trend=buckets([post.published_at for post in posts], now=now),
        versions=_versions(issue),
        nearest_past=reference(issue.nearest_past) if issue.nearest_past else None,
        threads=len({post.thread_id for post in posts if post.thread_id}) or None,
        tried=_joined(issue, "tried"),
        holder=handling.held_by or None if handling else None,
        acknowledged_by=handling.acknowledged_by or None if handling else None,
        acknowledged_at=handling.acknowledged_at if handling else None,
        merged_into=reference(issue.merged_into) if issue.merged_into else None,
        alerts_this_week=store.count_alerts(session, issue.product_id, now=now),
        number=issue.id,
        holds=holding(session, issue.id),
    )


def buckets(times: Sequence[datetime], *, now: datetime) -> tuple[int, ...]:
    """Count times per quarter of an hour over the four hours before ``now``; the newest last."""
    counts = [0] * TREND_BUCKETS
    for moment in times:
        ago = int((now - moment) / BUCKET)
        if moment <= now and ago < TREND_BUCKETS:
            counts[-1 - ago] += 1
    return tuple(counts)


def _quotes(issue: Issue, posts: Sequence[Post]) -> tuple[Quoted, ...]:
    """Return the issue's quotes whose posts still stand: an erased one is not quoted."""
    standing = {post.id for post in posts}
    return tuple(
        Quoted(text=str(quote["text"]), url=quote.get("url"))
        for quote in issue.quotes
        if int(quote["post_id"]) in standing
    )


def _joined(issue: Issue, name: str) -> str | None:
    """Return what most people tell of a kind, in one line."""
    return ", ".join(fact.value for fact in reported(issue.facts, name)[:FACTS]) or None


def _versions(issue: Issue) -> str | None:
    """Return the release it followed as the guess it is, else what people name."""
    return likely(issue.release, issue.release_probability) or _joined(issue, "versions")


def _delivery(
    issue: Issue, to: Destination, card: Card, *, revision: int, now: datetime
) -> Delivery:
    text, payload = _drawn(card, to.channel)
    return Delivery(
        key=f"{to.name}|{issue.id}|alert|{revision}",
        product_id=issue.product_id,
        issue_id=issue.id,
        channel=to.channel,
        destination=to.name,
        kind=outbox.ALERT,
        target=_card_target(issue, revision) if to.keeps_cards else _told(issue),
        public=False,
        text=text,
        payload=payload,
        next_try_at=now,
        created_at=now,
    )


def _drawn(card: Card, channel: str) -> tuple[str, dict[str, Any]]:
    """Return the card as text and as the channel draws it."""
    draw = DRAWINGS.get(channel)
    return as_lines(card), draw(card) if draw else {}


def _told(issue: Issue) -> dict[str, Any]:
    """Say what people hear of that may call for another message; see ``rises``, ``changes``."""
    return {"severity": issue.severity.value, "standing": standing_of(issue)}


def standing_of(issue: Issue) -> str:
    """Return in a word how an issue stands now."""
    part_of = reference(issue.merged_into) if issue.merged_into else None
    return standing(issue.state.value, issue.flags, part_of)


def _card_target(issue: Issue, revision: int) -> dict[str, Any]:
    """Say which card it is, and what it shows that may call for another message later."""
    shown = Shown(issue.state.value, issue.severity.value, revision, people=0, rest="")
    return {"card": issue.id, "shown": shown.as_json()}
