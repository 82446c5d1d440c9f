"""A higher severity of an issue, told where no card can be edited. Part of the alert pass."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from classifiers.store import counts, reference
from classifiers.tables import Issue, IssueState
from config.ground import Ground
from responders.oncall.grouping import rank
from responders.oncall.store import SILENCED
from responders.oncall.telling.since_told import LISTED, News, Subject, more_than, tell

RISE = "rise"
"""The kind of a delivery that tells what got worse."""


def tell_rises(ground: Ground) -> int:
    """Tell what got worse since it was told; return of how many issues."""
    return tell(ground, SEVERITY) or 0


def _open(session: Session, _: datetime) -> Sequence[Issue]:
    query = (
        select(Issue)
        .where(Issue.state != IssueState.RESOLVED, col(Issue.merged_into).is_(None))
        .where(col(Issue.alerted_at).is_not(None))
    )
    return session.exec(query).all()


def _got_worse(issue: Issue, before: str) -> bool:
    return not SILENCED.intersection(issue.flags) and rank(issue.severity) > rank(before)


def _text(session: Session, ground: Ground, rises: Sequence[News]) -> str:
    people = counts(session, [issue.id or 0 for issue, _ in rises[:LISTED]])
    base = ground.settings.console.url.rstrip("/")
    lines = [f"Worse than it was told, {ground.clock.now():%H:%M} UTC:"]
    for issue, before in rises[:LISTED]:
        name, count = reference(issue.id or 0), people.get(issue.id or 0)
        said = f", {count.authors} people" if count and count.authors != 1 else ""
        link = f": {base}/issues/{name}" if base else ""
        lines.append(f"{name} {issue.severity} now, was {before}{said}{link}")
    return "\n".join([*lines, *more_than(rises, "groundswell issue list")])


SEVERITY = Subject(
    kind=RISE,
    one="severity",
    many="severities",
    issues=_open,
    stands=lambda issue: issue.severity.value,
    is_news=_got_worse,
    text=_text,
)
