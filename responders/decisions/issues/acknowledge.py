"""Say that somebody knows of an issue, and take that back: the first word on call.

It stays over restarts and whatever joins the issue later. It changes nothing of the issue itself,
so nobody who looks at that has to look again.
"""

from config.ground import Ground
from responders.decisions import store_handling
from responders.decisions.acting import Actor, Role, acting
from responders.decisions.refusing import AlreadyDone
from responders.decisions.tracking import hold_issue, ref, tell
from responders.decisions.wording import at_time, one_line

ACKNOWLEDGED, UNACKNOWLEDGED = "acknowledged", "unacknowledged"


def acknowledge(ground: Ground, actor: Actor, issue_id: int) -> None:
    """Say that one knows of an issue.

    Raises:
        AlreadyDone: somebody did; it says who and when.
        NotAllowed: the role is too low, or the issue is part of another one.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        issue = hold_issue(act, issue_id)
        row = store_handling.handling(act.session, issue)
        if row.acknowledged_at is not None:
            raise AlreadyDone(
                f"{ref(issue)} is acknowledged already: {row.acknowledged_by} did so at "
                f"{at_time(row.acknowledged_at)}"
            )
        row.acknowledged_by, row.acknowledged_at = actor.name, act.now
        tell(act, issue, kind=ACKNOWLEDGED, text="acknowledged", data={})
        act.note("issue acknowledged", ref(issue))


def unacknowledge(ground: Ground, actor: Actor, issue_id: int, reason: str) -> None:
    """Take back that somebody knows of an issue, so that people are called again.

    Args:
        ground: what the act stands on.
        actor: who says so.
        issue_id: the issue.
        reason: why, in a line.

    Raises:
        AlreadyDone: nobody acknowledged it.
        NotAllowed: the role is too low, no reason is given, or it is part of another one.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        why = one_line(reason, "the reason")
        issue = hold_issue(act, issue_id)
        row = store_handling.handling(act.session, issue)
        if row.acknowledged_at is None:
            raise AlreadyDone(f"nobody has acknowledged {ref(issue)}; there is nothing to undo")
        before = row.acknowledged_by
        row.acknowledged_by, row.acknowledged_at = "", None
        data = {"acknowledged_by": before, "reason": why}
        tell(act, issue, kind=UNACKNOWLEDGED, text=f"no longer acknowledged: {why}", data=data)
        act.note("issue unacknowledged", ref(issue), **data)
