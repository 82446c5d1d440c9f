from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from classifiers.tables import Issue
from config.database import reading, transaction
from listener.tables import Product, Source, Thread
from responders.decisions.tables import Approval
from responders.delivery.tables import Delivery, DeliveryState
from responders.demo.script import DAY_START
from responders.demo.telling import Loop
from responders.voice.tables import Draft, DraftState, Promise, PromiseState, Told

NINE = DAY_START + timedelta(hours=2)


class Rows:
    """A store that the test writes, and what is told of it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.loop = Loop()
        self.number = 0
        product = self.add(Product(name="Fernsync", created_at=NINE))
        self.source = self.add(
            Source(product_id=product, name="blog", kind="feed", url="x", created_at=NINE)
        )
        self.common: dict[str, Any] = {"product_id": product}
        self.issue = self.add(
            Issue(
                **self.common,
                title="every file twice",
                reason="",
                first_seen_at=NINE,
                last_seen_at=NINE,
                opened_at=NINE,
            )
        )

    def add(self, row: Any) -> int:
        with transaction(self.engine) as session:
            session.add(row)
            session.flush()
            return int(row.id)

    def change(self, kind: type[Any], number: int, **values: Any) -> None:
        with transaction(self.engine) as session:
            row = session.get_one(kind, number)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)

    def text(
        self, channel: str, state: DeliveryState, *, target: Mapping[str, Any] | None = None
    ) -> tuple[int, int]:
        """Add an approved draft and its delivery; return their numbers."""
        self.number += 1
        both: dict[str, Any] = {
            **self.common, "issue_id": self.issue, "kind": "ack", "channel": channel,
            "key": str(self.number), "created_at": NINE,
        }  # fmt: skip
        delivery = self.add(
            Delivery(
                **both,
                destination=channel,
                target=dict(target or {}),
                public=True,
                text="Every file twice\n\nWe know.",
                state=state,
                url=f"http://x.example/{self.number}",
                next_try_at=NINE,
            )
        )
        draft = self.add(
            Draft(
                **both,
                delivery_id=delivery,
                phase="investigating",
                language="en",
                text="We know.",
                text_sha256="",
                state=DraftState.APPROVED,
            )
        )
        facts: dict[str, Any] = {"version": 1, "text_sha256": "", "by": "demo"}
        self.add(Approval(draft_id=draft, delivery_id=delivery, via="demo", at=NINE, **facts))
        return draft, delivery

    def told(self, phase: str, thread: int | None = None) -> int:
        """Add a text that stands in a thread; return the thread's number."""
        draft, delivery = self.text("discourse", DeliveryState.SENT)
        thread = thread or self.add(Thread(source_id=self.source, remote_id=str(self.number)))
        row = Told(
            issue_id=self.issue,
            thread_id=thread,
            draft_id=draft,
            delivery_id=delivery,
            phase=phase,
            url=f"http://forum.example/{self.number}",
            told_at=NINE,
        )
        self.add(row)
        return thread

    def news(self) -> list[str]:
        with reading(self.engine) as session:
            return ["\n".join([news.words, *news.below]) for news in self.loop.news(session)]


@pytest.fixture
def rows(engine: Engine) -> Rows:
    return Rows(engine)


def test_approvals_are_told_together_once(rows: Rows) -> None:
    rows.text("discourse", DeliveryState.QUEUED)
    rows.text("discourse", DeliveryState.QUEUED)
    assert rows.news() == ["demo approved 2 texts about GS-1"]
    assert rows.news() == []
    rows.text("discourse", DeliveryState.QUEUED)
    assert rows.news() == ["demo approved 1 text about GS-1"]


def test_an_update_of_the_page_is_told_when_it_stands_there(rows: Rows) -> None:
    _, delivery = rows.text("page", DeliveryState.QUEUED, target={"phase": "identified"})
    assert not any("published" in words for words in rows.news())
    rows.change(Delivery, delivery, state=DeliveryState.SENT)
    told = "published, identified: “Every file twice”\nhttp://x.example/1"
    assert rows.news() == [told]
    assert rows.news() == []


def test_what_a_person_has_to_post_is_told_with_its_thread(rows: Rows) -> None:
    where = {"thread_url": "http://blog.example/2026/05/release/"}
    rows.text("manual", DeliveryState.BY_HAND, target=where)
    assert rows.news()[1:] == [f"1 text to be posted by hand:\n{where['thread_url']}"]
    assert rows.news() == []


def test_threads_are_told_by_phase_and_the_end_says_how_many_know_it(rows: Rows) -> None:
    first, _ = rows.told("investigating"), rows.told("investigating")
    told = [words for words in rows.news() if "approved" not in words]
    assert told == [
        "GS-1, investigating: told in 2 threads\nhttp://forum.example/1\nhttp://forum.example/2"
    ]
    rows.told("resolved", first)
    assert rows.news()[1:] == ["told back: GS-1 is resolved, in 1 of 2 threads"]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (PromiseState.KEPT, "promise kept: GS-1, due by 13:00 UTC, kept at 11:00"),
        (PromiseState.BROKEN, "promise broken: GS-1, 13:00 UTC went by"),
    ],
)
def test_a_promise_is_told_when_it_is_made_and_when_it_is_settled(
    rows: Rows, state: PromiseState, words: str
) -> None:
    facts: dict[str, Any] = {"due_at": NINE + timedelta(hours=4), "made_at": NINE}
    number = rows.add(Promise(**rows.common, issue_id=rows.issue, **facts))
    assert rows.news() == ["promised: the next word on GS-1 comes by 13:00 UTC"]
    rows.change(Promise, number, state=state, settled_at=NINE + timedelta(hours=2))
    assert rows.news() == [words]
    assert rows.news() == []
