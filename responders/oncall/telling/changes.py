"""Another state of an issue, told where no card can be edited. Part of the alert pass."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from classifiers.store import reference
from classifiers.tables import Issue, IssueEvent
from config.database import reading
from config.ground import Ground
from responders.oncall.alert import standing_of
from responders.oncall.changing import changed_line
from responders.oncall.telling.since_told import LISTED, News, Subject, more_than, tell

CHANGE = "change"
"""The kind of a delivery that tells of other states."""
KINDS = ("state", "muted", "not-an-issue", "woken", "merged", "unmerged")
"""The events after which an issue may stand otherwise."""
LATELY = timedelta(days=1)
"""What changed longer ago is no news, as after a long stop."""


class ChangeWatch:
    """Tells of changes, for the life of the pass; looks only once some issue changed."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._seen: object = None

    def tell_due(self) -> int:
        """Tell what changed since it was told; return of how many issues."""
        with reading(self._ground.engine) as session:
            sums = select(func.count(col(Issue.id)), func.sum(Issue.version))
            now = session.exec(sums).one()
        if now == self._seen:
            return 0
        told = tell_changes(self._ground)
        if told is not None:
            self._seen = now
        return told or 0


def tell_changes(ground: Ground) -> int | None:
    """Tell what changed since it was told; None where another process is at it."""
    return tell(ground, STANDING)


def _changed(session: Session, now: datetime) -> Sequence[Issue]:
    """Return the issues with an event lately after which they may stand otherwise."""
    lately = select(IssueEvent.issue_id).where(
        col(IssueEvent.kind).in_(KINDS), col(IssueEvent.at) >= now - LATELY
    )
    return session.exec(select(Issue).where(col(Issue.id).in_(lately))).all()


def _text(_: Session, ground: Ground, changes: Sequence[News]) -> str:
    base = ground.settings.console.url.rstrip("/")
    lines = [f"Changed, {ground.clock.now():%H:%M} UTC:"]
    for issue, before in changes[:LISTED]:
        name = reference(issue.id or 0)
        link = f": {base}/issues/{name}" if base else ""
        lines.append(f"{changed_line(name, before, standing_of(issue))}{link}")
    return "\n".join([*lines, *more_than(changes, "groundswell issue list --all")])


STANDING = Subject(
    kind=CHANGE,
    one="standing",
    many="standings",
    issues=_changed,
    stands=standing_of,
    is_news=lambda issue, before: before != standing_of(issue),
    text=_text,
)
