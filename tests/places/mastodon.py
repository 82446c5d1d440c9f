"""A small Mastodon server: a hashtag, an account and a search, as its API tells them.

Source of the forms: https://docs.joinmastodon.org/entities/Status/
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.places.web import Asked, RawReply, Reply, Web

START = datetime(2026, 5, 12, 6, tzinfo=UTC)
TOKEN = "a-reading-token"
JSON = {"Content-Type": "application/json; charset=utf-8"}
Fault = Callable[[Asked], Reply | RawReply]


def status_id(number: int) -> str:
    """Return an id as servers make them: the time in milliseconds above 16 bits."""
    return str((int(START.timestamp() * 1000) + number * 1000) << 16)


def status(number: int, text: str = "It crashes.", **more: Any) -> dict[str, Any]:
    """Return a post; a larger number is a later one."""
    at = (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "id": status_id(number),
        "created_at": at,
        "edited_at": None,
        "content": f"<p>{text}</p>",
        "spoiler_text": "",
        "sensitive": False,
        "visibility": "public",
        "language": "en",
        "url": f"https://social.example/@user{number % 7}/{status_id(number)}",
        "uri": f"https://social.example/users/user{number % 7}/statuses/{status_id(number)}",
        "in_reply_to_id": None,
        "reblog": None,
        "account": {"id": str(number % 7), "acct": f"user{number % 7}", "bot": False},
        "media_attachments": [],
        "tags": [{"name": "fernsync"}],
    } | more


@dataclass
class MastodonPlace:
    """Holds posts under one hashtag; put it before a ``Web``."""

    statuses: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """They answer the next requests, one each."""
    headers: dict[str, str] = field(default_factory=dict)
    members_only: bool = False
    asked: list[str] = field(default_factory=list)

    def edit(self, number: int, text: str) -> None:
        """Change a post's text as its author would."""
        for one in self.statuses:
            if one["id"] == status_id(number):
                one |= {"content": f"<p>{text}</p>", "edited_at": one["created_at"]}

    def delete(self, *numbers: int) -> None:
        """Take posts away."""
        gone = {status_id(number) for number in numbers}
        self.statuses = [one for one in self.statuses if one["id"] not in gone]

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        self.asked.append(asked.path)
        if self.faults:
            return self.faults.pop(0)(asked)
        parts = urlsplit(asked.path)
        path = unquote(parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        logged_in = asked.headers.get("authorization") == f"Bearer {TOKEN}"
        if (self.members_only or path == "/api/v2/search") and not logged_in:
            return refusal(401, "This method requires an authenticated user")
        found = self._found(path, query)
        if found is None:
            return refusal(404, "Record not found")
        return Reply(200, json.dumps(found).encode(), JSON | self.headers)

    def _found(self, path: str, query: dict[str, str]) -> Any:
        if path == "/api/v1/timelines/tag/fernsync":
            return self._page(self.statuses, query)
        if path == "/api/v1/accounts/lookup":
            known = query["acct"] in {"user3", "user3@social.example"}
            return {"id": "3", "acct": "user3"} if known else None
        if path == "/api/v1/accounts/3/statuses":
            assert query["exclude_reblogs"] == "true"
            return self._page([one for one in self.statuses if one["account"]["id"] == "3"], query)
        if path == "/api/v2/search":
            words = [one for one in self.statuses if query["q"] in one["content"]]
            return {"accounts": [], "statuses": self._page(words, query), "hashtags": []}
        wanted = path.removeprefix("/api/v1/statuses/")
        return next((one for one in self.statuses if one["id"] == wanted), None)

    def _page(self, among: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
        below = int(query["max_id"]) if "max_id" in query else None
        found = [one for one in among if below is None or int(one["id"]) < below]
        found.sort(key=lambda one: -int(one["id"]))
        return found[: min(int(query["limit"]), 40)]


def refusal(status_code: int, message: str, **headers: str) -> Reply:
    """Refuse as Mastodon does."""
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status_code, json.dumps({"error": message}).encode(), JSON | shown)


def always(reply: Reply | RawReply) -> Fault:
    """Return a fault that answers so whatever was asked."""
    return lambda _asked: reply


def mastodon_web(*statuses: dict[str, Any]) -> tuple[MastodonPlace, Web]:
    """Return a server's posts and the server before them."""
    place = MastodonPlace(list(statuses))
    return place, Web(place)
