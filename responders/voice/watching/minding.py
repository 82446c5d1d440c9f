"""What is handed down to the listener: texts of ours at places, and posts that must be watched.

Found by comparing rows, so it does not matter who approved, sent or settled a text, nor whether a
process was killed right after. Approving hands the text down in its own transaction: our reply may
be heard back before its receipt is written.
"""

from datetime import timedelta

from sqlmodel import Session

from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from listener.minding.replying import words_of
from listener.minding.store_minding import mark_ours, watch
from listener.tables import OwnPost, Thread
from responders.delivery.tables import Delivery
from responders.voice.tables import Draft
from responders.voice.watching import store_minding as store

LEASE = "mind"
WATCHED = timedelta(days=1)
"""How long a watch lasts; it is renewed at its half as long as we speak of the post."""
TOLD_LATELY = timedelta(days=14)
"""How long the posts of a thread that was told are watched: an edit or a deletion there would make
our reply look strange, and most follow-ups come within it."""


def mind_due(ground: Ground) -> int:
    """Hand down what the listener does not know yet; return how many things that were."""
    with reading(ground.engine) as session:
        if not (store.unminded(session) or _unwatched(session, ground)):
            return 0
    machine = SystemClock()
    with leases.holding(ground.engine, LEASE, clock=machine, holder=ground.holder) as held:
        if held is None:
            return 0
        with transaction(ground.engine) as session:
            leases.check(session, held, now=machine.now())
            texts = [hand_down(session, *row) for row in store.unminded(session)]
            posts = _unwatched(session, ground)
            watch(session, posts, ground.clock.now() + WATCHED)
    return sum(texts) + len(posts)


def _unwatched(session: Session, ground: Ground) -> list[int]:
    now = ground.clock.now()
    return list(store.unwatched(session, before=now + WATCHED / 2, told_since=now - TOLD_LATELY))


def hand_down(session: Session, draft: Draft, delivery: Delivery, thread: Thread) -> bool:
    """Let the listener know a text of ours, as far as it has gone; False when it knew all that."""
    return mark_ours(
        session,
        OwnPost(
            name=delivery.key,
            source_id=thread.source_id,
            thread_id=thread.id or 0,
            answers=draft.post_id,
            words=words_of(delivery.text),
            remote_id=delivery.remote_id,
            url=delivery.url,
            sent_at=delivery.sent_at,
        ),
    )
