"""A press on the card of an issue in the small Discord."""

from typing import Any

from tests.places.discord_clicks import Click
from tests.responders.bots.conftest import Office

CARD: dict[str, Any] = {
    "id": "1263000000000000000", "type": 0, "channel_id": "900000000000000004", "content": "",
    "author": {"id": "900000000000000002", "username": "groundswell", "discriminator": "0000",
               "avatar": None, "bot": True},
    "attachments": [], "embeds": [], "components": [], "mentions": [], "mention_roles": [],
    "mention_everyone": False, "pinned": False, "tts": False, "flags": 0,
    "timestamp": "2026-05-12T12:00:00+00:00", "edited_timestamp": None,
}  # fmt: skip


def press(office: Office, word: str, **more: Any) -> Click:
    """Press what the word means, on the card unless told otherwise."""
    return office.place.press(word, on=more.pop("on", CARD), **more)
