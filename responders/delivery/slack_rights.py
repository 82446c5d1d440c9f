"""What the bot may do at Slack and what of that it lacks, as the operator's check tells it.

Source: https://docs.slack.dev/reference/scopes
"""

from collections.abc import Iterator

from config.errors import GroundswellError
from responders.delivery.channels.base import Ways
from responders.delivery.channels.slack import Options, build_bot
from responders.delivery.platforms.slack_web import API, SlackBot

NEEDED = (("chat:write",), ("commands",), ("channels:history", "groups:history"))
"""Scopes; of several in a row one is enough: the channel is public or private."""
SCOPES = "x-oauth-scopes"
"""The header by which Slack tells what a token may."""


def lacking(told: str) -> list[str]:
    """Return the scopes that are missing from those that Slack tells, such as "a,b"."""
    held = {each.strip() for each in told.split(",")}
    return [" or ".join(each) for each in NEEDED if not held.intersection(each)]


def troubles(options: Options, *, ways: Ways) -> Iterator[str]:
    """Say what keeps the bot from its work; nothing when all is well."""
    try:
        bot = build_bot(options, ways=ways)
        if lacks := lacking(bot.look("auth.test").headers.get(SCOPES) or ""):
            yield (
                "the app lacks the scopes "
                f"{', '.join(lacks)}; add them under OAuth & Permissions and install it again"
            )
        bot.look("conversations.history", channel=options.channel_id or "", limit="1")
    except GroundswellError as error:
        yield str(error)
    yield from _hearing(options, ways)


def _hearing(options: Options, ways: Ways) -> Iterator[str]:
    """Say why nobody would hear what is pressed."""
    if options.app_token is None:
        if options.signing_secret is None:
            yield "nobody hears the buttons; set [slack] app_token, or signing_secret"
        return
    token = options.app_token.get_secret_value()
    line = SlackBot(base=options.api_url or API, token=token, channel_id="", client=ways.client)
    try:
        line.knock()
    except GroundswellError as error:
        yield f"no line for Socket Mode: {str(error).replace('bot_token', 'app_token')}"
