"""What later stages hand down of our own texts, and what that says of the posts we hear."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from config.database import reading, transaction
from config.ground import Ground
from listener import store_batch
from listener.minding.replying import words_of
from listener.minding.store_minding import mark_ours
from listener.opening import rules_for
from listener.preparing import prepare
from listener.sources.base import RawPost
from listener.tables import OwnPost, Post, Product, Source, Thread
from tests.conftest import NOON
from tests.listener.installation import declare, posts, watch

TEXT = "Thanks for telling us. We know about the problem and are on it."
URL = "https://forum.example/t/1/2"


def hear(ground: Ground, *told: RawPost) -> list[Post]:
    """Store posts as a look does; return all posts."""
    with transaction(ground.engine) as session:
        source = session.exec(select(Source)).one()
        product = session.get_one(Product, source.product_id)
        rules = rules_for(ground, product, source.name, first_fetch=False, stable_ids=True)
        ready = prepare(told, [raw.body for raw in told], rules, now=NOON)
        store_batch.save_posts(session, source, ready, now=NOON)
    return list(posts(ground))


def raw(number: int, text: str = "It hangs.", **more: Any) -> RawPost:
    given: dict[str, Any] = {
        "author_id": f"person {number}",
        "url": f"https://forum.example/t/1/{number}",
        "thread_id": "t1",
        "published_at": NOON - timedelta(hours=1) + timedelta(minutes=number),
    }
    return RawPost(remote_id=str(number), body=text, is_html=False, **(given | more))


def hand_down(ground: Ground, **more: Any) -> bool:
    with transaction(ground.engine) as session:
        given: dict[str, Any] = {"name": "thread:1|1|ack|1", "words": words_of(TEXT), "answers": 1}
        return mark_ours(session, OwnPost(source_id=1, thread_id=1, **(given | more)))


def begin(ground: Ground) -> None:
    watch(ground, declare(ground), "https://forum.example")
    hear(ground, raw(1))


def marks(ground: Ground) -> list[tuple[str, bool, bool, str | None]]:
    return [(post.remote_id, post.ours, post.answers_us, post.role) for post in posts(ground)]


def test_our_post_is_known_before_its_receipt_and_is_no_evidence(ground: Ground) -> None:
    begin(ground)
    assert hand_down(ground)
    hear(ground, raw(2, TEXT, author_id="an account that nobody declared"))
    assert marks(ground) == [("1", False, False, None), ("2", True, False, "staff")]


def test_our_post_and_its_answer_may_come_with_one_look(ground: Ground) -> None:
    begin(ground)
    hand_down(ground)
    hear(ground, raw(2, TEXT), raw(3, "Still broken.", reply_to=URL))
    assert marks(ground)[1:] == [("2", True, False, "staff"), ("3", False, True, None)]


def test_what_was_heard_before_the_receipt_is_read_again(ground: Ground) -> None:
    begin(ground)
    hear(ground, raw(2, "What a person of ours typed."), raw(3, "Thanks", reply_to=URL), raw(4))
    assert hand_down(ground, url=URL, sent_at=NOON - timedelta(minutes=58))
    assert not hand_down(ground, url=URL, sent_at=NOON - timedelta(minutes=58))
    assert marks(ground) == [
        ("1", False, False, None),
        ("2", True, False, "staff"),
        ("3", False, True, None),
        ("4", False, False, None),
    ]


def test_the_person_whom_we_answered_answers_us(ground: Ground) -> None:
    begin(ground)
    hand_down(ground, url=URL, sent_at=NOON - timedelta(minutes=57))
    hear(ground, raw(5, "Same here, still."), raw(6, "Still broken.", author_id="person 1"))
    assert [(post.remote_id, post.answers_us) for post in posts(ground)] == [
        ("1", False),
        ("5", False),
        ("6", True),
    ]


@pytest.mark.parametrize(
    "told", ["https://forum.example/t/1", "https://www.forum.example/t/1/1?s=9"]
)
def test_the_address_of_a_thread_makes_nobodys_post_ours(ground: Ground, told: str) -> None:
    """Who posted by hand gave the address of the thread, or of the post that we answer."""
    where = {"thread_url": "https://forum.example/t/1"}
    watch(ground, declare(ground), "https://forum.example")
    hear(ground, raw(1, url=told, **where))
    asked = raw(2, "And here.", reply_to=told, **where)
    hear(ground, asked)
    hand_down(ground, url=told, sent_at=NOON - timedelta(minutes=57))
    hear(ground, raw(3, "Same here.", reply_to=told, **where), raw(4, TEXT, **where))
    assert marks(ground) == [
        ("1", False, False, None),
        ("2", False, False, None),
        ("3", False, False, None),
        ("4", True, False, "staff"),
    ]
    assert not hand_down(ground, url=told, sent_at=NOON - timedelta(minutes=57))


def test_the_person_whom_we_answered_may_name_the_thread(ground: Ground) -> None:
    where = {"thread_url": "https://forum.example/t/1"}
    watch(ground, declare(ground), "https://forum.example")
    hear(ground, raw(1, **where))
    hand_down(ground, url=where["thread_url"], sent_at=NOON - timedelta(minutes=57))
    again = {"author_id": "person 1", "reply_to": where["thread_url"], **where}
    hear(ground, raw(6, "Still broken.", **again))
    assert [post.answers_us for post in posts(ground)] == [False, True]


def test_staff_answer_nobody_and_another_thread_does_not_count(ground: Ground) -> None:
    begin(ground)
    hand_down(ground, url=URL, sent_at=NOON - timedelta(minutes=57))
    hear(ground, raw(7, reply_to=URL, role="staff"), raw(8, reply_to=URL, thread_id="t2"))
    assert not any(post.answers_us for post in posts(ground))


def test_a_thread_is_closed_only_by_who_says_so(ground: Ground) -> None:
    begin(ground)
    for locked, expected in ((True, True), (None, True), (False, False)):
        hear(ground, raw(1, locked=locked))
        with reading(ground.engine) as session:
            assert session.exec(select(Thread.locked)).one() is expected


def test_what_one_post_does_not_say_of_a_thread_another_may(ground: Ground) -> None:
    begin(ground)
    hear(ground, raw(2, thread_title="It hangs", locked=True), raw(3), raw(4, thread_title=None))
    with reading(ground.engine) as session:
        thread = session.exec(select(Thread)).one()
    assert (thread.title, thread.locked) == ("It hangs", True)
