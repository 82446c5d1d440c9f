"""What is kept of a post, and what of hostile HTML."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.cleaning import (
    MAX_CHARACTERS,
    clean_html,
    clean_line,
    clean_text,
    storable,
    web_address,
)

HTML = [
    ("tags become lines", "<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
    ("entities are decoded once", "a &amp;amp; b &lt;b&gt;", "a &amp; b <b>"),
    ("scripts and styles are no words", "<style>p{}</style><script>x()</script>hi", "hi"),
    (
        "code keeps its lines and its spaces",
        "<pre>  if x:\n    &gt; y</pre>",
        "  if x:\n    > y".strip(),
    ),
    ("alt texts stay", 'it fails <img src="x.png" alt=":cry:">', "it fails :cry:"),
    ("a link says where it goes", '<a href="https://x.org/a">see</a>.', "see (https://x.org/a)."),
    ("an address is not told twice", '<a href="https://x.org/">x.org</a>', "x.org"),
    (
        "a shortened address is not told twice",
        '<a href="https://x.org/long/way">x.org/lon…</a>',
        "x.org/lon…",
    ),
    ("only web links are told", '<a href="javascript:alert(1)">click</a>', "click"),
    ("relative links count from the post", '<a href="/a">see</a>', "see (https://host.org/a)"),
    ("cells stay apart", "<table><tr><td>v1</td><td>crash</td></tr></table>", "v1 crash"),
    ("lists become lines", "<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
    ("a signature goes", 'broken<div class="post-signature">Bob, admin of all</div>', "broken"),
    ("no-break spaces are spaces", "a&nbsp;&nbsp;b", "a b"),
]


@pytest.mark.parametrize(
    ("html", "text"), [case[1:] for case in HTML], ids=[case[0] for case in HTML]
)
def test_html_becomes_the_words_of_its_author(html: str, text: str) -> None:
    assert clean_html(html, base_url="https://host.org/t/1").text == text


QUOTES = [
    "<blockquote><p>their words</p></blockquote><p>mine</p>",
    '<aside class="quote"><div class="title">bob:</div><p>their words</p></aside>mine',
    '<div class="bbcode_quote">their words</div>mine',
    "<p>&gt; their words</p><p>mine</p>",
]


@pytest.mark.parametrize("html", QUOTES)
def test_what_others_said_is_cut_from_html(html: str) -> None:
    cleaned = clean_html(html)
    assert (cleaned.text, cleaned.quoted) == ("mine", True)


TEXTS = [
    ("> their words\nmine", "mine"),
    ("On Tuesday Bob wrote:\n> their words\n> more\n\nmine", "mine"),
    ('[quote="bob, post:1, topic:2"]\ntheir [b]words[/b]\n[/quote]\nmine', "mine"),
    ("[quote]a[/quote]mine[quote]b[/quote]", "mine"),
    ("[quote]outer [quote]inner[/quote] outer[/quote]mine", "mine"),
]


@pytest.mark.parametrize(("text", "mine"), TEXTS)
def test_what_others_said_is_cut_from_plain_text(text: str, mine: str) -> None:
    cleaned = clean_text(text)
    assert (cleaned.text, cleaned.quoted) == (mine, True)


def test_a_post_that_is_nothing_but_a_quote_keeps_it() -> None:
    assert clean_html("<blockquote>all of it</blockquote>").text == "all of it"
    assert clean_text("> 2 GB uploads fail").text == "> 2 GB uploads fail"


def test_a_prompt_in_code_is_no_quote() -> None:
    assert clean_text("run\n```\n> npm start\n```").text == "run\n```\n> npm start\n```"


def test_an_emoticon_is_no_quote() -> None:
    assert clean_text(">:( it broke again").quoted is False


SIGNATURES = [
    "it broke\n-- \nBob\nACME Inc.",
    "it broke\n__________\nBob",
    "it broke\n\nSent from my iPhone",
]


@pytest.mark.parametrize("text", SIGNATURES)
def test_signatures_are_cut(text: str) -> None:
    assert clean_text(text).text == "it broke"


def test_a_rule_in_the_middle_of_a_long_post_is_no_signature() -> None:
    text = "first\n--\n" + "\n".join(f"step {number}" for number in range(20))
    assert "step 19" in clean_text(text).text


def test_plain_text_is_not_decoded() -> None:
    assert clean_text("a &amp; <b>").text == "a &amp; <b>"


def test_what_no_database_takes_is_replaced() -> None:
    assert clean_text("a\x00b\ud800c\x1b[31md").text == "a\ufffdb\ufffdc[31md"
    assert clean_html("a\x00b\udfffc&#0;").text.encode("utf-8")


def test_a_picture_inside_the_page_leaves_room_for_the_words() -> None:
    html = f'<img src="data:image/png;base64,{"A" * 900_000}" alt="shot"> it crashes'
    assert clean_html(html).text == "shot it crashes"


def test_of_a_preview_the_link_is_kept_and_not_the_words_of_its_page() -> None:
    html = (
        '<p>See</p><aside class="onebox"><a href="https://x.example/a">x.example</a>'
        "<article>Words of the page</article></aside><p>mine</p>"
    )
    assert clean_html(html).text == "See\n\nhttps://x.example/a\nmine"


def test_a_title_is_one_line() -> None:
    assert clean_line(" a\n b\t<c> ") == "a b <c>"
    assert clean_line("AT&amp;T <b>down</b>", is_html=True) == "AT&T down"


@pytest.mark.parametrize(
    "href",
    [
        "javascript:x",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://[",
        "",
        "ftp://x.org/a",
        "javascript://x.org/%0aalert(1)",
    ],
)
def test_other_than_web_addresses_are_no_links(href: str) -> None:
    assert web_address(href, "not a base") is None


SECONDS = 10.0
"""Far from both: each takes under one here, and minutes where a step is quadratic."""

BOMBS = {
    "nested divs": "<div>" * 100_000 + "words",
    "nested pairs": "<div><b>" * 50_000 + "words",
    "lists": "<ul><li>" * 50_000 + "words",
    "open tags": "<a " * 150_000,
    "attributes": "<a " + " ".join(f"a{number}=1" for number in range(60_000)) + ">words",
    "formatting": "<b><i><u><p>" * 40_000 + "words",
    "tables": "<table><tr><td>" * 30_000 + "words",
    "quotes": "<blockquote>" * 40_000 + "words",
    "closed quotes": "<blockquote>x</blockquote>" * 16_000,
    "people said": "a said:<br>" * 36_000 + "<blockquote>words",
    "heads of mails": "From: a<br>Sent: b<br>" * 20_000,
    "brackets": "<" * 400_000,
    "entities": "&amp;" * 100_000,
}


@pytest.mark.parametrize("html", BOMBS.values(), ids=BOMBS.keys())
def test_hostile_html_takes_seconds_at_the_most_not_minutes(html: str) -> None:
    started_at = time.process_time()
    text = clean_html(html).text
    assert time.process_time() - started_at < SECONDS
    assert len(text) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    "text",
    [
        "[quote]" * 60_000,
        "> " * 200_000,
        "_" * 400_000,
        "\n" * 400_000,
        "`" * 400_000,
        "a wrote:\n" * 40_000,
        "schrieb " * 50_000 + "\n> a",
        ">>> a\n>> b\n" * 30_000,
        "From: a\n" * 40_000,
        "\n " * 200_000,
    ],
)
def test_hostile_plain_text_takes_seconds_at_the_most_not_minutes(text: str) -> None:
    started_at = time.process_time()
    clean_text(text)
    assert time.process_time() - started_at < SECONDS


def test_words_beneath_deep_nesting_are_kept() -> None:
    assert clean_html("<div>" * 5_000 + "deep words").text == "deep words"


@given(st.text())
def test_cleaning_clean_text_changes_nothing(text: str) -> None:
    once = clean_text(text)
    if not once.quoted:
        assert clean_text(once.text).text == once.text


@given(st.text(st.characters(exclude_categories=[])))
def test_whatever_comes_can_be_stored(text: str) -> None:
    for cleaned in (clean_text(text).text, clean_html(text).text, clean_line(text), storable(text)):
        assert "\x00" not in cleaned
        cleaned.encode("utf-8")
