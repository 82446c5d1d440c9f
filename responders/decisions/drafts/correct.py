"""Change what we said at a place, or take it away: a decision about exactly one new text.

The change is a delivery of its own, queued in the transaction of the decision, so it is done once
and told with its receipt. A reply has one change on its way at the most; the key says which one.
"""

from dataclasses import dataclass
from typing import Any

from classifiers.corrections import store_changes
from classifiers.store import reference
from classifiers.tables import Issue
from config.ground import Ground
from responders.decisions import store_drafts
from responders.decisions.acting import HUMAN_ONLY, Act, Actor, Role, acting, may
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.standing import way_of
from responders.decisions.tables import Approval
from responders.decisions.wording import at_time, one_line, whole_text
from responders.delivery.changing import CORRECTION, OPEN, REMOVAL, changes_of
from responders.delivery.reaching import BY_HAND, may_change
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.addressing import PAGE
from responders.voice.knowing import known_of
from responders.voice.linting import blocks, lint, told
from responders.voice.words.drafting import digest

KEPT = ("source_url", "credential", "thread", "thread_url")
"""What a change needs of the reply's target; the words of the post it answered it does not."""


@dataclass(frozen=True)
class Change:
    """What a decision queued."""

    delivery_id: int
    url: str | None
    """Where the reply stands."""


def correct(
    ground: Ground, actor: Actor, delivery_id: int, text: str, *, sha256: str | None = None
) -> Change:
    """Let a reply that was sent say something else.

    Args:
        ground: what the act stands on.
        actor: who decides.
        delivery_id: the reply.
        text: the whole new text; the decision binds to its hash.
        sha256: the hash of the text that was read there; None takes whatever stands there.

    Raises:
        AlreadyDone: it says that already, or somebody changed it first; it says how things stand.
        NotAllowed: the role is too low, or the reply cannot be changed from here; with the remedy.
        NotFound: there is no such delivery.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        words = whole_text(text, "the text")
        reply = _held(act, delivery_id)
        issue = _refuse(act, reply)
        before = text_now(changes_of(act.session, delivery_id), reply)
        if sha256 not in (None, digest(before)):
            raise AlreadyDone(
                f"delivery {delivery_id} says something else by now; nothing was changed, read it "
                f"again: groundswell delivery show {delivery_id}"
            )
        if digest(before) == digest(words):
            raise AlreadyDone(f"delivery {delivery_id} says that already; nothing was changed")
        _refuse_single(ground, issue)
        _refuse_blocked(act, ground, reply, words)
        bound = {"text_sha256": digest(words), "instead_of": digest(before)}
        return _queued(act, reply, CORRECTION, words, "reply corrected", **bound)


def remove(ground: Ground, actor: Actor, delivery_id: int, reason: str) -> Change:
    """Take a reply that was sent away from its place; its thread no longer counts as told.

    Raises:
        AlreadyDone: it is gone, or a change of it is on its way.
        NotAllowed: the role is too low, or the reply cannot be deleted from here; with the remedy.
        NotFound: there is no such delivery.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        why = one_line(reason, "the reason")
        reply = _held(act, delivery_id)
        _refuse(act, reply)
        return _queued(act, reply, REMOVAL, "", "reply deleted", reason=why)


def text_now(changes: list[Delivery], reply: Delivery) -> str:
    """Return what a reply says since its last correction."""
    sent = [row for row in changes if row.kind == CORRECTION and row.state is DeliveryState.SENT]
    return sent[-1].text if sent else reply.text


def _held(act: Act, delivery_id: int) -> Delivery:
    reply = store_drafts.hold_delivery(act.session, delivery_id)
    if reply is None:
        raise NotFound(
            f"there is no delivery {delivery_id}; `groundswell delivery list` shows them"
        )
    return reply


def _refuse(act: Act, reply: Delivery) -> Issue | None:
    """Refuse what cannot be changed from here; return the issue that the reply speaks of.

    Raises:
        AlreadyDone, NotAllowed: it cannot; with how things stand, and the remedy.
    """
    number = reply.id
    if (why := _no_reply(reply)) is not None:
        raise NotAllowed(why)
    if reply.removed_at is not None:
        raise AlreadyDone(f"delivery {number} was deleted there at {at_time(reply.removed_at)}")
    if reply.state is not DeliveryState.SENT:
        raise NotAllowed(
            f"delivery {number} does not stand there. {way_of(reply, now=act.now)} What waits is "
            "changed as a draft: groundswell draft list"
        )
    for row in changes_of(act.session, number or 0):
        if row.state in OPEN:
            raise AlreadyDone(
                f"a change of delivery {number} is on its way (delivery {row.id}); wait for it"
            )
    if reply.remote_id is None or not may_change(reply.channel):
        raise NotAllowed(
            f"Groundswell cannot change delivery {number}, for it does not know its number there: "
            f"change it yourself at {reply.url or 'its thread'}"
        )
    issue = store_changes.hold_whole(act.session, reply.issue_id) if reply.issue_id else None
    if issue is not None and HUMAN_ONLY in issue.flags and not may(act.actor, Role.ADMIN):
        raise NotAllowed(
            f"{reference(issue.id or 0)} is kept for people: only an admin may change texts on it"
        )
    return issue


def _no_reply(reply: Delivery) -> str | None:
    """Say why a delivery is no reply of ours at a place; None when it is one."""
    if not reply.public:
        return f"delivery {reply.id} is a notice for the people on call; no stranger reads it"
    if reply.changes_id is not None:
        return f"delivery {reply.id} is a change itself; change the reply: {reply.changes_id}"
    if reply.channel == PAGE:
        return (
            "what the page said stays in its history; say what is right now in another update: "
            "groundswell draft list"
        )
    if reply.channel == BY_HAND:
        return (
            f"a person posted delivery {reply.id} by hand: change it yourself at "
            f"{reply.url or 'its thread'}"
        )
    return None


def _refuse_single(ground: Ground, issue: Issue | None) -> None:
    """Refuse one person's correction where two must say yes; taking away needs only one."""
    knobs = ground.settings.approval
    if issue is not None and str(issue.severity) in knobs.two_persons:
        raise NotAllowed(
            f"texts on {reference(issue.id or 0)} need the yes of two people, and a correction "
            "asks one: say what is right in a new text (groundswell draft add), or delete this one"
        )


def _refuse_blocked(act: Act, ground: Ground, reply: Delivery, words: str) -> None:
    """Refuse a text that must not be said in public; a correction is no way around the linter."""
    draft = store_drafts.draft_of_delivery(act.session, reply.id or 0)
    if draft is None:
        return
    blocking = blocks(lint(words, known_of(act.session, ground, draft)))
    if blocking:
        raise NotAllowed(f"this must not be said in public. {told(blocking)} Nothing was changed")


def _queued(act: Act, reply: Delivery, kind: str, text: str, noted: str, **payload: Any) -> Change:
    """Queue the change and keep who decided it."""
    number = len(changes_of(act.session, reply.id or 0)) + 1
    kept = {name: reply.target[name] for name in KEPT if name in reply.target}
    row = Delivery(
        key=f"change:{reply.id}|{number}",
        product_id=reply.product_id,
        issue_id=reply.issue_id,
        channel=reply.channel,
        destination=reply.destination,
        target={**kept, "remote_id": reply.remote_id, "url": reply.url},
        kind=kind,
        public=True,
        approved_sha256=digest(text),
        text=text,
        changes_id=reply.id,
        next_try_at=act.now,
        created_at=act.now,
    )
    queued = store_drafts.queue_delivery(act.session, row)
    if queued is None:
        raise AlreadyDone(f"delivery {reply.id} changed at this moment; look again")
    draft = store_drafts.draft_of_delivery(act.session, reply.id or 0)
    if draft is not None:
        act.session.add(
            Approval(
                draft_id=draft.id or 0, delivery_id=queued, by=act.actor.name, via=act.actor.via,
                at=act.now, version=draft.version, text_sha256=digest(text),
            )
        )  # fmt: skip
    act.note(noted, f"delivery {reply.id}", change=queued, **payload)
    return Change(queued, reply.url)
