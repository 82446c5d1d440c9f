"""Words of people do nothing in any place, and read as they were written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.voice.words.placing import ELSEWHERE, PLACES, bare, rules_of, shown

ALIVE = re.compile(
    r"""(?ix) (?<!\\)[`*_~\[\]<>|] | [@＠](?=\w) | (?<![\w/])/?[ur]/\w | \#\d | \bgh-\d"""
)
"""What Markdown or a forum would make something of."""


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("ask @ines about *it*", r"ask ines about \*it\*"),
        ("see u/ines and /r/fernsync", "see u/ ines and /r/ fernsync"),
        ("as in #12 and gh-13", "as in # 12 and gh- 13"),
        ("[here](https://x)", r"\[here\](https://x)"),
        ("five > four, C# @ noon", r"five \> four, C# @ noon"),
        ("@@everyone", "everyone"),
        ("a back\\slash", r"a back\\slash"),
    ],
)
def test_where_markdown_is_rendered_words_only_show_themselves(words: str, made: str) -> None:
    assert shown(words, "markdown") == made


def test_elsewhere_only_pings_are_taken_out() -> None:
    assert shown("ask @ines about *it* #12", "plain") == "ask ines about *it* #12"


@given(st.text(alphabet="@＠u/r#1gh-*_`~[]<>| aé", max_size=60))
def test_nothing_stays_alive(words: str) -> None:
    assert not ALIVE.search(shown(words, "markdown"))


@pytest.mark.parametrize("words", ["ask @ines", "*it* [x](y)", "a\\b", "#12 again", "plain"])
def test_the_same_words_are_the_same_in_every_place(words: str) -> None:
    assert bare(shown(words, "markdown")) == bare(shown(words, "plain")) == bare(words)


def test_an_unknown_place_has_rules() -> None:
    assert rules_of("feed") == rules_of("") == ELSEWHERE
    assert all(rules.longest >= 300 for rules in PLACES.values())
