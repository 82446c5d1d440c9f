"""Take an issue, so that everybody sees who has it, and hand it back."""

from config.ground import Ground
from responders.decisions import store_handling
from responders.decisions.acting import Actor, Role, acting
from responders.decisions.refusing import AlreadyDone
from responders.decisions.tracking import hold_issue, ref, tell
from responders.decisions.wording import at_time

TAKEN, HANDED_BACK = "taken", "handed back"


def take(ground: Ground, actor: Actor, issue_id: int, *, anyway: bool = False) -> None:
    """Take an issue; who takes it knows of it, so that acknowledges it too.

    Args:
        ground: what the act stands on.
        actor: who takes it.
        issue_id: the issue.
        anyway: also from somebody else who has it.

    Raises:
        AlreadyDone: somebody has it; it says who and since when.
        NotAllowed: the role is too low, or the issue is part of another one.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        issue = hold_issue(act, issue_id)
        row = store_handling.handling(act.session, issue)
        before = row.held_by
        if row.held_at is not None and (before == actor.name or not anyway):
            who = "you have" if before == actor.name else f"{before} has"
            raise AlreadyDone(f"{who} {ref(issue)} already, since {at_time(row.held_at)}")
        row.held_by, row.held_at = actor.name, act.now
        if row.acknowledged_at is None:
            row.acknowledged_by, row.acknowledged_at = actor.name, act.now
        data = {"held_before_by": before} if before else {}
        text = f"taken over from {before}" if before else "taken"
        tell(act, issue, kind=TAKEN, text=text, data=data)
        act.note("issue taken", ref(issue), **data)


def hand_back(ground: Ground, actor: Actor, issue_id: int) -> None:
    """Let an issue go, so that somebody else may take it.

    Raises:
        AlreadyDone: nobody has it.
        NotAllowed: the role is too low, or the issue is part of another one.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        issue = hold_issue(act, issue_id)
        row = store_handling.handling(act.session, issue)
        if row.held_at is None:
            raise AlreadyDone(f"nobody has {ref(issue)}; it is free")
        data = {"held_before_by": row.held_by}
        row.held_by, row.held_at = "", None
        tell(act, issue, kind=HANDED_BACK, text="handed back: nobody has it now", data=data)
        act.note("issue handed back", ref(issue), **data)
