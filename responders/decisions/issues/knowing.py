"""Let what people on call know of an issue go where its posts go.

Apart from the merges, because both ways of parting and both of joining do it. Whoever acknowledged
a problem is not called again because its posts have another number now.
"""

from classifiers.tables import Issue
from responders.decisions import store_handling
from responders.decisions.acting import Act
from responders.decisions.issues.acknowledge import ACKNOWLEDGED
from responders.decisions.issues.take import TAKEN
from responders.decisions.tracking import ref, tell


def pass_on(act: Act, issue: Issue, to: Issue) -> None:
    """Let somebody know of another issue, and have it, who knew of one that its posts come from.

    What is said of the other one already stays.

    Args:
        act: the act under way.
        issue: where the posts come from.
        to: where they are now.
    """
    before, after = (store_handling.handling(act.session, one) for one in (issue, to))
    if before.acknowledged_at is not None and after.acknowledged_at is None:
        after.acknowledged_by, after.acknowledged_at = (
            before.acknowledged_by,
            before.acknowledged_at,
        )
        text = f"acknowledged with {ref(issue)}, by {before.acknowledged_by}"
        tell(act, to, kind=ACKNOWLEDGED, text=text, data={"issue": issue.id})
    if before.held_at is not None and after.held_at is None:
        after.held_by, after.held_at = before.held_by, before.held_at
        text = f"taken with {ref(issue)}, by {before.held_by}"
        tell(act, to, kind=TAKEN, text=text, data={"issue": issue.id})


def know(act: Act, issue: Issue) -> None:
    """Note that whoever acts knows of an issue, unless somebody does already."""
    row = store_handling.handling(act.session, issue)
    if row.acknowledged_at is None:
        row.acknowledged_by, row.acknowledged_at = act.actor.name, act.now
        tell(act, issue, kind=ACKNOWLEDGED, text="acknowledged by making it", data={})
