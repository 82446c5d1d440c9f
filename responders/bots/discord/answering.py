"""How a Discord interaction is answered: taken note of at once, decided beside the gateway.

Apart from the bot because commands and buttons are answered the same way. Only who took note
decides: Discord takes one answer to each press, so a press that came to two of us counts once.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import discord

from responders.bots.discord.drawing import drawn
from responders.bots.speaking import Said
from responders.decisions.people.linking import Account

UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""What the library raises where Discord took an answer, and says so in another shape than it knows;
the answer stands all the same."""

LATER_S, LATER_LOOKS = 0.5, 60
"""How often, and how many times, we look what came of something in the end."""


async def answer(interaction: "discord.Interaction[Any]", decide: Callable[[], Said]) -> None:
    """Take note of a press, decide, then say what came of it.

    Raises:
        discord.HTTPException: it was taken by another of us, or it ran out; nothing was decided.
    """
    message = interaction.message
    ours = message is not None and message.flags.ephemeral  # its buttons give way to what came
    with suppress(*UNREADABLE):
        await interaction.response.defer(ephemeral=True, thinking=not ours)
    said = await asyncio.to_thread(decide)
    with suppress(*UNREADABLE):
        await interaction.edit_original_response(**drawn(said))
    if said.later is not None:
        await _tell_later(interaction, said.later)


async def _tell_later(
    interaction: "discord.Interaction[Any]", outcome: Callable[[], Said | None]
) -> None:
    """Say in the same answer what came of it in the end; give up where that takes long."""
    for _ in range(LATER_LOOKS):
        await asyncio.sleep(LATER_S)
        said = await asyncio.to_thread(outcome)
        if said is not None:
            with suppress(*UNREADABLE):
                await interaction.edit_original_response(**drawn(said))
            return


async def say(interaction: "discord.Interaction[Any]", said: Said) -> None:
    """Answer at once, to the one who pressed."""
    shown = {name: value for name, value in drawn(said).items() if value is not None}
    with suppress(*UNREADABLE):
        await interaction.response.send_message(**shown, ephemeral=True)


def account_of(interaction: "discord.Interaction[Any]") -> Account:
    """Return who pressed, with the roles that Discord says they have at this moment."""
    user = interaction.user
    roles = getattr(user, "_roles", ())  # as sent; ``roles`` lacks those the cache does not know
    return Account(str(user.id), user.name, tuple(int(role) for role in roles))
