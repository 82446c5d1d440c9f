"""Alerts to a Slack channel: cards of the bot where there is one, else messages of a webhook.

The bot's messages leave by ``slack_web``. What is pressed on them is heard by ``responders.bots``;
no library of Slack's loads here.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from config.addresses import RefusedAddress
from config.errors import PermanentError, TransientError
from config.http_client import PoliteClient, Unreachable
from config.logs import hide
from config.setting_forms import WebAddressOrNone, formed
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    InDoubt,
    Message,
    Receipt,
    Ways,
)
from responders.delivery.platforms.slack_web import API, SlackBot, drawn, refuse_silence

WEBHOOK = re.compile(r"https?://[^/@\s]+/[^\s?#@]{4,300}")
CHANNEL = re.compile(r"[CGD][A-Za-z0-9_-]{1,40}")
PERSON = re.compile(r"[UW][A-Za-z0-9_-]{1,40}")
"""How Slack numbers people. Source: https://docs.slack.dev/reference/objects/user-object"""
GROUP = formed(
    r"S[A-Z0-9]{2,30}",
    "is no user group's id such as S0614TZR7; in Slack open the group under People, press the "
    "three dots and Copy group ID",
)


class Options(ChannelOptions):
    """The section ``[slack]``."""

    bot_token: SecretStr | None = Field(
        default=None, description="xoxb-…: what the bot writes and edits its cards with"
    )
    app_token: SecretStr | None = Field(
        default=None,
        description="xapp-…: hears what is pressed by Socket Mode, which needs no public address",
    )
    signing_secret: SecretStr | None = Field(
        default=None,
        description="hears what is pressed at /slack/events of this service instead, each request "
        "proved by this secret",
    )
    channel_id: str | None = Field(default=None, description="C…: where the cards stand")
    group_id: Annotated[str, GROUP] | None = Field(
        default=None,
        description="S…: the user group of the on-call people, called when nobody acknowledges",
    )
    approvers: tuple[str, ...] = Field(
        default=(), description="U…: who may decide on issues without a user here"
    )
    api_url: WebAddressOrNone | None = Field(
        default=None, description="another server than Slack's own, such as a test's"
    )
    webhook_url: SecretStr | None = Field(
        default=None, description="sends each alert as a plain message where there is no bot"
    )

    def base_urls(self) -> tuple[str, ...]:
        """Return the addresses written here, which may be reached though they be private."""
        hook = self.webhook_url.get_secret_value() if self.webhook_url else None
        return tuple(filter(None, (self.api_url, hook)))

    @field_validator("bot_token", "app_token", "signing_secret")
    @classmethod
    def _is_set(cls, value: SecretStr | None) -> SecretStr | None:
        """Take an empty secret for none, as a variable of the environment that nobody set is."""
        return value if value and value.get_secret_value().strip() else None

    @field_validator("webhook_url")
    @classmethod
    def _is_webhook(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse what is no webhook address; the message must not repeat the secret."""
        if value is not None and not WEBHOOK.fullmatch(value.get_secret_value()):
            raise ValueError(
                "is not the address of a webhook; copy it at Slack under Incoming Webhooks of your "
                "app: https://hooks.slack.com/services/T…/B…/…"
            )
        return value

    @field_validator("channel_id")
    @classmethod
    def _is_channel(cls, value: str | None) -> str | None:
        """Refuse a channel's name: Slack finds one by its id alone."""
        if value is not None and not CHANNEL.fullmatch(value):
            raise ValueError(
                "is no channel's id; in Slack open the channel's details: it stands at the end, C…"
            )
        return value

    @field_validator("approvers")
    @classmethod
    def _are_people(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse names, which anybody can give themselves."""
        wrong = [each for each in value if not PERSON.fullmatch(each)]
        if wrong:
            raise ValueError(
                f"{wrong[0]} is no person's id; in Slack open their profile, press the three dots "
                "and Copy member ID: U…"
            )
        return value


def keeps_cards(options: Options) -> bool:
    """Tell whether there is a bot, which alone can edit and be answered."""
    return options.bot_token is not None and options.channel_id is not None


def destination(options: Options) -> str | None:
    """Return the bot's channel, else the webhook by a mark; secrets stay out of the store."""
    if keeps_cards(options):
        return f"slack:channel:{options.channel_id}"
    if options.webhook_url is None:
        return None
    mark = sha256(options.webhook_url.get_secret_value().encode()).hexdigest()[:10]
    return f"slack:webhook:{mark}"


def build(options: Options, *, ways: Ways) -> "SlackBot | SlackWebhook":
    """Return the channel.

    Raises:
        PermanentError: neither a bot nor a webhook is configured.
    """
    if keeps_cards(options):
        return build_bot(options, ways=ways)
    if options.webhook_url is None:
        raise PermanentError("[slack] neither bot_token and channel_id nor webhook_url are set")
    url = options.webhook_url.get_secret_value()
    hide([url, urlsplit(url).path])
    return SlackWebhook(url, client=ways.client, console_url=ways.console_url)


def build_bot(options: Options, *, ways: Ways) -> SlackBot:
    """Return the channel as the bot writes to it.

    Raises:
        PermanentError: no bot is configured.
    """
    if options.bot_token is None or options.channel_id is None:
        raise PermanentError("[slack] bot_token and channel_id are not set")
    token = options.bot_token.get_secret_value()
    hide([token])
    base = options.api_url or API
    return SlackBot(
        base=base, token=token, channel_id=options.channel_id, client=ways.client,
        console_url=ways.console_url,
    )  # fmt: skip


class SlackWebhook:
    """One incoming webhook; it can neither edit, nor look, nor hear what is pressed."""

    capabilities = Capabilities(public=False, lookup=False, idempotent=False)

    def __init__(self, url: str, *, client: PoliteClient, console_url: str = "") -> None:
        self._url, self._client, self._console_url = url, client, console_url

    def send(self, message: Message) -> Receipt:
        """Send once; see ``Channel.send``."""
        shown = _without_buttons(drawn(message, console_url=self._console_url))
        try:
            answer = self._client.post(self._url, json=shown)
        except (Unreachable, RefusedAddress):
            raise
        except (TransientError, PermanentError) as error:
            raise InDoubt(f"no answer from Slack: {error}") from error
        refuse_silence(answer)
        if answer.status >= 500:
            raise InDoubt(f"Slack answered {answer.status}")
        if answer.status != 200:
            raise PermanentError(
                f"Slack refused the message ({answer.status}); check [slack] webhook_url"
            )
        return Receipt(None, None, at=datetime.now(UTC))

    def find(self, message: Message) -> Receipt | None:  # noqa: ARG002 - the contract
        """A webhook can read nothing back."""
        return None


def _without_buttons(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message with the buttons that lead somewhere alone: nobody hears the others."""
    kept = []
    for block in payload["blocks"]:
        if block["type"] != "actions":
            kept.append(block)
        elif links := [each for each in block["elements"] if "url" in each]:
            kept.append({**block, "elements": links})
    return {"text": payload["text"], "blocks": kept}
