"""Pages from templates: escaping always on, and around every page the same frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session
from starlette.responses import HTMLResponse, Response

from classifiers import store as issues_store
from config.clock import Clock, PacedClock
from config.ground import Ground
from listener import store as posts_store
from responders.console import store
from responders.console.views.desk import Tray, tray_of
from responders.console.views.words import clock, initials, link_to, one_line, utc
from responders.decisions.acting import Actor, may
from responders.decisions.tables import Role, User
from responders.delivery import store as outbox
from responders.delivery.tables import Delivery
from responders.overview import TROUBLE

FOLDER = Path(__file__).parent
FIRST, SAYS = 5, 90
"""Messages that are shown before they may leave, and characters of each."""
NEEDS: dict[str, Role] = {
    "edit": Role.DRAFTER,
    "rename": Role.DRAFTER,
    "handle": Role.DRAFTER,
    "approve": Role.APPROVER,
    "decide": Role.APPROVER,
    "pause": Role.APPROVER,
}
"""The role that each kind of act needs, to show who may; the acts themselves refuse anyway."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who is logged in."""

    user: User
    cookie: str
    token: str
    """For every form of this log-in."""

    @property
    def actor(self) -> Actor:
        """Return them as acts know people."""
        return Actor(name=self.user.name, role=self.user.role, via="console")

    def may(self, what: str) -> bool:
        """Tell whether their role is enough for a kind of act."""
        return may(self.actor, NEEDS[what])


@dataclass(frozen=True)
class Person:
    """Who looks, as the frame shows them."""

    name: str
    initials: str
    role: str
    token: str
    allowed: frozenset[str]

    def why_not(self, what: str) -> str:
        """Return why their role is not enough; empty when it is."""
        if what in self.allowed:
            return ""
        return f"Your role is {self.role}; this needs {NEEDS[what]}."


@dataclass(frozen=True)
class Leaving:
    """A message that waits while sending is paused."""

    when: str
    to: str
    says: str


@dataclass(frozen=True)
class Paused:
    """That nothing leaves now, by whom and why."""

    by: str
    reason: str
    since: str
    waiting: int
    first: Sequence[Leaving]
    """What leaves first once it goes on, in that order."""


@dataclass(frozen=True)
class Frame:
    """What stands around every page."""

    person: Person
    waiting: int
    counts: dict[Tray, int]
    issues: int
    silent: int
    overdue: int
    paused: Paused | None
    at: str
    undo_s: float


@cache
def _templates() -> Environment:
    """Return the templates; compiling one takes longer than all pages that are made of it."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["utc"] = utc
    return made


class Pages:
    """The pages of the console, made of its templates."""

    def html(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page."""
        text = _templates().get_template(template).render(**values)
        return HTMLResponse(text, status_code=status)

    def refused(self, title: str, words: str, *, status: int, way: str = "") -> Response:
        """Return a page that says what cannot be had, and where to go instead."""
        return self.html("refused.html", status=status, title=title, words=words, way=way)


def pace_of(clock: Clock, now: datetime) -> float:
    """Return how many seconds of the house pass in one of people's: the demo plays its day fast."""
    fast = isinstance(clock, PacedClock) and now < clock.fast_until
    return clock.speed if fast and isinstance(clock, PacedClock) else 1.0


def counts_of(proposals: Sequence[store.Proposal]) -> dict[Tray, int]:
    """Return how many drafts lie in each tray."""
    counts = dict.fromkeys(Tray, 0)
    for one in proposals:
        counts[tray_of(one)] += 1
    return counts


def leaving_first(session: Session, *, now: datetime) -> Sequence[Leaving]:
    """Return the messages that leave first once sending goes on."""
    return [
        Leaving(
            when="at once" if row.next_try_at <= now else f"at {clock(row.next_try_at, now)}",
            to=_to(row),
            says=one_line(row.text)[:SAYS],
        )
        for row in outbox.next_to_leave(session, limit=FIRST)
    ]


def _to(row: Delivery) -> str:
    """Return where a message goes, as a host and never as a link."""
    if row.channel == "page":
        return "the public page"
    link = link_to(row.target.get("thread_url"))
    return link.host if link else row.channel


def frame_of(
    session: Session, ground: Ground, visitor: Visitor, counts: dict[Tray, int] | None = None
) -> Frame:
    """Return what stands around a page, for somebody."""
    now = ground.clock.now()
    counted = counts if counts is not None else counts_of(store.standing_of_drafts(session))
    pause = outbox.paused(session)
    first = leaving_first(session, now=now) if pause is not None else []
    silent = [row for row in posts_store.sources(session) if row.enabled and row.state in TROUBLE]
    return Frame(
        person=Person(
            name=visitor.user.name,
            initials=initials(visitor.user.name),
            role=str(visitor.user.role),
            token=visitor.token,
            allowed=frozenset(what for what in NEEDS if visitor.may(what)),
        ),
        waiting=counted[Tray.APPROVE] + counted[Tray.HAND] + counted[Tray.DOUBT],
        counts=counted,
        issues=issues_store.count_open_issues(session),
        silent=len(silent),
        overdue=store.overdue(session),
        paused=Paused(pause.by, pause.reason, clock(pause.at, now), counted[Tray.LEAVING], first)
        if pause is not None
        else None,
        at=f"{now:%H:%M} UTC",
        undo_s=ground.settings.outbox.undo_s,
    )
