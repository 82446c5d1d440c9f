"""The person in a life: reads what is proposed, says yes, posts by hand, says how far we are.

Whoever is restarted does only what is still to be done: what was decided before is left alone. So
every part may be begun again at any boundary.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlmodel import col, select

from classifiers.tables import Issue, IssueState
from config.database import reading
from config.ground import Ground
from responders.decisions.acting import Actor, Role
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.settle import settle
from responders.decisions.issues.state import set_state
from responders.delivery.channels.base import Message
from responders.delivery.outbox import channels_of
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.addressing import PAGE
from responders.voice.tables import Draft, DraftState

RUTH = Actor("Ruth", Role.APPROVER, "console")
BY_HAND = "manual"


def approve_the_page(ground: Ground) -> None:
    """Say yes to what is proposed for the page."""
    _approve(ground, [draft for draft in _drafts(ground) if draft.channel == PAGE])


def approve_first_replies(ground: Ground) -> None:
    """Say yes to every reply that leaves by itself, and to the first that a person must post."""
    acks = [draft for draft in _drafts(ground) if draft.kind == "ack"]
    by_hand = [draft for draft in acks if draft.channel == BY_HAND]
    _approve(ground, [draft for draft in acks if draft not in by_hand[1:]])


def approve_what_follows(ground: Ground) -> None:
    """Say yes to the page's update and to each follow-up."""
    _approve(ground, [draft for draft in _drafts(ground) if draft.kind == "update"])


def post_by_hand(ground: Ground) -> None:
    """Post what waits for a pair of hands, and say where it stands."""
    with reading(ground.engine) as session:
        query = select(Delivery).where(Delivery.state == DeliveryState.BY_HAND)
        waiting = session.exec(query.order_by(col(Delivery.id))).all()
    for row in waiting:
        settle(ground, RUTH, row.id or 0, sent_url=f"{row.target['thread_url']}#ours-{row.id}")


def settle_doubts(ground: Ground) -> None:
    """Look at the place where a doubtful text should stand, and say what is there."""
    channels = channels_of(ground)
    with reading(ground.engine) as session:
        query = select(Delivery).where(Delivery.state == DeliveryState.IN_DOUBT)
        doubtful = session.exec(query.order_by(col(Delivery.id))).all()
    for row in doubtful:
        message = Message(key=row.key, text=row.text, target=row.target)
        found = channels[row.channel].find(message)
        settle(ground, RUTH, row.id or 0, sent_url=found.url if found else None)


def say_identified(ground: Ground) -> None:
    """Say that we know what it is."""
    _set_state(ground, IssueState.IDENTIFIED, "an update of the sync service")


def say_resolved(ground: Ground) -> None:
    """Say that it is over."""
    _set_state(ground, IssueState.RESOLVED, "fixed in 4.2.1")


PARTS: Mapping[str, Callable[[Ground], None]] = {
    "approves the page": approve_the_page,
    "approves first replies": approve_first_replies,
    "approves what follows": approve_what_follows,
    "posts by hand": post_by_hand,
    "settles doubts": settle_doubts,
    "says identified": say_identified,
    "says resolved": say_resolved,
}
"""What a step of a life may ask of the person."""


def _drafts(ground: Ground) -> Sequence[Draft]:
    with reading(ground.engine) as session:
        return session.exec(select(Draft).order_by(col(Draft.id))).all()


def _approve(ground: Ground, drafts: Sequence[Draft]) -> None:
    for draft in drafts:
        if draft.state is DraftState.PENDING:
            read = {"version": draft.version, "sha256": draft.text_sha256}
            approve(ground, RUTH, draft.id or 0, **read)  # type: ignore[arg-type]  # one of two


def _set_state(ground: Ground, state: IssueState, note: str) -> None:
    with reading(ground.engine) as session:
        issue = session.exec(select(Issue)).one()
    if issue.state is not state:
        set_state(ground, RUTH, issue.id or 0, state, note=note)
