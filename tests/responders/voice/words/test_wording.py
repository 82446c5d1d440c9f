"""Titles, notes, counts and links: harmless, and in users' words."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.voice.words.symptoms import symptom
from responders.voice.words.wording import (
    UNTITLED,
    entry_link,
    noted,
    title_from,
)

CASES = Path(__file__).parents[5] / "shared" / "cases" / "hostile.jsonl"
ALIVE = re.compile(
    r"""(?ix) [\n\r<>{}\[\]|`*#@\\$~^_=] | :// | \bwww\. | javascript | mailto
      | \b[\w-]+\.[^\W\d_]{2,}\b | (?<!\w)[ur]/\w | &\w | &\#
      | [\u202a-\u202e\u2066-\u2069\u200b]"""
)
"""What some place would make a link, a mention, markup or a trick of."""
OWN = [
    "see пример.рф for it", "see 203.0.113.7 now", "ask u/somebody about it",
    "go to r/fernsync and look", "as in gh-12 before", "the my_file_name thing hangs",
    "www.evil.example is better", "//evil.example/x hangs", "evil。example hangs here",
    "＠everyone look at this", "look at &amp; and &#60;b&#62;", "**it hangs** and [hangs](x)",
    "<b>it hangs</b> again", "[b]it hangs[/b] again", "# it hangs a lot", "> it hangs a lot",
    "`it hangs` a lot", "~~it hangs~~ a lot", "it hangs | a lot | here", "it\u202e hangs a lot",
    "@\u200beveryone it hangs", "![it hangs](https://evil.example/x.png)", "1. it hangs\n2. a lot",
]  # fmt: skip


def hostile() -> Iterator[str]:
    yield from OWN
    if CASES.is_file():
        for line in CASES.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            yield case["text"] if isinstance(case["text"], str) else str(case["text"])


@pytest.mark.parametrize("text", OWN)
def test_nothing_of_a_hostile_text_is_alive_in_a_reply(text: str) -> None:
    for words in (symptom(text) or "", title_from(text), title_from(text, by_person=True)):
        assert not ALIVE.search(words), words


def test_nothing_of_the_shared_hostile_cases_is_alive_in_a_reply() -> None:
    if not CASES.is_file():
        pytest.skip("the shared cases are not here")
    for text in hostile():
        for words in (symptom(text) or "", title_from(text), title_from("", [text, text])):
            assert not ALIVE.search(words.replace(f"{UNTITLED}: ", "")), words


@given(title=st.text(max_size=200), phrases=st.lists(st.text(max_size=30), max_size=4))
def test_a_title_is_one_harmless_line(title: str, phrases: list[str]) -> None:
    for by_person in (False, True):
        made = title_from(title, phrases, by_person=by_person)
        assert made
        assert len(made.split(UNTITLED)[-1]) <= 120
        assert not ALIVE.search(made)


@pytest.mark.parametrize(
    ("title", "made"),
    [
        ("photo backup waits for Wi-Fi", "Photo backup waits for Wi-Fi"),
        ("It never works. The list stays empty", "The list stays empty"),
        ("They promised a fix tomorrow", f"{UNTITLED}: photo backup, waiting for wi-fi"),
        ("mail me at jo@example.com", f"{UNTITLED}: photo backup, waiting for wi-fi"),
        ("(what it was about was erased)", f"{UNTITLED}: photo backup, waiting for wi-fi"),
        ("", f"{UNTITLED}: photo backup, waiting for wi-fi"),
    ],
)
def test_a_title_is_a_symptom_or_what_people_speak_of(title: str, made: str) -> None:
    assert title_from(title, ["photo backup", "@everyone", "waiting for wi-fi"]) == made


def test_without_any_words_the_title_is_ours() -> None:
    assert title_from("", ["<b>", "x.example"]) == UNTITLED


def test_a_person_may_call_it_what_no_author_may() -> None:
    assert title_from("Login", by_person=True) == "Login"
    assert title_from("Fix for the login", by_person=True) == "Fix for the login"
    assert title_from("Fix for the login") == UNTITLED


@pytest.mark.parametrize(
    ("note", "made"),
    [
        ("", ""),
        ("a full disk", "a full disk."),
        ("Is it a full disk?", "Is it a full disk?"),
        ("two\nlines", "two lines."),
        ("see https://wiki.example/42", "see [link]."),
        (" ".join(["word"] * 40), " ".join(["word"] * 25) + "…"),
    ],
)
def test_a_note_is_one_short_sentence(note: str, made: str) -> None:
    assert noted(note) == made


def test_an_entry_stands_below_the_page() -> None:
    assert entry_link("https://x.example/s/", None) == "https://x.example/s/"
    assert entry_link("https://x.example/s/", "gs-1") == "https://x.example/s/incidents/gs-1"
    assert entry_link("https://x.example", "gs-1") == "https://x.example/incidents/gs-1"
