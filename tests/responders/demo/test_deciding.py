from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from classifiers.tables import Issue, IssueState
from config.database import reading, transaction
from listener.tables import Product, Source, Thread
from responders.decisions.drafts.approve import approve
from responders.delivery.tables import Delivery, DeliveryState
from responders.demo.day import Day
from responders.demo.deciding import CAUSE_AFTER, KNOWLEDGE, Person
from responders.demo.hosting import Places
from responders.demo.letting_in import DEMO
from responders.demo.play import Workspace
from responders.demo.replies import read_replies
from responders.demo.script import DAY_START, read_script
from responders.demo.showing import thread_path
from responders.demo.stepping import SteppedClock
from responders.voice.tables import Draft, DraftState
from responders.voice.words.drafting import digest

NINE = DAY_START + timedelta(hours=2)
PAGE = "https://status.example/"
TEXT = (
    "Thanks for telling us. We know that every file is there twice, and we are on it. The next "
    f"word comes by 16:00 UTC: {PAGE} The Fernsync team here. This text was prepared "
    "automatically and approved by a person."
)
"""A text that the linter lets pass."""
POST = next(
    post
    for post in read_script().posts
    if post.place == "gripes" and read_script().labels.get(post.id) == "conflicted-copies"
)


class Desk:
    """A workspace with an issue about the fast problem, and somebody at its desk."""

    def __init__(self, folder: Path) -> None:
        self.workspace = Workspace(folder, fresh=False)
        self.clock = SteppedClock(NINE)
        self.ground = self.workspace.ground(self.clock)
        self.person = Person(self.ground)
        self.places = Places(clock="2026-05-12T12:00:00Z", replies=self.workspace.replies)
        self.workspace.declare(self.places.ports)
        base = f"http://127.0.0.1:{self.places.ports['gripes']}"
        self.thread_url = base + thread_path(POST)
        with transaction(self.ground.engine) as session:
            product = session.exec(select(Product)).one()
            source = session.exec(select(Source).where(Source.name == "gripes")).one()
            issue = Issue(
                product_id=product.id or 0,
                title="every file twice",
                reason="",
                first_seen_at=NINE,
                last_seen_at=NINE,
                opened_at=NINE,
                alerted_at=NINE,
            )
            thread = Thread(source_id=source.id or 0, remote_id="x", url=self.thread_url)
            session.add_all([issue, thread])
            session.flush()
            self.product, self.issue, self.thread = product.id or 0, issue.id or 0, thread.id or 0

    def close(self) -> None:
        self.places.stop()
        self.workspace.close()

    def draft(self, channel: str, text: str = TEXT, **facts: Any) -> int:
        row = Draft(
            **{
                "key": f"{channel}|{text}",
                "product_id": self.product,
                "issue_id": self.issue,
                "thread_id": None if channel == "page" else self.thread,
                "kind": "update" if channel == "page" else "ack",
                "phase": "investigating",
                "channel": channel,
                "language": "en",
                "text": text,
                "text_sha256": digest(text),
                "page_url": PAGE,
                "created_at": NINE,
                **facts,
            }
        )
        with transaction(self.ground.engine) as session:
            session.add(row)
            session.flush()
            return row.id or 0

    def change(self, kind: type[Any], number: int, **values: Any) -> None:
        with transaction(self.ground.engine) as session:
            row = session.get_one(kind, number)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    def states(self) -> list[str]:
        with reading(self.ground.engine) as session:
            return [str(row) for row in session.exec(select(Draft.state).order_by("id")).all()]

    def issue_now(self) -> Issue:
        with reading(self.ground.engine) as session:
            return session.get_one(Issue, self.issue)

    def work(self, *, label: str | None = None) -> int:
        with reading(self.ground.engine) as session:
            labels = {self.issue: label or "nothing"}
            return self.person.work(Day(session, read_script(), (), {}, labels))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def test_a_draft_is_read_before_it_is_approved_and_the_page_comes_first(desk: Desk) -> None:
    reply = desk.draft("manual")
    page = desk.draft("page", f"Every file twice\n\n{TEXT}")
    assert desk.work() == 0
    desk.clock.at += timedelta(minutes=5)
    assert desk.work() == 1
    assert desk.states() == ["pending", "approved"]
    assert desk.work() == 0
    desk.change(Draft, page, state=DraftState.SENT)
    assert desk.work() == 1
    assert desk.states() == ["approved", "sent"]
    with reading(desk.ground.engine) as session:
        assert session.get_one(Draft, reply).decided_by == "demo"
    assert desk.person.refused == []


def test_a_text_is_taken_to_its_thread_by_hand_once_though_the_person_is_cut_off(
    desk: Desk,
) -> None:
    delivery = approve(desk.ground, DEMO, desk.draft("manual")).delivery_id or 0
    desk.change(Delivery, delivery, state=DeliveryState.BY_HAND)
    assert desk.work() == 1
    with reading(desk.ground.engine) as session:
        row = session.get_one(Delivery, delivery)
    assert row.state is DeliveryState.SENT
    assert row.url is not None
    assert row.url.startswith(desk.thread_url)
    # As if the person had been cut off between posting and saying so.
    desk.change(Delivery, delivery, state=DeliveryState.BY_HAND, url=None)
    assert desk.work() == 1
    assert [reply.text for reply in read_replies(desk.workspace.replies)] == [TEXT]


def test_what_people_know_is_said_at_its_time(desk: Desk) -> None:
    known = KNOWLEDGE["conflicted-copies"]
    desk.change(Issue, desk.issue, state=IssueState.INVESTIGATING)
    assert desk.work(label="conflicted-copies") == 1
    assert (desk.issue_now().title, desk.issue_now().titled_by) == (known.title, "demo")
    assert desk.work(label="conflicted-copies") == 0
    desk.clock.at = NINE + CAUSE_AFTER
    assert desk.work(label="conflicted-copies") == 1
    assert desk.issue_now().state is IssueState.IDENTIFIED
    desk.clock.at = known.mended_at
    assert desk.work(label="conflicted-copies") == 1
    assert desk.issue_now().state is IssueState.RESOLVED
    assert desk.work(label="conflicted-copies") == 0


def test_a_text_that_what_is_new_overtakes_is_left_alone(desk: Desk) -> None:
    known = KNOWLEDGE["conflicted-copies"]
    desk.change(Issue, desk.issue, state=IssueState.IDENTIFIED, titled_by="demo")
    desk.draft("manual", phase="identified")
    desk.clock.at = known.mended_at - timedelta(minutes=5)
    assert desk.work(label="conflicted-copies") == 0
    desk.clock.at = known.mended_at
    assert desk.work(label="conflicted-copies") == 1
    assert desk.issue_now().state is IssueState.RESOLVED
    assert desk.states() == ["pending"]
    assert desk.person.refused == []


def test_an_issue_that_nobody_knows_more_of_is_left_as_it_is(desk: Desk) -> None:
    desk.change(Issue, desk.issue, state=IssueState.INVESTIGATING)
    desk.clock.at = NINE + timedelta(hours=7)
    assert desk.work(label="ordinary talk") == 0


def test_what_is_refused_is_noted_once_and_stops_nothing_else(desk: Desk) -> None:
    past = NINE - timedelta(hours=1)
    desk.draft("manual", TEXT.replace("16:00", f"{past:%H:%M}"), next_update_by=past)
    desk.draft("manual", f"{TEXT} This is another text.")
    desk.work()
    desk.clock.at += timedelta(minutes=5)
    assert desk.work() == 1
    assert desk.work() == 0
    assert desk.states() == ["pending", "approved"]
    (refused,) = desk.person.refused
    assert "that has passed" in refused
