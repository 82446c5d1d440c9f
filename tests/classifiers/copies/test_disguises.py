"""What hides that two texts are the same, and does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.arriving import Arrival
from classifiers.calibration import Knobs
from classifiers.copies.disguises import own_words, undisguised
from classifiers.embedding import embed
from classifiers.judging import Judge
from tests.places.tiny_embedder import TinyEmbedder

NOW = datetime(2026, 5, 12, tzinfo=UTC)
PASTED = "Cheap licence keys for every version of this app, message the seller on the other site"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("cra\u200bsh\u00ad at st\u2060art", "crash at start"),
        ("\u0440\u0430ssword", "password"),
        ("\u03a1\u0430yment", "Payment"),
        ("\uff23\uff32\uff21\uff33\uff28 !", "CRASH !"),
        ("\U0001d401\U0001d42e\U0001d432", "Buy"),
        ("Z\u0337\u031b\u0347a\u0334\u0305lgo", "Zalgo"),
        ("cafe\u0301", "café"),
        ("na\u200cme", "name"),
    ],
)
def test_a_disguise_is_taken_off(text: str, plain: str) -> None:
    assert undisguised(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Пароль не подходит",
        "Ο κωδικός",
        "नमस्\u200dते",
        "👨\u200d👩\u200d👧",
        "façon naïve",
        "日本語のアプリ",
    ],
)
def test_what_is_no_disguise_stays(text: str) -> None:
    assert undisguised(text) == text


def test_a_post_is_what_it_says_itself_and_not_what_it_quotes() -> None:
    assert (
        own_words("> It crashes at start\n> every day\n\nSame here, on 5.2") == "Same here, on 5.2"
    )
    assert own_words("> It crashes") == "> It crashes"
    assert own_words("version > 5 crashes") == "version > 5 crashes"


@given(st.text(max_size=200))
def test_a_plain_text_is_plain_already(text: str) -> None:
    assert undisguised(undisguised(text)) == undisguised(text)
    assert own_words(own_words(text)) == own_words(text)


def copies(texts: list[str], **more: object) -> list[str | None]:
    """What each text but the first is a copy of."""
    posts = [
        Arrival(
            post_id=f"p{n}", text=text, author=f"a{n}", published_at=NOW + timedelta(minutes=n),
            seen_at=NOW + timedelta(minutes=n),
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip
    judge = Judge(Knobs())
    vectors = embed([post.words for post in posts], TinyEmbedder())
    found = [judge.take(*pair) for pair in zip(posts, vectors, strict=True)]
    return [item.duplicate_of for item in found[1:]]


HOSTILE = {
    "case": PASTED.upper(),
    "punctuation": PASTED.replace(" ", " - ").replace(",", "!!!") + "...",
    "zero width": "\u200b".join(PASTED),
    "look-alikes": PASTED.replace("a", "\u0430").replace("o", "\u043e"),
    "full width": "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in PASTED),
    "other spaces": PASTED.replace(" ", "\u00a0\u2003"),
    "a token at the end": f"{PASTED} x8Gq2Lz",
    "a token at both ends": f"kk93 {PASTED} x8Gq2Lz",
    "an emoji between words": PASTED.replace(" ", " 🔥 "),
    "right to left": f"\u202e{PASTED}\u202c",
    "a quote of it alone": f"> {PASTED}",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_text_pasted_in_disguise_is_a_copy(how: str) -> None:
    assert copies([PASTED, HOSTILE[how]]) == ["p0"]


def test_who_quotes_a_whole_post_and_adds_words_is_no_copy_of_it() -> None:
    reply = f"> {PASTED}\n\nPlease remove this, the moderators should look at such posts."
    assert copies([PASTED, reply]) == [None]


def test_a_flood_in_many_disguises_counts_once() -> None:
    assert copies([PASTED, *HOSTILE.values()]) == ["p0"] * len(HOSTILE)
