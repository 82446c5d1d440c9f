"""The voice's rows: texts proposed to people, before and after a person said yes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

import classifiers.tables  # noqa: F401 - its tables are pointed to
import listener.tables  # noqa: F401 - its tables are pointed to
import responders.delivery.tables  # noqa: F401 - its tables are pointed to
from config.database import UtcTime, words


class DraftState(StrEnum):
    """How far a draft is."""

    PENDING = "pending"
    APPROVED = "approved"
    QUEUED = "queued"
    SENT = "sent"
    REJECTED = "rejected"
    STALE = "stale"
    SILENT = "silent"


class Draft(SQLModel, table=True):
    """A text proposed for one thread, channel or the page; its newest version stands here."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    """(destination, issue, kind, revision) as text; later versions keep it."""
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    thread_id: int | None = Field(default=None, foreign_key="thread.id", index=True)
    post_id: int | None = Field(default=None, foreign_key="post.id")
    """The post it answers."""
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", index=True)
    """The send that its approval queued."""
    kind: str
    """``ack`` or ``update``."""
    phase: str
    channel: str
    language: str
    text: str
    """What would stand there, to the letter; for the page its first line is the title."""
    text_sha256: str
    version: int = 1
    """Every other text adds one; a decision names the version it was made on."""
    edited_by: str = ""
    """Who wrote the newest version; empty while it is the template's own."""
    state: DraftState = Field(default=DraftState.PENDING, sa_type=words(DraftState))
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    next_update_by: datetime | None = Field(default=None, sa_type=UtcTime)
    """The promise in the text; None where it makes none, as when all is resolved."""
    created_at: datetime = Field(sa_type=UtcTime)
    erasures: int = 0
    """The issue's ``erasures`` when its words were last looked at, once nothing waits for it."""
    post_revision: int | None = None
    """Of the post when the text was drawn; once the post is edited, the text is drawn anew."""
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """What the linter found in the newest version, as ``Finding.as_json`` gives it."""
    page_url: str = ""
    """The front of the page that the text leads to, as its pass knew it; empty by hand."""
    claimed_by: str = ""
    """Who reads it, so that nobody decides beside them unasked; until ``claimed_until``."""
    claimed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    """Their last touch and the idle time; then anybody may take it up."""


class DraftVersion(SQLModel, table=True):
    """An earlier text of a draft."""

    __table_args__ = (UniqueConstraint("draft_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", index=True)
    version: int
    text: str
    text_sha256: str
    by: str
    """Who wrote it; empty for the template."""
    at: datetime = Field(sa_type=UtcTime)


class Told(SQLModel, table=True):
    """Proof that a thread was told: one row for each text that stands there."""

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    thread_id: int = Field(foreign_key="thread.id", index=True)
    draft_id: int = Field(foreign_key="draft.id")
    delivery_id: int = Field(foreign_key="delivery.id", unique=True)
    phase: str
    url: str | None = None
    told_at: datetime = Field(sa_type=UtcTime)


class PromiseState(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


class Promise(SQLModel, table=True):
    """A public "next word by T" about an issue; however many threads read it, it is one."""

    __table_args__ = (UniqueConstraint("issue_id", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    due_at: datetime = Field(sa_type=UtcTime, index=True)
    made_at: datetime = Field(sa_type=UtcTime)
    state: PromiseState = Field(default=PromiseState.OPEN, sa_type=words(PromiseState))
    reminded_at: datetime | None = Field(default=None, sa_type=UtcTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When the next word came; of a broken promise too, once it came late."""


class Answer(SQLModel, table=True):
    """What we made of a post that answers a text of ours."""

    post_id: int = Field(primary_key=True, foreign_key="post.id")
    revision: int
    """Of the post when it was read; an edit is read again."""
    told_id: int = Field(foreign_key="told.id")
    """The text of ours that stood there last when it was written."""
    issue_id: int = Field(foreign_key="issue.id", index=True)
    thread_id: int = Field(foreign_key="thread.id", index=True)
    contradicts: bool
    """We had said that it is fixed, and they say that it is not."""


class Silence(SQLModel, table=True):
    """A gap: people report an issue that we know of, and nothing is said of it in public."""

    __table_args__ = (UniqueConstraint("issue_id", "since"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    since: datetime = Field(sa_type=UtcTime)
    """When the silence began; it tells this gap from the next one."""
    told_at: datetime = Field(sa_type=UtcTime)
    """When the on-call people were told."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When something was said, or the issue needed no word any more."""


class LinkAnswer(StrEnum):
    """What became of asking whether an address answers."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"
    """It could not be asked, or the answer says nothing of what others see there."""


class LinkState(SQLModel, table=True):
    """An address in texts that wait, and whether it answered when it was asked last."""

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(unique=True)
    """As it stands in the texts."""
    answer: LinkAnswer = Field(sa_type=words(LinkAnswer))
    reason: str
    """What came back, for people: a status, or why nothing came."""
    checked_at: datetime = Field(sa_type=UtcTime)


class OptOut(SQLModel, table=True):
    """Somebody wants no answer of ours; it holds at every place of their host, for ever.

    It names nobody: whoever erases what they wrote keeps their wish.
    """

    id: int | None = Field(default=None, primary_key=True)
    place: str = Field(index=True)
    """The host of the threads; the source's name where it has none."""
    author: str = Field(index=True)
    """The keyed digest of host and name; empty where only the pseudonym is known."""
    author_key: str | None = Field(default=None, index=True)
    """The pseudonym by which the author is counted at the source where they said so."""
    post_id: int | None = Field(default=None, foreign_key="post.id")
    """Where they said so; None where a person of ours noted it."""
    by: str
    reason: str = ""
    at: datetime = Field(sa_type=UtcTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    lifted_by: str = ""


class Heed(SQLModel, table=True):
    """What we made of a post before anybody thinks of an answer: whose it is, what it wishes."""

    post_id: int = Field(primary_key=True, foreign_key="post.id")
    revision: int
    """Of the post when it was read; an edit is read again."""
    lane: str | None = Field(default=None, index=True)
    """A person must answer it: ``withholding.Lane``."""
    silence: bool = False
    """It says that its author wants no answer."""


class Called(SQLModel, table=True):
    """A person was asked to answer about an issue: once for each lane."""

    __table_args__ = (UniqueConstraint("issue_id", "lane"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    lane: str
    post_id: int = Field(foreign_key="post.id")
    """The first that belongs to the lane."""
    person: str = ""
    """Who was asked; empty: whoever was on call."""
    at: datetime = Field(sa_type=UtcTime)
