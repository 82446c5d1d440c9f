"""What was said, and waits to be said, about many issues at once: for cards and lists.

Stands here because neither the voice nor the on-call room knows of the other.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session, col, func, select

from responders.oncall.telling.refreshing import Spoken
from responders.voice.store import stands
from responders.voice.tables import Draft, DraftState, Promise, PromiseState, Told


def spoken(session: Session, issue_ids: Collection[int]) -> Mapping[int, Spoken]:
    """Return of each issue the threads told, the drafts that wait, and the next word's time."""
    told, drafts, due = _told(session), _drafts(session), _due(session)
    return {
        number: Spoken(told.get(number, 0), drafts.get(number, 0), due.get(number))
        for number in issue_ids
    }


def _told(session: Session) -> Mapping[int, int]:
    query = (
        select(Told.issue_id, func.count(col(Told.thread_id).distinct()))
        .where(stands())
        .group_by(col(Told.issue_id))
    )
    return dict(session.exec(query).all())


def _drafts(session: Session) -> Mapping[int, int]:
    query = (
        select(Draft.issue_id, func.count())
        .where(Draft.state == DraftState.PENDING)
        .group_by(col(Draft.issue_id))
    )
    return dict(session.exec(query).all())


def _due(session: Session) -> Mapping[int, datetime]:
    query = (
        select(Promise.issue_id, func.min(Promise.due_at))
        .where(Promise.state == PromiseState.OPEN)
        .group_by(col(Promise.issue_id))
    )
    return dict(session.exec(query).all())
