from dataclasses import replace

import pytest

from listener.cleaning import clean_html
from responders.demo.bodies import html_of
from responders.demo.script import DAY_END, PLACES, Place, Post, read_script

POST = read_script().posts[0]


def _post(text: str, place: Place = "community") -> Post:
    return replace(POST, text=text, place=place)


def test_paragraphs_and_line_ends_stay() -> None:
    assert html_of(_post("one\ntwo\n\nthree")) == "<p>one<br>\ntwo</p>\n<p>three</p>"


@pytest.mark.parametrize("place", PLACES)
def test_markup_typed_into_a_post_is_text(place: Place) -> None:
    shown = html_of(_post("<script>alert('5.1')</script> &amp; <b>bold</b>", place))
    assert "<script" not in shown
    assert "<b>" not in shown
    assert clean_html(shown).text == "<script>alert('5.1')</script> &amp; <b>bold</b>"


def test_the_community_quotes_by_name_and_the_board_without() -> None:
    text = "> same here\n\nnot for me"
    forum = html_of(_post(text), quoted_author='a"<b')
    assert forum.startswith('<aside class="quote no-group" data-username="a&quot;&lt;b"')
    assert html_of(_post(text, "gripes")).startswith("<blockquote>\n<p>same here</p>")


@pytest.mark.parametrize("place", PLACES)
def test_the_listener_takes_the_authors_own_words_and_not_the_quoted_ones(place: Place) -> None:
    cleaned = clean_html(html_of(_post("> same here\n\nnot for me", place), quoted_author="dunlin"))
    assert cleaned.text == "not for me"
    assert cleaned.quoted


def test_a_masked_link_is_a_link_in_the_community_and_plain_text_elsewhere() -> None:
    text = "[good.example](https://bad.example/login)"
    assert '<a href="https://bad.example/login"' in html_of(_post(text))
    assert 'href="https://bad.example/login"' not in html_of(_post("see " + text, "blog"))[:40]


def test_every_text_of_the_script_survives_the_way_through_its_place() -> None:
    for place in PLACES:
        for post in read_script().of(place, until=DAY_END):
            assert clean_html(html_of(post)).text, post.id
