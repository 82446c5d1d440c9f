"""What a place or an author asks at the moment of a yes: refused with reason and remedy, or later.

Apart from approving, because the same rule stands behind the draft (voice/permitting.py), and asks
once more here: what was proposed this morning may be unwelcome by noon. Acts follow one another,
so two approvals can never both be the last one that a thread takes in a day.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from config.ground import Ground
from listener.tables import Product
from responders.decisions.acting import Act
from responders.decisions.refusing import NotAllowed
from responders.decisions.wording import at_time
from responders.delivery.quiet import KEY as QUIET
from responders.delivery.quiet import after_quiet
from responders.delivery.tables import Delivery
from responders.voice.leave import store_policy as store
from responders.voice.leave.declared_policies import host_of, policy_of
from responders.voice.leave.opting import asks_silence
from responders.voice.leave.policy import (
    DAY,
    Answer,
    PlacePolicy,
    PostFacts,
    ThreadFacts,
    Verdict,
    may_answer,
)
from responders.voice.leave.store_policy import Reply
from responders.voice.leave.wishes import wishes
from responders.voice.leave.withholding import FOR_A_PERSON, REASONS, lane_of
from responders.voice.permitting import LONG_AGO, discloses, post_facts, thread_facts
from responders.voice.proposing import BY_HAND
from responders.voice.tables import Draft


def refuse_unwelcome(act: Act, ground: Ground, draft: Draft) -> None:
    """Do nothing while a text may go to its thread.

    Raises:
        NotAllowed: the place, its author or a lane forbids it; it says why, until when, what to do.
    """
    found = _reply(act.session, draft)
    if found is None:
        return
    policy = _policy(act.session, found)
    verdict = _verdict(act.session, ground, found, policy)
    if verdict.answer is Answer.BY_HAND and draft.edited_by and draft.channel == BY_HAND:
        return
    if verdict.answer is not Answer.YES:
        raise NotAllowed(_told(draft, verdict))
    _refuse_prepared(draft, found)
    if policy.disclosure and not discloses(draft.text, policy):
        raise NotAllowed(
            f"draft {draft.id} lacks the line that {found.source.name} wants under it: "
            f"“{policy.disclosure}”. Edit it: groundswell draft edit {draft.id}"
        )


def refuse_never(act: Act, ground: Ground, draft: Draft) -> None:
    """Do nothing while a text of somebody's own may ever go to its thread.

    Raises:
        NotAllowed: the place or its author wants none; it says why, and what to do.
    """
    found = _reply(act.session, draft)
    verdict = _verdict(act.session, ground, found, _policy(act.session, found)) if found else None
    if verdict is not None and verdict.answer is Answer.NEVER:
        raise NotAllowed(f"nothing may be written there: {verdict.reason}; {verdict.remedy}")


def delay(act: Act, draft: Draft, delivery: Delivery) -> None:
    """Let a message leave after the quiet hours of its place; it holds them for later tries."""
    found = _reply(act.session, draft)
    quiet = _policy(act.session, found).quiet if found else None
    if quiet is not None:
        delivery.next_try_at = after_quiet(quiet, delivery.next_try_at)
        delivery.target = {**delivery.target, QUIET: quiet.as_json()}


def why_unwelcome(session: Session, ground: Ground, draft: Draft) -> str:
    """Return why the policy of its place keeps an approved text here; empty where it does not.

    It may have changed since the yes. What was deleted, locked or asked for silence is stopped by
    those who hear of that.
    """
    found = _reply(session, draft)
    if found is None or draft.channel == BY_HAND:
        return ""
    post = next((post for post in found.posts if post.id == draft.post_id), None)
    verdict = may_answer(
        ThreadFacts(place=found.source.name, host=host_of(found.source, found.thread)),
        PostFacts(author=post.author if post else None, published_at=LONG_AGO),
        _policy(session, found),
        now=ground.clock.now(),
    )
    return verdict.reason


def _reply(session: Session, draft: Draft) -> Reply | None:
    return next(iter(store.replies(session, [draft])), None)


def _policy(session: Session, found: Reply) -> PlacePolicy:
    product = session.get_one(Product, found.draft.product_id)
    return policy_of(product).at(found.source.name)


def _verdict(session: Session, ground: Ground, found: Reply, policy: PlacePolicy) -> Verdict:
    now = ground.clock.now()
    answered = [post for post in found.posts if post.id == found.draft.post_id]
    post = next(iter([*answered, *found.posts]), None)
    thread = thread_facts(
        found.thread,
        found.source,
        in_thread=_lately(session, now, thread_id=found.thread.id),
        at_place=_lately(session, now, source_id=found.source.id),
    )
    silent = wishes(session, ground.key).hold_for_reply(found) or any(
        asks_silence(f"{one.title or ''}\n{one.text}") for one in found.posts
    )
    return may_answer(thread, post_facts(post, opted_out=silent), policy, now=now)


def _lately(
    session: Session,
    now: datetime,
    *,
    thread_id: int | None = None,
    source_id: int | None = None,
) -> Sequence[datetime]:
    since = now - DAY
    return store.sent_lately(session, since=since, thread_id=thread_id, source_id=source_id)


def _refuse_prepared(draft: Draft, found: Reply) -> None:
    """Refuse a prepared text to a post that only a person may answer; it was edited meanwhile."""
    if draft.edited_by:
        return
    for post in found.posts:
        lane = lane_of(f"{post.title or ''}\n{post.text}") if post.id == draft.post_id else None
        if lane is not None:
            raise NotAllowed(
                f"draft {draft.id} must not be sent: {FOR_A_PERSON}, for {REASONS[lane]}. Write "
                f"it yourself: groundswell draft edit {draft.id}"
            )


def _told(draft: Draft, verdict: Verdict) -> str:
    """Say why a text may not leave now, and what a person can do."""
    if verdict.until is not None:
        when = at_time(verdict.until)
        return f"draft {draft.id} waits until {when}: {verdict.reason}; {verdict.remedy}"
    return f"draft {draft.id} must not be sent: {verdict.reason}; {verdict.remedy}"
