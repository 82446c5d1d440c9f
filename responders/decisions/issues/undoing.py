"""Take a verdict back, whatever it was about: what it did is undone with it."""

from classifiers import store
from classifiers.corrections import store_changes, store_verdicts
from classifiers.tables import Verdict, VerdictKind
from config.ground import Ground
from responders.decisions.acting import Actor, Role, acting
from responders.decisions.issues.judging import unjudge_post
from responders.decisions.issues.merge import merge, move_post, unmerge
from responders.decisions.issues.mute import wake
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.wording import at_time

QUIET = (VerdictKind.MUTED, VerdictKind.NOT_AN_ISSUE)
ALONE = (VerdictKind.POST, VerdictKind.REAL)
"""Verdicts that no other act takes back."""


def undo_verdict(ground: Ground, actor: Actor, verdict_id: int) -> None:
    """Take back a verdict and what it did.

    Raises:
        AlreadyDone: it was taken back; it says by whom and when.
        NotAllowed: the role is too low, or nothing can take this one back.
        NotFound: there is no such verdict.
    """
    found = _standing(ground, actor, verdict_id)
    if found.what in ALONE:
        _take_back(ground, actor, verdict_id)
    elif found.what in QUIET:
        wake(ground, actor, found.issue_id or 0)
    elif found.what is VerdictKind.MERGED:
        unmerge(ground, actor, found.issue_id or 0)
    elif found.what is VerdictKind.UNMERGED:
        merge(ground, actor, found.issue_id or 0, into=int(found.data["out_of"]))
    elif found.what is VerdictKind.SPLIT:
        merge(ground, actor, int(found.data["into"]), into=found.issue_id or 0)
    else:
        _move_back(ground, actor, found)


def _standing(ground: Ground, actor: Actor, verdict_id: int) -> Verdict:
    with acting(ground, actor, Role.APPROVER) as act:
        found = act.session.get(Verdict, verdict_id)
    if found is None:
        raise NotFound(f"there is no verdict {verdict_id}; see: groundswell verdict list")
    if found.undone_at is not None:
        when = at_time(found.undone_at)
        raise AlreadyDone(f"verdict {verdict_id} was taken back by {found.undone_by} at {when}")
    return found


def _take_back(ground: Ground, actor: Actor, verdict_id: int) -> None:
    with acting(ground, actor, Role.APPROVER) as act:
        held = store_verdicts.verdict_with_id(act.session, verdict_id)
        if held is None or held.undone_at is not None:
            raise AlreadyDone(f"verdict {verdict_id} was taken back at this moment")
        if held.what is VerdictKind.POST and held.post_id is not None:
            unjudge_post(act, held.post_id)
        else:
            store_verdicts.undo(act.session, [held], by=actor.name, at=act.now)
        act.note("verdict undone", f"verdict {verdict_id}", what=held.what.value)


def _move_back(ground: Ground, actor: Actor, found: Verdict) -> None:
    before = found.data.get("out_of")
    if before is not None:
        move_post(ground, actor, found.post_id or 0, int(before))
        return
    with acting(ground, actor, Role.APPROVER) as act:
        post_id = found.post_id or 0
        made = store.memberships(act.session, [post_id]).get(post_id)
        if made is None or made.issue_id != found.issue_id:
            raise NotAllowed(
                f"post {post_id} stands elsewhere by now; move it: groundswell issue move"
            )
        store_changes.take_out(act.session, post_id)
        held = store_verdicts.standing(act.session, [VerdictKind.MOVED], post_id=post_id)
        store_verdicts.undo(act.session, held, by=actor.name, at=act.now)
        act.note("verdict undone", f"verdict {found.id}", what=found.what.value)
