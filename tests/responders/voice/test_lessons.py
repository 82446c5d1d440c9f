import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.voice.lessons import Sample, lessons

DRAWN = "Thanks for telling us. We know of it and are investigating it now."
SAID = "Hello. We know of it and are on it."


def sample(approved: str = DRAWN, *, kind: str = "ack", rules: tuple[str, ...] = ()) -> Sample:
    return Sample(
        kind=kind, phase="investigating", language="en", drawn=DRAWN, approved=approved,
        edited=approved != DRAWN, rules=rules,
    )  # fmt: skip


def test_the_share_that_went_out_as_it_was_drawn_is_told_of_each_template() -> None:
    found = lessons([sample(), sample(), sample(SAID), sample(kind="page")])
    assert [(one.kind, one.approved, one.unedited) for one in found] == [
        ("ack", 3, 2), ("page", 1, 1),
    ]  # fmt: skip
    assert found[0].unedited_share == pytest.approx(2 / 3)
    assert found[1].distance is None


def test_phrases_are_counted_once_a_text_and_the_most_frequent_come_first() -> None:
    other = SAID.replace("Hello. ", "")
    (found,) = lessons([sample(SAID), sample(SAID), sample(other)])
    assert dict(found.removed) == {"investigating": 3, "now": 3, "thanks for telling us": 3}
    assert list(found.added.items()) == [("on", 3), ("hello", 2)]
    assert found.distance is not None
    assert 0 < found.distance < 1


def test_a_rewriting_is_no_phrase() -> None:
    (found,) = lessons(
        [sample("Nothing of what was drawn there is in this text any more, at all.")]
    )
    assert found.distance == pytest.approx(1.0, abs=0.1)
    assert all(len(words.split()) <= 8 for words in (*found.removed, *found.added))


def test_what_was_erased_since_counts_and_teaches_no_words() -> None:
    gone = Sample("ack", "investigating", "en", drawn="", approved="", edited=True)
    (found,) = lessons([gone, sample()])
    assert (found.approved, found.unedited, found.distance) == (2, 1, None)
    assert found.removed == {}


def test_the_rules_that_still_spoke_are_counted() -> None:
    (found,) = lessons(
        [sample(SAID, rules=("jargon", "jargon")), sample(rules=("jargon", "blame"))]
    )
    assert list(found.rules.items()) == [("jargon", 2), ("blame", 1)]


@given(st.lists(st.tuples(st.sampled_from(("ack", "page")), st.sampled_from((DRAWN, SAID)))))
def test_every_text_counts_once_whatever_the_order(found: list[tuple[str, str]]) -> None:
    some = [sample(text, kind=kind) for kind, text in found]
    learned = lessons(some)
    assert sum(one.approved for one in learned) == len(some)
    assert learned == lessons(some[::-1])
