"""How things stand, read from the rows of every room: for `status`, the console and the page.

Apart from those faces, so that all of them say the same. It only asks; it decides nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers import store as issues_store
from classifiers.calibration import Knobs
from classifiers.store import reference
from config.settings import Settings
from config.tables import Beat
from listener import store as posts_store
from listener.health import GAP, SILENT, Standing, told_as
from listener.standings import standings
from listener.tables import Source, SourceState
from responders.delivery import store as delivery_store
from responders.delivery.tables import Delivery, DeliveryState, Pause
from responders.oncall.heartbeat import ping_warnings
from responders.oncall.ladder.readiness import oncall_warnings
from responders.oncall.telling.handing_over import undelivered_warnings
from responders.page import publish
from responders.passes import PASSES, embedder_options
from responders.voice.ledger.store_promises import Kept, counted, promises
from responders.voice.ledger.store_silence import silences
from responders.voice.store import whole
from responders.voice.tables import Draft, DraftState, Promise, PromiseState, Silence
from responders.voice.watching.store_minding import Heard, answers_waiting

STALE_S = 60.0
"""A pass that has not come to an end for so long (machine time) is not well."""
UNJUDGED_SHARE = 0.05
"""From this share of posts on, a language the model cannot judge is worth a warning."""

ANSWERS_SHOWN = 5
"""A short list: whoever has more reads the threads."""
COUNTED = ("queued", "in_doubt", "failed", "by_hand")
"""The states of messages that a person should know the number of."""

TROUBLE = frozenset(SourceState) - {SourceState.NEW, SourceState.OK, SourceState.EMPTY}
"""States in which nothing comes in until somebody or time mends it."""


@dataclass(frozen=True)
class Overview:
    """One look at everything."""

    pause: Pause | None
    """Who holds everything back, since when and why; None while messages may leave."""
    sources: Sequence[Source]
    posts: int
    issues_open: int
    drafts_pending: int
    deliveries: Mapping[str, int]
    beats: Mapping[str, Beat]
    warnings: Sequence[str] = field(default=())
    fare: Mapping[str, Standing] = field(default_factory=dict)
    """How each source fares, by name."""
    answers: Sequence[Heard] = field(default=())
    """The answers to us that wait for a word, those against a fix first."""
    promises: Kept = field(default_factory=Kept)

    @property
    def paused(self) -> bool:
        """Tell whether everything is held back."""
        return self.pause is not None


def look(session: Session, settings: Settings, *, machine_time: datetime) -> Overview:
    """Return how things stand.

    Args:
        session: an open session.
        settings: for what the model can judge.
        machine_time: the passes note their runs on the machine's time, also in the demo.
    """
    sources = posts_store.sources(session)
    found = beats(session)
    deliveries = delivery_store.counts(session)
    pause = delivery_store.paused(session)
    fare = standings(session, sources, now=machine_time)
    warnings = [
        *pause_warnings(pause),
        *promise_warnings(owed := overdue(session), wholes=_wholes(session, owed)),
        *silence_warnings(silences(session)),
        *oncall_warnings(session, settings, now=machine_time),
        *_arrival_warnings(session, settings, now=machine_time),
        *source_warnings(sources),
        *quiet_warnings(fare),
        *(f"{name}: {beat.error}" for name, beat in found.items() if beat.error),
        *learning_warnings(session, now=machine_time),
        *link_warnings(settings, drafts=len(pending_drafts(session))),
        *language_warnings(posts_store.languages(session), judged_languages(settings)),
    ]
    warnings[:0] = service_warnings(found, now=machine_time)
    return Overview(
        pause=pause,
        sources=sources,
        posts=posts_store.count_posts(session),
        issues_open=issues_store.count_open_issues(session),
        drafts_pending=len(pending_drafts(session)),
        deliveries={state: deliveries.get(state, 0) for state in COUNTED},
        beats=found,
        warnings=tuple(warnings),
        fare=fare,
        answers=answers_to_us(session),
        promises=counted(promises(session)),
    )


def _arrival_warnings(session: Session, settings: Settings, *, now: datetime) -> list[str]:
    """Return what of ours does not arrive: alerts, other messages, the ping, the page."""
    pings = bool(settings.oncall.ping_url.get_secret_value())
    return [
        *undelivered_warnings(session, now=now),
        *delivery_warnings(unsettled(session)),
        *(ping_warnings(session) if pings else ()),
        *page_warnings(settings),
    ]


def answers_to_us(session: Session) -> Sequence[Heard]:
    """Return the few answers to us that nobody answered yet, those against a fix first."""
    return answers_waiting(session, limit=ANSWERS_SHOWN)


def beats(session: Session) -> Mapping[str, Beat]:
    """Return when each pass last ran, by its name in the order of the passes."""
    rows = {row.name: row for row in session.exec(select(Beat)).all()}
    return {one.name: rows[one.name] for one in PASSES if one.name in rows}


def pending_drafts(session: Session) -> Sequence[Draft]:
    """Return the drafts that wait for a person, the next promise first."""
    query = select(Draft).where(Draft.state == DraftState.PENDING)
    return session.exec(query.order_by(col(Draft.next_update_by), col(Draft.id))).all()


def unwell(found: Mapping[str, Beat], *, now: datetime) -> list[str]:
    """Return which passes are late, in words; empty when all came to an end lately.

    Args:
        found: the last run of each pass.
        now: machine time.
    """
    late = []
    for name in (one.name for one in PASSES):
        beat = found.get(name)
        if beat is None:
            late.append(f"{name} has not run yet")
        elif now - beat.at > timedelta(seconds=STALE_S):
            late.append(f"{name} last ran {(now - beat.at).total_seconds():.0f} s ago")
    return late


def service_warnings(found: Mapping[str, Beat], *, now: datetime) -> list[str]:
    """Return which passes are late; one sentence when the whole service seems not to run."""
    late = unwell(found, now=now)
    if len(late) < len(PASSES):
        return late
    last = max((beat.at for beat in found.values()), default=None)
    since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "yet"
    return [f"nothing has run {since}; `groundswell run` starts the service"]


def source_warnings(sources: Sequence[Source]) -> list[str]:
    """Return which sources are in trouble and why."""
    return [
        f"{source.name} {told_as(source.state)}: {source.reason}"
        for source in sources
        if (source.enabled and source.state in TROUBLE) or source.state is SourceState.GONE
    ]


def quiet_warnings(fare: Mapping[str, Standing]) -> list[str]:
    """Return which places answer, and yet are silent longer than their rhythm or lost posts."""
    return [
        f"{name} {told_as(found.state)}: {found.reason}; {found.remedy}"
        for name, found in fare.items()
        if found.state in {SILENT, GAP}
    ]


def unsettled(session: Session) -> Mapping[str, int]:
    """Return how many messages are in which state, without failed ones that nobody misses.

    A failed text whose draft was decided otherwise since needs nobody any more.
    """
    found = delivery_store.counts(session)
    over = (DraftState.REJECTED, DraftState.SILENT, DraftState.STALE)
    query = (
        select(func.count(col(Draft.id)))
        .join(Delivery, col(Delivery.id) == col(Draft.delivery_id))
        .where(Delivery.state == DeliveryState.FAILED, col(Draft.state).in_(over))
    )
    return {**found, "failed": found.get("failed", 0) - int(session.exec(query).one())}


def delivery_warnings(counts: Mapping[str, int]) -> list[str]:
    """Return which messages wait for a person, and what that person can do."""
    words = {
        "in_doubt": "may have been sent or not; look there and tell",
        "by_hand": "must be posted by a person; see which and where",
        "failed": "could not be sent; see why",
    }
    return [
        f"{counts[state]} message{'s' * (counts[state] > 1)} {what}: "
        f"groundswell delivery list --state {state}"
        for state, what in words.items()
        if counts.get(state)
    ]


def pause_warnings(pause: Pause | None) -> list[str]:
    """Return that everything is held back, by whom, since when and why."""
    if pause is None:
        return []
    why = f" ({pause.reason})" if pause.reason else ""
    since = f"since {pause.at:%Y-%m-%d %H:%M} UTC"
    return [f"sending is paused by {pause.by} {since}{why}; let it go on: groundswell resume"]


def overdue(session: Session) -> Sequence[Promise]:
    """Return the promises whose time passed without a word, the oldest first."""
    query = select(Promise).where(
        Promise.state == PromiseState.BROKEN, col(Promise.settled_at).is_(None)
    )
    return session.exec(query.order_by(col(Promise.due_at), col(Promise.id))).all()


def _wholes(session: Session, promises: Sequence[Promise]) -> Mapping[int, int]:
    """Return which issue each promise is about now: a merged one's words are drafted there."""
    return {row.issue_id: whole(session, row.issue_id) for row in promises}


def promise_warnings(
    promises: Sequence[Promise], *, wholes: Mapping[int, int] | None = None
) -> list[str]:
    """Return which issues owe the public a word.

    Args:
        promises: the overdue ones.
        wholes: by its id, the issue that an issue is part of now; without it, its own.
    """
    return [
        f"{name}: the next word, promised by {row.due_at:%Y-%m-%d %H:%M} UTC, is overdue; "
        f"approve an update: groundswell draft list --issue {name}"
        for row in promises
        if (name := reference((wholes or {}).get(row.issue_id, row.issue_id)))
    ]


def silence_warnings(found: Mapping[int, Silence]) -> list[str]:
    """Return about which issues nothing is said in public though people report them."""
    return [
        f"{reference(number)}: nothing was said in public since {row.since:%Y-%m-%d %H:%M} UTC; "
        f"say what is known: groundswell draft list --issue {reference(number)}"
        for number, row in found.items()
    ]


def page_warnings(settings: Settings) -> list[str]:
    """Return why the page cannot be written, if it cannot."""
    found = publish.trouble(settings)
    return [found] if found else []


def learning_warnings(session: Session, *, now: datetime) -> list[str]:
    """Return which products have too little history to be compared with: nothing alerts there."""
    knobs = Knobs()
    before = now - timedelta(hours=knobs.recent_hours)
    found = []
    for product in posts_store.products(session):
        known = issues_store.count_usual(session, product.id or 0, before=before)
        if known < knobs.history_min:
            found.append(
                f"still learning what is usual for {product.name}: {known} of {knobs.history_min} "
                "posts older than a day; nothing can alert before. "
                "Bring history: groundswell post import FILE"
            )
    return found


def link_warnings(settings: Settings, *, drafts: int) -> list[str]:
    """Return a warning when drafts link a page that only this machine can read."""
    host = urlsplit(settings.page.url).hostname or "127.0.0.1"
    if not drafts or not (host == "localhost" or host.startswith("127.") or host == "::1"):
        return []
    remedy = "set [page] url to its public address before one is posted"
    return [f"drafts link a page that only this machine can read; {remedy}"]


def judged_languages(settings: Settings) -> frozenset[str] | None:
    """Return the languages that the chosen model can judge; None where it says it knows all.

    The model itself is not loaded for that.
    """
    module, options = embedder_options(settings)
    if options.languages:
        return frozenset(options.languages)
    return frozenset({"en"}) if options.model == module.PACKAGED else None


def language_warnings(counts: Mapping[str | None, int], judged: frozenset[str] | None) -> list[str]:
    """Return a warning when too many posts are in languages that the model cannot judge.

    94 English and 6 Spanish posts with an English model: "6 % of posts …". Posts too short to tell
    (None) count as heard, not as unjudged.
    """
    if judged is None:
        return []
    unjudged = {code: count for code, count in counts.items() if code and code not in judged}
    total = sum(counts.values())
    if not total or sum(unjudged.values()) <= UNJUDGED_SHARE * total:
        return []
    largest = sorted(unjudged.items(), key=lambda pair: (-pair[1], pair[0]))[:4]
    shares = ", ".join(f"{code} {100 * count / total:.0f} %" for code, count in largest)
    known = ", ".join(sorted(judged))
    share = f"{100 * sum(unjudged.values()) / total:.0f} %"
    what = f"{share} of posts are in languages the model cannot judge ({shares}; it knows {known})"
    means = "they go by shared codes, messages, versions and links, and problems may go unnoticed"
    return [f"{what}: {means}; name a multilingual model in [detect] model"]
