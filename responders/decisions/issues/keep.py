"""Keep an issue for people, or let prepared texts be proposed on it again.

An issue in which people were hurt is kept by itself (voice/heeding.py); once a person decided, it
is theirs to decide, and nothing keeps it again unasked.
"""

from config.ground import Ground
from responders.decisions.acting import HUMAN_ONLY, Actor, Role, acting
from responders.decisions.refusing import AlreadyDone
from responders.decisions.tracking import change, hold_issue, ref
from responders.decisions.wording import one_line
from responders.voice.leave.heeding import HUMAN_ONLY as KIND
from responders.voice.leave.store_policy import withdraw_prepared


def keep_for_people(ground: Ground, actor: Actor, issue_id: int, reason: str) -> None:
    """Propose nothing more about an issue; only an admin approves what people write.

    Raises:
        AlreadyDone: it is kept already.
        NotAllowed: the role is too low, or no reason is given.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        why = one_line(reason, "the reason")
        issue = hold_issue(act, issue_id)
        if HUMAN_ONLY in issue.flags:
            raise AlreadyDone(f"{ref(issue)} is kept for people already")
        text, data = f"kept for people: {why}", {"from": list(issue.flags)}
        change(act, issue, kind=KIND, text=text, data=data, flags=[*issue.flags, HUMAN_ONLY])
        words = f"{ref(issue)} is kept for people: {why}"
        gone = withdraw_prepared(act.session, issue_id, reason=words)
        act.note("issue kept for people", ref(issue), reason=why, drafts=gone)


def release(ground: Ground, actor: Actor, issue_id: int, reason: str) -> None:
    """Let prepared texts be proposed about an issue again.

    Raises:
        AlreadyDone: it is not kept for people.
        NotAllowed: the actor is no admin, or no reason is given.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        why = one_line(reason, "the reason")
        issue = hold_issue(act, issue_id)
        if HUMAN_ONLY not in issue.flags:
            raise AlreadyDone(f"{ref(issue)} is not kept for people")
        flags = [flag for flag in issue.flags if flag != HUMAN_ONLY]
        text, data = f"no longer kept for people: {why}", {"from": list(issue.flags)}
        change(act, issue, kind=KIND, text=text, data=data, flags=flags)
        act.note("issue released from people", ref(issue), reason=why)
