"""The bot's messages, by our own client, against a small Discord on loopback."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from config.errors import PermanentError, TransientError
from config.logs import masked
from config.settings import load_settings
from responders.delivery.channels import discord
from responders.delivery.channels.base import Gone, InDoubt, Message
from responders.delivery.opening import ways_of
from responders.delivery.platforms.discord_rest import DiscordBot, nonce_of
from tests.places import discord_faults as faults
from tests.places.discord import Discord, Fault
from tests.places.discord_clicks import CHANNEL, TOKEN


@pytest.fixture
def place() -> Iterator[Discord]:
    with Discord() as running:
        yield running


def bot(place: Discord, *, token: str = TOKEN, channel: str = CHANNEL) -> DiscordBot:
    options = discord.Options(
        token=SecretStr(token), channel_id=int(channel), api_url=place.api_url
    )
    settings = load_settings(None, environ={"GROUNDSWELL__HTTP__SPACING_S": "0"})
    ways = ways_of(settings.model_copy(update={"plugins": {"discord": options}}))
    built = discord.build(options, ways=ways)
    assert isinstance(built, DiscordBot)
    return built


BUTTON = {"type": 2, "style": 2, "label": "Take", "custom_id": "gs:1:take"}
CARD = Message(
    key="discord:channel:4|1|alert|1",
    text="New, major: it hangs.",
    payload={
        "content": "@everyone New, major: it hangs.",
        "embeds": [{"title": "It hangs", "description": "<@1>"}],
        "components": [{"type": 1, "components": [BUTTON]}],
    },
    target={"card": 1},
)


def below(number: str | None, **target: object) -> Message:
    where = {"below": number} if number else {}
    return Message(
        key="l", text="Critical now.", payload={"content": "Critical now."}, target=where | target
    )


def test_a_card_stands_once_with_its_buttons_and_pings_nobody(place: Discord) -> None:
    receipt = bot(place).send(CARD)
    (message,) = place.cards
    assert receipt.remote_id == message["id"]
    assert message["components"] == CARD.payload["components"]
    assert message["allowed_mentions"] == {"parse": [], "replied_user": False}


def test_the_same_send_again_makes_no_second_message_while_the_nonce_is_remembered(
    place: Discord,
) -> None:
    first, second = bot(place).send(CARD), bot(place).send(CARD)
    assert (first.remote_id, len(place.cards)) == (second.remote_id, 1)
    assert len(nonce_of(CARD.key)) == 25


@pytest.mark.parametrize("fault", [faults.fails_after_doing, faults.hangs_up_after_doing])
def test_after_a_lost_answer_it_is_asked_once_and_found_again(place: Discord, fault: Fault) -> None:
    place.faults.append(fault)
    with pytest.raises(InDoubt):
        bot(place).send(CARD)
    assert len(place.asked) == 1
    place.forget_nonces()
    found = bot(place).find(CARD)
    assert found is not None
    assert found.remote_id == place.cards[0]["id"]


def test_what_is_not_there_is_not_found_and_the_card_of_another_issue_is_another(
    place: Discord,
) -> None:
    assert bot(place).find(CARD) is None
    bot(place).send(CARD)
    assert bot(place).find(replace(CARD, key="k", target={"card": 11})) is None


def test_a_plain_notice_is_found_by_its_words(place: Discord) -> None:
    notice = Message(key="places|1", text="1 place of Fernsync wants a look.")
    sent = bot(place).send(notice)
    found = bot(place).find(notice)
    assert found is not None
    assert found.remote_id == sent.remote_id


def test_the_words_of_somebody_else_are_not_ours(place: Discord) -> None:
    bot(place).send(CARD)
    place.cards[0]["author"] = {"id": "77", "username": "mallory"}
    assert bot(place).find(CARD) is None


def test_ours_is_found_below_many_others(place: Discord) -> None:
    bot(place).send(CARD)
    for number in range(150):
        bot(place).send(Message(key=f"other {number}", text=f"other {number}"))
    assert bot(place).find(CARD) is not None


def test_a_request_for_silence_says_how_long(place: Discord) -> None:
    place.faults.append(faults.too_many(1.25))
    with pytest.raises(TransientError) as told:
        bot(place).send(CARD)
    assert told.value.retry_after_s == 1.25
    assert place.cards == []


def test_the_last_one_that_is_allowed_says_so_in_its_receipt(place: Discord) -> None:
    place.faults.append(faults.last_allowed(2.5))
    assert bot(place).send(CARD).rest_s == 2.5


def test_a_card_is_edited_in_place_and_loses_its_buttons_where_it_has_none(place: Discord) -> None:
    sent = bot(place).send(CARD)
    assert sent.remote_id
    bot(place).redraw(sent.remote_id, Message(key="e", text="", payload={"content": "over"}))
    (message,) = place.cards
    assert (message["content"], message["components"]) == ("over", [])


@pytest.mark.parametrize("fault", [faults.fails, faults.hangs_up_after_doing])
def test_an_edit_in_doubt_is_simply_done_again(place: Discord, fault: Fault) -> None:
    sent = bot(place).send(CARD)
    place.faults.append(fault)
    with pytest.raises(TransientError):
        bot(place).redraw(sent.remote_id or "", CARD)


def test_a_card_that_somebody_took_away_is_gone(place: Discord) -> None:
    sent = bot(place).send(CARD)
    place.cards.clear()
    with pytest.raises(Gone):
        bot(place).redraw(sent.remote_id or "", CARD)


def test_a_line_aloud_answers_the_card_and_would_stand_without_it(place: Discord) -> None:
    card = bot(place).send(CARD)
    bot(place).send(below(card.remote_id))
    assert place.cards[1]["message_reference"] == {
        "message_id": card.remote_id, "fail_if_not_exists": False,
    }  # fmt: skip


def test_a_line_for_the_thread_opens_it_once(place: Discord) -> None:
    card = bot(place).send(CARD)
    quiet = below(None, thread_of=card.remote_id, thread_name="GS-1")
    bot(place).send(quiet)
    bot(place).send(replace(quiet, key="second"))
    number = str(card.remote_id)
    assert place.threads == {number: "GS-1"}
    assert [one["content"] for one in place.messages[number]] == ["Critical now."] * 2
    assert bot(place).find(quiet) is not None


@pytest.mark.parametrize(
    ("token", "channel", "words"),
    [
        ("a-wrong-token", CHANNEL, r"check \[discord\] token"),
        (TOKEN, "5", r"check \[discord\] channel_id"),
    ],
)
def test_a_refusal_names_what_to_check_and_no_secret(
    place: Discord, token: str, channel: str, words: str
) -> None:
    with pytest.raises(PermanentError, match=words) as told:
        bot(place, token=token, channel=channel).send(CARD)
    assert token not in str(told.value)
    assert masked(token) != token


def test_nothing_there_is_no_doubt() -> None:
    with Discord() as place:
        channel = bot(place)
    with pytest.raises(TransientError):
        channel.send(CARD)
