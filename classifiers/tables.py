"""The classifiers' rows: vectors, clusters, what stands for a post, and issues."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from config.database import UtcTime, words


class IssueState(StrEnum):
    """How far we are with an issue."""

    NEW = "new"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Severity(StrEnum):
    """How bad it is for the people who have it."""

    COSMETIC = "cosmetic"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class IssueKind(StrEnum):
    """What a surge of posts is; only ``issue`` reaches the channel."""

    ISSUE = "issue"
    SPAM = "spam"
    BRIGADE = "brigade"


class VerdictKind(StrEnum):
    """What a person corrected or confirmed."""

    POST = "post"
    """What a post is: one of the kinds, or not about us."""
    REAL = "real"
    NOT_AN_ISSUE = "not-an-issue"
    MUTED = "muted"
    MERGED = "merged"
    UNMERGED = "unmerged"
    SPLIT = "split"
    MOVED = "moved"


class Vector(SQLModel, table=True):
    """The embedding of one text by one model, as half-precision bytes."""

    text_hash: str = Field(primary_key=True)
    model: str = Field(primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)


class Cluster(SQLModel, table=True):
    """Posts that say the same thing; its id never changes."""

    __table_args__ = (UniqueConstraint("product_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    number: int
    """Counts within the product, as the judge gave it."""
    redirect_to: int | None = Field(default=None, foreign_key="cluster.id")
    created_at: datetime = Field(sa_type=UtcTime)


class Issue(SQLModel, table=True):
    """A product problem as we track it; its reference GS-n is its id and never changes."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    title: str
    state: IssueState = Field(default=IssueState.NEW, sa_type=words(IssueState))
    kind: IssueKind = Field(default=IssueKind.ISSUE, sa_type=words(IssueKind))
    severity: Severity = Field(default=Severity.MINOR, sa_type=words(Severity))
    flags: list[str] = Field(default_factory=list, sa_type=JSON)
    reason: str = ""
    score: float | None = None
    key_phrases: list[str] = Field(default_factory=list, sa_type=JSON)
    quotes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """Up to three of {post_id, text, url}."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What posts tell, by kind: lists of {value, people, quotes}, as ``facts.facts_of`` gives."""
    release: str | None = None
    """The version it probably followed (see releases.py)."""
    release_probability: float | None = None
    release_reason: str | None = None
    workaround: dict[str, Any] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    """What a person verified to help: see ``workarounds.Workaround``."""
    nearest_past: int | None = None
    merged_into: int | None = Field(default=None, foreign_key="issue.id")
    titled_by: str = ""
    """The person who named it; then the title stays, whatever is learnt."""
    hushed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    """When ``muted`` or ``snoozed`` ends by itself; None: not before a person says so."""
    first_seen_at: datetime = Field(sa_type=UtcTime)
    last_seen_at: datetime = Field(sa_type=UtcTime)
    alerted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    bursts: int = 1
    """How often it burst, each time after it had been quiet; on-call is told of each."""
    opened_at: datetime = Field(sa_type=UtcTime)
    version: int = 1
    """Every change adds one; a person's decision names the version it was made on."""
    erasures: int = 0
    """Grows whenever posts of it, or of the whole it is part of, were erased and forgotten."""


class Emergence(SQLModel, table=True):
    """Evidence that an issue is new or growing: one row each time the score passed the level."""

    __table_args__ = (UniqueConstraint("product_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    number: int
    """Counts within the product, as the judge gave it."""
    issue_id: int = Field(foreign_key="issue.id", index=True)
    kind: IssueKind = Field(sa_type=words(IssueKind))
    post_id: int = Field(foreign_key="post.id")
    """The post whose arrival passed the level."""
    at: datetime = Field(sa_type=UtcTime)
    members: list[int] = Field(default_factory=list, sa_type=JSON)
    score: float
    reason: str
    measures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Membership(SQLModel, table=True):
    """What the classifiers made of one revision of a post; a post without one is due."""

    __table_args__ = (
        Index("ix_membership_issue", "issue_id"),
        Index("ix_membership_text", "text_hash"),
    )

    post_id: int = Field(primary_key=True, foreign_key="post.id")
    product_id: int = Field(foreign_key="product.id", index=True)
    revision: int
    text_hash: str
    """Of the text it was judged by at arrival; empty once erased."""
    kind: str
    """``problem``, ``question``, ``request``, ``praise``, ``off_topic``, ``spam`` or ``other``."""
    cluster_id: int | None = Field(default=None, foreign_key="cluster.id", index=True)
    """Given at arrival, never changed."""
    final_cluster_id: int | None = Field(default=None, foreign_key="cluster.id", index=True)
    """After the last consolidation."""
    issue_id: int | None = Field(default=None, foreign_key="issue.id")
    recognised: bool = False
    """It stands in its issue by likeness alone; a new issue may still take it."""
    duplicate_of: int | None = None
    """The post this one is a near copy of."""
    beyond: str | None = None
    """The language it is in, if the model cannot judge that one."""
    decided_at: datetime = Field(sa_type=UtcTime)


class JudgeState(SQLModel, table=True):
    """What the judge of a product must remember beyond the rows, written with its decisions."""

    product_id: int = Field(primary_key=True, foreign_key="product.id")
    model: str
    """The embedder the state was made with; another one starts afresh."""
    number: int = 1
    """Grows with each writing; a judge in memory is used only while its number is this one."""
    data: bytes = Field(sa_type=LargeBinary)


class Verdict(SQLModel, table=True):
    """One correction or confirmation by a person; taken back it stays, and teaches no more."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    what: VerdictKind = Field(sa_type=words(VerdictKind))
    said: str = ""
    """Of a post its kind; else the other issue, such as ``GS-7``, or why; no words of users."""
    issue_id: int | None = Field(default=None, foreign_key="issue.id", index=True)
    post_id: int | None = Field(default=None, foreign_key="post.id", index=True)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What taking it back needs."""
    by: str
    at: datetime = Field(sa_type=UtcTime)
    undone_by: str = ""
    undone_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Learned(SQLModel, table=True):
    """One version of what verdicts taught about a product's posts; the newest decides."""

    __table_args__ = (UniqueConstraint("product_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    version: int
    model: str
    """The embedder whose vectors it was learned from."""
    verdicts: list[int] = Field(default_factory=list, sa_type=JSON)
    """The verdicts that stood, by id."""
    made_at: datetime = Field(sa_type=UtcTime)


class IssueEvent(SQLModel, table=True):
    """One thing that happened to an issue, for its timeline."""

    id: int | None = Field(default=None, primary_key=True)
    issue_id: int = Field(foreign_key="issue.id", index=True)
    at: datetime = Field(sa_type=UtcTime)
    kind: str
    """``opened``, ``alerted``, ``grew``, ``merged``, ``state`` …"""
    text: str
    by: str = "groundswell"
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What taking it back needs, such as the posts that a merge moved."""


class Release(SQLModel, table=True):
    """One version of a product, by whoever told us of it."""

    __table_args__ = (UniqueConstraint("product_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    version: str
    released_at: datetime = Field(sa_type=UtcTime)
    url: str | None = None
    source: str
    """The address it was read from, or who wrote it in."""
    heard_at: datetime = Field(sa_type=UtcTime)
    names: list[str] = Field(default_factory=list, sa_type=JSON)
    """The tickets and issues that its notes name, as ``mentions.py`` finds them."""


class ReleaseFeed(SQLModel, table=True):
    """Where a product's releases are read, as far as the next look must know."""

    product_id: int = Field(primary_key=True, foreign_key="product.id")
    url: str
    """What the rest belongs to; another address starts afresh."""
    cursor: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    next_due_at: datetime = Field(sa_type=UtcTime)
    heard_at: datetime | None = Field(default=None, sa_type=UtcTime)
    failures: int = 0
    reason: str = ""
    """Why the last look failed; empty when it did not."""
