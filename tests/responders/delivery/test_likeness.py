import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.delivery.likeness import says_the_same, text_of
from responders.delivery.platforms.markdown_text import github_text, reddit_text


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        (
            "<p>We know -- it&#8217;s &#8220;hanging&#8221;&#8230;</p>",
            'We know -- it\'s "hanging"...',
        ),
        ("<p>One.<br />\nTwo.</p>\n<p>Three.</p>", "One.\nTwo.\n\nThree."),
        ('<p><a href="https://p.example/">https://p.example/</a></p>', "https://p.example/"),
        ("<p>3&#215;4 &lt;b&gt; &amp;amp;</p>", "3x4 <b> &amp;"),
        ("<p>:-)</p>", ":-)"),
    ],
)
def test_what_a_place_made_of_a_text_is_known_again(shown: str, sent: str) -> None:
    assert says_the_same(text_of(shown), sent)


@pytest.mark.parametrize(
    ("one", "other"),
    [("We know.", "We do know."), ("fixed in 5.2", "fixed in 5.3"), (":-)", ":-("), ("a b", "b a")],
)
def test_other_words_are_another_text(one: str, other: str) -> None:
    assert not says_the_same(one, other)


@given(st.text(max_size=80))
def test_every_text_is_the_same_as_itself_however_it_is_dressed(text: str) -> None:
    assert says_the_same(text, text)
    assert says_the_same(github_text(text), github_text(text))
    assert says_the_same(reddit_text(text), reddit_text(text))
