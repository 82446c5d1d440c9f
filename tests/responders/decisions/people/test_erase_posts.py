"""Erasing on request: who may, what it takes, and what the audit must never hold."""

import pytest

from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post
from responders.decisions.acting import AlreadyDone, NotFound
from responders.decisions.people.erase_posts import erase_author, erase_post, preview_author
from responders.decisions.tables import AuditEntry
from responders.delivery.tables import Delivery, DeliveryState
from tests.listener.installation import rows
from tests.responders.decisions.deciding import ADMIN, propose
from tests.responders.incidents import Incident, Said, happen


def name(ground: Ground, *posts: int, author: str = "Ann Example", key: str = "ann") -> None:
    """Let posts be this person's."""
    with transaction(ground.engine) as session:
        for post_id in posts:
            row = session.get_one(Post, post_id)
            row.author, row.author_key = author, key


def standing(ground: Ground) -> list[bool]:
    return [post.erased_at is None for post in rows(ground, Post)]


def test_a_post_is_erased_once_and_the_audit_says_so_without_its_words(ground: Ground) -> None:
    happen(ground, Incident(said=[Said(text="My secret."), Said(text="Another.")]))
    name(ground, 1)
    done = erase_post(ground, ADMIN, 1, reason="asked by mail")
    assert (done.posts, done.people, done.issues) == (1, 1, 1)
    assert standing(ground) == [False, True]
    (entry,) = rows(ground, AuditEntry)
    assert (entry.act, entry.subject) == ("post erased", "post 1")
    assert entry.payload == {
        "by": "Ada", "role": "admin", "via": "command line", "posts": 1, "reason": "asked by mail",
    }  # fmt: skip
    with pytest.raises(AlreadyDone, match="post 1 was erased at 2026-05-12 12:00 UTC"):
        erase_post(ground, ADMIN, 1)
    with pytest.raises(NotFound, match="there is no post 99"):
        erase_post(ground, ADMIN, 99)


@pytest.mark.parametrize("named", ["ann example", "Ann Example", "ann"])
def test_an_author_is_erased_under_every_name_and_nobody_can_be_told_from_it(
    ground: Ground, named: str
) -> None:
    happen(ground, Incident(said=[Said(), Said(), Said()]))
    name(ground, 1)
    name(ground, 2, author="Ann (away)")
    done = erase_author(ground, ADMIN, named)
    assert (done.posts, done.people) == (2, 1)
    first, second, third = rows(ground, Post)
    assert standing(ground) == [False, False, True]
    assert first.author_key == second.author_key != "ann"
    assert third.author_key == "a3" or third.author_key
    (entry,) = rows(ground, AuditEntry)
    assert "ann" not in str(entry.model_dump()).casefold().replace("channel", "")
    with pytest.raises(NotFound, match="no post that stands was written by that author"):
        erase_author(ground, ADMIN, named)


def test_a_source_narrows_it_and_the_preview_names_each_place(ground: Ground) -> None:
    happen(ground, Incident())
    happen(ground, Incident())
    name(ground, 1)
    name(ground, 2, key="ann there")
    with reading(ground.engine) as session:
        found = preview_author(session, "ann example")
    assert sorted(found.places.values()) == [1, 1]
    assert found.people == 2
    place = next(iter(found.places))
    assert erase_author(ground, ADMIN, "ann example", source=place).posts == 1


def test_what_of_ours_stands_in_public_is_told(ground: Ground) -> None:
    issue = happen(ground, Incident())
    propose(ground, issue)
    with transaction(ground.engine) as session:
        session.add(
            Delivery(
                key="k", product_id=1, issue_id=issue, post_id=1, channel="discourse",
                destination="source:1", kind="ack", public=True, text="We know.",
                state=DeliveryState.SENT, url="https://forum.example/t/1/2",
                next_try_at=ground.clock.now(), created_at=ground.clock.now(),
            )
        )  # fmt: skip
    done = erase_post(ground, ADMIN, 1)
    assert (done.drafts, done.in_public) == (1, ["https://forum.example/t/1/2"])
