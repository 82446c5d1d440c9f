from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine

from classifiers.tables import Issue, IssueKind
from config.clock import FixedClock
from config.database import transaction
from listener.tables import Post, Product, Source
from responders.demo.narration import Narration
from responders.demo.script import DAY_END, DAY_START
from responders.voice.tables import Draft

NINE = DAY_START + timedelta(hours=2)


class Told:
    """A narration whose lines can be read, over a store that the test writes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.out = StringIO()
        self.clock = FixedClock(NINE)
        self.console = Console(file=self.out, width=200, color_system=None)
        self.narration = Narration(engine, self.clock, console=self.console)
        with transaction(engine) as session:
            product = Product(name="Fernsync", created_at=NINE)
            session.add(product)
            session.flush()
            source = Source(
                product_id=product.id or 0, name="blog", kind="feed", url="x", created_at=NINE
            )
            session.add(source)
            session.flush()
            self.ids = {"product_id": product.id or 0, "source_id": source.id or 0}
        self.posts = 0

    def add(self, row: Any) -> int:
        with transaction(self.engine) as session:
            session.add(row)
            session.flush()
            return int(row.id)

    def post(self, **facts: Any) -> int:
        self.posts += 1
        number = str(self.posts)
        return self.add(
            Post(
                **{
                    **self.ids,
                    "identity": number,
                    "remote_id": number,
                    "published_at": NINE,
                    "seen_at": NINE,
                    "content_hash": number,
                    **facts,
                }
            )
        )

    def issue(self, **facts: Any) -> int:
        return self.add(
            Issue(
                **{
                    "product_id": self.ids["product_id"],
                    "title": "every file twice",
                    "reason": "5 posts by 5 people within 2 h; usual: none",
                    "first_seen_at": NINE,
                    "last_seen_at": NINE,
                    "opened_at": NINE,
                    **facts,
                }
            )
        )

    def draft(self, issue_id: int, text: str) -> int:
        return self.add(
            Draft(
                key=text,
                product_id=self.ids["product_id"],
                issue_id=issue_id,
                kind="ack",
                phase="investigating",
                channel="manual",
                language="en",
                text=text,
                text_sha256="",
                next_update_by=NINE,
                created_at=NINE,
            )
        )

    def look(self) -> str:
        self.out.seek(0)
        self.out.truncate()
        self.narration.look()
        return self.out.getvalue()


@pytest.fixture
def told(engine: Engine) -> Told:
    return Told(engine)


def test_what_was_heard_is_told_with_how_much_of_it_is_history(told: Told) -> None:
    told.post(backfill=True)
    assert told.look() == ""  # more may come with the next page
    told.post()
    assert told.look() == ""
    assert "09:00 UTC  heard 2 posts: blog 2 (1 of them history" in told.look()
    assert told.look() == ""


def test_a_few_more_posts_wait_for_half_an_hour_unless_something_is_noticed(told: Told) -> None:
    told.post()
    told.look()
    assert "heard 1 post" in told.look()
    told.post()
    assert told.look() == ""
    told.issue()
    assert "heard 1 post: blog 1" in told.look()


def test_an_issue_is_told_once_with_its_reason_and_two_quotes(told: Told) -> None:
    quotes = [{"post_id": n, "text": f"words {n}", "url": None} for n in range(3)]
    told.issue(quotes=quotes)
    text = told.look()
    assert "noticed GS-1: every file twice" in text
    assert "usual: none" in text
    assert "“words 1”" in text
    assert "words 2" not in text
    assert told.look() == ""


@pytest.mark.parametrize(("kind", "words"), [("spam", "as spam:"), ("brigade", "as a brigade")])
def test_what_is_no_issue_is_set_aside(told: Told, kind: str, words: str) -> None:
    told.issue(kind=IssueKind(kind))
    text = told.look()
    assert f"set aside {words}" in text
    assert "noticed" not in text


def test_talk_of_other_products_is_told_at_five_and_then_at_each_doubling(told: Told) -> None:
    lines = []
    for _ in range(12):
        told.post(relevant=False)
        lines.append("about other products" in told.look())
    assert [number for number, said in enumerate(lines, 1) if said] == [5, 10]


def test_the_first_draft_of_an_issue_is_read_out_once(told: Told) -> None:
    issue = told.issue()
    told.draft(issue, "We know.\n\nNext word by 10:00 UTC.")
    told.draft(issue, "Another thread.")
    text = told.look()
    assert "draft written for GS-1; nobody has sent it" in text
    assert "Next word by 10:00 UTC." in text
    assert "Another thread" not in text
    assert told.look() == ""


def test_after_the_first_draft_the_person_learns_where_to_look_next(told: Told) -> None:
    file = Path.cwd() / "data/run/demo/groundswell.toml"
    told.narration = Narration(told.engine, told.clock, console=told.console, file=file)
    told.draft(told.issue(), "We know.")
    assert "groundswell --config data/run/demo/groundswell.toml draft list" in told.look()
    told.draft(told.issue(), "We know this too.")
    text = told.look()
    assert "We know this too." in text
    assert "--config" not in text


def test_words_of_strangers_are_inert(told: Told) -> None:
    evil = "[bold red]x[/] \x1b[2J\r\nnoticed GS-9"
    told.issue(title=evil, quotes=[{"post_id": 1, "text": evil, "url": None}])
    text = told.look()
    assert "\x1b" not in text
    assert "[bold red]x[/]" in text
    assert not any(line.startswith("noticed GS-9") for line in text.splitlines())


def test_the_end_of_the_day_is_told_once(told: Told) -> None:
    told.narration = Narration(told.engine, FixedClock(DAY_END), console=told.console)
    assert "The day is over" in told.look()
    assert told.look() == ""


def test_a_store_that_does_not_answer_stops_nobody(told: Told) -> None:
    with transaction(told.engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE draft RENAME TO gone")
    told.issue()
    assert told.look() == ""
