"""The person of `demo --check`: reads the queue, approves, posts by hand, says how far we are.

They use the same acts as anybody at the console, as the user `demo`. What they know of the product
(the cause, the version that mends it) stands here, because no machine could know it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from classifiers.store import reference
from classifiers.tables import Issue, IssueState
from config.errors import GroundswellError
from config.ground import Ground
from config.logs import event_log
from responders.decisions.drafts.approve import approve
from responders.decisions.drafts.settle import settle
from responders.decisions.issues.rename import rename
from responders.decisions.issues.state import set_state
from responders.delivery.tables import Delivery
from responders.demo import store, visiting
from responders.demo.day import Day
from responders.demo.letting_in import DEMO
from responders.demo.script import DAY_START
from responders.voice.addressing import PAGE
from responders.voice.tables import Draft, DraftState

CAUSE_AFTER: Final = timedelta(hours=1)
"""How long after the alert the engineers have found the cause."""

Task = tuple[str, Callable[[], object]]
"""What there is to do, by a name and as the act itself."""

log = event_log(__name__)


@dataclass(frozen=True)
class Knowledge:
    """What the people at Fernsync find out about one of the problems of the day."""

    title: str
    """What they call it in public, instead of one author's words."""
    cause: str
    mended_at: datetime
    mended: str


KNOWLEDGE: Final = {
    "conflicted-copies": Knowledge(
        title="Windows app 5.2 makes a conflicted copy at every save",
        cause="since 5.2 the Windows app takes each save for a change from another computer.",
        mended_at=DAY_START + timedelta(hours=6, minutes=30),
        mended="Version 5.2.1 for Windows no longer makes the copies.",
    ),
    "backup-waiting-wifi": Knowledge(
        title="Photo backup on Android 5.1.3 waits for a Wi-Fi that is there",
        cause="since 5.1.3 the Android app does not see a Wi-Fi that is there.",
        mended_at=DAY_START + timedelta(hours=7),
        mended="Version 5.1.4 for Android starts the backup again.",
    ),
}


@dataclass
class Person:
    """Somebody at the desk; what they cannot do is noted, and the day goes on."""

    ground: Ground
    refused: list[str] = field(default_factory=list)
    """What an act or a place said no to."""
    _read: dict[tuple[int, str], datetime] = field(default_factory=dict)
    """When each draft came to them first, by its id and its phase."""

    def work(self, day: Day) -> int:
        """Do what can be done now; return how many things were done.

        What is new comes first and alone: texts that wait may not be true any more after it.
        """
        errands = [*self._approvals(day.session), *self._errands(day.session)]
        return sum([self._done(*task) for task in [*self._findings(day)] or errands])

    def _done(self, name: str, act: Callable[[], object]) -> bool:
        try:
            act()
        except GroundswellError as error:
            refused = f"{name}: {error}"
            log.warning("demo_refused", task=name, reason=str(error))
            if refused not in self.refused:
                self.refused.append(refused)
            return False
        return True

    def _findings(self, day: Day) -> Iterator[Task]:
        """Yield what people know: a better name, the cause, and that it is mended."""
        now = self.ground.clock.now()
        for issue in day.alerted():
            known = KNOWLEDGE.get(day.label_of(issue))
            if known is None or issue.alerted_at is None:
                continue
            if not issue.titled_by:
                act = partial(rename, self.ground, DEMO, issue.id or 0, known.title)
                yield f"{reference(issue.id or 0)} title", act
            if issue.state is IssueState.INVESTIGATING and now >= issue.alerted_at + CAUSE_AFTER:
                yield self._state(issue, IssueState.IDENTIFIED, known.cause)
            elif issue.state is IssueState.IDENTIFIED and now >= known.mended_at:
                yield self._state(issue, IssueState.RESOLVED, known.mended)

    def _state(self, issue: Issue, state: IssueState, note: str) -> Task:
        number = issue.id or 0
        act = partial(set_state, self.ground, DEMO, number, state, note=note)
        return f"{reference(number)} {state}", act

    def _approvals(self, session: Session) -> Iterator[Task]:
        """Yield the drafts that were read: the page's first, so that the others can link to it."""
        now = self.ground.clock.now()
        on_their_way = store.on_their_way(session)
        unpublished = {draft.issue_id for draft in on_their_way if draft.channel == PAGE}
        for draft in on_their_way:
            if draft.state is not DraftState.PENDING:
                continue
            first_read = self._read.setdefault((draft.id or 0, draft.phase), now)
            if first_read < now and (draft.channel == PAGE or draft.issue_id not in unpublished):
                yield f"draft {draft.id}", partial(self._approve, draft)

    def _approve(self, draft: Draft) -> None:
        read, number = draft.text_sha256, draft.id or 0
        approve(self.ground, DEMO, number, version=draft.version, sha256=read)

    def _errands(self, session: Session) -> Iterator[Task]:
        for delivery in store.by_hand(session):
            yield f"delivery {delivery.id}", partial(self._post, delivery)

    def _post(self, delivery: Delivery) -> None:
        """Take a text to its place, unless it stands there, and say where it stands."""
        thread_url = str(delivery.target["thread_url"])
        stands = visiting.stands(delivery.text, thread_url)
        there = stands or visiting.write(thread_url, delivery.text)
        settle(self.ground, DEMO, delivery.id or 0, sent_url=there)
