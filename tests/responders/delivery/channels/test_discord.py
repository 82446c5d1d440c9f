"""The Discord webhook: the real discord.py against a small Discord on loopback."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from config.errors import PermanentError, SettingsError, TransientError
from config.logs import masked
from config.settings import load_settings
from responders.delivery.channels import discord
from responders.delivery.channels.base import InDoubt, Message, Ways
from responders.delivery.opening import ways_of
from tests.places import discord_webhook as faults
from tests.places.discord_webhook import NUMBER, TOKEN, DiscordPlace, Fault
from tests.places.web import Reply

# discord.py imports a module that Python 3.13 drops; it works without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")


@pytest.fixture
def place() -> Iterator[DiscordPlace]:
    with DiscordPlace() as running:
        yield running


def ways(deadline_s: float) -> Ways:
    environ = {"GROUNDSWELL__HTTP__DEADLINE_S": str(deadline_s)}
    return ways_of(load_settings(None, environ=environ))


def channel_to(url: str, *, deadline_s: float = 3) -> discord.DiscordWebhook:
    options = discord.Options(webhook_url=SecretStr(url))
    built = discord.build(options, ways=ways(deadline_s))
    assert isinstance(built, discord.DiscordWebhook)
    return built


MESSAGE = Message(
    key="discord:1|1|alert|1",
    text="New, major: it hangs.",
    payload={"content": "@everyone hi", "embeds": [{"title": "It hangs", "description": "<@1>"}]},
)


def test_a_message_stands_once_and_its_receipt_names_it(place: DiscordPlace) -> None:
    receipt = channel_to(place.webhook_url).send(MESSAGE)
    assert [message["id"] for message in place.messages] == [receipt.remote_id]
    assert receipt.at.isoformat() == "2026-05-12T12:00:00+00:00"


def test_nobody_is_pinged(place: DiscordPlace) -> None:
    channel_to(place.webhook_url).send(MESSAGE)
    assert json.loads(place.asked[0].body)["allowed_mentions"] == {"parse": []}


def test_a_message_without_a_drawing_goes_out_as_text(place: DiscordPlace) -> None:
    channel_to(place.webhook_url).send(Message(key="k", text="x" * 2500))
    assert place.messages[0]["content"] == "x" * 2000


@pytest.mark.parametrize(
    "fault",
    [
        faults.fails(500),
        faults.fails(503),
        faults.fails_after_keeping,
        faults.hangs_up_after_keeping,
    ],
)
def test_a_lost_answer_is_in_doubt_and_is_not_sent_again_by_the_library(
    place: DiscordPlace, fault: Fault
) -> None:
    place.faults.append(fault)
    with pytest.raises(InDoubt):
        channel_to(place.webhook_url).send(MESSAGE)
    assert len(place.asked) == 1


def test_an_answer_in_pieces_is_read_whole(place: DiscordPlace) -> None:
    place.faults.append(faults.in_pieces(lambda place, asked: place.ordinary(asked)))
    receipt = channel_to(place.webhook_url).send(MESSAGE)
    assert [message["id"] for message in place.messages] == [receipt.remote_id]


def test_a_refusal_in_pieces_is_read_whole(place: DiscordPlace) -> None:
    place.faults.append(faults.in_pieces(lambda *_: faults.refusal(404, 10015, "Unknown Webhook")))
    with pytest.raises(PermanentError, match="404, code 10015"):
        channel_to(place.webhook_url).send(MESSAGE)


@pytest.mark.parametrize(
    "fault",
    [
        faults.says_nonsense_after_keeping,
        faults.says_no_json_after_keeping,
        faults.breaks_off_after_keeping,
        faults.stalls_after_keeping,
    ],
)
def test_a_message_that_was_taken_is_sent_though_its_answer_cannot_be_read(
    place: DiscordPlace, fault: Fault
) -> None:
    place.faults.append(fault)
    receipt = channel_to(place.webhook_url, deadline_s=0.5).send(MESSAGE)
    assert (receipt.remote_id, len(place.messages), len(place.asked)) == (None, 1, 1)


def test_a_refusal_that_cannot_be_read_stays_a_refusal(place: DiscordPlace) -> None:
    place.faults.append(lambda *_: Reply(400, b"<html>", faults.JSON))
    with pytest.raises(PermanentError, match="400"):
        channel_to(place.webhook_url).send(MESSAGE)


def test_a_request_for_silence_comes_back_at_once_with_its_seconds(place: DiscordPlace) -> None:
    place.faults.append(faults.too_many(7.25))
    with pytest.raises(TransientError) as caught:
        channel_to(place.webhook_url).send(MESSAGE)
    assert caught.value.retry_after_s == 7.25
    assert len(place.asked) == 1


def test_a_limit_that_is_near_is_told_and_not_slept_through(place: DiscordPlace) -> None:
    place.faults.append(faults.last_allowed(900.0))
    assert channel_to(place.webhook_url).send(MESSAGE).rest_s == 900.0


@pytest.mark.parametrize("fault", [faults.fails(400), faults.fails(403), faults.moved])
def test_a_refusal_is_for_a_person(place: DiscordPlace, fault: Fault) -> None:
    place.faults.append(fault)
    with pytest.raises(PermanentError):
        channel_to(place.webhook_url).send(MESSAGE)
    assert not place.messages


def test_a_place_that_is_not_there_certainly_got_nothing() -> None:
    with DiscordPlace() as place:
        url = place.webhook_url
    with pytest.raises(TransientError):
        channel_to(url).send(MESSAGE)


@pytest.mark.parametrize(
    "fault", [faults.fails(500), faults.fails(404), faults.hangs_up_after_keeping]
)
def test_the_token_stands_in_no_error_and_no_log(
    place: DiscordPlace, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    place.faults.append(fault)
    with pytest.raises((InDoubt, PermanentError)) as caught:
        channel_to(place.webhook_url).send(MESSAGE)
    assert TOKEN not in f"{caught.value} {caught.value.__cause__} {caplog.text}"


def test_a_token_that_gets_into_a_line_of_the_log_is_masked(place: DiscordPlace) -> None:
    channel_to(place.webhook_url)
    assert TOKEN not in masked(f"POST /api/webhooks/{NUMBER}/{TOKEN}")


def test_the_destination_is_named_by_its_number_alone(place: DiscordPlace) -> None:
    options = discord.Options(webhook_url=SecretStr(place.webhook_url))
    assert discord.destination(options) == f"discord:{NUMBER}"
    assert discord.destination(discord.Options()) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://discord.com/channels/1/2",
        "ftp://discord.com/api/webhooks/1/t",
        "https://discord.com@evil.example/api/webhooks/1/secretsecret",
        "https://discord.com/api/webhooks/1/se cret",
    ],
)
def test_an_address_that_is_no_webhook_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        discord.Options(webhook_url=SecretStr(url))
    assert url not in str(caught.value)


def test_the_settings_name_a_wrong_address_without_repeating_it(tmp_path: Path) -> None:
    file = tmp_path / "groundswell.toml"
    file.write_text('[discord]\nwebhook_url = "https://discord.com/x/secret-secret"\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(file, environ={}, plugins={"discord": discord.Options})
    assert "discord" in str(caught.value)
    assert "webhook_url" in str(caught.value)
    assert "secret-secret" not in str(caught.value)


@pytest.mark.parametrize("base", ["https://discord.com/api", "https://chat.example/api/v9"])
def test_addresses_of_discord_and_of_others_are_taken(base: str) -> None:
    options = discord.Options(webhook_url=SecretStr(f"{base}/webhooks/12/abc-DEF_1"))
    assert discord.destination(options) == "discord:12"


def test_reading_the_settings_loads_no_heavy_library() -> None:
    import subprocess
    import sys

    code = "import sys, responders.delivery.channels.discord; print('discord' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("key", ["CHANNEL_ID", "ROLE_ID"])
def test_a_name_instead_of_a_number_is_refused_with_the_way_to_the_number(
    tmp_path: Path, key: str
) -> None:
    file = tmp_path / "groundswell.toml"
    file.touch()
    environ = {f"GROUNDSWELL__DISCORD__{key}": "on-call"}
    with pytest.raises(SettingsError, match="“on-call” is no id of Discord's; write its number"):
        load_settings(file, environ=environ, plugins={"discord": discord.Options})
