"""What is ours is known however it comes back; who answers us is told with or without a link."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.minding.replying import Heard, Own, answers_us, is_ours, words_of
from tests.conftest import NOON

URL = "https://forum.example/t/app-hangs/5/3"
TEXT = "Thanks for telling us. We know about the problem: https://status.example/gs-1"
OURS = Own(thread_id=1, words=words_of(TEXT), remote_id="77", url=URL, sent_at=NOON, answered="ann")
LATER = NOON + timedelta(minutes=5)
POST = Heard(
    thread_id=1,
    remote_id="78",
    url="https://forum.example/t/app-hangs/5/4",
    text="It still does not work for me.",
    author_key="bob",
    reply_to=None,
    published_at=LATER,
)


@pytest.mark.parametrize(
    "change",
    [
        {"remote_id": "77"},
        {"url": f"{URL}/?utm_source=mail"},
        {"text": "thanks for **telling** us – we know about the problem: <https://status.example>"},
    ],
)
def test_a_post_of_ours_is_known_by_its_id_its_address_or_its_words(change: dict[str, str]) -> None:
    assert is_ours(replace(POST, **change), [OURS])  # type: ignore[arg-type]
    assert not is_ours(POST, [OURS])


def test_the_same_words_in_another_thread_are_not_ours() -> None:
    assert not is_ours(replace(POST, text=TEXT, thread_id=2), [OURS])


def test_a_few_words_are_anybodys() -> None:
    assert words_of("We know about it") == ""
    short = replace(OURS, words=words_of("Thanks!"), remote_id=None, url=None)
    assert not is_ours(replace(POST, text="Thanks!"), [short])


def test_a_text_of_which_nothing_is_known_claims_no_post_without_an_address() -> None:
    unsent = Own(thread_id=1, words="")
    assert not is_ours(replace(POST, remote_id="", url=None), [unsent])
    assert not answers_us(replace(POST, reply_to="x"), [unsent])


@pytest.mark.parametrize("named", [URL, f"{URL}/", "77"])
def test_whoever_names_our_post_answers_us(named: str) -> None:
    assert answers_us(replace(POST, reply_to=named), [OURS])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"author_key": "ann"}, True),
        ({"author_key": "ann", "reply_to": "https://forum.example/t/app-hangs/5"}, True),
        ({"author_key": "ann", "reply_to": "https://forum.example/t/app-hangs/5/2"}, False),
        ({"author_key": "ann", "reply_to": "https://forum.example/t/app-hangs/5/30"}, False),
        ({"author_key": "ann", "published_at": NOON}, False),
        ({"author_key": "ann", "thread_id": 2}, False),
        ({"author_key": "bob"}, False),
        ({"author_key": None}, False),
    ],
)
def test_whom_we_answered_answers_us_by_speaking_again_below(
    change: dict[str, object], expected: bool
) -> None:
    assert answers_us(replace(POST, **change), [OURS]) is expected  # type: ignore[arg-type]


def test_nobody_answers_what_nobody_knows_to_stand() -> None:
    waiting = replace(OURS, sent_at=None, url=None, remote_id=None)
    assert not answers_us(replace(POST, author_key="ann"), [waiting])


def test_a_thread_whose_address_has_a_fragment_for_each_post_is_no_post() -> None:
    own = replace(OURS, url="https://github.com/fern/sync/issues/5#issuecomment-7")
    below = replace(POST, author_key="ann", reply_to="https://github.com/fern/sync/issues/5")
    assert answers_us(below, [own])
    assert not answers_us(replace(below, author_key="bob"), [own])
