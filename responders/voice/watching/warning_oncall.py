"""The on-call people are told when somebody answers a fix of ours with: it is not over.

Apart from reading the answers, because it speaks: once for each time that we said it is fixed, so
that twenty such answers are one message. Its words are ours alone; the answer stands behind a link.
"""

from sqlmodel import Session

from classifiers.store import reference
from classifiers.tables import Issue
from config.ground import Ground
from listener.tables import Post, Source, Thread
from responders.delivery import store as outbox
from responders.delivery.inert import plain, web_link
from responders.delivery.opening import destinations
from responders.delivery.tables import Delivery
from responders.voice.leave.declared_policies import host_of
from responders.voice.ledger import store_promises
from responders.voice.ledger.notices import drafts_waiting
from responders.voice.phases import RESOLVED
from responders.voice.store import family
from responders.voice.tables import Answer
from responders.voice.watching.store_minding import times_said

FIXED = frozenset({RESOLVED, "monitoring"})
"""What we told when we had made a change against it."""
DENIED = "denied"
"""The kind of the message."""


def warn(session: Session, ground: Ground, answer: Answer, phase: str) -> None:
    """Queue one message for each place the on-call people read, unless they took the fix back."""
    issue = session.get_one(Issue, answer.issue_id)
    if str(issue.state) not in FIXED:
        return
    post = session.get_one(Post, answer.post_id)
    members = family(session, answer.issue_id)
    waiting = store_promises.count_waiting(session, members)
    text, number = _text(session, issue, post, phase, waiting), times_said(session, members)
    for to in destinations(ground.settings):
        outbox.queue(
            session,
            Delivery(
                key=f"{to.name}|{issue.id}|{DENIED}|{number}", product_id=issue.product_id,
                issue_id=issue.id, post_id=post.id, channel=to.channel, destination=to.name,
                kind=DENIED, text=text, next_try_at=ground.clock.now(),
                created_at=ground.clock.now(),
            ),
        )  # fmt: skip


def _text(session: Session, issue: Issue, post: Post, phase: str, waiting: int) -> str:
    thread = session.get(Thread, post.thread_id) if post.thread_id is not None else None
    where = plain(host_of(session.get_one(Source, post.source_id), thread))
    link = web_link(post.url) or web_link(thread.url if thread else None)
    return (
        f"{reference(issue.id or 0)}: we told {where} “{phase}”, and somebody answers that it is "
        f"not over. {drafts_waiting(waiting)}\n{link or f'groundswell post show {post.id}'}"
    )
