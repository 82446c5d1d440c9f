"""Hold a draft while one reads it, and let it go again.

No decision on a text: the audit notes only where somebody took a draft over from another person.
"""

from datetime import timedelta

from config.ground import Ground
from responders.decisions import store_drafts
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.drafts.claiming import holder, refuse_held
from responders.decisions.holding import held_open, subject
from responders.decisions.refusing import AlreadyDone, NotAllowed
from responders.voice.tables import Draft

FREE = {"claimed_by": "", "claimed_at": None, "claimed_until": None}


def claim(
    ground: Ground,
    actor: Actor,
    draft_id: int,
    *,
    anyway: bool = False,
    idle_s: float | None = None,
) -> None:
    """Hold a draft that waits for a decision; holding it again makes it last longer.

    Args:
        ground: what the act stands on.
        actor: who reads.
        draft_id: the draft.
        anyway: take it over from whoever reads it.
        idle_s: seconds until it is free again; None takes those of the settings.

    Raises:
        AlreadyDone: somebody decided; it says who and when.
        Held: somebody else reads it; it says who and since when.
        NotAllowed: the role is too low, or there is nothing to decide.
        NotFound: there is no such draft.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        draft = held_open(act, draft_id)
        before = refuse_held(draft, actor.name, now=act.now, anyway=anyway)
        mine = holder(draft, now=act.now) == actor.name
        seconds = ground.settings.approval.claim_minutes * 60 if idle_s is None else idle_s
        _change(
            act, draft,
            claimed_by=actor.name,
            claimed_at=draft.claimed_at if mine else act.now,
            claimed_until=act.now + timedelta(seconds=seconds),
        )  # fmt: skip
        if before:
            act.note("draft taken over", subject(draft), read_by=before)


def release(ground: Ground, actor: Actor, draft_id: int, *, anyway: bool = False) -> None:
    """Let a draft go, so that anybody may take it up.

    Args:
        ground: what the act stands on.
        actor: who lets it go.
        draft_id: the draft.
        anyway: let it go for somebody else who forgot to.

    Raises:
        AlreadyDone: nobody holds it, or somebody decided.
        Held: somebody else reads it; it says who and since when.
        NotAllowed: the role is too low, or there is nothing to decide.
        NotFound: there is no such draft.
    """
    with acting(ground, actor, Role.DRAFTER) as act:
        draft = held_open(act, draft_id)
        if not holder(draft, now=act.now):
            raise AlreadyDone(f"nobody holds draft {draft_id}; it is free")
        before = refuse_held(draft, actor.name, now=act.now, anyway=anyway)
        _change(act, draft, **FREE)
        if before:
            act.note("draft let go for another", subject(draft), read_by=before)


def _change(act: Act, draft: Draft, **values: object) -> None:
    if not store_drafts.change(act.session, draft, **values):
        raise NotAllowed(f"draft {draft.id} changed at this moment; look again")
