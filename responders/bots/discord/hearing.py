"""The Discord bot: hears what is pressed and typed, and answers within a second.

Its cards leave through the outbox; here is only the gateway, with no public address. Each press is
first taken note of at Discord, then decided in a thread of its own, so that a slow store never lets
an interaction run out.
"""

import asyncio
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from config.errors import PermanentError
from config.ground import Ground
from config.logs import event_log, hide
from responders.bots.deciding import FORMS, Desk, Door
from responders.bots.discord.answering import UNREADABLE, account_of, answer, say
from responders.bots.discord.commands import add_commands
from responders.bots.discord.drawing import drawn_form, sent_fields
from responders.bots.forming import UNKNOWN, form_in_time
from responders.bots.speaking import Form, Said
from responders.decisions.people import linking
from responders.delivery.channels.discord import Options
from responders.oncall.pressing import Do, Press, read_press

STOP_LOOK_S = 0.1
"""How often we look whether the service stops."""

LAST_S = 1.5
"""How long whoever pressed just before the service stops is waited for; then the line is closed."""
ANSWERING = frozenset({"discord.py: on_interaction", "CommandTree-invoker"})
"""What the library calls its tasks that answer somebody."""
UNANSWERED = (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError)

log = event_log(__name__)


class Bot(discord.Client):
    """One connection to the gateway, and the answers to what comes over it."""

    def __init__(self, ground: Ground, options: Options) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            guild_ready_timeout=0.05,
        )
        known = partial(linking.known, role_id=options.role_id)
        self.desk = Desk(ground, Door(linking.DISCORD, known))
        self.tree = app_commands.CommandTree(self)
        add_commands(self.tree, self.desk)

    async def setup_hook(self) -> None:
        """Tell Discord the commands; the same ones again change nothing there."""
        try:
            await self.tree.sync()
        except discord.HTTPException as error:
            log.error("commands_not_told", status=error.status, code=error.code)

    async def on_ready(self) -> None:
        """Note that we listen."""
        log.info("bot_ready", place="Discord", guilds=len(self.guilds))

    async def on_resumed(self) -> None:
        """Note that we listen again, with what was missed."""
        log.info("bot_resumed", place="Discord")

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer a press or a form; commands have a way of their own."""
        data: Mapping[str, Any] = dict(interaction.data or {})
        press = read_press(str(data.get("custom_id") or ""))
        try:
            if interaction.type is discord.InteractionType.component:
                await self._pressed(interaction, press, data)
            elif interaction.type is discord.InteractionType.modal_submit and press is not None:
                words = sent_fields(data.get("components"))
                await self._decide(interaction, press, words)
        except UNANSWERED as error:
            # Taken by another of us, or it ran out: whoever pressed sees that and presses again.
            log.warning(
                "press_not_answered",
                error=type(error).__name__,
                status=getattr(error, "status", None),
                code=getattr(error, "code", None),
            )

    async def _pressed(
        self, interaction: discord.Interaction, press: Press | None, data: Mapping[str, Any]
    ) -> None:
        if press is None:
            await say(interaction, Said(UNKNOWN))
            return
        if press.do in FORMS or press.do is Do.EDIT:
            await self._open_form(interaction, press)
            return
        chosen = data.get("values") or []
        words = {"chosen": str(chosen[0])} if chosen else {}
        await self._decide(interaction, press, words)

    async def _decide(
        self, interaction: discord.Interaction, press: Press, words: Mapping[str, str]
    ) -> None:
        account = account_of(interaction)
        await answer(interaction, lambda: self.desk.answer(account, press, words))

    async def _open_form(self, interaction: discord.Interaction, press: Press) -> None:
        """Open a form, which can only be the first answer."""
        form = await form_in_time(self.desk, account_of(interaction), press)
        if isinstance(form, Form):
            with suppress(*UNREADABLE):
                await interaction.response.send_modal(drawn_form(form))
        else:
            await say(interaction, form)


async def _finish() -> None:
    """Let those who pressed just now have their answers: what they asked for is decided already."""
    answering = [task for task in asyncio.all_tasks() if task.get_name() in ANSWERING]
    if answering:
        await asyncio.wait(answering, timeout=LAST_S)


def point_to(options: Options) -> None:
    """Let the library speak to another server than Discord's own, as settings say."""
    if options.api_url:
        Route.BASE = options.api_url.rstrip("/")
    if options.gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(options.gateway_url)


async def run_bot(ground: Ground, options: Options, stop: threading.Event) -> None:
    """Listen until told to stop; the library reconnects by itself.

    Raises:
        PermanentError: no token is set, or Discord does not know it.
    """
    if options.token is None:
        raise PermanentError("[discord] token is not set")
    token = options.token.get_secret_value()
    hide([token])
    point_to(options)
    async with Bot(ground, options) as bot:
        listening = asyncio.create_task(bot.start(token), name="discord")
        while not stop.is_set() and not listening.done():
            await asyncio.wait({listening}, timeout=STOP_LOOK_S)
        await _finish()
        await bot.close()
        await asyncio.sleep(0)  # what was heard just now begins, so that it can be ended in order
        try:
            await listening
        except discord.LoginFailure as error:
            raise PermanentError("Discord does not know the bot; check [discord] token") from error
