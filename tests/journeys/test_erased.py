"""What somebody takes back is found nowhere afterwards: no table, no page, no log, no file.

A word that nobody else says goes through the whole loop: heard, judged, quoted, alerted, answered,
published, edited, rejected, left waiting. Then its author is erased, and every text and blob that
is left is searched for it.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import MetaData, select
from sqlmodel import col
from sqlmodel import select as select_rows

from classifiers.tables import Emergence, Issue, IssueState, Membership, Vector
from config.clock import FixedClock
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post, Revision, Source, Thread
from responders.decisions.acting import Actor, Role
from responders.decisions.auditing import verify as verify_chain
from responders.decisions.drafts.approve import approve, take_back
from responders.decisions.drafts.edit import edit
from responders.decisions.drafts.reject import reject
from responders.decisions.issues.state import set_state
from responders.decisions.issues.workaround import verify
from responders.decisions.people.erase_posts import erase_author
from responders.delivery.channels import discord
from responders.delivery.channels.page import Page
from responders.delivery.outbox import deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.oncall.alert import alert_due
from responders.page.erasing import redact_due
from responders.page.folder import folder_of
from responders.page.publish import PagePublisher, publish_due
from responders.voice.addressing import PAGE
from responders.voice.ledger.settling import record_sent
from responders.voice.respond import respond_due
from responders.voice.tables import Draft, DraftState
from responders.voice.watching.minding import mind_due
from tests.classifiers.telling import OUTAGE, Told, detect, told
from tests.listener.installation import rows
from tests.places.board import Board

MARK = "zwetschgenknoedel"
ANN = f"Ann {MARK.capitalize()}"
RUTH = Actor("Ruth", Role.ADMIN, "console")


@dataclass
class Loop:
    """The whole house with one person's word in it."""

    ground: Ground
    mine: list[int] = field(default_factory=list)
    """The posts of the person who will take them back."""

    def __post_init__(self) -> None:
        webhook = discord.Options(webhook_url=SecretStr("https://discord.com/api/webhooks/12/x"))
        plugins = {"discord": webhook}
        patient = self.ground.settings.voice.model_copy(update={"loud_posts": 0})
        changed = {"plugins": plugins, "voice": patient}
        settings = self.ground.settings.model_copy(update=changed)
        self.ground = replace(self.ground, settings=settings)
        self.boards = {"discourse": Board(public=True), "discord": Board(), "terminal": Board()}

    def tell(self) -> None:
        """Let people talk, and then report one new problem, this person four times."""
        forum = told(self.ground)
        with transaction(self.ground.engine) as session:
            for source in session.exec(select_rows(Source)).all():
                source.kind, source.reply = "discourse", True
            place = session.get_one(Source, forum.sources[0])
            place.cursor = {"known": {"7": {"title": _title(2)}}}
        ends = forum.talk()
        for number in range(14):
            at = ends + timedelta(minutes=5 * number)
            self._report(forum, number, at, mine=number in {2, 4, 6, 8})
        self.ground = replace(self.ground, clock=FixedClock(ends + timedelta(minutes=75)))

    def _report(self, forum: Told, number: int, at: Any, *, mine: bool) -> None:
        words = [*OUTAGE, MARK]
        forum.random.shuffle(words)
        text = f"{' '.join(words).capitalize()}." if mine else forum.complaint()
        with transaction(self.ground.engine) as session:
            thread = Thread(
                source_id=forum.sources[number % 2],
                remote_id=f"t{number}",
                url=f"https://forum.example/t/{number}",
                title=_title(number) if mine and number != 8 else None,
            )
            session.add(thread)
            session.flush()
            given: dict[str, Any] = {"thread_id": thread.id}
        if mine:
            given |= {"author": ANN, "author_key": "ann", "title": _title(number)}
        post_id = forum.post(text, at, source_id=forum.sources[number % 2], **given)
        if number == 4:  # somebody else's words keep her thread, not its title
            forum.post("I cannot say", at, source_id=forum.sources[0], thread_id=given["thread_id"])
        if mine:
            self.mine.append(post_id)
            with transaction(self.ground.engine) as session:
                earlier = f"It was {MARK}."
                session.add(Revision(post_id=post_id, revision=0, text=earlier, seen_at=at))

    def work(self) -> None:
        """Run every pass but the crawl."""
        detect(self.ground)
        alert_due(self.ground)
        respond_due(self.ground)
        self.deliver()

    def deliver(self) -> None:
        """Run the deliver pass as the service does."""
        channels = self.boards | {"page": Page(PagePublisher(self.ground))}
        deliver_due(self.ground, channels, machine=self.ground.clock)
        record_sent(self.ground)
        mind_due(self.ground)
        redact_due(self.ground)
        publish_due(self.ground, machine=self.ground.clock)

    def decide(self) -> None:
        """Answer everybody: most are told, one is refused, some wait, texts are edited."""
        for draft in self.pending():
            if draft.channel == PAGE:
                edit(self.ground, RUTH, draft.id or 0, f"{draft.text}\nWe look at it together.")
            approve(self.ground, RUTH, draft.id or 0)
        self.deliver()

    def pending(self, **only: Any) -> list[Draft]:
        """Return what waits, the page's first."""
        drafts = [row for row in rows(self.ground, Draft) if row.state is DraftState.PENDING]
        return sorted(drafts, key=lambda row: row.channel != PAGE)

    def later(self, **by: float) -> None:
        """Time goes by."""
        self.ground = replace(
            self.ground, clock=FixedClock(self.ground.clock.now() + timedelta(**by))
        )

    def issue(self) -> Issue:
        """Return the issue that all is about."""
        (issue,) = rows(self.ground, Issue)
        return issue

    def found(self) -> set[str]:
        """Return where the word stands in the store, as ``table.column``."""
        return {
            f"{table}.{column}"
            for table, column, value in cells(self.ground)
            if MARK in value.casefold()
        }

    def files(self) -> set[str]:
        """Return the page's files that hold the word."""
        folder = folder_of(self.ground.settings)
        texts = {path: path.read_bytes().decode() for path in folder.rglob("*") if path.is_file()}
        return {
            str(path.relative_to(folder)) for path, text in texts.items() if MARK in text.casefold()
        }


def _title(number: int) -> str:
    return f"Upload stuck at ninety percent, {MARK} {number}"


def cells(ground: Ground) -> Iterator[tuple[str, str, str]]:
    """Yield every value of every table of the store, whatever its type, as text."""
    known = MetaData()
    known.reflect(ground.engine)
    with ground.engine.connect() as connection:
        for table in known.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    yield table.name, str(column), text


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return all that was logged of the whole day, with every field."""
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    return str([record.__dict__ for record in records]).casefold()


@pytest.fixture
def loop(ground: Ground, caplog: pytest.LogCaptureFixture) -> Loop:
    """The house after a day with the word in it."""
    caplog.set_level(logging.DEBUG)
    made = Loop(ground)
    made.tell()
    made.work()
    with transaction(ground.engine) as session:  # as when she had been louder still
        issue = session.get_one(Issue, made.issue().id)
        issue.key_phrases = [MARK, *issue.key_phrases]
        issue.facts = {"tried": [{"value": MARK, "people": 1, "quotes": [MARK]}]}
    verify(made.ground, RUTH, made.issue().id or 0, post_id=made.mine[0])
    made.work()
    made.decide()
    made.later(minutes=40)
    set_state(made.ground, RUTH, made.issue().id or 0, IssueState.IDENTIFIED)
    made.work()
    first = next(row for row in made.pending() if row.post_id in made.mine)
    reject(made.ground, RUTH, first.id or 0, "not today")
    entry = next(row for row in made.pending() if row.channel == PAGE)
    reject(made.ground, RUTH, entry.id or 0, "not today")
    second, third, *_ = (row for row in made.pending() if row.post_id in made.mine)
    approve(made.ground, RUTH, second.id or 0, undo_s=600)
    take_back(made.ground, RUTH, second.id or 0)
    approve(made.ground, RUTH, third.id or 0, undo_s=600)
    return made


EVERYWHERE = {
    "post.text", "post.title", "post.author", "revision.text", "thread.title", "source.cursor",
    "issue.title", "issue.quotes", "issue.key_phrases", "issue.facts", "issue.workaround",
    "draft.text", "draftversion.text", "delivery.text", "delivery.payload", "incident.name",
    "incident.known", "incidentupdate.name", "incidentupdate.body",
}  # fmt: skip
"""Where the word must stand before, or the search afterwards would prove nothing."""


def test_a_word_that_was_taken_back_is_found_nowhere(
    loop: Loop, caplog: pytest.LogCaptureFixture
) -> None:
    assert EVERYWHERE - loop.found() == set()
    assert {"index.html", "history.atom", "api/v2/incidents.json"} & loop.files()
    hashes = _hashes(loop.ground, loop.mine)
    assert hashes & {row.text_hash for row in rows(loop.ground, Vector)}
    before = _counted(loop.ground)

    erased = erase_author(loop.ground, RUTH, ANN.lower(), reason="asked by e-mail")
    assert erased.posts == 4
    loop.later(seconds=1)
    loop.work()

    assert loop.found() == set()
    assert loop.files() == set()
    assert "issue_alerted" in logged(caplog)
    assert MARK not in logged(caplog)
    assert not hashes & {row.text_hash for row in rows(loop.ground, Vector)}
    assert _counted(loop.ground) == before
    with transaction(loop.ground.engine) as session:
        assert verify_chain(session).ok
    loop.work()
    assert loop.found() == set()


def test_what_others_said_and_what_we_did_stays(loop: Loop) -> None:
    sent = _sent(loop.ground)
    others = {post.id: post.text for post in rows(loop.ground, Post) if post.id not in loop.mine}
    erase_author(loop.ground, RUTH, ANN)
    loop.work()
    assert _sent(loop.ground) == sent
    kept = {post.id: post.text for post in rows(loop.ground, Post) if post.id not in loop.mine}
    assert kept == others
    drafts = [row for row in rows(loop.ground, Draft) if row.channel != PAGE]
    assert all(row.text for row in drafts if row.post_id not in loop.mine and row.state == "sent")
    assert not any(row.text for row in drafts if row.post_id in loop.mine)
    (entry,) = (row for row in rows(loop.ground, Issue))
    assert entry.title
    assert len(entry.quotes) == 3


def test_the_file_itself_holds_the_word_no_more(loop: Loop, tmp_path: Path) -> None:
    if loop.ground.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps old rows until it vacuums; docs/operating.md says so")
    erase_author(loop.ground, RUTH, ANN)
    loop.later(seconds=1)
    loop.work()
    loop.ground.engine.dispose()
    left = [path for path in tmp_path.rglob("groundswell.db*") if path.is_file()]
    assert left
    assert not [path.name for path in left if MARK.encode() in path.read_bytes().lower()]


def _hashes(ground: Ground, post_ids: list[int]) -> set[str]:
    with reading(ground.engine) as session:
        query = select_rows(Membership.text_hash).where(col(Membership.post_id).in_(post_ids))
        return set(session.exec(query).all())


def _counted(ground: Ground) -> tuple[int, ...]:
    with reading(ground.engine) as session:
        people = {row.author_key for row in session.exec(select_rows(Post)).all()}
    tables = (Post, Membership, Issue, Emergence, Draft, Delivery)
    return (len(people), *(len(rows(ground, table)) for table in tables[:4]))


def _sent(ground: Ground) -> list[tuple[Any, ...]]:
    return [
        (row.key, row.sent_at, row.url, row.approved_sha256)
        for row in rows(ground, Delivery)
        if row.state is DeliveryState.SENT
    ]
