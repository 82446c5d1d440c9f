"""Hold everything back, and let it go on. Approving goes on meanwhile; nothing leaves."""

from config.ground import Ground
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.refusing import AlreadyDone
from responders.decisions.wording import at_time, one_line
from responders.delivery import store_pause as outbox

SUBJECT = "sending"


def pause(ground: Ground, actor: Actor, reason: str) -> None:
    """Let nothing leave any more until somebody resumes.

    Raises:
        AlreadyDone: sending is paused; it says by whom, when and why.
        NotAllowed: the role is too low, or no reason is given.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        why = one_line(reason, "the reason")
        if not _set(act, paused=True, reason=why):
            raise AlreadyDone(_paused(act))
        act.note("sending paused", SUBJECT, reason=why)


def resume(ground: Ground, actor: Actor) -> None:
    """Let what waits leave again.

    Raises:
        AlreadyDone: nothing is paused.
        NotAllowed: the role is too low.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        if not _set(act, paused=False, reason=""):
            raise AlreadyDone("sending is not paused")
        act.note("sending resumed", SUBJECT)


def _set(act: Act, *, paused: bool, reason: str) -> bool:
    return outbox.set_paused(act.session, paused, by=act.actor.name, reason=reason, now=act.now)


def _paused(act: Act) -> str:
    held = outbox.paused(act.session)
    if held is None:
        return "sending is paused already"
    return f"{held.by} paused sending at {at_time(held.at)}: {held.reason}"
