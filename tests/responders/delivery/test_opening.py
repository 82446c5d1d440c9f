"""From settings to channels."""

import pytest
from pydantic import BaseModel, SecretStr

from config.http_client import RefusedAddress
from config.settings import Settings, load_settings
from listener.sources import github
from responders.delivery.channels import discord, terminal
from responders.delivery.opening import (
    Destination,
    client_of,
    destinations,
    open_channels,
    ways_of,
)
from tests.places.web import Reply, Web


def configured(**plugins: BaseModel) -> Settings:
    return load_settings(None, environ={}).model_copy(update={"plugins": plugins})


def test_an_address_written_in_a_section_may_be_reached_and_no_other() -> None:
    with Web(lambda _: Reply(body=b"here")) as ours, Web(lambda _: Reply()) as other:
        settings = configured(github=github.Options(api_url=ours.url("/api/v3")))
        client = client_of(settings)
        assert client.get(ours.url("/api/v3/x")).body == b"here"
        with pytest.raises(RefusedAddress):
            client.get(other.url())


def opened(settings: Settings) -> set[str]:
    return set(open_channels(settings, ways_of(settings)))


PUBLIC = {"discourse", "github", "github_ticket", "manual", "page", "reddit", "wordpress"}
WEBHOOK = discord.Options(webhook_url=SecretStr("https://discord.com/api/webhooks/12/token"))


def test_without_any_setting_alerts_go_to_the_terminal() -> None:
    assert destinations(configured()) == (Destination("terminal", "terminal"),)
    assert opened(configured()) == {"terminal"} | PUBLIC


def test_a_webhook_makes_discord_a_destination_beside_it() -> None:
    settings = configured(discord=WEBHOOK)
    assert [to.name for to in destinations(settings)] == ["discord:12", "terminal"]
    assert opened(settings) == {"discord", "terminal"} | PUBLIC


def test_the_terminal_can_be_switched_off() -> None:
    off = configured(discord=WEBHOOK, terminal=terminal.Options(enabled=False))
    assert [to.name for to in destinations(off)] == ["discord:12"]


def test_where_strangers_read_no_alert_ever_goes() -> None:
    assert PUBLIC.isdisjoint(to.channel for to in destinations(configured(discord=WEBHOOK)))
