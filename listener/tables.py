"""The listener's rows: products, the places we watch and what people wrote there."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from config.database import UtcTime, words


class SourceState(StrEnum):
    """What the last look at a source found, as the operator reads it."""

    NEW = "new"
    OK = "ok"
    EMPTY = "empty"
    NEEDS_LOGIN = "needs_login"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    NOT_A_FEED = "not_a_feed"
    HTML = "html"
    CHALLENGE = "challenge"
    TOO_LARGE = "too_large"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    RATE_LIMITED = "rate_limited"
    MOVED = "moved"
    FAILING = "failing"


class Product(SQLModel, table=True):
    """What people talk about; declared by `apply`."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    aliases: list[str] = Field(default_factory=list, sa_type=JSON)
    query: str = ""
    """Phrases with AND, OR, NOT; empty takes every post (see listener/query.py)."""
    ignore: list[str] = Field(default_factory=list, sa_type=JSON)
    """Words that mark a post as being about something else unless it names the product."""
    speaker: str = ""
    languages: list[str] = Field(default_factory=lambda: ["en"], sa_type=JSON)
    staff: list[str] = Field(default_factory=list, sa_type=JSON)
    bots: list[str] = Field(default_factory=list, sa_type=JSON)
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What later stages declare for the product (policy, channels, page), kept as written."""
    created_at: datetime = Field(sa_type=UtcTime)


class Source(SQLModel, table=True):
    """One place we watch, with its cursor and its schedule."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    name: str = Field(unique=True)
    kind: str
    url: str
    credential: str | None = None
    reply: bool = False
    enabled: bool = True
    cursor: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What the plug-in needs to go on, such as validators and anchors; written with the items."""
    state: SourceState = Field(default=SourceState.NEW, sa_type=words(SourceState))
    reason: str = ""
    created_at: datetime = Field(sa_type=UtcTime)
    first_heard_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """The first successful fetch; what came with it may be backfill."""
    last_heard_at: datetime | None = Field(default=None, sa_type=UtcTime)
    next_due_at: datetime | None = Field(default=None, sa_type=UtcTime, index=True)
    retry_after_at: datetime | None = Field(default=None, sa_type=UtcTime)
    posts_seen: bool = False
    """Whether it ever held a post; an empty place is told apart from a quiet one."""
    failures: int = 0
    """Failed looks in a row."""
    moved_to: str | None = None
    """Where the last look said that it moved for good; followed when the next says so too."""
    took_s: float | None = None
    """Machine seconds that its last answer took."""
    last_new_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When a look last brought something new."""
    usual_pause_s: float | None = None
    """Seconds between two of its posts, as a rule; its rhythm (listener/schedule.py)."""
    sooner_until: datetime | None = Field(default=None, sa_type=UtcTime)
    """Until when it is looked at more often, for something breaks there or beside it."""
    failing_since: datetime | None = Field(default=None, sa_type=UtcTime)
    """When the failed looks in a row began."""
    requests: int | None = None
    """What its looks asked of the web on that day."""
    requests_day: datetime | None = Field(default=None, sa_type=UtcTime)
    """The beginning of the UTC day on which it was last asked."""


class Thread(SQLModel, table=True):
    """The place a reply would go: a topic with its posts, an article with its comments."""

    __table_args__ = (UniqueConstraint("source_id", "remote_id"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    remote_id: str
    url: str | None = None
    title: str | None = None
    locked: bool = False
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """Since when its title is nobody's to tell any more; it is not learnt anew."""


class Post(SQLModel, table=True):
    """One thing a person wrote at a source."""

    __table_args__ = (
        UniqueConstraint("source_id", "identity"),
        Index("ix_post_arrival", "seen_at", "id"),
        Index("ix_post_rhythm", "source_id", "published_at"),
        Index("ix_post_written", "product_id", "published_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    source_id: int = Field(foreign_key="source.id")
    thread_id: int | None = Field(default=None, foreign_key="thread.id", index=True)
    identity: str
    """The key that named it when it was new (see listener/identity.py)."""
    remote_id: str
    url: str | None = None
    author: str | None = None
    """The name as shown; goes with the text."""
    author_key: str | None = Field(default=None, index=True)
    """The pseudonym by which the author is counted."""
    role: str | None = None
    """``staff``, ``bot`` or None for everybody else."""
    published_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    title: str | None = None
    text: str = ""
    lang: str | None = None
    content_hash: str
    revision: int = 1
    backfill: bool = False
    relevant: bool = True
    """Whether the product's query takes it."""
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reply_to: str | None = None
    """The address or the id of what it answers, as the source told it; goes with the text."""
    ours: bool = False
    """We wrote it: a reply of ours, heard back."""
    answers_us: bool = False
    """It answers one of ours."""
    rechecked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When the source was last asked what became of it."""
    gone_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When the source first told that it was deleted, and was not believed yet."""


class Watch(SQLModel, table=True):
    """A post that a later stage wants to be asked for again, and until when."""

    post_id: int = Field(primary_key=True, foreign_key="post.id")
    until: datetime = Field(sa_type=UtcTime, index=True)


class OwnPost(SQLModel, table=True):
    """A text of ours at a source, as the stage that sends told us: by it our posts are known."""

    name: str = Field(primary_key=True)
    """What the stage that sends calls it."""
    source_id: int = Field(foreign_key="source.id", index=True)
    thread_id: int = Field(foreign_key="thread.id", index=True)
    answers: int | None = Field(default=None, foreign_key="post.id")
    """The post it answers."""
    words: str
    """The digest of its words (``minding/replying.py``), by which it is known before its id is."""
    remote_id: str | None = None
    url: str | None = None
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Revision(SQLModel, table=True):
    """An earlier text of a post that was edited."""

    __table_args__ = (UniqueConstraint("post_id", "revision"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    revision: int
    title: str | None = None
    text: str = ""
    seen_at: datetime = Field(sa_type=UtcTime)


class Gap(SQLModel, table=True):
    """A stretch of a source that could not be had."""

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    after_at: datetime | None = Field(default=None, sa_type=UtcTime)
    before_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reason: str
    found_at: datetime = Field(sa_type=UtcTime)


class HostState(SQLModel, table=True):
    """What a host asked of us; shared by all its sources and kept over restarts."""

    host: str = Field(primary_key=True)
    retry_after_at: datetime | None = Field(default=None, sa_type=UtcTime)
    crawl_delay_s: float | None = None
    """Seconds between two requests, as its robots.txt asks."""


class Quota(SQLModel, table=True):
    """What an API still gives to one credential; shared by all sources and processes."""

    host: str = Field(primary_key=True)
    credential: str = Field(primary_key=True)
    """Its name; empty for those that name none."""
    resource: str = Field(primary_key=True)
    """The part of the API that is counted by itself (listener/pacing/quotas.py)."""
    remaining: float
    resets_at: datetime = Field(sa_type=UtcTime)


class PostKey(SQLModel, table=True):
    """A digest by which a source's post is recognised at the next fetch (listener/identity.py)."""

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    key: str = Field(primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)


class HandedIn(SQLModel, table=True):
    """What a person handed in by chat: kept at once, made a post by the next crawl."""

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    text: str
    """Somebody's words, or a link to them; empty once it is done."""
    remote_id: str = ""
    """By which the same message is known again; empty for words alone."""
    url: str | None = None
    author: str | None = None
    """Who wrote it, as the chat numbers people; None once it is done."""
    at: datetime = Field(sa_type=UtcTime)
    tries: int = 0
    next_try_at: datetime = Field(sa_type=UtcTime)
    """Not before; whoever takes it moves this on, so that nobody else does."""
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    outcome: str = ""
    """What came of it, in words for whoever handed it in."""
