"""Every query on the listener's tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, or_, select, update

from listener.health import Diagnosis
from listener.minding.erasing import without_erased
from listener.schedule import FARTHEST
from listener.sources.base import Batch, Loss, RawPost
from listener.tables import (
    Gap,
    HostState,
    Post,
    PostKey,
    Product,
    Revision,
    Source,
    SourceState,
    Thread,
)

# Products ---------------------------------------------------------------------------------------


def products(session: Session) -> Sequence[Product]:
    """Return all products by name."""
    return session.exec(select(Product).order_by(Product.name)).all()


def product_named(session: Session, name: str) -> Product | None:
    """Return the product of that name."""
    return session.exec(select(Product).where(Product.name == name)).one_or_none()


MANUAL = "manual"
"""The kind of a source that a person fills; nobody looks at it."""

# Sources ----------------------------------------------------------------------------------------


def sources(session: Session) -> Sequence[Source]:
    """Return all sources by name."""
    return session.exec(select(Source).order_by(Source.name)).all()


def source_named(session: Session, name: str) -> Source | None:
    """Return the source of exactly that name."""
    return session.exec(select(Source).where(Source.name == name)).one_or_none()


def source_to_change(session: Session, name: str) -> Source | None:
    """Return the source of that name as it stands, locked: a look may be about to write to it."""
    query = select(Source).where(Source.name == name).with_for_update()
    return session.exec(query, execution_options={"populate_existing": True}).one_or_none()


def source_known_as(session: Session, name_or_url: str) -> Source | None:
    """Return the source of that name, or else the first at that address."""
    at_address = select(Source).where(Source.url == name_or_url).order_by(col(Source.id))
    return source_named(session, name_or_url) or session.exec(at_address.limit(1)).first()


def due_sources(session: Session, *, now: datetime, everything: bool = False) -> Sequence[Source]:
    """Return the sources to look at now, the longest overdue first.

    Args:
        session: an open session.
        now: aware UTC.
        everything: also those not due yet; only Retry-After and being gone hold one back.
    """
    query = select(Source).where(col(Source.enabled), _is_over(Source.retry_after_at, now))
    if not everything:
        query = query.where(_is_over(Source.next_due_at, now))
    return session.exec(query.order_by(col(Source.next_due_at).nulls_first(), col(Source.id))).all()


def heard(
    session: Session,
    source_id: int,
    batch: Batch,
    *,
    now: datetime,
    next_due_at: datetime | None,
    took_s: float | None = None,
) -> None:
    """Note a look that the source answered, with the cursor that its batch brought.

    The first fetch lasts until its last page is in: a kill between two pages must not turn the
    rest of a place's history into news.

    Args:
        session: an open session.
        source_id: the source.
        batch: what it answered.
        now: aware UTC.
        next_due_at: when to look again; None while this look goes on, so that it stays due.
        took_s: machine seconds that the answer took.
    """
    source = session.get_one(Source, source_id)
    source.cursor = without_erased(session, source_id, batch)
    known = source.posts_seen or bool(batch.posts)
    source.state = SourceState.OK if known else SourceState.EMPTY
    source.posts_seen = known
    source.reason = "" if known else "it answers, and holds no post yet"
    source.failures, source.failing_since = 0, None
    source.retry_after_at = None
    if not batch.more:
        source.first_heard_at = source.first_heard_at or now
    source.last_heard_at = now
    source.took_s = took_s
    source.next_due_at = next_due_at or source.next_due_at
    session.add(source)


def missed(
    session: Session,
    source_id: int,
    diagnosis: Diagnosis,
    *,
    now: datetime,
    next_due_at: datetime,
    retry_after_at: datetime | None = None,
) -> None:
    """Note a look that brought nothing, and why; old posts stay.

    Args:
        session: an open session.
        source_id: the source.
        diagnosis: why it brought nothing.
        now: aware UTC.
        next_due_at: when to look again.
        retry_after_at: until when the host asked for silence, which nobody may break.
    """
    source = session.get_one(Source, source_id)
    source.state, source.reason = diagnosis.state, diagnosis.reason
    source.failures += 1
    source.failing_since = source.failing_since or now
    source.next_due_at = next_due_at
    if retry_after_at is not None:
        source.retry_after_at = retry_after_at
    if diagnosis.state is SourceState.GONE:
        source.enabled = False
    session.add(source)


def poll_sooner(session: Session, source_id: int, until: datetime, *, now: datetime) -> None:
    """Look at a source and at all others of its product more often for a while, and at once.

    Asked by later stages when something breaks. It ends by itself; it hurries none that fails, and
    what a host or a quota asks of us stands.

    Args:
        session: an open session.
        source_id: the source where it was noticed.
        until: when it ends.
        now: aware UTC.
    """
    product = select(Source.product_id).where(Source.id == source_id).scalar_subquery()
    sooner, due = col(Source.sooner_until), col(Source.next_due_at)
    watched = (
        update(Source)
        .where(col(Source.product_id) == product, col(Source.enabled))
        .execution_options(synchronize_session=False)
    )
    session.connection().execute(
        watched.where(or_(sooner.is_(None), sooner < until)).values(sooner_until=until)
    )
    session.connection().execute(
        watched.where(col(Source.failures) == 0, due > now).values(next_due_at=now)
    )


def counts_by_source(session: Session) -> Mapping[int, int]:
    """Return how many posts each source gave, by source id."""
    query = select(Post.source_id, func.count()).group_by(col(Post.source_id))
    return dict(session.exec(query).all())


def gaps(session: Session, source_id: int) -> Sequence[Gap]:
    """Return what could not be had of a source, oldest first."""
    return session.exec(select(Gap).where(Gap.source_id == source_id).order_by(col(Gap.id))).all()


def latest_gaps(session: Session) -> Mapping[int, datetime]:
    """Return when the last gap of each source was found, by source id."""
    query = select(Gap.source_id, func.max(Gap.found_at)).group_by(col(Gap.source_id))
    return dict(session.exec(query).all())


def newest_posts(session: Session) -> Mapping[int, datetime]:
    """Return when the newest post of each source was written, by source id."""
    newest = (
        select(func.max(Post.published_at))
        .where(Post.source_id == Source.id)
        .correlate(Source)
        .scalar_subquery()
    )  # one step in the index for each source, instead of a walk over all posts
    rows = session.exec(select(Source.id, newest)).all()
    return {source_id: at for source_id, at in rows if source_id is not None and at is not None}


def post_times(session: Session, source_id: int, *, limit: int) -> Sequence[datetime]:
    """Return when the last posts of a source were written, the newest first."""
    query = select(Post.published_at).where(Post.source_id == source_id)
    return session.exec(query.order_by(col(Post.published_at).desc()).limit(limit)).all()


def add_gap(session: Session, source_id: int, loss: Loss, *, now: datetime) -> None:
    """Record a stretch that could not be had."""
    session.add(
        Gap(
            source_id=source_id,
            after_at=loss.after_at,
            before_at=loss.before_at,
            reason=loss.reason,
            found_at=now,
        )
    )


def remove_source(session: Session, source: Source) -> bool:
    """Stop watching a source; its posts stay. Returns whether its row could go as well."""
    assert source.id is not None  # noqa: S101 - a row read from the store has an id
    if counts_by_source(session).get(source.id):
        source.enabled = False
        if source.state is SourceState.GONE:
            source.state = SourceState.NEW  # the notice that it is gone was read
        session.add(source)
        return False
    for table in (Thread, Gap, PostKey):
        for row in session.exec(select(table).where(table.source_id == source.id)).all():
            session.delete(row)
    session.flush()
    session.delete(source)
    return True


# Hosts ------------------------------------------------------------------------------------------


def _is_over(until: datetime | None, now: datetime) -> ColumnElement[bool]:
    """Whether a pause is over: it never began, it ended, or a clock that went wrong set its end."""
    ends = col(until)
    return or_(ends.is_(None), ends <= now, ends > now + FARTHEST)


def hosts_resting(session: Session, *, now: datetime) -> Mapping[str, datetime]:
    """Return the hosts that asked for silence, and until when."""
    query = select(HostState).where(~_is_over(HostState.retry_after_at, now))
    return {row.host: row.retry_after_at for row in session.exec(query).all() if row.retry_after_at}


def rest_host(session: Session, host: str, *, until: datetime) -> None:
    """Ask nothing of a host before ``until``."""
    state = session.get(HostState, host) or HostState(host=host)
    state.retry_after_at = until
    session.add(state)


# Posts ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """Which posts are asked for; what is None does not matter."""

    product_id: int | None = None
    source: str | None = None
    text: str | None = None
    since: datetime | None = None
    ids: Sequence[int] | None = None


def posts(session: Session, wanted: Wanted, *, limit: int | None = None) -> Sequence[Post]:
    """Return posts, the newest last; with a limit only the newest. Erased ones are empty rows."""
    query = _filtered(select(Post), wanted)
    if limit is None:
        return list(session.exec(query.order_by(col(Post.published_at), col(Post.id))).all())
    newest = query.order_by(col(Post.published_at).desc(), col(Post.id).desc()).limit(limit)
    return list(reversed(session.exec(newest).all()))


def count_posts(session: Session, wanted: Wanted | None = None) -> int:
    """Return how many posts there are."""
    query = _filtered(select(func.count(col(Post.id))), wanted or Wanted())
    return int(session.exec(query).one())


def _filtered(query: Any, wanted: Wanted) -> Any:
    if wanted.product_id is not None:
        query = query.where(Post.product_id == wanted.product_id)
    if wanted.source is not None:
        query = query.join(Source, col(Source.id) == Post.source_id)
        query = query.where(Source.name == wanted.source)
    if wanted.text is not None:
        query = query.where(
            or_(
                col(Post.text).icontains(wanted.text, autoescape=True),
                col(Post.title).icontains(wanted.text, autoescape=True),
            )
        )
    if wanted.since is not None:
        query = query.where(Post.published_at >= wanted.since)
    if wanted.ids is not None:
        query = query.where(col(Post.id).in_(list(wanted.ids)))
    return query


def post_with_id(session: Session, post_id: int) -> Post | None:
    """Return one post."""
    return session.get(Post, post_id)


def post_told(session: Session, source: str, raw: RawPost) -> Post | None:
    """Return the newest row of what a source told, by its id or its address."""
    by_id, by_url = Post.remote_id == raw.remote_id, col(Post.url) == raw.url
    same = or_(by_id, by_url) if raw.remote_id and raw.url else by_url if raw.url else by_id
    query = select(Post).join(Source, col(Source.id) == Post.source_id)
    query = query.where(Source.name == source, same)
    return session.exec(query.order_by(col(Post.id).desc()).limit(1)).first()


def told_ids(session: Session, source: str, remote_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these ids a source has told already."""
    query = select(Post.remote_id).join(Source, col(Source.id) == Post.source_id)
    query = query.where(Source.name == source, col(Post.remote_id).in_(remote_ids))
    return frozenset(session.exec(query).all())


def title_owners(session: Session, thread_ids: Iterable[int]) -> frozenset[int]:
    """Return the posts that brought a title into their thread; feeds repeat it on each reply."""
    query = (
        select(func.min(Post.id))
        .where(col(Post.thread_id).in_(list(set(thread_ids))), col(Post.title).is_not(None))
        .group_by(col(Post.thread_id), col(Post.title))
    )
    return frozenset(post_id for post_id in session.exec(query).all() if post_id is not None)


def revisions(session: Session, post_id: int) -> Sequence[Revision]:
    """Return the earlier texts of a post, oldest first."""
    query = select(Revision).where(Revision.post_id == post_id).order_by(col(Revision.revision))
    return session.exec(query).all()


def threads_by_id(session: Session, ids: Iterable[int]) -> Mapping[int, Thread]:
    """Return threads by their id."""
    query = select(Thread).where(col(Thread.id).in_(list(set(ids))))
    return {row.id: row for row in session.exec(query).all() if row.id is not None}


def sources_by_id(session: Session) -> Mapping[int, Source]:
    """Return all sources by their id."""
    return {row.id: row for row in sources(session) if row.id is not None}


def languages(session: Session, product_id: int | None = None) -> Mapping[str | None, int]:
    """Return how many posts are in which language; None stands for those too short to tell."""
    query = select(Post.lang, func.count()).where(col(Post.erased_at).is_(None))
    if product_id is not None:
        query = query.where(Post.product_id == product_id)
    return dict(session.exec(query.group_by(Post.lang)).all())
