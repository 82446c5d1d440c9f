"""What posts ask of us before anybody thinks of an answer: a person, or silence. Read once each.

Part of the respond pass. Who wishes no answer gets none, whatever waits for them; where a person
must answer, one is asked, once for each issue and lane; and an issue in which people were hurt, or
which several take to law, is kept for people as a whole. Found by comparing rows, so that it does
not matter what came first, nor whether a process was killed in between.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session

from classifiers.corrections import store_changes
from classifiers.store import reference
from classifiers.tables import Issue, IssueEvent
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from listener.tables import Post, Product
from responders.delivery import store as outbox
from responders.delivery.inert import plain, web_link
from responders.delivery.opening import destinations
from responders.delivery.tables import Delivery
from responders.voice.leave import store_policy as store
from responders.voice.leave import wishes
from responders.voice.leave.declared_policies import host_of, policy_of
from responders.voice.leave.loudness import Utterance, is_loud
from responders.voice.leave.opting import asks_silence
from responders.voice.leave.store_policy import Placed
from responders.voice.leave.withholding import REASONS, Lane, lane_of
from responders.voice.tables import Called, Heed

PERSON = "person"
"""The kind of the message by which a person is asked: not a call of the ladder, which ends when
somebody acknowledges the issue, and waits while its words are drawn anew."""
HUMAN_ONLY = "human-only"
"""The flag, and the kind of the event, of an issue that is kept for people."""
HEARD_FOR = timedelta(days=1)
"""So old a new post may be to be read, if it is about nothing that we follow."""

log = event_log(__name__)


def waits(ground: Ground, product_id: int) -> bool:
    """Tell whether anything is to be read, silenced or asked."""
    since = ground.clock.now() - HEARD_FOR
    with reading(ground.engine) as session:
        return bool(
            store.unheeded(session, product_id, since=since)
            or wishes.unsilenced(session, ground.key)
            or store.uncalled(session, product_id)
            or _loud(session, ground, product_id)
            or _crowded(session, ground, product_id)
        )


def heed(ground: Ground, product: Product, held: leases.Held) -> int:
    """Read what is new and do what follows; return how many texts fell silent.

    What breaks is told and waits; it holds up nothing else of the pass.
    """
    try:
        _read_new(ground, product.id or 0, held)
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            done = wishes.silence(session, ground.key)
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            _note_loud(session, ground, product.id or 0)
            for issue, lane, placed in store.uncalled(session, product.id or 0):
                _call(session, ground, product, what=(issue, Lane(lane)), placed=placed)
            for issue in _crowded(session, ground, product.id or 0):
                done += _keep_for_people(session, ground, issue)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("heed_broke", product=product.id, error=type(error).__name__, exc_info=True)
        return 0
    return done


# Reading ------------------------------------------------------------------------------------------


def _read_new(ground: Ground, product_id: int, held: leases.Held) -> None:
    since = ground.clock.now() - HEARD_FOR
    with transaction(ground.engine) as session:
        leases.check(session, held, now=SystemClock().now())
        for placed in store.unheeded(session, product_id, since=since):
            _read(session, ground, placed)


def _read(session: Session, ground: Ground, placed: Placed) -> None:
    post = placed.post
    lane, silence = lane_of(_words(post)), asks_silence(_words(post))
    session.merge(Heed(post_id=post.id or 0, revision=post.revision, lane=lane, silence=silence))
    if silence and (post.author or post.author_key):
        row = wishes.said_in(ground.key, placed, now=ground.clock.now())
        log.info("optout_heard", post=post.id, optout=wishes.add(session, row).id)


def _words(post: Post) -> str:
    return f"{post.title or ''}\n{post.text}"


def _loud(session: Session, ground: Ground, product_id: int) -> Sequence[Heed]:
    """Return what was read of posts whose author comes back too often, and is not noted yet."""
    knobs, now = ground.settings.voice, ground.clock.now()
    since = now - timedelta(days=knobs.loud_days)
    found = []
    for said in store.returning(session, product_id, since=since).values():
        words = [
            Utterance(post.published_at, f"{post.title or ''}\n{post.text}") for post, _ in said
        ]
        if is_loud(words, now=now, posts=knobs.loud_posts, days=knobs.loud_days):
            found += [read for _, read in said if read.lane is None]
    return found


def _note_loud(session: Session, ground: Ground, product_id: int) -> None:
    for read in _loud(session, ground, product_id):
        read.lane = Lane.LOUD
        session.add(read)
    session.flush()


# Asking a person ----------------------------------------------------------------------------------


def _call(
    session: Session,
    ground: Ground,
    product: Product,
    *,
    what: tuple[Issue, Lane],
    placed: Placed,
) -> None:
    issue, lane = what
    person, now = policy_of(product).asked(lane), ground.clock.now()
    session.add(
        Called(
            product_id=issue.product_id,
            issue_id=issue.id or 0,
            lane=lane,
            post_id=placed.post.id or 0,
            person=person,
            at=now,
        )
    )
    session.flush()
    for to in destinations(ground.settings):
        outbox.queue(
            session,
            Delivery(
                key=f"{to.name}|{issue.id}|{PERSON}|{lane}",
                product_id=issue.product_id,
                issue_id=issue.id,
                post_id=placed.post.id,
                channel=to.channel,
                destination=to.name,
                kind=PERSON,
                text=call_text(reference(issue.id or 0), lane, person, placed),
                next_try_at=now,
                created_at=now,
            ),
        )
    log.warning("person_called", issue=reference(issue.id or 0), lane=lane, post=placed.post.id)


def call_text(name: str, lane: Lane, person: str, placed: Placed) -> str:
    """Return the message to the on-call people: who is asked, why, where; none of the words.

    They stand behind the link, for whoever must read them, and go with their post.
    """
    post, thread = placed.post, placed.thread
    link = web_link(post.url) or web_link(thread.url if thread else None)
    who = f"{plain(person)} is asked" if person else "A person is asked"
    where = plain(host_of(placed.source, thread))
    return (
        f"{name}: {who} to answer in {where}. Reason: {REASONS[lane]} ({lane}). No text is "
        f"proposed there.\n{link or f'groundswell post show {post.id}'}"
    )


# Keeping an issue for people ----------------------------------------------------------------------


def _crowded(session: Session, ground: Ground, product_id: int) -> Sequence[Issue]:
    """Return the issues that are to be kept for people and are not; a person's word stands."""
    knobs = ground.settings.voice
    needed = {Lane.SAFETY: knobs.human_only_safety, Lane.LEGAL: knobs.human_only_legal}
    found: dict[int, Issue] = {}
    for issue, lane, people in store.crowds(session, product_id, [*needed]):
        wanted = needed[Lane(lane)]
        if wanted and people >= wanted and HUMAN_ONLY not in issue.flags:
            found[issue.id or 0] = issue
    decided = store.with_event(session, list(found), HUMAN_ONLY)
    return [issue for number, issue in found.items() if number not in decided]


def _keep_for_people(session: Session, ground: Ground, issue: Issue) -> int:
    fresh = store_changes.hold(session, issue.id or 0)
    if fresh is None or HUMAN_ONLY in fresh.flags:
        return 0
    lanes = [Lane(lane) for lane in store.lanes_of(session, fresh.id or 0)]
    why = "; ".join(REASONS[lane] for lane in Lane if lane in lanes)
    store_changes.change(session, fresh, flags=[*fresh.flags, HUMAN_ONLY])
    store_changes.add_event(
        session,
        IssueEvent(
            issue_id=fresh.id or 0,
            at=ground.clock.now(),
            kind=HUMAN_ONLY,
            text=f"kept for people: {why}",
            by=store_changes.OURS,
            data={"lanes": [str(lane) for lane in lanes], "version": fresh.version},
        ),
    )
    log.warning("issue_kept_for_people", issue=reference(fresh.id or 0), reason=why)
    why = f"{reference(fresh.id or 0)} is kept for people: {why}"
    return store.withdraw_prepared(session, fresh.id or 0, reason=why)
