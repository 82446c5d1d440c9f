"""What an issue keeps of a verified way around, and what goes with the post it came from."""

from typing import Any

import pytest

from classifiers.corrections.store_workarounds import authors, workaround_of
from classifiers.corrections.workarounds import Workaround, kept, without_post, words_of
from classifiers.issues import IssueWriter
from classifiers.tables import Issue
from config.database import transaction
from config.ground import Ground
from listener.tables import Product
from tests.conftest import NOON
from tests.responders.incidents import Incident, Said, erase, happen

MARIA = "Pairing it again fixed it for me."
SAID = [Said(thread=None, text=MARIA), Said(thread=None)]


def found(**more: Any) -> Workaround:
    given: dict[str, Any] = {"text": MARIA, "post_id": 1, "quoted": True, "by": "Ruth", "at": ""}
    return Workaround(**(given | more))


def after_erasing(ground: Ground, value: Workaround) -> Issue:
    """Let an issue keep a way around, then erase the post it came from."""
    number = happen(ground, Incident(said=SAID))
    with transaction(ground.engine) as session:
        session.get_one(Issue, number).workaround = value.as_json()
    erase(ground, MARIA)
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, number)
        shown = workaround_of(session, row)
        assert "Pairing" not in str(shown) or not value.quoted, "not even before the pass"
        IssueWriter(session, session.get_one(Product, row.product_id), now=NOON).forget([])
        session.refresh(row)
        return row


def test_words_of_a_post_go_with_it(ground: Ground) -> None:
    assert after_erasing(ground, found()).workaround is None


def test_words_of_ours_stay_and_lose_the_credit(ground: Ground) -> None:
    ours = after_erasing(ground, found(text="Pair it again.", quoted=False))
    assert kept(ours.workaround) == found(text="Pair it again.", quoted=False, post_id=None)


def test_who_found_it_is_named_while_the_post_stands(ground: Ground) -> None:
    number = happen(ground, Incident(said=SAID))
    with transaction(ground.engine) as session:
        row = session.get_one(Issue, number)
        row.workaround = found().as_json()
        credited = workaround_of(session, row)
        assert credited is not None
        assert (credited.author or "").startswith("person ")
        assert (credited.url or "").startswith("https://forum.example/p/")
        assert set(authors(session, [1, 2, 99])) == {1, 2}
    erase(ground, MARIA)
    with transaction(ground.engine) as session:
        assert set(authors(session, [1, 2])) == {2}


@pytest.mark.parametrize("value", [None, {}, {"text": ""}, {"post_id": 3}])
def test_an_issue_without_one_has_none(value: dict[str, Any] | None) -> None:
    assert kept(value) is None


def test_it_is_kept_as_it_was() -> None:
    assert kept(found().as_json()) == found()
    assert without_post(found()) is None


def test_the_sentence_that_helped_is_taken_and_else_all_of_the_post() -> None:
    quotes = [{"post_id": "7", "text": "Pair it\nagain.", "url": None}]
    facts = {"fixes": [{"value": "Pair it again.", "people": 1, "quotes": quotes}]}
    assert words_of(7, facts, "Hello. Pair it again. Bye.") == "Pair it again."
    assert words_of(8, facts, "Hello.\nBye.") == "Hello. Bye."
