"""The bot's messages to Slack, by our own client, against a small Slack on loopback."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from config.errors import PermanentError, TransientError
from config.logs import masked
from config.settings import load_settings
from responders.delivery.channels import slack
from responders.delivery.channels.base import Gone, InDoubt, Message
from responders.delivery.opening import ways_of
from responders.delivery.platforms.slack_web import SlackBot, drawn
from tests.places import slack_faults as faults
from tests.places.slack import Fault, Slack, pinging
from tests.places.slack_people import BOT_TOKEN, CHANNEL


@pytest.fixture
def place() -> Iterator[Slack]:
    with Slack() as running:
        yield running


def bot(place: Slack, *, token: str = BOT_TOKEN, channel: str = CHANNEL) -> SlackBot:
    options = slack.Options(bot_token=SecretStr(token), channel_id=channel, api_url=place.api_url)
    settings = load_settings(None, environ={"GROUNDSWELL__HTTP__SPACING_S": "0"})
    ways = ways_of(settings.model_copy(update={"plugins": {"slack": options}}))
    built = slack.build(options, ways=ways)
    assert isinstance(built, SlackBot)
    return built


def text(words: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "plain_text", "text": words}}


CARD = Message(
    key="slack:channel:C0ONCALL|1|alert|1",
    text="New, major: it hangs.",
    payload={"text": "New, major: it hangs.", "blocks": [text("It hangs")]},
    target={"card": 1},
)


def line(key: str = "l", **target: object) -> Message:
    return Message(key=key, text="Critical now.", target=target)


def test_a_card_stands_once_and_says_whose_it_is(place: Slack) -> None:
    receipt = bot(place).send(CARD)
    (message,) = place.cards
    assert receipt.remote_id == message["ts"]
    assert receipt.at.timestamp() == pytest.approx(float(message["ts"]))
    assert message["blocks"] == CARD.payload["blocks"]
    assert message["metadata"] == {
        "event_type": "groundswell_message", "event_payload": {"key": CARD.key}
    }  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [
        faults.fails_after_doing,
        faults.hangs_up_after_doing,
        faults.resets_after_doing,
        faults.says("internal_error", done=True),
        faults.says("fatal_error", done=True),
    ],
)
def test_after_a_lost_answer_it_is_asked_once_and_found_again(place: Slack, fault: Fault) -> None:
    place.faults.append(fault)
    with pytest.raises(InDoubt):
        bot(place).send(CARD)
    assert len(place.asked) == 1
    found = bot(place).find(CARD)
    assert found is not None
    assert found.remote_id == place.cards[0]["ts"]


def test_what_is_not_there_is_not_found_and_the_card_of_another_issue_is_another(
    place: Slack,
) -> None:
    assert bot(place).find(CARD) is None
    bot(place).send(CARD)
    assert bot(place).find(replace(CARD, key="k")) is None


def test_ours_is_found_below_many_others(place: Slack) -> None:
    bot(place).send(CARD)
    for number in range(250):
        place._post({"channel": CHANNEL, "text": f"other {number}"})
    assert bot(place).find(CARD) is not None


def test_metadata_of_another_app_is_not_ours(place: Slack) -> None:
    bot(place).send(CARD)
    place.cards[0]["metadata"]["event_type"] = "other"
    assert bot(place).find(CARD) is None


def test_a_request_for_silence_says_how_long(place: Slack) -> None:
    place.faults += [faults.too_many(7)]
    with pytest.raises(TransientError) as told:
        bot(place).send(CARD)
    assert told.value.retry_after_s == 7
    assert place.cards == []


@pytest.mark.parametrize(
    ("word", "rest_s"), [("ratelimited", 30.0), ("message_limit_exceeded", 300.0)]
)
def test_a_limit_without_a_time_is_left_alone_for_longer_than_a_moment(
    place: Slack, word: str, rest_s: float
) -> None:
    place.faults.append(faults.says(word))
    with pytest.raises(TransientError) as told:
        bot(place).send(CARD)
    assert told.value.retry_after_s == rest_s
    assert place.cards == []


def test_a_card_is_edited_in_place_and_keeps_its_mark(place: Slack) -> None:
    sent = bot(place).send(CARD)
    assert sent.remote_id
    over = {"text": "over", "blocks": [text("over")]}
    bot(place).redraw(sent.remote_id, Message(key="e", text="", payload=over))
    (message,) = place.cards
    assert (message["text"], message["blocks"]) == ("over", over["blocks"])
    assert bot(place).find(CARD) is not None


@pytest.mark.parametrize(
    "fault", [faults.fails, faults.hangs_up_after_doing, faults.says("internal_error", done=True)]
)
def test_an_edit_in_doubt_is_simply_done_again(place: Slack, fault: Fault) -> None:
    sent = bot(place).send(CARD)
    place.faults.append(fault)
    with pytest.raises(TransientError):
        bot(place).redraw(sent.remote_id or "", CARD)


def test_a_card_that_somebody_took_away_is_gone(place: Slack) -> None:
    sent = bot(place).send(CARD)
    place.messages.clear()
    with pytest.raises(Gone):
        bot(place).redraw(sent.remote_id or "", CARD)


def test_a_line_stands_in_the_thread_of_its_card_and_is_found_there(place: Slack) -> None:
    sent = bot(place).send(CARD)
    quiet = line(thread_of=sent.remote_id)
    bot(place).send(quiet)
    aloud = line("a", below=sent.remote_id)
    bot(place).send(aloud)
    said = [(one["thread_ts"], one["reply_broadcast"]) for one in place.messages[1:]]
    assert said == [(sent.remote_id, False), (sent.remote_id, True)]
    for message in (quiet, aloud):
        found = bot(place).find(message)
        assert found is not None
        assert found.remote_id in {one["ts"] for one in place.messages[1:]}


def test_words_that_were_not_drawn_for_slack_ping_nobody(place: Slack) -> None:
    hostile = "<!channel> <@U1> @here <https://evil.example|our page> & *bold* https://x.example"
    bot(place).send(Message(key="k", text=hostile, payload={"content": hostile}))
    (message,) = place.cards
    assert pinging(message["blocks"]) == pinging(message["text"]) == ""
    assert message["blocks"][0]["text"]["type"] == "plain_text"
    assert message["mrkdwn"] is False


def test_a_text_of_any_length_is_taken(place: Slack) -> None:
    bot(place).send(Message(key="k", text="<&>" * 4000))
    assert len(place.cards[0]["blocks"]) > 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"token": "xoxb-wrong"}, r"check \[slack\] bot_token"),
        ({"channel": "C0OTHER"}, r"check \[slack\] channel_id"),
    ],
)
def test_a_refusal_is_for_a_person(place: Slack, change: dict[str, str], words: str) -> None:
    with pytest.raises(PermanentError, match=words):
        bot(place, **change).send(CARD)
    with pytest.raises(PermanentError, match=words):
        bot(place, **change).find(CARD)


def test_a_bot_without_the_right_to_read_says_so(place: Slack) -> None:
    place.scopes = "chat:write"
    with pytest.raises(PermanentError, match="doctor"):
        bot(place).find(CARD)


def test_the_token_never_stands_in_a_line_of_the_log(place: Slack) -> None:
    bot(place)
    assert BOT_TOKEN not in masked(f"broke: {BOT_TOKEN}")


def test_issues_of_our_console_that_a_text_links_can_be_opened_and_nothing_else() -> None:
    console = "https://gs.example.org/console/"
    words = (
        "GS-1 back: https://gs.example.org/console/issues/GS-1 and again "
        "https://gs.example.org/console/issues/GS-1\nGS-2: https://gs.example.org/console/issues/GS-2"
        " https://evil.example/console/issues/GS-3 xhttps://gs.example.org/console/issues/GS-4"
    )
    drawing = drawn(Message(key="k", text=words), console_url=console)
    said, links = drawing["blocks"]
    assert said["text"]["type"] == "plain_text"
    assert "://" not in said["text"]["text"]
    assert [each["text"] for each in links["elements"]] == [
        "<https://gs.example.org/console/issues/GS-1>",
        "<https://gs.example.org/console/issues/GS-2>",
    ]
    assert len(drawn(Message(key="k", text=words))["blocks"]) == 1
