"""Change what we said at a place, or take it away: a decision about exactly one new text.

The change is a delivery of its own, queued in the transaction of the decision, so it is done once
and told with its receipt. A reply has one change on its way at the most; the key says which one.
Where two must say yes, the first one's change waits there until another person confirms it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from classifiers.corrections import store_changes
from classifiers.store import reference
from classifiers.tables import Issue
from config.ground import Ground
from responders.decisions import store, store_drafts
from responders.decisions.acting import HUMAN_ONLY, Act, Actor, Role, acting, may
from responders.decisions.drafts.first_yes import is_enough
from responders.decisions.drafts.second_change import (
    WAITS,
    first_of,
    keep_first,
    need_of_change,
    set_aside,
    waiting_change,
)
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.standing import way_of
from responders.decisions.tables import Approval, FirstYes
from responders.decisions.wording import at_time, one_line, whole_text
from responders.delivery import store as outbox
from responders.delivery.changing import CORRECTION, OPEN, REMOVAL, changes_of
from responders.delivery.reaching import BY_HAND, may_change
from responders.delivery.store_sending import post_erased
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.addressing import PAGE
from responders.voice.knowing import known_of
from responders.voice.linting import blocks, lint, told
from responders.voice.tables import Draft
from responders.voice.words.drafting import digest

INSTEAD = "instead_of"
"""Under which a correction's target holds the hash of the text that it was written for."""
KEPT = ("source_url", "credential", "thread", "thread_url")
"""What a change needs of the reply's target; the words of the post it answered it does not."""


@dataclass(frozen=True)
class Change:
    """What a decision queued."""

    delivery_id: int
    url: str | None
    """Where the reply stands."""
    leaves_at: datetime
    """Not before; until then it can be taken back."""
    waits: str = ""
    """Why another person must say yes, too; then nothing was queued."""


def correct(
    ground: Ground,
    actor: Actor,
    delivery_id: int,
    text: str,
    *,
    sha256: str | None = None,
    undo_s: float = 0.0,
) -> Change:
    """Let a reply that was sent say something else.

    Args:
        ground: what the act stands on.
        actor: who decides.
        delivery_id: the reply.
        text: the whole new text; the decision binds to its hash.
        sha256: the hash of the text that was read there; None takes whatever stands there.
        undo_s: seconds in which it can be taken back.

    Raises:
        AlreadyDone: it says that already, or somebody changed it first; it says how things stand.
        NotAllowed: the role is too low, or the reply cannot be changed from here; with the remedy.
        NotFound: there is no such delivery.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        words = whole_text(text, "the text")
        reply = _held(act, delivery_id)
        issue = _refuse(act, reply)
        _refuse_erased(act, reply)
        before = text_now(changes_of(act.session, delivery_id), reply)
        if sha256 not in (None, digest(before)):
            raise AlreadyDone(
                f"delivery {delivery_id} says something else by now; nothing was changed, read it "
                f"again: groundswell delivery show {delivery_id}"
            )
        if digest(before) == digest(words):
            raise AlreadyDone(f"delivery {delivery_id} says that already; nothing was changed")
        _refuse_blocked(act, ground, reply, words)
        bound = {"text_sha256": digest(words), "instead_of": digest(before)}
        return _say_yes(act, ground, _Wanted(reply, issue, CORRECTION, words, bound), undo_s=undo_s)


def remove(
    ground: Ground, actor: Actor, delivery_id: int, reason: str, *, undo_s: float = 0.0
) -> Change:
    """Take a reply that was sent away from its place; its thread no longer counts as told.

    Raises:
        AlreadyDone: it is gone, or a change of it is on its way.
        NotAllowed: the role is too low, or the reply cannot be deleted from here; with the remedy.
        NotFound: there is no such delivery.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        why = one_line(reason, "the reason")
        reply = _held(act, delivery_id)
        issue = _refuse(act, reply)
        wanted = _Wanted(reply, issue, REMOVAL, "", {"reason": why})
        return _say_yes(act, ground, wanted, undo_s=undo_s)


def confirm(ground: Ground, actor: Actor, delivery_id: int, *, undo_s: float = 0.0) -> Change:
    """Say the second yes to the change of a reply that waits for it.

    Raises:
        AlreadyDone: this person said the first one, or the reply says something else by now.
        NotAllowed: the role is too low, or nothing waits; with the remedy.
        NotFound: there is no such delivery.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        reply = _held(act, _reply_of(act, delivery_id))
        issue = _refuse(act, reply)
        changes = changes_of(act.session, reply.id or 0)
        waiting = waiting_change(changes)
        if waiting is None:
            raise NotAllowed(
                f"no change of delivery {reply.id} waits for a second yes; see "
                f"groundswell delivery show {reply.id}"
            )
        bound: dict[str, Any] = {"text_sha256": digest(waiting.text)}
        if waiting.kind == CORRECTION:
            _refuse_erased(act, reply)
            if waiting.target.get(INSTEAD) != digest(text_now(changes, reply)):
                raise AlreadyDone(
                    f"delivery {reply.id} says something else by now; correct it anew"
                )
            _refuse_blocked(act, ground, reply, waiting.text)
        wanted = _Wanted(reply, issue, waiting.kind, waiting.text, bound)
        return _say_yes(act, ground, wanted, undo_s=undo_s)


def take_back(ground: Ground, actor: Actor, delivery_id: int) -> None:
    """Take the change of a reply back before it is done, or the first yes to one.

    Raises:
        AlreadyDone: it is done or under way, or there is none.
        NotAllowed: the role is too low.
        NotFound: there is no such delivery.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        reply = _held(act, _reply_of(act, delivery_id))
        rows = changes_of(act.session, reply.id or 0)
        waiting = waiting_change(rows)
        last = waiting or (rows[-1] if rows else None)
        if last is None:
            raise AlreadyDone(
                f"no change of delivery {reply.id} waits: there is nothing to take back"
            )
        draft = store_drafts.draft_of_delivery(act.session, reply.id or 0)
        if waiting is not None:
            set_aside(act.session, waiting, why="taken back")
            if draft is not None:
                store.take_first_yes_back(act.session, draft.id or 0, at=act.now)
        elif not outbox.cancel(act.session, last.id or 0):
            raise AlreadyDone(
                f"it is too late to take the change of delivery {reply.id} back. "
                f"{way_of(last, now=act.now)}"
            )
        store.take_back_approval_of(act.session, last.id or 0, at=act.now)
        act.note("change taken back", f"delivery {reply.id}", change=last.id)


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


def _refuse_erased(act: Act, reply: Delivery) -> None:
    """Refuse to say more to a post that is gone: nobody can look for its words in a new text."""
    if post_erased(act.session, reply):
        raise NotAllowed(
            f"the post that delivery {reply.id} answers was deleted: nothing more is said to it. "
            f"Take the reply away: groundswell delivery delete {reply.id} --reason …"
        )


def _refuse_blocked(act: Act, ground: Ground, reply: Delivery, words: str) -> None:
    """Refuse a text that must not be said in public; a correction is no way around the linter."""
    draft = store_drafts.draft_of_delivery(act.session, reply.id or 0)
    if draft is None:
        return
    blocking = blocks(lint(words, known_of(act.session, ground, draft)))
    if blocking:
        raise NotAllowed(f"this must not be said in public. {told(blocking)} Nothing was changed")


@dataclass(frozen=True)
class _Wanted:
    """A change that somebody says yes to."""

    reply: Delivery
    issue: Issue | None
    kind: str
    text: str
    payload: Mapping[str, Any]
    """What the audit keeps of it."""


def _say_yes(act: Act, ground: Ground, wanted: _Wanted, *, undo_s: float) -> Change:
    """Queue the change, or keep the first yes of two."""
    reply, changes = wanted.reply, changes_of(act.session, wanted.reply.id or 0)
    need, waiting = need_of_change(wanted.issue, ground.settings), waiting_change(changes)
    draft = store_drafts.draft_of_delivery(act.session, reply.id or 0)
    same = waiting is not None and (waiting.kind, waiting.text) == (wanted.kind, wanted.text)
    row = _message(act, wanted, number=len(changes) + (0 if same else 1), undo_s=undo_s)
    if waiting is not None and same:
        row.key = waiting.key
    first = None
    if not is_enough(need) and draft is not None and wanted.issue is not None:
        if waiting is not None and same:
            first = first_of(act, ground.settings, draft, waiting, wanted.issue)
        if first is None:
            return _wait(act, draft, wanted, row, waiting, why=need.reason)
    elif waiting is not None and not same:
        set_aside(act.session, waiting, why="another change took its place")
    queued = store_drafts.queue_delivery(act.session, row) or outbox.requeue(act.session, row)
    if queued is None:
        raise AlreadyDone(f"delivery {reply.id} changed at this moment; look again")
    _approved(act, draft, queued, wanted, first)
    return Change(queued, reply.url, row.next_try_at)


def _message(act: Act, wanted: _Wanted, *, number: int, undo_s: float) -> Delivery:
    reply = wanted.reply
    kept = {name: reply.target[name] for name in KEPT if name in reply.target}
    instead = {INSTEAD: wanted.payload["instead_of"]} if "instead_of" in wanted.payload else {}
    return Delivery(
        key=f"change:{reply.id}|{number}",
        product_id=reply.product_id,
        issue_id=reply.issue_id,
        channel=reply.channel,
        destination=reply.destination,
        target={**kept, **instead, "remote_id": reply.remote_id, "url": reply.url},
        kind=wanted.kind,
        public=True,
        approved_sha256=digest(wanted.text),
        text=wanted.text,
        changes_id=reply.id,
        next_try_at=act.now + timedelta(seconds=max(undo_s, 0.0)),
        created_at=act.now,
    )


def _wait(
    act: Act, draft: Draft, wanted: _Wanted, row: Delivery, waiting: Delivery | None, *, why: str
) -> Change:
    """Keep the change with its first yes; nothing leaves before another person confirms it."""
    keep_first(act, draft, row)
    if waiting is None or waiting.key != row.key:
        if waiting is not None:
            set_aside(act.session, waiting, why="another change took its place")
        row.state, row.approved_sha256, row.reason = DeliveryState.CANCELLED, None, WAITS
        act.session.add(row)
        act.session.flush()
        waiting = row
    subject, reason = f"delivery {wanted.reply.id}", {"why": why}
    act.note("first yes to a change", subject, change=waiting.id, **wanted.payload, **reason)
    return Change(waiting.id or 0, wanted.reply.url, row.next_try_at, why)


def _approved(
    act: Act, draft: Draft | None, queued: int, wanted: _Wanted, first: FirstYes | None
) -> None:
    """Keep who decided a change that is queued now."""
    if draft is not None:
        act.session.add(
            Approval(
                draft_id=draft.id or 0, delivery_id=queued, by=act.actor.name, via=act.actor.via,
                at=act.now, version=draft.version, text_sha256=digest(wanted.text),
                first_yes_id=first.id if first else None,
            )
        )  # fmt: skip
    noted = "reply corrected" if wanted.kind == CORRECTION else "reply deleted"
    second = {"second_to": first.by} if first else {}
    act.note(noted, f"delivery {wanted.reply.id}", change=queued, **wanted.payload, **second)


def _reply_of(act: Act, delivery_id: int) -> int:
    """Return the reply that a delivery changes; itself where it changes none."""
    row = act.session.get(Delivery, delivery_id)
    return (row.changes_id if row and row.changes_id else None) or delivery_id
