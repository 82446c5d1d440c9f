"""Whatever strangers wrote: no message of the bot is refused, pings, links or breaks out."""

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from discord.http import handle_message_parameters

from responders.bots.discord.drawing import drawn, drawn_form
from responders.bots.reading import EDITED_TEXT
from responders.bots.speaking import Choice, Field, Form, Said
from responders.delivery.inert import cut, quoted
from responders.oncall.card import IssueFacts, Quoted, make_card
from responders.oncall.cards.drawing import as_discord
from responders.oncall.pressing import Button, Do, Press
from tests.places.discord_forms import too_much
from tests.responders.bots.conftest import QUIET

pytestmark = QUIET

SHARED = Path(__file__).parents[5] / "shared" / "cases" / "hostile.jsonl"
OURS = [
    "@everyone @here", "<@1> <@!1> <@&900000000000000007> <#1> </x:1> <t:1:R> <a:b:1>",
    "[our page](https://evil.example/login)", "||spoiler|| **b** __u__ ~~s~~ `c` ```d```",
    "> quote\n# head\n- list\n-# small", "https://evil.example http://[::1]/ //evil.example",
    "\u202egnitset\u202c \u2066x\u2069 a\u200bb", "x" * 10_000, "\\" * 10_000, "@" * 10_000,
    "👩‍👩‍👧‍👦" * 3_000, "e\u0301" * 5_000, "\ud800", "\x00\x1b[31m", "e" + "\u0301" * 5_000, "",
]  # fmt: skip
AT = datetime(2026, 5, 12, 9, 42, tzinfo=UTC)
ALIVE = re.compile(r"(?<!\\)<[@#]|@(everyone|here)|(?<!\\)\]\(|(?<!\\)```|(?<!\\)\|\|")


def cases() -> list[str]:
    """Return our own hostile texts and those of the shared file, where it is there."""
    if not SHARED.exists():
        return OURS
    lines = SHARED.read_text(encoding="utf-8").splitlines()
    return [*OURS, *(str(json.loads(line).get("text") or "") for line in lines)]


CASES = cases()


def alive(payload: dict[str, Any]) -> str:
    """Return what would ping, hide a link or be markup in a payload; empty when nothing would."""
    texts = [payload.get("content") or ""]
    for embed in payload.get("embeds", []):
        texts += [embed.get("title", ""), embed.get("description", "")]
        texts += [field["value"] for field in embed.get("fields", [])]
    own = re.compile(r"Posts per 15 min: `[▁-█]+ \d+`|<https://f\.example/1>")
    for text in texts:
        found = ALIVE.search(own.sub("", text)) or re.search(r"(?i)\w://", own.sub("", text))
        if found:
            return f"{found[0]!r} in {text!r}"
    return ""


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_card_of_hostile_words_is_taken_by_discord_and_inert(number: int) -> None:
    words = CASES[number]
    card = make_card(
        IssueFacts(
            reference="GS-142", number=142, title=words, state="identified", severity="major",
            reason=words, changed_at=AT, quotes=[Quoted(words, "https://f.example/1")] * 3,
            people=7, window_hours=0.3, usual=0.4, trend=range(16), versions=words, tried=words,
            nearest_past="GS-1", next_word_at=AT, threads=17, threads_told=14, drafts_waiting=500,
            holder=words, acknowledged_by=words, acknowledged_at=AT,
            link="https://console.example/console/issues/GS-142",
        )
    )  # fmt: skip
    payload = as_discord(card)
    assert too_much(payload) == ""
    assert alive(payload) == ""
    json.dumps(payload, ensure_ascii=False).encode()


@pytest.mark.parametrize("number", range(len(CASES)))
def test_an_answer_with_hostile_words_is_taken_by_discord_and_inert(number: int) -> None:
    words = cut(quoted(CASES[number], 80) or "untitled", 90)
    many = tuple(Choice(f"GS-{each} {words}", str(each)) for each in range(1, 26))
    button = Button(words, str(Press(Do.READ, 142)))
    said = Said(CASES[number], text=CASES[number], buttons=(button,) * 1, choices=many,
                press=str(Press(Do.MERGE, 142)))  # fmt: skip
    payload = asyncio.run(_sent(said))
    assert too_much(payload) == ""
    assert payload["allowed_mentions"] == {"parse": []}
    assert ALIVE.search(str(payload["content"])) is None


async def _sent(said: Said) -> dict[str, Any]:
    with handle_message_parameters(**drawn(said)) as parameters:
        assert parameters.payload is not None
        return dict(parameters.payload)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_form_that_holds_a_hostile_text_is_taken_by_discord(number: int) -> None:
    async def form() -> dict[str, Any]:
        text = CASES[number][:EDITED_TEXT]
        field = Field("text", "The whole text", value=text, long=True, at_most=EDITED_TEXT)
        made = drawn_form(Form(str(Press(Do.EDIT, 1, ("1", "1"))), CASES[number] or "x", (field,)))
        return made.to_dict()

    assert too_much(asyncio.run(form())) == ""
