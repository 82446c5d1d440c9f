"""What every act on a draft begins with: the draft and its delivery, held until the act is over.

Apart because five acts begin so. The words for those who come too late stand in standing.py.
"""

from responders.decisions import store_drafts
from responders.decisions.acting import Act
from responders.decisions.refusing import NotFound
from responders.decisions.standing import refuse_decided
from responders.delivery.tables import Delivery
from responders.voice.tables import Draft


def held(act: Act, draft_id: int) -> tuple[Draft, Delivery | None]:
    """Return a draft and the delivery that its approval queued, if any.

    Raises:
        NotFound: there is no such draft.
    """
    draft = store_drafts.hold(act.session, draft_id)
    if draft is None:
        raise NotFound(f"there is no draft {draft_id}; `groundswell draft list` shows them")
    if draft.delivery_id is None:
        return draft, None
    return draft, store_drafts.hold_delivery(act.session, draft.delivery_id)


def held_open(act: Act, draft_id: int) -> Draft:
    """Return a draft that waits for a decision.

    Raises:
        NotFound: there is no such draft.
        AlreadyDone: somebody decided.
        NotAllowed: there is nothing to decide.
    """
    draft, delivery = held(act, draft_id)
    refuse_decided(draft, delivery, now=act.now)
    return draft


def subject(draft: Draft) -> str:
    """Return how the audit names a draft."""
    return f"draft {draft.id}"
