"""Strangers' words in Markdown: they show themselves and do nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.commands.issues.inert_markdown import inert, inert_link, inert_quote


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("plain words, and 5.2.1 of it", "plain words, and 5.2.1 of it"),
        ("# head\n\n- item", "#\u200b head - item"),
        ("1. item", r"1\. item"),
        ("*b* _i_ `c` ~s~ |t|", r"\*b\* \_i\_ \`c\` \~s\~ \|t\|"),
        ("[a](javascript:b) ![c](d)", r"\[a\](javascript:b) !\[c\](d)"),
        ("<img src=x onerror=y>", "&lt;img src=x onerror=y>"),
        ("- item", r"\- item"),
        ("> 5 $x$", r"\> 5 \$x\$"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("@everyone see #12", "@\u200beveryone see #\u200b12"),
        ("https://evil.example", "https:\u200b//evil.example"),
        ("a\x1b[31mb\u202ec", r"a \[31mbc"),
    ],
)
def test_markup_of_strangers_is_shown_as_it_was_written(words: str, shown: str) -> None:
    assert inert(words) == shown


@given(st.text())
def test_no_words_leave_their_line_or_open_a_tag(words: str) -> None:
    text = inert(words)
    assert len(text.splitlines()) <= 1
    assert "<" not in text
    assert "@" not in text.replace("@\u200b", "")


def test_a_quote_carries_no_private_data() -> None:
    assert inert_quote("write to me@home.example") == r"“write to \[address\]”"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://forum.example/t/(3)", "[forum.example](<https://forum.example/t/%283%29>)"),
        ("javascript:alert(1)", None),
        ("https://a@b.example/", None),
        (None, None),
    ],
)
def test_a_link_is_named_by_its_host(url: str | None, link: str | None) -> None:
    assert inert_link(url) == link
