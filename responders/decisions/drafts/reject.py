"""Say no to a text, or decide to say nothing in its place; both are final for that phase."""

from config.ground import Ground
from responders.decisions import store_drafts
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.drafts.claiming import refuse_held
from responders.decisions.holding import held_open, subject
from responders.decisions.refusing import AlreadyDone
from responders.decisions.wording import one_line
from responders.voice.tables import DraftState


def reject(
    ground: Ground, actor: Actor, draft_id: int, reason: str, *, anyway: bool = False
) -> None:
    """Say no to a draft.

    Raises:
        AlreadyDone: somebody decided first; it says who and when.
        Held: somebody else reads it, and ``anyway`` is not set.
        NotAllowed: the role is too low, or no reason is given.
        NotFound: there is no such draft.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        _close(act, draft_id, DraftState.REJECTED, "draft rejected", reason, anyway=anyway)


def stay_silent(
    ground: Ground, actor: Actor, draft_id: int, reason: str, *, anyway: bool = False
) -> None:
    """Decide to say nothing in the place of a draft.

    Raises:
        AlreadyDone: somebody decided first; it says who and when.
        Held: somebody else reads it, and ``anyway`` is not set.
        NotAllowed: the role is too low, or no reason is given.
        NotFound: there is no such draft.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        _close(act, draft_id, DraftState.SILENT, "silence chosen", reason, anyway=anyway)


def _close(
    act: Act, draft_id: int, state: DraftState, name: str, reason: str, *, anyway: bool
) -> None:
    why = one_line(reason, "the reason")
    draft = held_open(act, draft_id)
    overruled = refuse_held(draft, act.actor.name, now=act.now, anyway=anyway)
    values = {"decided_by": act.actor.name, "decided_at": act.now, "reason": why}
    if not store_drafts.change(act.session, draft, state=state, **values):
        raise AlreadyDone(f"draft {draft_id} changed at this moment; look again")
    bound = {"version": draft.version, "text_sha256": draft.text_sha256}
    beside = {"read_by": overruled} if overruled else {}
    act.note(name, subject(draft), reason=why, **bound, **beside)
