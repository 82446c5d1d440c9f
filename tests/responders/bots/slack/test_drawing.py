"""Whatever words stand in an answer or a form, Slack takes it and nothing in it pings."""

import pytest

from responders.bots.reading import EDITED_TEXT, SHOWN_TEXT
from responders.bots.slack.drawing import drawn, drawn_form, fits
from responders.bots.speaking import Choice, Field, Form, Said
from responders.delivery.inert import cut, quoted
from responders.delivery.platforms.slack_text import unescaped
from responders.oncall.pressing import Button, Do, Press
from tests.places.slack import pinging
from tests.places.slack_blocks import wrong_blocks, wrong_view
from tests.responders.bots.discord.test_hearing_hostile import CASES


@pytest.mark.parametrize("number", range(len(CASES)))
def test_an_answer_with_hostile_words_is_taken_and_inert(number: int) -> None:
    words = CASES[number]
    label = cut(quoted(words, 80) or "untitled", 90)
    many = tuple(Choice(f"GS-{each} {label}", str(each)) for each in range(1, 26))
    said = Said(
        words, text=words[:SHOWN_TEXT], buttons=(Button(words, str(Press(Do.READ, 142))),),
        choices=many, press=str(Press(Do.MERGE, 142)),
    )  # fmt: skip
    payload = drawn(said)
    assert wrong_blocks(payload) == ""
    assert pinging(payload) == ""


@pytest.mark.parametrize("letter", ["a", "<", "&", "👩"])
def test_a_draft_of_any_letters_is_shown_whole(letter: str) -> None:
    text = letter * SHOWN_TEXT
    blocks = drawn(Said("Draft 1", text=text))["blocks"]
    assert unescaped("".join(block["text"]["text"] for block in blocks[1:])) == text
    assert wrong_blocks({"blocks": blocks}) == ""


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_form_that_holds_a_hostile_text_is_taken(number: int) -> None:
    text = CASES[number][:EDITED_TEXT]
    field = Field("text", "The whole text", value=text, long=True, at_most=EDITED_TEXT)
    form = Form(str(Press(Do.EDIT, 1, ("1", "1"))), CASES[number] or "x", (field,))
    assert fits(form) or set(text) & set("👩👦")  # only what may count twice is refused
    if not fits(form):
        pytest.skip("too long for a form, which says so")
    view = drawn_form(form, back='["https://hooks.slack.com/actions/T/1/abc", "C1", true]')
    assert wrong_view(view) == ""
    assert pinging({**view, "blocks": []}) == ""
