"""Run the configured bots beside the console, each in a thread of its own, whatever happens to it.

Loads no chat library where no bot is configured.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from config.errors import GroundswellError
from config.ground import Ground
from config.logs import event_log, masked
from responders.delivery.channels import discord, slack

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from responders.bots.slack.requests import Requests

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0
SLACK_PATH = "/slack/events"
"""Where Slack's signed requests are taken; the usual place of its own library."""

LOADING = threading.Lock()
"""slack_bolt imports itself in circles: loaded by two threads at once, it loads in neither."""

Options = discord.Options | slack.Options
Run = Callable[[threading.Event], Awaitable[None]]

log = event_log(__name__)


def start_bots(ground: Ground, stop: threading.Event) -> list[threading.Thread]:
    """Start what is configured, to run until told to stop; return the threads."""
    listening: list[Options] = []
    if discord.keeps_cards(discord_options(ground)):
        listening.append(discord_options(ground))
    if slack_options(ground).bot_token and slack_options(ground).app_token:
        listening.append(slack_options(ground))
    threads = [
        threading.Thread(target=tend, args=(ground, options, stop), name="bot", daemon=True)
        for options in listening
    ]
    for thread in threads:
        thread.start()
    return threads


def discord_options(ground: Ground) -> discord.Options:
    """Return the section [discord] of an installation."""
    found = ground.settings.plugins.get("discord")
    return found if isinstance(found, discord.Options) else discord.Options()


def slack_options(ground: Ground) -> slack.Options:
    """Return the section [slack] of an installation."""
    found = ground.settings.plugins.get("slack")
    return found if isinstance(found, slack.Options) else slack.Options()


def bot_routes(ground: Ground) -> "list[Route]":
    """Return where a chat tells us of presses by request; none where that is not configured."""
    options = slack_options(ground)
    if options.signing_secret is None or options.bot_token is None:
        return []
    from starlette.routing import Route

    door = SlackDoor(ground, options)
    threading.Thread(target=door.requests, name="slack requests", daemon=True).start()
    return [Route(SLACK_PATH, door.take, methods=["POST"])]


class SlackDoor:
    """Where Slack's requests come in; its library loads beside the console, which must not wait."""

    def __init__(self, ground: Ground, options: slack.Options) -> None:
        self._ground, self._options = ground, options
        self._made: Requests | None = None

    def requests(self) -> "Requests":
        """Return what takes them, made once."""
        with LOADING:
            from responders.bots.slack.requests import Requests

            self._made = self._made or Requests(self._ground, self._options)
            return self._made

    async def take(self, request: "Request") -> "Response":
        """Take one request."""
        if self._made is None:
            return await (await asyncio.to_thread(self.requests)).take(request)
        return await self._made.take(request)


def tend(ground: Ground, options: Options, stop: threading.Event) -> None:
    """Keep a bot listening; after a failure wait 1 s, doubling to five minutes."""
    place, run = _runner(ground, options)
    pause_s = FIRST_PAUSE_S
    while not stop.is_set():
        try:
            asyncio.run(_until(run, stop))
            pause_s = FIRST_PAUSE_S
        except Exception as error:  # noqa: BLE001 - the console beside it must go on
            known = isinstance(error, GroundswellError)
            reason = str(error) if known else f"{type(error).__name__}: {error}"
            log.error("bot_ended", place=place, reason=masked(reason), again_in_s=pause_s)
        stop.wait(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


async def _until(run: Run, stop: threading.Event) -> None:
    await run(stop)


def _runner(ground: Ground, options: Options) -> tuple[str, Run]:
    if isinstance(options, slack.Options):
        with LOADING:
            from responders.bots.slack.line import run_bot as listen

        return "Slack", lambda stop: listen(ground, options, stop)
    from responders.bots.discord.hearing import run_bot

    return "Discord", lambda stop: run_bot(ground, options, stop)
