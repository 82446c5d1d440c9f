"""Say what became of a text: a person looked where it should stand, or posted it by hand."""

from datetime import datetime
from urllib.parse import urlsplit

from config.ground import Ground
from responders.decisions import store, store_drafts
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound, NotValid
from responders.decisions.reopening import is_overtaken
from responders.decisions.standing import way_of
from responders.decisions.wording import one_line
from responders.delivery import store as outbox
from responders.delivery.tables import DeliveryState
from responders.voice.tables import DraftState


def settle(
    ground: Ground, actor: Actor, delivery_id: int, *, sent_url: str | None
) -> DeliveryState:
    """Settle a delivery that is in doubt, failed, or was a person's to post; return its state.

    What was in doubt and was not sent is queued again, unless the time it promises has passed or
    its issue went back since.
    What was to be posted by hand and was not waits for a decision again; so does what failed,
    unless a person posted it all the same.

    Args:
        ground: what the act stands on.
        actor: who looked.
        delivery_id: the delivery.
        sent_url: where it stands; None: it was not sent.

    Raises:
        AlreadyDone: nobody has to say so any more; it says how it stands.
        NotAllowed: the role is too low, the address is none, or its draft was decided otherwise.
        NotFound: there is no such delivery.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        url = None if sent_url is None else _address(sent_url)
        delivery = store_drafts.hold_delivery(act.session, delivery_id)
        if delivery is None:
            raise NotFound(
                f"there is no delivery {delivery_id}; `groundswell delivery list` shows them"
            )
        before = delivery.state
        if url is not None and before is DeliveryState.FAILED:
            _refuse_other_decision(act, delivery_id)
        way = way_of(delivery, now=act.now)
        state = _settled(act, delivery_id, url)
        if state is None:
            raise AlreadyDone(f"delivery {delivery_id} needs nobody to settle it. {way}")
        if url is None:
            state = _open_again(act, delivery_id, state)
        found = {"from": before.value, "to": state.value, "url": url}
        act.note("delivery settled", f"delivery {delivery_id}", **found)
        return state


def _refuse_other_decision(act: Act, delivery_id: int) -> None:
    """Refuse to call a failed text sent once its draft was decided otherwise."""
    draft = store_drafts.draft_of_delivery(act.session, delivery_id)
    if draft is not None and draft.state not in store_drafts.DECIDED:
        raise NotAllowed(
            f"draft {draft.id} of this delivery is {draft.state} now, so this text counts for "
            "nothing here; say that it was not sent"
        )


def _settled(act: Act, delivery_id: int, url: str | None) -> DeliveryState | None:
    if url is None:
        return outbox.settle_not_sent(act.session, delivery_id, now=act.now)
    done = outbox.settle_sent(act.session, delivery_id, url=url, now=act.now)
    return DeliveryState.SENT if done else None


def _open_again(act: Act, delivery_id: int, state: DeliveryState) -> DeliveryState:
    """Let the draft of what stays here wait for a decision again; return the delivery's state."""
    draft = store_drafts.draft_of_delivery(act.session, delivery_id)
    if draft is None:
        return state
    if state is DeliveryState.QUEUED:
        late = _has_passed(draft.next_update_by, act.now)
        if not (late or is_overtaken(act.session, draft)):
            return state
        outbox.cancel(act.session, delivery_id)
    values = {"decided_by": "", "decided_at": None, "reason": ""}
    if draft.state in store_drafts.DECIDED:
        store_drafts.change(act.session, draft, state=DraftState.PENDING, **values)
        store.take_approval_back(act.session, draft.id or 0, at=act.now)
    return DeliveryState.CANCELLED


def _has_passed(due: datetime | None, now: datetime) -> bool:
    return due is not None and due <= now


def _address(url: str) -> str:
    line = one_line(url, "the address")
    try:
        parts = urlsplit(line)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in line
    except ValueError:
        whole = False
    if not whole:
        raise NotValid(f"{line} is no address; write it like https://forum.example/t/3")
    return line
