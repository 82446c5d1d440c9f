"""What leaves for services we do not know: letters, figures and plain punctuation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.delivery.platforms.fan_out import BODY, LINE, TITLE, harmless, harmless_lines, said

ALIVE = set("@<>[]{}*_`~|\\#&^\r\n\t\x00\u202e\uff20")


@given(st.text(max_size=500))
def test_nothing_is_left_that_a_service_could_take_for_markup(text: str) -> None:
    kept = harmless(text)
    assert not set(kept) & ALIVE
    assert "://" not in kept
    assert len(kept) <= LINE
    assert harmless(kept) == kept


@given(st.text(max_size=2000))
def test_a_message_is_short_and_has_a_title_in_one_line(text: str) -> None:
    title, body = said(text, {})
    assert 0 < len(title) <= TITLE
    assert 0 < len(body) <= BODY
    assert "\n" not in title


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("*Bold* @everyone, see evil.example/x", "Bold everyone, see evil. example/x"),
        ("<@&123> <!channel> &lt;!here&gt;", "123 channel lt; here gt;"),
        ("[win](https://evil.example/a?b)", "win ( link"),
        ("mail ann@example.org or +49 170 1234567", "mail address or number"),
        ("version 7.2.1 on iOS 18, 40 % slower", "version 7.2.1 on iOS 18, 40 % slower"),
        ("/ban ann", "ban ann"),
        ("1 < 2 & 3", "1 2 3"),
        ("Größe, 北京, naïve 🔥", "Größe, 北京, naïve"),
    ],
)
def test_words_stay_readable(text: str, kept: str) -> None:
    assert harmless(text) == kept


def test_addresses_of_ours_stay_whole_in_a_notice() -> None:
    text = "A place *hangs*.\nOpen https://gs.example/console/issues/GS-1?a_b=1"
    assert (
        harmless_lines(text) == "A place hangs.\nOpen https://gs.example/console/issues/GS-1?a_b=1"
    )
