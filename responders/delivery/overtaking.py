"""How the issue stands that a message speaks of, asked when it is about to leave.

Apart from the sender's own queries, because it looks at what people decided since: a text that was
approved as the last word must not leave once the issue is open again.
"""

from sqlmodel import Session

from classifiers.tables import Issue, IssueState
from responders.delivery.tables import Delivery


def state_now(session: Session, row: Delivery) -> IssueState | None:
    """Return the state of the whole issue that a message speaks of; None where it says no phase."""
    if row.issue_id is None or row.changes_id is not None or "phase" not in row.target:
        return None
    seen: set[int] = set()
    number: int | None = row.issue_id
    issue: Issue | None = None
    while number is not None and number not in seen:
        seen.add(number)
        issue = session.get(Issue, number, populate_existing=True)
        number = issue.merged_into if issue else None
    return issue.state if issue else None
