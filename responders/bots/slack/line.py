"""Socket Mode: a line that we open, so that Slack tells us of presses without a public address."""

import asyncio
import threading

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient

from config.errors import PermanentError, TransientError
from config.ground import Ground
from config.logs import event_log, hide
from responders.bots.slack.answering import UNANSWERED
from responders.bots.slack.hearing import QUIET, Hearing
from responders.delivery.channels.slack import Options
from responders.delivery.platforms.slack_limits import NO_RIGHT, WRONG_TOKEN

STOP_LOOK_S = 0.1
"""How often we look whether the service stops."""
BEAT_S = 3.0
"""How often the library looks whether the line stands; so long a broken one goes unnoticed."""

log = event_log(__name__)


async def run_bot(ground: Ground, options: Options, stop: threading.Event) -> None:
    """Listen until told to stop; the library reconnects by itself.

    Raises:
        PermanentError: a token is not set, or Slack does not know it.
        TransientError: Slack does not answer now.
    """
    if options.app_token is None:
        raise PermanentError("[slack] app_token is not set")
    token = options.app_token.get_secret_value()
    hide([token])
    hearing = Hearing(ground, options)
    handler = AsyncSocketModeHandler(
        hearing.app, token, logger=QUIET, web_client=hearing.client, ping_interval=BEAT_S
    )
    line = handler.client
    try:
        await _knock(hearing, line)
        await line.connect()  # type: ignore[no-untyped-call]  # theirs is not typed
        await _watch(line, stop)
        await hearing.finish()
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # likewise


async def _knock(hearing: Hearing, line: SocketModeClient) -> None:
    """Ask once whether both tokens are known: the library would ask for ever."""
    which = "bot_token"
    try:
        await hearing.client.auth_test()
        which = "app_token"
        line.wss_uri = await line.issue_new_wss_url()
    except SlackApiError as error:
        word = str(error.response.get("error") or "")
        if word in WRONG_TOKEN | NO_RIGHT:
            raise PermanentError(f"Slack refuses [slack] {which} ({word}); check it") from error
        raise TransientError(f"Slack does not open a line ({word})") from error
    except UNANSWERED as error:
        raise TransientError(f"Slack does not answer ({type(error).__name__})") from error


async def _watch(line: SocketModeClient, stop: threading.Event) -> None:
    """Note when the line breaks and when it stands again, until told to stop."""
    stood = False
    while not stop.is_set():
        stands = await line.is_connected()
        if stands != stood:
            log.info("bot_ready" if stands else "bot_line_broken", place="Slack")
        stood = stands
        await asyncio.sleep(STOP_LOOK_S)
