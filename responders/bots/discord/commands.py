"""What can be typed in Discord: /issues, /known, /report, /pause and /resume.

And what can be done with a message there: Report, under Apps in its menu. Each answers only whoever
typed it, and only in a server, where people have roles.
"""

import re
from collections.abc import Callable

import discord
from discord import app_commands

from listener.intake.handing_in import Chat
from responders.bots import reading
from responders.bots.deciding import Desk
from responders.bots.discord.answering import account_of, answer, say
from responders.bots.speaking import Said
from responders.decisions.people.linking import Known

Tree = app_commands.CommandTree[discord.Client]
Words = app_commands.Range[str, 1, 100]
Reason = app_commands.Range[str, 1, 200]
Text = app_commands.Range[str, 1, 4000]
ALONE = re.compile(r"<(https?://[^\s<>]+)>")
OURS = "That message is ours; report what people say."
"""Reported, our own alert would be counted as somebody who has the problem, too."""


def add_commands(tree: Tree, desk: Desk) -> None:
    """Add every command to what the bot tells Discord."""
    _add_looks(tree, desk)
    _add_acts(tree, desk)


async def _do(desk: Desk, interaction: discord.Interaction, act: Callable[[Known], Said]) -> None:
    account = account_of(interaction)
    await answer(interaction, lambda: desk.command(account, act))


def words_of(message: discord.Message) -> str:
    """Return what a message says: its text, else what stands in its embeds."""
    shown = [part for each in message.embeds for part in (each.title, each.description) if part]
    return bare_link(message.content.strip()) or "\n".join(shown)


def bare_link(words: str) -> str:
    """Return a link that stands in <> so that no preview is shown as the link alone."""
    found = ALONE.fullmatch(words.strip())
    return found[1] if found else words


def _add_looks(tree: Tree, desk: Desk) -> None:
    @tree.command(name="issues", description="The open issues, the newest first.")
    @app_commands.guild_only()
    async def issues(interaction: discord.Interaction) -> None:
        await _do(desk, interaction, lambda _: reading.open_issues(desk.ground))

    @tree.command(name="known", description="What the public page says is known.")
    @app_commands.guild_only()
    @app_commands.describe(words="Only what has one of these words in its title.")
    async def known(interaction: discord.Interaction, words: Words | None = None) -> None:
        await _do(desk, interaction, lambda _: reading.known_issues(desk.ground, words or ""))


def _add_acts(tree: Tree, desk: Desk) -> None:
    @tree.command(name="report", description="Note what somebody says, so that it is counted.")
    @app_commands.guild_only()
    @app_commands.describe(
        text="Their words, or the link to them.", product="What it is about, if there are several."
    )
    async def report(
        interaction: discord.Interaction, text: Text, product: Words | None = None
    ) -> None:
        await _do(desk, interaction, lambda who: desk.report(who, bare_link(text), product))

    @tree.context_menu(name="Report")
    @app_commands.guild_only()
    async def report_message(interaction: discord.Interaction, message: discord.Message) -> None:
        if message.author == interaction.client.user:
            await say(interaction, Said(OURS))
            return
        chat = Chat(f"discord:{message.id}", message.jump_url, f"discord:{message.author.id}")
        words = words_of(message)
        await _do(desk, interaction, lambda who: desk.report(who, words, None, chat))

    @tree.command(name="pause", description="Let nothing leave any more.")
    @app_commands.guild_only()
    @app_commands.describe(reason="Why, in a few words; it is kept.")
    async def pause(interaction: discord.Interaction, reason: Reason) -> None:
        await _do(desk, interaction, lambda who: desk.pause(who, reason))

    @tree.command(name="resume", description="Let what waits leave again.")
    @app_commands.guild_only()
    async def resume(interaction: discord.Interaction) -> None:
        await _do(desk, interaction, desk.resume)
