"""Say on an issue which release it probably followed, from the register and the issue's posts.

Apart from the rule (releases.py), which knows no rows, and from issues.py, because a change of the
register asks for it too.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from classifiers import store_decisions
from classifiers.facts import reported
from classifiers.register import store_releases
from classifiers.releases import LEAD, ONSET_REPORTS, REACH, Followed, Shipped, Usual, followed
from classifiers.tables import Issue, IssueKind, IssueState

SETTLES: Final = timedelta(days=7)
"""So long after it was opened what later posts say changes nothing: by then people who update late
name whatever is newest."""


def follow_release(session: Session, issue: Issue, *, now: datetime) -> None:
    """Say which release an issue followed while its posts still tell; then it stays."""
    if issue.state is not IssueState.RESOLVED and now - issue.opened_at <= SETTLES:
        _say(issue, release_of(session, issue))


def follow_anew(session: Session, product_id: int, *, changed_at: datetime) -> int:
    """Look again at the open issues that a change of the register is about; return how many.

    Args:
        session: a writing session.
        product_id: whose register.
        changed_at: the release time that came, went or moved.
    """
    span, looked = (changed_at - LEAD, changed_at + REACH), 0
    for issue in store_releases.issues_that_began(session, product_id, *span):
        before = issue.release, issue.release_probability, issue.release_reason
        _say(issue, release_of(session, issue))
        if before != (issue.release, issue.release_probability, issue.release_reason):
            store_decisions.count_change(session, issue)
            looked += 1
    return looked


def release_of(session: Session, issue: Issue) -> Followed | None:
    """Return the release that an issue probably followed; None when nothing speaks for one."""
    if issue.id is None or issue.kind is not IssueKind.ISSUE:
        return None
    known = store_releases.releases(session, issue.product_id)
    if not known:
        return None
    since = store_releases.listening_since(session, issue.product_id) or issue.first_seen_at
    return followed(
        store_releases.first_reports(session, issue.id, limit=ONSET_REPORTS),
        [Shipped(row.version, row.released_at) for row in known],
        usual=Usual(
            issues=store_releases.issues_until(session, issue),
            days=(issue.first_seen_at - since).total_seconds() / 86_400.0,
        ),
        named={fact.value: fact.people for fact in reported(issue.facts, "versions")},
    )


def _say(issue: Issue, found: Followed | None) -> None:
    issue.release = found.version if found else None
    issue.release_probability = found.probability if found else None
    issue.release_reason = found.reason if found else None
