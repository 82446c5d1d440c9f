"""The card for Slack: its order, its limits, and strangers' words that stay words."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.delivery.platforms.slack_text import (
    fitting,
    parts,
    slack_exact,
    slack_text,
    unescaped,
    units,
)
from responders.oncall.card import IssueFacts, Quoted, make_card
from responders.oncall.cards.drawing_slack import as_slack
from responders.oncall.pressing import read_press
from tests.places.slack import pinging
from tests.places.slack_blocks import wrong_blocks
from tests.responders.bots.discord.test_hearing_hostile import CASES

AT = datetime(2026, 5, 12, 9, 42, tzinfo=UTC)
FACTS = IssueFacts(
    reference="GS-142", number=142, title="Saved routes vanish", state="identified",
    severity="major", reason="81 people in 5 places", changed_at=AT,
    quotes=[Quoted("My watch is empty.", "https://f.example/1?a=1&b=2"), Quoted("Mine, too.")],
    people=7, window_hours=0.3, usual=0.4, trend=range(16), versions="6.2.0", tried="restart",
    nearest_past="GS-1", next_word_at=AT, threads=17, threads_told=14, drafts_waiting=2,
    holder="Mats", link="https://console.example/console/issues/GS-142",
)  # fmt: skip


def texts(value: object) -> list[tuple[str, str]]:
    """Return every text of a payload with its kind."""
    if isinstance(value, list):
        return [found for each in value for found in texts(each)]
    if not isinstance(value, dict):
        return []
    own = [(str(value.get("type")), value["text"])] if isinstance(value.get("text"), str) else []
    return own + [found for each in value.values() for found in texts(each)]


def test_the_parts_stand_in_their_order() -> None:
    drawn = as_slack(make_card(FACTS))
    kinds = [block["type"] for block in drawn["blocks"]]
    assert kinds == [
        "header", "section", "section", "divider", "section", "context", "section", "context",
        "actions",
    ]  # fmt: skip
    assert drawn["text"].startswith("Identified, major: saved routes vanish.")
    assert drawn["blocks"][0]["text"]["text"] == "Saved routes vanish"
    assert "held by Mats" in drawn["blocks"][1]["text"]["text"]
    assert drawn["blocks"][5]["elements"][0]["text"] == "<https://f.example/1?a=1&amp;b=2>"
    assert [each["text"] for each in drawn["blocks"][6]["fields"]][:2] == [
        "Versions\n6.2.0", "Nearest past\nGS-1"
    ]  # fmt: skip


def test_the_rarer_acts_stand_under_more_and_every_press_names_the_issue() -> None:
    *often, more = as_slack(make_card(FACTS))["blocks"][-1]["elements"]
    labels = [each["text"]["text"] for each in often]
    assert labels == ["Approve 2 drafts…", "Acknowledge", "Hand back", "Open"]
    assert [each["text"]["text"] for each in more["options"]] == [
        "Snooze…", "Merge with…", "Mute…", "Not an issue…"
    ]  # fmt: skip
    words = [each["value"] for each in [*often, *more["options"]] if "url" not in each]
    presses = [read_press(word) for word in words]
    assert all(press is not None and press.issue == 142 for press in presses)
    assert often[-1]["url"] == FACTS.link


def test_an_issue_that_rests_can_be_woken_and_a_part_of_another_only_opened() -> None:
    muted = as_slack(make_card(replace(FACTS, flags=["muted"])))["blocks"][-1]["elements"]
    assert [each["text"]["text"] for each in muted[-1]["options"]] == ["Merge with…", "Wake"]
    part = as_slack(make_card(replace(FACTS, merged_into="GS-2")))["blocks"][-1]["elements"]
    assert [each["text"]["text"] for each in part] == ["Open"]


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_card_of_hostile_words_is_taken_by_slack_and_inert(number: int) -> None:
    words = CASES[number]
    card = make_card(
        replace(
            FACTS, title=words, reason=words, quotes=[Quoted(words, "https://f.example/1")] * 3,
            versions=words, tried=words, holder=words, acknowledged_by=words, acknowledged_at=AT,
            drafts_waiting=500,
        )
    )  # fmt: skip
    payload = as_slack(card)
    assert wrong_blocks(payload) == ""
    assert pinging(payload) == ""
    marked = [text for kind, text in texts(payload) if kind == "mrkdwn"]
    assert set(marked) <= {"<https://f.example/1>"}  # all else is plain text
    json.dumps(payload, ensure_ascii=False).encode()


def test_a_card_of_the_longest_parts_keeps_every_limit() -> None:
    card = make_card(
        replace(
            FACTS, title="<" * 500, reason="&" * 900, holder="<>" * 50, versions="&" * 300,
            quotes=[Quoted("<" * 900, "https://f.example/" + "a" * 270)] * 5,
        )
    )  # fmt: skip
    assert wrong_blocks(as_slack(card)) == ""


@given(text=st.text(max_size=400), most=st.integers(75, 300))
def test_what_is_cut_fits_after_escaping(text: str, most: int) -> None:
    assert units(fitting(slack_text, text, most)) <= most


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=600))
def test_a_text_in_pieces_is_the_text_to_the_letter(text: str) -> None:
    pieces = parts(slack_exact, text, 80)
    assert all(units(piece) <= 80 for piece in pieces)
    assert unescaped("".join(pieces)) == text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("see <https://a.example/x|our page> and <https://b.example>",
         "see https://a.example/x and https://b.example"),
        ("<@U123> <@U123|ruth> <#C1|oncall> <!channel> <!subteam^S1|@team>",
         "@U123 @ruth #oncall @channel @@team"),
        ("never closed <https://a.example", "never closed <https://a.example"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_somebody_wrote_is_read_as_they_see_it(written: str, read: str) -> None:
    assert unescaped(written) == read
