"""Say yes to exactly one text, and take that yes back while it has not left.

The delivery is queued in the transaction of the approval, under the draft's own key: approving
again after a taking back or a certain failure queues the same delivery anew, never a second one.
"""

from dataclasses import dataclass
from datetime import datetime

from classifiers.corrections import store_changes
from classifiers.tables import Issue, IssueState
from config.ground import Ground
from config.settings import Settings
from listener.tables import Thread
from responders.decisions import store, store_drafts
from responders.decisions.acting import HUMAN_ONLY, Act, Actor, Role, acting, may
from responders.decisions.drafts.claiming import refuse_held
from responders.decisions.drafts.first_yes import is_enough, need_of, second_to
from responders.decisions.drafts.overriding import refuse_blocked
from responders.decisions.drafts.reviewing import refuse_unreviewed
from responders.decisions.holding import held, held_open, subject
from responders.decisions.issues.state import move_on
from responders.decisions.permit import delay, refuse_unwelcome
from responders.decisions.refusing import AlreadyDone, NotAllowed
from responders.decisions.reopening import refuse_out_of_step
from responders.decisions.standing import refuse_decided, refuse_unread, way_of
from responders.decisions.tables import Approval, FirstYes
from responders.decisions.tracking import hold_issue
from responders.decisions.wording import at_time
from responders.delivery import store as outbox
from responders.delivery.tables import Delivery
from responders.voice.addressing import PAGE, delivery_of
from responders.voice.tables import Draft, DraftState
from responders.voice.watching.minding import hand_down
from responders.voice.words.drafting import digest


@dataclass(frozen=True)
class Approved:
    """What an approval queued."""

    delivery_id: int | None
    """None where another person must say yes, too; nothing is queued before."""
    leaves_at: datetime
    """Not before; until then it can be taken back."""
    to: str
    """The thread's address, or the destination where there is none."""
    waits: str = ""
    """Why another person must say yes, too."""


def approve(
    ground: Ground,
    actor: Actor,
    draft_id: int,
    *,
    version: int | None = None,
    sha256: str | None = None,
    undo_s: float = 0.0,
    anyway: bool = False,
    override: str = "",
    read: bool = False,
) -> Approved:
    """Approve the text of a draft and queue it; where two people are needed, the second one does.

    Args:
        ground: what the act stands on.
        actor: who approves.
        draft_id: the draft.
        version: the version that was read; None takes the newest.
        sha256: the hash of the text that was read; None takes the newest.
        undo_s: seconds in which it can be taken back.
        anyway: also while somebody else reads it.
        override: why the text may leave with what the linter blocks; kept in the audit.
        read: they read the language of a text that nobody reviewed; kept in the audit.

    Raises:
        AlreadyDone: somebody decided or rewrote it first; it says who and when.
        Held: somebody else reads it; it says who and since when.
        NotAllowed: the role is too low, or the text must not leave as it is.
        NotFound: there is no such draft.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        draft = _read(act, draft_id, version=version, sha256=sha256)
        read_by = refuse_held(draft, actor.name, now=act.now, anyway=anyway)
        issue = _issue_of(act, draft)
        _refuse(act, ground, draft, issue, read=read)
        passed = refuse_blocked(act, ground, draft, override)
        beside = _Beside(ground.settings, undo_s, read_by, passed, read)
        return _say_yes(act, draft, issue, beside)


def take_back(ground: Ground, actor: Actor, draft_id: int) -> None:
    """Take an approval, or the first yes of two, back before its text has left; it waits again.

    Raises:
        AlreadyDone: the text has left or is leaving, or nothing is approved.
        NotAllowed: the role is too low.
        NotFound: there is no such draft.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        draft, delivery = held(act, draft_id)
        waited = draft.state is DraftState.PENDING and store.first_yeses(act.session, draft)
        store.take_first_yes_back(act.session, draft_id, at=act.now)
        if waited:
            act.note("first yes taken back", subject(draft), text_sha256=draft.text_sha256)
            return
        if draft.state is DraftState.PENDING or delivery is None or delivery.id is None:
            raise AlreadyDone(f"draft {draft_id} is not approved: there is nothing to take back")
        if draft.state not in (DraftState.APPROVED, DraftState.QUEUED):
            refuse_decided(draft, delivery, now=act.now)
        if not outbox.cancel(act.session, delivery.id):
            raise AlreadyDone(
                f"it is too late to take draft {draft_id} back. {way_of(delivery, now=act.now)}"
            )
        values = {"decided_by": "", "decided_at": None, "reason": ""}
        if not store_drafts.change(act.session, draft, state=DraftState.PENDING, **values):
            raise AlreadyDone(f"draft {draft_id} changed at this moment; look again")
        store.take_approval_back(act.session, draft_id, at=act.now)
        act.note("approval taken back", subject(draft), text_sha256=draft.text_sha256)


@dataclass(frozen=True)
class _Beside:
    """What else is known of a yes."""

    settings: Settings
    undo_s: float
    read_by: str
    """Whom it overrules."""
    override: str
    read: bool


def _read(act: Act, draft_id: int, *, version: int | None, sha256: str | None) -> Draft:
    """Return a draft that waits for a decision and is as it was read."""
    draft = held_open(act, draft_id)
    rewritten_at = store_drafts.last_rewritten_at(act.session, draft_id)
    refuse_unread(draft, version=version, sha256=sha256, rewritten_at=rewritten_at)
    return draft


def _say_yes(act: Act, draft: Draft, issue: Issue, beside: _Beside) -> Approved:
    """Queue a text, or keep the first yes of two."""
    delivery = delivery_of(act.session, draft, now=act.now, undo_s=max(beside.undo_s, 0.0))
    delay(act, draft, delivery)
    to, leaves_at = _told(delivery), delivery.next_try_at
    _refuse_late(draft, now=act.now, leaves_at=leaves_at)
    need = need_of(draft, issue, beside.settings)
    first = None if is_enough(need) else second_to(act, beside.settings, draft, issue, need)
    if first is None and not is_enough(need):
        return Approved(None, leaves_at, to, need.reason)
    delivery_id = _queued(act, draft, delivery)
    _record(act, draft, delivery_id, first, beside)
    _hand_down(act, draft, delivery_id)
    if issue.state is IssueState.NEW:
        why = "the first public text was approved"
        move_on(act, issue, IssueState.INVESTIGATING, note="", why=why)
    return Approved(delivery_id, leaves_at, to)


def _issue_of(act: Act, draft: Draft) -> Issue:
    """Return the issue that a draft speaks of, held.

    An entry of the page outlives the merging of its issue: it still needs its last word, and that
    follows the whole. To a thread only the whole speaks.
    """
    whole = store_changes.hold_whole(act.session, draft.issue_id)
    if draft.channel == PAGE and whole is not None:
        return whole
    return hold_issue(act, draft.issue_id)


def _refuse(act: Act, ground: Ground, draft: Draft, issue: Issue, *, read: bool) -> None:
    """Do nothing where the text may leave, whatever it says."""
    _refuse_text(act, draft)
    refuse_unreviewed(ground.settings, draft, read=read)
    refuse_unwelcome(act, ground, draft)
    _refuse_issue(act, draft, issue)


def _refuse_text(act: Act, draft: Draft) -> None:
    title, _, body = draft.text.partition("\n")
    if not draft.text.strip() or (draft.channel == PAGE and not (title.strip() and body.strip())):
        lacks = "a title in its first line and a text below" if draft.channel == PAGE else "a text"
        raise NotAllowed(f"draft {draft.id} needs {lacks}; edit it: groundswell draft edit")
    if digest(draft.text) != draft.text_sha256:
        raise NotAllowed(f"the text of draft {draft.id} is not the one it was stored with; edit it")
    if store_drafts.post_was_erased(act.session, draft.post_id):
        raise NotAllowed(f"the post that draft {draft.id} answers was deleted; nothing is sent")


def _refuse_late(draft: Draft, *, now: datetime, leaves_at: datetime) -> None:
    due = draft.next_update_by
    if due is None or due > leaves_at:
        return
    promises = f"draft {draft.id} promises the next word by {at_time(due)}"
    if due > now:
        raise NotAllowed(
            f"{promises}, and it would leave no sooner than {at_time(leaves_at)}; edit it, or say "
            "yes to the text that is proposed then"
        )
    raise NotAllowed(
        f"{promises}, and that has passed; edit it, or wait until it is proposed anew with a "
        "later time"
    )


def _refuse_issue(act: Act, draft: Draft, issue: Issue) -> None:
    if HUMAN_ONLY in issue.flags and not may(act.actor, Role.ADMIN):
        raise NotAllowed(f"GS-{issue.id} is kept for people: only an admin may approve texts on it")
    refuse_out_of_step(issue, draft)


def _told(delivery: Delivery) -> str:
    return str(delivery.target.get("thread_url") or delivery.destination)


def _queued(act: Act, draft: Draft, delivery: Delivery) -> int:
    """Queue the delivery, anew where one with its key went nowhere; return its id."""
    queued = store_drafts.queue_delivery(act.session, delivery)
    if queued is None:
        queued = outbox.requeue(act.session, delivery)
    if queued is None:
        raise AlreadyDone(
            f"a text for the place of draft {draft.id} is on its way already; nothing is sent twice"
        )
    return queued


def _hand_down(act: Act, draft: Draft, delivery_id: int) -> None:
    """Let the listener know the text before it leaves: it may be heard back before its receipt."""
    thread = act.session.get(Thread, draft.thread_id) if draft.thread_id else None
    if thread is not None:
        row = act.session.get_one(Delivery, delivery_id, populate_existing=True)
        hand_down(act.session, draft, row, thread)


def _record(
    act: Act, draft: Draft, delivery_id: int, first: FirstYes | None, beside: _Beside
) -> None:
    """Mark the draft, keep the approval, write the audit."""
    store.take_approval_back(act.session, draft.id or 0, at=act.now)  # of a send that failed
    done = store_drafts.change(
        act.session,
        draft,
        state=DraftState.APPROVED,
        delivery_id=delivery_id,
        decided_by=act.actor.name,
        decided_at=act.now,
        reason="",
    )
    if not done:
        raise AlreadyDone(f"draft {draft.id} changed at this moment; nothing was sent, look again")
    bound = {"version": draft.version, "text_sha256": draft.text_sha256}
    act.session.add(
        Approval(
            draft_id=draft.id or 0,
            delivery_id=delivery_id,
            by=act.actor.name,
            via=act.actor.via,
            at=act.now,
            version=draft.version,
            text_sha256=draft.text_sha256,
            first_yes_id=first.id if first else None,
            override=beside.override,
        )
    )
    second = {"second_to": first.by} if first else {}
    more = second | ({"read_by": beside.read_by} if beside.read_by else {})
    more |= {"read_in": draft.language} if beside.read else {}
    act.note("draft approved", subject(draft), delivery=delivery_id, **bound, **more)
