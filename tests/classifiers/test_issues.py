"""What an issue keeps and what it gives up when its posts are erased or moved."""

import pytest

from classifiers.issues import ERASED, IssueWriter
from classifiers.tables import Issue
from config.database import transaction
from config.ground import Ground
from listener.tables import Product
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, erase, happen

MARIA = "Maria cannot log in."
SLOW = "It is slow since the update."
SAID = [Said(thread=None, text=MARIA), Said(thread=None, text=SLOW)]


def after_erasing(ground: Ground, issue_id: int, words: str) -> Issue:
    """Let the issue forget a post as the live pass does."""
    erase(ground, words)
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue_id)
        product = session.get_one(Product, row.product_id)
        whole = row.merged_into or issue_id
        IssueWriter(session, product, now=NOON).forget([whole])
        session.refresh(row)
        return row


def change(ground: Ground, issue_id: int, **values: object) -> None:
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, issue_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


@pytest.mark.parametrize(
    ("titled_by", "title"), [("", SLOW.rstrip(".")), ("Ruth", "Maria cannot log in")]
)
def test_a_title_of_erased_words_goes_unless_a_person_gave_it(
    ground: Ground, titled_by: str, title: str
) -> None:
    number = happen(ground, Incident(title="Maria cannot log in", said=SAID))
    change(ground, number, titled_by=titled_by)
    row = after_erasing(ground, number, MARIA)
    assert row.title == title
    assert "Maria" not in str(row.quotes)
    assert "maria" not in str(row.key_phrases)


def test_a_part_of_another_issue_forgets_its_title_too(ground: Ground) -> None:
    whole = happen(ground, Incident(title="It is slow", said=SAID))
    part = happen(ground, Incident(title="Maria cannot log in", said=[]))
    change(ground, part, merged_into=whole)
    assert after_erasing(ground, part, MARIA).title != "Maria cannot log in"


def test_an_issue_none_of_whose_posts_is_left_has_no_words(ground: Ground) -> None:
    number = happen(ground, Incident(title="Maria cannot log in", said=SAID[:1]))
    row = after_erasing(ground, number, MARIA)
    assert (row.title, row.quotes) == (ERASED, [])


def test_facts_are_those_of_the_posts_that_are_left(ground: Ground) -> None:
    maria = "Maria cannot log in since version 5.2."
    said = [Said(thread=None, text=maria), Said(thread=None, text="Windows 11, no log-in at all.")]
    number = happen(ground, Incident(title="No log-in at all", said=said))
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, number)
        IssueWriter(session, session.get_one(Product, row.product_id), now=NOON).explain_anew(
            [number]
        )
        assert set(row.facts) == {"versions", "platforms"}
    row = after_erasing(ground, number, maria)
    assert set(row.facts) == {"platforms"}
    assert "Maria" not in str(row.facts)
