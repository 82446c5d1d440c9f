"""What a chat face says, drawn for Discord: components and forms of its library.

All of it is shown to one person only and may ping nobody. Views and forms are ended before they are
sent, so that the library keeps none of them: each press is answered from its own word alone, which
is why the buttons outlive every restart.
"""

from collections.abc import Mapping
from typing import Any

import discord
from discord import ui

from responders.bots.speaking import Form, Said
from responders.delivery.inert import cut, discord_text
from responders.oncall.pressing import Button, Kind

CONTENT, DESCRIPTION, TITLE, LABEL, OPTION, BUTTON = 900, 2000, 45, 45, 100, 80
"""Characters before escaping, which at most doubles them; Discord takes 2000 and 4096."""
FIELD = 4000
STYLES: Mapping[Kind, discord.ButtonStyle] = {
    Kind.MAIN: discord.ButtonStyle.primary,
    Kind.PLAIN: discord.ButtonStyle.secondary,
    Kind.DANGER: discord.ButtonStyle.danger,
}


def short(text: str, most: int) -> str:
    """Return a text that Discord takes even where it counts an emoji twice, as in UTF-16."""
    limit = most
    while len(cut(text, limit).encode("utf-16-le", "replace")) > most * 2:
        limit -= 1
    return cut(text, limit)


def drawn(said: Said) -> dict[str, Any]:
    """Return an answer as the arguments of an edit of it."""
    embeds = []
    if said.text:
        embeds = [discord.Embed(description=discord_text(cut(said.text, DESCRIPTION)))]
    return {
        "content": discord_text(cut(said.words, CONTENT)),
        "embeds": embeds,
        "view": _view(said),
        "allowed_mentions": discord.AllowedMentions.none(),
    }


def _view(said: Said) -> ui.View | None:
    if not said.buttons and not said.choices:
        return None
    view = ui.View(timeout=None)
    if said.choices:
        options = [
            discord.SelectOption(
                label=short(choice.label, OPTION),
                value=choice.value,
                description=short(choice.about, OPTION) or None,
            )
            for choice in said.choices
        ]
        view.add_item(ui.Select(custom_id=said.press, options=options))
    for button in said.buttons:
        view.add_item(_button(button))
    view.stop()
    return view


def _button(button: Button) -> ui.Button[ui.View]:
    label = short(button.label, BUTTON)
    if button.url is not None:
        return ui.Button(label=label, url=button.url)
    return ui.Button(label=label, custom_id=button.press, style=STYLES[button.kind])


def drawn_form(form: Form) -> ui.Modal:
    """Return a form; what it is sent with is the press that opened it."""
    modal = ui.Modal(title=short(form.title, TITLE), custom_id=form.press, timeout=None)
    for field in form.fields:
        line: ui.TextInput[ui.Modal] = ui.TextInput(
            custom_id=field.name,
            style=discord.TextStyle.long if field.long else discord.TextStyle.short,
            default=field.value or None,
            max_length=min(field.at_most, FIELD),
        )
        modal.add_item(ui.Label(text=short(field.label, LABEL), component=line))
    modal.stop()
    return modal


def sent_fields(components: object) -> dict[str, str]:
    """Return what stands in a form that was sent, by the field's name, whatever wraps it."""
    found: dict[str, str] = {}
    if isinstance(components, list):
        for each in components:
            found |= sent_fields(each)
    elif isinstance(components, dict):
        if "custom_id" in components and "value" in components:
            found[str(components["custom_id"])] = str(components["value"] or "")
        found |= sent_fields(components.get("components"))
        found |= sent_fields(components.get("component"))
    return found
