"""The on-call rows: alerts, cards, who has what, places told of, what engineering was handed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

import classifiers.tables  # noqa: F401 - its tables are pointed to
import listener.tables  # noqa: F401 - its tables are pointed to
import responders.delivery.tables  # noqa: F401 - its tables are pointed to
from config.database import UtcTime, words


class Alert(SQLModel, table=True):
    """A message to the on-call channel about an issue."""

    __table_args__ = (UniqueConstraint("issue_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    revision: int = 1
    reason: str
    raised_at: datetime = Field(sa_type=UtcTime)
    storm_id: int | None = Field(default=None, foreign_key="storm.id", index=True)
    """The storm whose digest tells it; None: it was told by itself."""
    repeats: int = 0
    """How often it was told again because nobody acknowledged it."""


class PlaceNotice(SQLModel, table=True):
    """The on-call people were told of a place that cannot be heard: once for each spell of it."""

    __table_args__ = (UniqueConstraint("source_id", "trouble", "since"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    source_id: int
    """No pointer: a place that never gave a post goes without asking us."""
    trouble: str
    since: datetime = Field(sa_type=UtcTime)
    """When the spell began, which tells it from the next one."""
    told_at: datetime = Field(sa_type=UtcTime)


class TicketState(StrEnum):
    """How far engineering is, as the tracker tells it."""

    OPEN = "open"
    COMPLETED = "completed"
    NOT_PLANNED = "not_planned"
    DUPLICATE = "duplicate"
    GONE = "gone"


class Ticket(SQLModel, table=True):
    """A ticket of engineering's about an issue: asked for by us, or linked by a person."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    """The send that makes it; None where it stood there already."""
    api_url: str
    """The tracker's API, without a slash at its end."""
    repository: str
    """``owner/name``."""
    credential: str | None = None
    """What opens the repository, by its name in the settings; None: what [github] says."""
    number: int | None = None
    """None until it stands there."""
    url: str | None = None
    by: str
    at: datetime = Field(sa_type=UtcTime)
    unlinked_by: str = ""
    unlinked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    state: TicketState | None = Field(default=None, sa_type=words(TicketState))
    """None until the tracker was asked."""
    etag: str | None = None
    heard_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When its present state was first heard; it tells one closing from the next."""
    next_due_at: datetime = Field(sa_type=UtcTime, index=True)
    failures: int = 0
    reason: str = ""
    """Why the last look failed, or why it never came to stand there; else empty."""


class SuggestionEnd(StrEnum):
    """What became of a suggestion."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"
    """Something newer took its place, or it was so already."""


class Suggestion(SQLModel, table=True):
    """What engineering's work says about an issue's state; only a person changes the state."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """What it follows from, as text: the same thing is suggested once."""
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id")
    state: str | None = None
    """The state it proposes; None: it only says what happened."""
    resolution: str | None = None
    """How it would be resolved, if the state is ``resolved`` and that is known."""
    reason: str
    """What happened, in our words."""
    url: str | None = None
    made_at: datetime = Field(sa_type=UtcTime)
    end: SuggestionEnd | None = Field(default=None, sa_type=words(SuggestionEnd))
    """None while it waits for a person."""
    ended_by: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Handling(SQLModel, table=True):
    """Who of the on-call people knows of an issue, and who has it; kept whatever joins it later."""

    issue_id: int = Field(primary_key=True, foreign_key="issue.id")
    product_id: int = Field(foreign_key="product.id", index=True)
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """None: nobody said that they know, or it was taken back."""
    held_by: str = ""
    held_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """None: nobody has it."""


class CardShown(SQLModel, table=True):
    """The one card of an issue at a destination, and what it shows now."""

    __table_args__ = (UniqueConstraint("issue_id", "destination"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    destination: str
    delivery_id: int = Field(foreign_key="delivery.id")
    """The send that made it."""
    message_id: str
    """By which the platform knows it."""
    mark: str = ""
    """What the rows it is drawn from looked like when it was last looked at."""
    shown: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What people see that may call for another message: state, severity, bursts, counts."""
    drawn_sha256: str = ""
    """Of the drawing that stands there."""
    changed_at: datetime = Field(sa_type=UtcTime)
    """When it was last edited, or sent."""
    gone_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When it was found that somebody took it away there; then the next alert is a card again."""


class Storm(SQLModel, table=True):
    """A stretch of time in which too many alerts came: its digest tells of all but the first."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    """Of the issue that made it one; others may join."""
    began_at: datetime = Field(sa_type=UtcTime)
    last_at: datetime = Field(sa_type=UtcTime)
    """When the newest alert joined."""
    over_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DigestShown(SQLModel, table=True):
    """The one message of a storm at a destination that can edit, and what it shows now."""

    __table_args__ = (UniqueConstraint("storm_id", "destination"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    storm_id: int = Field(foreign_key="storm.id", index=True)
    destination: str
    delivery_id: int = Field(foreign_key="delivery.id")
    message_id: str
    shown: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """The severity of each issue that people last heard of, by its number, and ``lines``."""
    drawn_sha256: str = ""
    changed_at: datetime = Field(sa_type=UtcTime)
    gone_at: datetime | None = Field(default=None, sa_type=UtcTime)


class HeldAlert(SQLModel, table=True):
    """An alert that is not told because a worse issue explains it; told once that one ends."""

    __table_args__ = (UniqueConstraint("issue_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    revision: int
    under: int = Field(foreign_key="issue.id", index=True)
    reason: str
    held_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When it was told after all, or was over before it had to be."""


class HandedOver(SQLModel, table=True):
    """A message that did not reach its destination, of which another one was told."""

    delivery_id: int = Field(primary_key=True, foreign_key="delivery.id")
    product_id: int = Field(foreign_key="product.id", index=True)
    told_at: str
    """The destination that was told; empty: there is no other one."""
    told_by: int | None = Field(default=None, foreign_key="delivery.id")
    at: datetime = Field(sa_type=UtcTime)


class Heartbeat(SQLModel, table=True):
    """The one message at a destination that tells that we are there."""

    destination: str = Field(primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    delivery_id: int = Field(foreign_key="delivery.id")
    message_id: str
    changed_at: datetime = Field(sa_type=UtcTime)
    """Machine time, as the runs of the passes are noted."""
    gone_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CallMade(SQLModel, table=True):
    """One time that people were called about an issue after its first alert, or reminded of it."""

    __table_args__ = (UniqueConstraint("issue_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    number: int
    """1, 2, 3 … of the issue's calls."""
    began_at: datetime = Field(sa_type=UtcTime)
    """When the ladder began that it is a step of; of a reminder when something moved last."""
    rung: int
    """Which step of the ladder, from 0; -1: a reminder."""
    whom: str
    """``channel``, ``role``, ``person`` or ``pager``; of a reminder empty."""
    person: str = ""
    """Who was meant, where it was one person."""
    due_at: datetime = Field(sa_type=UtcTime)
    at: datetime = Field(sa_type=UtcTime)
    message: str
    """The key of what was sent, without its destination; several issues may share one."""


class Roster(SQLModel, table=True):
    """One duty that began: who is on call, after whom; kept, whatever is declared later."""

    __table_args__ = (UniqueConstraint("product_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    number: int
    """1, 2, 3 … of the product's duties."""
    person: str
    shift: str
    before: str = ""
    """Who was on call before; empty at the first."""
    begins_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    """As the roster stood when it began."""
    told_at: datetime = Field(sa_type=UtcTime)


class Swap(SQLModel, table=True):
    """Some days of the roster for which a person named somebody else."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    first_day: str
    """``2026-12-24``, by the clock of the shift; the shifts that begin then count."""
    last_day: str
    shift: str = ""
    """Empty: every shift."""
    person: str
    by: str
    at: datetime = Field(sa_type=UtcTime)
    ended_by: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When it was taken back; None while it holds."""


class ShiftNote(SQLModel, table=True):
    """What somebody on call wants the next one to know."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    text: str
    by: str
    at: datetime = Field(sa_type=UtcTime)
    roster_id: int | None = Field(default=None, foreign_key="roster.id")
    """The duty at whose beginning it was handed over; None while it waits."""
