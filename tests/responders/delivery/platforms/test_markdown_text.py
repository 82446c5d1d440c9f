"""No sign of our texts pings, links, quotes or runs a command; addresses stay as they are."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.delivery.platforms.markdown_text import UNSEEN, github_text, reddit_text

BOTH = pytest.mark.parametrize("dressed", [github_text, reddit_text])
LINK = "https://status.example/incidents/gs_7?a=*b*"


def as_read(text: str) -> str:
    """Return what a reader sees of it, where nothing of it is markup."""
    return re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", text.replace(UNSEEN, "")).replace("&amp;", "&")


@BOTH
@pytest.mark.parametrize(
    "text",
    [
        "# no heading", "> no quote", "- no list", "+ no list", "12. no list", "3) no list",
        "*no* _stress_ `code` ~~gone~~ ^up", "<b>no tag</b>", "[no](link)", "a | b", "===\n---",
        "/close", "&lt;", "$5 and $6", "18:00:30 UTC", "a@b.example",
    ],
)  # fmt: skip
def test_a_text_reads_as_it_was_typed(dressed: Callable[[str], str], text: str) -> None:
    assert as_read(dressed(text)).replace("  \n", "\n") == text


@BOTH
@pytest.mark.parametrize("sign", list("\\`*_[]<>|~^"))
def test_every_sign_is_switched_off(dressed: Callable[[str], str], sign: str) -> None:
    assert dressed(f"a {sign} b") == f"a \\{sign} b"


@BOTH
def test_an_address_stays_as_it_is(dressed: Callable[[str], str]) -> None:
    assert dressed(f"See {LINK}, please.") == f"See {LINK}, please."
    assert dressed(LINK) == LINK


def test_at_github_nobody_is_named_and_nothing_referred_to() -> None:
    text = github_text("@ann, (@bob) see #12 and fern/sync#3 :tada:")
    assert not re.search(r"@\w|(?<!&)#\d|:tada", text)
    assert github_text("a@b.example") == "a@b.example"


@pytest.mark.parametrize("name", ["u/ann", "/u/ann", "U/ann", "r/fernsync", "(u/ann)"])
def test_at_reddit_nobody_is_named(name: str) -> None:
    assert not re.search(r"(?i)[ur]/\w", reddit_text(f"Hi {name}!"))


def test_a_line_end_is_one_at_reddit_too() -> None:
    assert reddit_text("one\ntwo\n\nthree") == "one  \ntwo\n\nthree"
    assert github_text("one\ntwo") == "one\ntwo"


@BOTH
def test_blanks_before_a_line_make_no_code_of_it(dressed: Callable[[str], str]) -> None:
    assert not re.search(r"(?m)^[ \t]", dressed("    four\n\ttab"))


@BOTH
@given(st.text(alphabet="@#:u/ra1 \n\\`*_[]<>|~^&;.-+=$https", max_size=60))
def test_no_mix_of_signs_comes_alive(dressed: Callable[[str], str], text: str) -> None:
    made = dressed(text)
    bare = re.sub(r"https?://\S+", "", made)
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*\[<|~^]", bare)
    if dressed is github_text:
        assert not re.search(r"(?<![\w@])@\w|(?<!&)#\d", bare)
    else:
        assert not re.search(r"(?<!\w)[ur]/\w", bare)
