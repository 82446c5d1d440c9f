"""A small installation to which anything may happen in any order, within the test's own process.

One issue, threads of a place that takes our replies, the page, and two people. Every pass is a
process of its own that has ended when the next one comes; the clock goes on only when told so.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from operator import attrgetter
from typing import Any, TypeVar

from sqlmodel import SQLModel, col, select, update

from classifiers.tables import IssueState
from config.clock import FixedClock
from config.database import make_engine, reading, transaction
from config.ground import Ground
from listener.tables import Post
from responders.decisions.acting import Actor, AlreadyDone, NotAllowed, NotFound, Role
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.bundle import approve_together, item_of
from responders.decisions.drafts.claim import claim
from responders.decisions.drafts.edit import edit
from responders.decisions.drafts.reject import reject
from responders.decisions.drafts.settle import settle
from responders.decisions.issues.state import set_state
from responders.decisions.pause import pause, resume
from responders.delivery.channels.base import Channel
from responders.delivery.channels.page import Page
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.page.publish import PagePublisher
from responders.voice.addressing import PAGE
from responders.voice.ledger.settling import record_sent
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState
from tests.conftest import NOON
from tests.faults import laws
from tests.faults.stores import dump
from tests.places.board import Board, Fault, Killed
from tests.responders.delivery.conftest import dead_holder
from tests.responders.incidents import Incident, Said, erase, happen, say_more

Row = TypeVar("Row", bound=SQLModel)
RUTH, TOM = (Actor(name, Role.APPROVER, "console") for name in ("Ruth", "Tom"))
CHANGE_MIN = 7
"""Minutes that go by before somebody says that things have changed."""


def said(thread: int) -> Said:
    """Return a report in a thread, in words of its own."""
    return Said(text=f"The app hangs when I open note {thread}.", thread=f"t{thread}")


class Story:
    """What happens, one method each; each leaves every law as it was.

    Args:
        ground: any installation; only its settings and key are used.
        url: an empty store.
        lookup: whether the place lets us read back.
    """

    def __init__(self, ground: Ground, url: str, *, lookup: bool) -> None:
        self.url = url
        self.ground = replace(ground, engine=make_engine(url), holder=dead_holder())
        self.board = Board(public=True, lookup=lookup)
        self.at = NOON
        self.paused = False
        incident = Incident(said=[said(0), said(1)], source_kind="discourse", reply=True)
        self.issue_id = happen(self.ground, incident)
        self.respond()

    def close(self) -> None:
        """Let the store go."""
        self.ground.engine.dispose()

    def now(self) -> Ground:
        """Return the installation at this moment."""
        return replace(self.ground, clock=FixedClock(self.at))

    # What happens ---------------------------------------------------------------------------------

    def post_joins(self, thread: int) -> None:
        """Somebody reports it, too."""
        say_more(self.ground, self.issue_id, said(thread))

    def erase(self, thread: int) -> None:
        """Whoever wrote in a thread takes it back."""
        erase(self.ground, f"open note {thread}.")

    def later(self, minutes: int) -> None:
        """Time goes by."""
        self.at += timedelta(minutes=minutes)

    def respond(self) -> None:
        """The respond pass runs."""
        respond_due(self.now())

    def edit(self, number: int, words: str) -> None:
        """Somebody writes another text."""
        draft = self.draft(number)
        title = "Notes hang\n\n" if draft.channel == PAGE else ""
        self.tried(lambda: edit(self.now(), TOM, draft.id or 0, f"{title}We know: {words}."))

    def approve(self, number: int, who: Actor = RUTH, undo_s: float = 0.0) -> None:
        """Somebody says yes, once more where another one reads it."""
        draft = self.draft(number)
        how: Any = {"version": draft.version, "undo_s": undo_s, "override": "whatever it says"}
        if not self.tried(lambda: approve(self.now(), who, draft.id or 0, **how)):
            self.tried(lambda: approve(self.now(), who, draft.id or 0, **how, anyway=True))

    def approve_together(self, who: Actor) -> None:
        """Somebody says yes to all that waited a moment ago."""
        items = [item_of(row) for row in self.rows(Draft) if row.state is DraftState.PENDING]
        self.edit(0, "one more moment")
        approve_together(self.now(), who, items, anyway=True)

    def claim(self, number: int, who: Actor) -> None:
        """Somebody opens a draft."""
        draft = self.draft(number)
        self.tried(lambda: claim(self.now(), who, draft.id or 0))

    def ask_for_two(self, two: bool) -> None:
        """The house asks for two people's yes from now on, or no longer."""
        every = ("cosmetic", "minor", "major", "critical") if two else ()
        knobs = self.ground.settings.approval.model_copy(update={"two_persons": every})
        settings = self.ground.settings.model_copy(update={"approval": knobs})
        self.ground = replace(self.ground, settings=settings)

    def reject(self, number: int) -> None:
        """Somebody says no."""
        draft = self.draft(number)
        self.tried(lambda: reject(self.now(), TOM, draft.id or 0, "not now"))

    def take_back(self, number: int) -> None:
        """Somebody takes a yes back; what was taken back stands nowhere."""
        draft = self.draft(number)
        if self.tried(lambda: take_back(self.now(), RUTH, draft.id or 0)):
            assert not self.stands(draft.key), f"{draft.key} was taken back and stands there"

    def pause(self) -> None:
        """Somebody holds everything back."""
        self.paused = self.tried(lambda: pause(self.now(), TOM, "a storm")) or self.paused

    def resume(self) -> None:
        """Somebody lets it go on."""
        self.tried(lambda: resume(self.now(), RUTH))
        self.paused = False

    def change_state(self, state: IssueState) -> None:
        """Somebody says how far we are."""
        self.later(CHANGE_MIN)
        self.tried(lambda: set_state(self.now(), RUTH, self.issue_id, state))

    def settle(self, number: int) -> None:
        """Somebody looks at a doubtful text and says what is there."""
        rows = [row for row in self.rows(Delivery) if row.state is DeliveryState.IN_DOUBT]
        if rows:
            row = rows[number % len(rows)]
            url = f"https://board.example/{row.id}" if self.board.times(row.key) else None
            self.tried(lambda: settle(self.now(), TOM, row.id or 0, sent_url=url))

    def tamper(self, number: int) -> None:
        """Somebody writes other words into the store, past every act."""
        rows = [row for row in self.rows(Delivery) if row.state is DeliveryState.QUEUED]
        if rows:
            changed = update(Delivery).where(col(Delivery.id) == rows[number % len(rows)].id)
            with transaction(self.ground.engine) as session:
                session.connection().execute(changed.values(text="Buy now!\n\nOf course."))

    def deliver(self, fault: Fault | None = None) -> None:
        """The deliver pass runs and meets a fault; nothing leaves that may not."""
        ground, known = self.now(), len(self.board.messages)
        self.board.faults = [fault] if fault else []
        held = self.public()
        try:
            deliver_due(ground, self.channels(ground), machine=ground.clock)
        except Killed:
            return
        finally:
            assert not self.paused or self.public() == held, "it left while sending was paused"
            self.see_none_answers_the_erased(known)
        self.restart()

    def restart(self) -> None:
        """What was sent is recorded, by whoever comes next."""
        self.board.faults = []
        record_sent(self.now())

    # What is so -----------------------------------------------------------------------------------

    def check(self) -> None:
        """See that every law holds."""
        found = dump(self.url)
        standing = [laws.Standing(str(m.target["thread"]), m.text) for m in self.board.messages]
        wrong = laws.broken(found, [*standing, *laws.on_the_page(found)])
        wrong += laws.audit_problem(self.url)
        keys = Counter(message.key for message in self.board.messages)
        wrong += [f"{key} stands {times} times" for key, times in keys.items() if times > 1]
        assert not wrong, "; ".join(wrong)

    def end(self) -> None:
        """Let everything come to its end: what is called sent stands, is told, and nothing else."""
        self.resume()
        for _ in range(3):
            self.later(130)
            self.deliver()
            self.settle(0)
        self.check()
        drafts = {row.delivery_id: row for row in self.rows(Draft)}
        told = Counter(row["delivery_id"] for row in dump(self.url)["told"])
        for row in self.rows(Delivery):
            sent = row.state is DeliveryState.SENT
            if row.public:
                assert row.state is not DeliveryState.SENDING
                assert sent is self.stands(row.key)
                assert sent <= (drafts[row.id].state is DraftState.SENT)
                assert told[row.id] == (sent and row.channel != PAGE)

    def stands(self, key: str) -> bool:
        """Tell whether strangers can read a text."""
        published = [row["delivery_key"] for row in dump(self.url)["incidentupdate"]]
        return self.board.times(key) > 0 or key in published

    def public(self) -> int:
        """Count what strangers can read."""
        return len(self.board.messages) + len(dump(self.url)["incidentupdate"])

    def see_none_answers_the_erased(self, known: int) -> None:
        """See that no new message answers a post that was erased before."""
        erased = {row.id for row in self.rows(Post) if row.erased_at is not None}
        post_of = {row.key: row.post_id for row in self.rows(Delivery)}
        for message in self.board.messages[known:]:
            assert post_of[message.key] not in erased, "it answers an erased post"

    def draft(self, number: int) -> Draft:
        """Return a draft, the newest is 0."""
        drafts = self.rows(Draft)
        return drafts[-1 - number % len(drafts)]

    def rows(self, table: type[Row]) -> list[Row]:
        """Return all rows of a table by their ids."""
        with reading(self.ground.engine) as session:
            found = list(session.exec(select(table)).all())
        return sorted(found, key=attrgetter("id"))

    def channels(self, ground: Ground) -> Mapping[str, Channel]:
        """Return the ways out."""
        return {"discourse": self.board, "page": Page(PagePublisher(ground))}

    def tried(self, act: Callable[[], object]) -> bool:
        """Do something that may be refused; tell whether it was done."""
        try:
            act()
        except (AlreadyDone, NotAllowed, NotFound):
            return False
        return True
