"""The rows about addresses in texts that wait."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select, update

from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.store import LIVE
from responders.voice.tables import Draft, DraftState, LinkAnswer, LinkState

AT_ONCE = 500
"""Texts that are looked through at the most; the newest are what people look at."""


def waiting(session: Session) -> Sequence[Draft]:
    """Return the drafts whose text may still be said in public, the newest first."""
    query = select(Draft).where(col(Draft.state).in_(LIVE)).order_by(col(Draft.id).desc())
    return session.exec(query.limit(AT_ONCE)).all()


def leaving(session: Session, now: datetime) -> Sequence[str]:
    """Return the approved texts that would leave now and were never tried, oldest first."""
    query = (
        select(Delivery.text)
        .where(Delivery.state == DeliveryState.QUEUED, col(Delivery.public), Delivery.tries == 0)
        .where(Delivery.next_try_at <= now)
        .order_by(col(Delivery.id))
    )
    return session.exec(query.limit(AT_ONCE)).all()


def answers(session: Session, urls: Iterable[str]) -> Mapping[str, LinkState]:
    """Return what is known of addresses."""
    query = select(LinkState).where(col(LinkState.url).in_(list(urls)))
    return {row.url: row for row in session.exec(query).all()}


def note(session: Session, url: str, answer: LinkAnswer, reason: str, *, at: datetime) -> bool:
    """Write what an address answered; tell whether that is another answer than before.

    Two processes may have asked at once; of two answers the later look counts.
    """
    before = answers(session, [url]).get(url)
    connection = session.connection()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"answer": answer, "reason": reason, "checked_at": at}
    statement = insert(LinkState).values(url=url, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=values))
    return before is None or before.answer is not answer


def refresh(session: Session, draft: Draft, findings: list[dict[str, str]]) -> bool:
    """Let a draft that waits show other findings; False when its text is another one by now."""
    done = session.exec(
        update(Draft)
        .where(col(Draft.id) == draft.id, col(Draft.version) == draft.version)
        .where(col(Draft.text_sha256) == draft.text_sha256, col(Draft.state) == DraftState.PENDING)
        .values(findings=findings)
    )
    return done.rowcount == 1


def dead_or_unsure(
    session: Session, urls: Iterable[str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the addresses that did not answer and those of which asking told nothing, with why."""
    known = answers(session, urls)
    told = {url: f"{row.reason}, {row.checked_at:%H:%M} UTC" for url, row in known.items()}
    dead = {url: told[url] for url, row in known.items() if row.answer is LinkAnswer.DEAD}
    unsure = {url: told[url] for url, row in known.items() if row.answer is LinkAnswer.UNKNOWN}
    return dead, unsure
