"""Tests of titles, key phrases and quotes."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.naming import (
    Told,
    cleaned,
    explain,
    key_phrases,
    quotes_of,
    shortened,
    title_of,
)

ISSUE = [
    Told(
        "1", "Since the update the photo backup waits for wifi. I am on wifi!", None, "ann", "forum"
    ),
    Told("2", "photo backup stuck, says waiting for wifi :(", None, "bob", "forum"),
    Told("3", "Hi all, long time reader. Nothing to add.", None, "cid", "blog"),
    Told("4", "Waiting for wifi while wifi is right there, photo backup never starts", None, "ann"),
    Told(
        "5", "same, waiting for wifi since Tuesday", None, "dee", "reviews", "https://x.example/5"
    ),
]
BACKGROUND = ["How do I share a folder?", "Love the new look", "The folder list is long"] * 5


def test_the_title_is_a_sentence_of_a_central_post() -> None:
    title = title_of(ISSUE)
    assert "wifi" in title.casefold()
    assert any(title.casefold() in post.text.casefold() for post in ISSUE)


def test_the_title_says_what_the_posts_share_and_not_the_story_around_it() -> None:
    told = [
        Told("1", "Heads up for anyone who trusts it with pictures. The upload waits for Wi-Fi."),
        Told("2", "Been a customer for six years now. Photo upload waits for Wi-Fi, all day"),
        Told("3", "My upload just waits and waits for wi-fi, and I am sitting beside the router"),
    ]
    assert title_of(told) in {
        "The upload waits for Wi-Fi",
        "Photo upload waits for Wi-Fi, all day",
    }


def test_a_title_is_not_made_of_words_that_everybody_uses_anyway() -> None:
    told = [
        Told("1", "Android phone, Chirrup 5.1. Uploads stay behind the wifi check"),
        Told("2", "Android phone, Chirrup 5.1. The wifi check never ends"),
    ]
    everyday = ["My android phone has chirrup on it", "chirrup on my phone, android 14"] * 9
    assert "wifi check" in title_of(told, everyday)


def test_what_a_topic_is_called_is_a_better_title_than_its_sentences() -> None:
    told = [
        Told("1", "left side goes silent every few minutes, app 6.2 on a phone", None),
        Told(
            "2",
            "Streaming only comes through one side; the left cuts out.",
            "Left aid cuts out now",
        ),
        Told("3", "My left aid stops and the left side of the app cuts out now and then"),
    ]
    assert title_of(told) == "Left aid cuts out now"


def test_a_title_says_what_is_wrong_and_not_what_still_works() -> None:
    told = [
        Told("1", "The app says vault empty after the update. All my logins are gone!"),
        Told("2", "Opened it this morning: zero items. Where are my passwords?"),
        Told("3", "vault shows 0 logins since 9.1, please tell me they're not lost"),
        Told(
            "4",
            "After updating to 9.1 the vault is empty. Web vault still has everything, 312 items.",
            "Vault empty after 9.1",
        ),
    ]
    everyday = ["Can two people share a vault?", "An empty folder", *["Nice app"] * 10] * 4
    assert title_of(told, everyday) == "Vault empty after 9.1"


def test_a_whole_sentence_is_a_better_title_than_one_cut_short() -> None:
    told = [
        Told(
            "1",
            "Ever since the thing that everyone was told to get here last week my left aid keeps "
            "dropping the music stream",
        ),
        Told("2", "Left aid dropping music"),
        Told("3", "The stream keeps humming, silent"),
    ]
    assert title_of(told) == "Left aid dropping music"


def test_a_title_begins_after_whom_the_post_speaks_to() -> None:
    told = [Told("1", "@earlight @help, the left aid cuts out since noon")]
    assert title_of(told) == "The left aid cuts out since noon"


@pytest.mark.parametrize(
    "sentence",
    ["Automatic digest no. 3 lists three topics", "Backups, e.g. of notes, are empty now"],
)
def test_a_shortened_word_ends_no_sentence(sentence: str) -> None:
    assert title_of([Told("1", f"{sentence}. Hm.")]) == sentence


def test_a_title_is_in_the_language_of_those_who_read_it_where_a_post_is() -> None:
    told = [
        Told("1", "Fehler E-7731 am Terminal, nichts geht mehr", lang="de"),
        Told("2", "Error E-7731 en la terminal desde hoy, terminal parada", lang="es"),
        Told("3", "Self check stops with E-7731", lang="en"),
    ]
    assert title_of(told, language="en") == "Self check stops with E-7731"
    assert title_of(told[:2], language="en") in {post.text for post in told[:2]}


def test_quotation_marks_of_a_title_stay_where_they_hold_only_a_part() -> None:
    assert title_of([Told("1", "", '"(copy)" of every file I save')]) == (
        '"(copy)" of every file I save'
    )
    assert title_of([Told("1", "", "“Every file I save is doubled”")]) == (
        "Every file I save is doubled"
    )


def test_key_phrases_are_what_the_issue_says_and_others_do_not() -> None:
    phrases = key_phrases([post.text for post in ISSUE], BACKGROUND)
    assert {"waiting wifi", "photo backup"} & set(phrases)
    assert not any("folder" in phrase for phrase in phrases)
    assert len(phrases) <= 5


def test_quotes_come_from_different_people_and_places() -> None:
    quotes = quotes_of(ISSUE)
    posts = {post.post_id: post for post in ISSUE}
    assert len({posts[quote.post_id].author for quote in quotes}) == 3
    assert len({posts[quote.post_id].source for quote in quotes}) == 3


def test_a_quote_has_the_shape_that_scripts_rely_on() -> None:
    assert quotes_of(ISSUE[4:])[0].as_json() == {
        "post_id": "5",
        "text": "same, waiting for wifi since Tuesday",
        "url": "https://x.example/5",
    }


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("see https://a.example/b?c=d now", "see now"),
        ("@support **help** `x`\n\n> quoted words\nmine", "support help x mine"),
        ("<b>bold</b> ```code\nmore``` end", "bold end"),
        ("a@b.example stays", "a@b.example stays"),
    ],
)
def test_links_markup_and_quotes_of_others_are_taken_out(text: str, clean: str) -> None:
    assert cleaned(text) == clean


def test_a_cut_falls_between_words() -> None:
    assert shortened("one two three", 8) == "one two…"
    assert shortened("unbreakable", 6) == "unbre…"
    assert shortened("short", 80) == "short"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=120), max_size=6))
def test_any_texts_can_be_explained(texts: list[str]) -> None:
    found = explain([Told(str(n), text) for n, text in enumerate(texts)], texts)
    assert len(found.title) <= 80
    assert len(found.quotes) <= 3
    assert bool(found.title) == bool(texts)


def test_strangers_words_do_not_choose_the_cost() -> None:
    """Long posts of random words: what is looked at is bounded in characters and in words."""
    told = [
        Told(str(n), "The map crashes. " + " ".join(f"w{n}x{k}" for k in range(3_000)))
        for n in range(60)
    ]
    tracemalloc.start()
    found = explain(told)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.title == "The map crashes"
    assert peak < 60_000_000
