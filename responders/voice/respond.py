"""The respond pass: one acknowledgement proposed for each thread of an issue that alerted.

Nothing here speaks in public: a draft waits for a person. Threads that join later get theirs later;
what was proposed once is never proposed again, whatever became of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from classifiers.store import reference
from classifiers.tables import Issue
from config import leases, plugins
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from config.logs import event_log
from config.settings import Settings
from listener.store import products
from listener.tables import Product, Source
from responders.delivery.erasures import Erasures, erasures
from responders.delivery.opening import ROOM
from responders.voice import store
from responders.voice.drafting import Asked, Text, acknowledgement
from responders.voice.promises import Periods, next_update_by
from responders.voice.store import Unanswered
from responders.voice.symptoms import repeats, symptom
from responders.voice.tables import Draft, DraftState
from responders.voice.withholding import withheld

BY_HAND = "manual"
"""The channel of a thread that a person must answer with their own hands."""
PHASE = "investigating"
DELETED = "the post was deleted"
STILL_AHEAD = timedelta(minutes=30)
"""A promise made for the same issue is repeated as long as it lies this far ahead."""

log = event_log(__name__)


def respond_due(ground: Ground, *, page_url: str = "") -> int:
    """Propose every acknowledgement that is due; return how many.

    Args:
        ground: what the pass stands on.
        page_url: where the known-issues page is served, if the settings do not say.
    """
    page = ground.settings.page.url or page_url or _own_address(ground.settings)
    with reading(ground.engine) as session:
        found = products(session)
    return sum([_survive(ground, product, page) for product in found])


def _own_address(settings: Settings) -> str:
    return f"http://{settings.console.host}:{settings.console.port}/"


def _survive(ground: Ground, product: Product, page_url: str) -> int:
    """Do one product; whatever goes wrong there must not keep the others waiting."""
    try:
        return _respond_product(ground, product, page_url)
    except leases.LeaseLost as lost:
        log.warning("respond_left_to_another_process", product=product.id, reason=str(lost))
    except Exception as error:
        log.error("respond_broke", product=product.id, error=type(error).__name__, exc_info=True)
    return 0


def _respond_product(ground: Ground, product: Product, page_url: str) -> int:
    assert product.id is not None  # noqa: S101 - a row read from the store has an id
    withdrawn, due = _withdrawable(ground, product.id), _due(ground, product.id)
    if not (withdrawn or due):
        return 0
    machine = SystemClock()
    name = f"respond:{product.id}"
    with leases.holding(ground.engine, name, clock=machine, holder=ground.holder) as held:
        if held is None:
            return 0
        for draft in withdrawn:  # before anything else: erasures come first
            _withdraw(ground, draft, held)
        return sum([_propose(ground, product, issue_id, held, page_url) for issue_id in due])


def _withdrawable(ground: Ground, product_id: int) -> list[Draft]:
    """Return the drafts that repeat words which were erased since."""
    with reading(ground.engine) as session:
        return [
            draft
            for draft, post, issue in store.unsent_with_erasures(session, product_id)
            if post.erased_at is not None
            or not repeats(
                draft.text,
                (
                    post.text,
                    post.title or "",
                    *_issue_words(issue, erasures(session, draft.issue_id)),
                ),
            )
        ]


def _issue_words(issue: Issue, erased: Erasures) -> Sequence[str]:
    """Return the words of an issue that we may repeat; its title may be an erased post's."""
    return () if erased.unforgotten else (issue.title, *issue.key_phrases)


def _withdraw(ground: Ground, draft: Draft, held: leases.Held) -> None:
    """Take a draft back; one that breaks must not keep the others waiting."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            done = store.withdraw(session, draft.id or 0, reason=DELETED)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("draft_broke", draft=draft.id, error=type(error).__name__, exc_info=True)
        return
    if done:
        log.info("draft_withdrawn", draft=draft.id, issue=reference(draft.issue_id), reason=DELETED)


def _propose(
    ground: Ground, product: Product, issue_id: int, held: leases.Held, page_url: str
) -> int:
    """Propose an issue's drafts; an issue that breaks must not keep the others waiting."""
    try:
        with transaction(ground.engine) as session:
            leases.check(session, held, now=SystemClock().now())
            drafts = _Proposal(session, product, issue_id, ground, page_url).drafts()
            session.add_all(drafts)
    except leases.LeaseLost:
        raise
    except Exception as error:
        log.error("drafts_broke", issue=issue_id, error=type(error).__name__, exc_info=True)
        return 0
    for draft in drafts:
        _note(draft)
    return len(drafts)


def _due(ground: Ground, product_id: int) -> list[int]:
    """Return the issues with a thread that may get a draft."""
    most = ground.settings.voice.drafts_per_issue
    with reading(ground.engine) as session:
        return [
            issue.id
            for issue in store.open_issues(session, product_id)
            if issue.id is not None
            and _answerable(session, issue.id)
            and len(store.drafts_of(session, issue.id)) < most
        ]


def _answerable(session: Session, issue_id: int) -> Sequence[Sequence[Unanswered]]:
    """Return the unanswered posts by thread, without the threads that staff or bots opened."""
    by_thread: dict[int, list[Unanswered]] = {}
    for found in store.unanswered(session, issue_id):
        by_thread.setdefault(found.thread.id or 0, []).append(found)
    roles = store.opener_roles(session, by_thread)
    return [found for thread, found in by_thread.items() if roles.get(thread) is None]


class _Proposal:
    """The drafts of one issue, made in one transaction."""

    def __init__(
        self, session: Session, product: Product, issue_id: int, ground: Ground, page_url: str
    ) -> None:
        self._session, self._product, self._issue_id = session, product, issue_id
        self._erased = erasures(session, issue_id)
        self._issue = session.get_one(Issue, issue_id)
        self._ground, self._page_url = ground, page_url
        self._now = ground.clock.now()

    def drafts(self) -> list[Draft]:
        """Return a draft for each thread that has none, up to the operator's number."""
        known = store.drafts_of(self._session, self._issue_id)
        due = self._due_time(known)
        room = self._ground.settings.voice.drafts_per_issue - len(known)
        threads = _answerable(self._session, self._issue_id)[: max(room, 0)]
        return [self._draft(posts, due) for posts in threads]

    def _due_time(self, known: Sequence[Draft]) -> datetime:
        """Return the issue's next word: the one promised already, if it lies ahead."""
        promised = max(
            (draft.next_update_by for draft in known if draft.next_update_by), default=None
        )
        if promised is not None and promised >= self._now + STILL_AHEAD:
            return promised
        return next_update_by(self._issue.severity, self._now, periods_of(self._ground.settings))

    def _draft(self, posts: Sequence[Unanswered], due: datetime) -> Draft:
        first = posts[0]
        why_not, text = self._text(posts, due)
        return Draft(
            key=f"thread:{first.thread.id}|{self._issue_id}|ack|1",
            product_id=self._issue.product_id,
            issue_id=self._issue_id,
            thread_id=first.thread.id,
            post_id=first.post.id,
            kind="ack",
            phase=PHASE,
            channel=channel_of(first.source),
            language=text.language,
            text=text.text,
            text_sha256=text.sha256,
            state=DraftState.SILENT if why_not else DraftState.PENDING,
            reason=why_not or text.note,
            next_update_by=due,
            created_at=self._now,
        )

    def _text(self, posts: Sequence[Unanswered], due: datetime) -> tuple[str | None, Text]:
        """Return why nothing is proposed, if so, and the text."""
        first = posts[0].post
        language = first.lang or (self._product.languages or ["en"])[0]
        empty = Text("", language)
        for found in posts:
            why_not = withheld(f"{found.post.title or ''}\n{found.post.text}")
            if why_not:
                return f"a person must answer this one: {why_not}", empty
        spare = (first.title or "", *_issue_words(self._issue, self._erased))
        words = symptom(first.text, phrases=self._issue.key_phrases, spare=spare)
        if words is None:
            return "a person must answer this one: no words of it can be repeated", empty
        asked = Asked(
            symptom=words,
            language=language,
            next_update_by=due,
            now=self._now,
            page_url=self._page_url,
            product=self._product.name,
            speaker=self._product.speaker,
        )
        return None, acknowledgement(asked)


def periods_of(settings: Settings) -> Periods:
    """Return the operator's knobs as the rule takes them."""
    knobs = settings.voice
    return Periods(
        critical_h=knobs.next_update_critical_h,
        major_h=knobs.next_update_major_h,
        minor_h=knobs.next_update_minor_h,
        cosmetic_h=knobs.next_update_cosmetic_h,
    )


def channel_of(source: Source) -> str:
    """Return how a reply would leave: by the source's own kind if it can and may, else by hand."""
    return source.kind if source.reply and source.kind in plugins.names(ROOM) else BY_HAND


def _note(draft: Draft) -> None:
    event = "draft_withheld" if draft.state is DraftState.SILENT else "draft_made"
    log.info(
        event,
        draft=draft.id,
        issue=reference(draft.issue_id),
        thread=draft.thread_id,
        reason=draft.reason,
    )
