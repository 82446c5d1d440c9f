"""A small GitHub that takes tickets: the issues of one repository are made, listed and closed.

Apart from github.py, which only tells what people write there. Issues are numbered in the order in
which they were made; its clock moves a second with each.
Source of the forms: https://docs.github.com/en/rest/issues/issues.
"""

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.places.github import JSON, refusal
from tests.places.web import Asked, Reply

TOKEN = "ghp_writing"
REPOSITORY = "acme/app"
NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def told(moment: datetime) -> str:
    """Return a time as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Tracker:
    """Holds the issues of acme/app; put it before a ``Web``."""

    private: bool = True
    has_issues: bool = True
    issues: list[dict[str, Any]] = field(default_factory=list)
    writes: int = 0
    """POSTs that came, those refused too."""
    asked: list[str] = field(default_factory=list)
    now: datetime = NOON
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def add(self, title: str, body: str = "", **more: Any) -> dict[str, Any]:
        """Let an issue be there; return it."""
        with self._guard:
            self.now += timedelta(seconds=1)
            number = len(self.issues) + 1
            made = {
                "id": 9_000 + number, "number": number, "title": title, "body": body,
                "html_url": f"https://github.com/{REPOSITORY}/issues/{number}",
                "state": "open", "state_reason": None,
                "created_at": told(self.now), "updated_at": told(self.now),
            } | more  # fmt: skip
            self.issues.append(made)
            return made

    def set(self, number: int, state: str, reason: str | None = None) -> None:
        """Close an issue, or open it again."""
        self.now += timedelta(seconds=1)
        self.issues[number - 1] |= {
            "state": state, "state_reason": reason, "updated_at": told(self.now),
        }  # fmt: skip

    def bearing(self, token: str) -> int:
        """Count the issues that bear a mark."""
        return sum(token in one["body"] for one in self.issues)

    def __call__(self, asked: Asked) -> Reply:
        """Answer one request."""
        self.asked.append(f"{asked.method} {asked.path.partition('?')[0]}")
        parts = urlsplit(asked.path)
        found = re.fullmatch(rf"/repos/{REPOSITORY}(/issues(?:/(\d+))?)?", parts.path)
        if found is None:
            return refusal(404, "Not Found")
        if asked.method == "POST":
            return self._made(asked)
        if found[1] is None:
            about = {"full_name": REPOSITORY, "private": self.private}
            return _json(about | {"has_issues": self.has_issues})
        if found[2] is None:
            return self._listed(parse_qs(parts.query))
        return self._one(int(found[2]), asked)

    def _made(self, asked: Asked) -> Reply:
        self.writes += 1
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return refusal(401, "Bad credentials")
        given = json.loads(asked.body)
        if not self.has_issues:
            return refusal(410, "Issues are disabled for this repo")
        if len(given["title"]) > 256 or len(given["body"]) > 65_536:
            return refusal(422, "Validation Failed")
        return _json(self.add(given["title"], given["body"]), status=201)

    def _listed(self, query: dict[str, list[str]]) -> Reply:
        given = {name: values[0] for name, values in query.items()}
        order = (given["state"], given["sort"], given["direction"])
        assert order == ("all", "created", "desc")
        found = [one for one in self.issues[::-1] if one["updated_at"] >= given["since"]]
        size, page = int(given["per_page"]), int(given["page"])
        return _json(found[(page - 1) * size : page * size])

    def _one(self, number: int, asked: Asked) -> Reply:
        if not 1 <= number <= len(self.issues):
            return refusal(404, "Not Found")
        if self.issues[number - 1]["state"] == "deleted":
            return refusal(410, "This issue was deleted")
        reply = _json(self.issues[number - 1])
        if asked.headers.get("if-none-match") == reply.headers["ETag"]:
            return Reply(304, headers=reply.headers)
        return reply


def _json(value: Any, *, status: int = 200) -> Reply:
    body = json.dumps(value).encode()
    return Reply(status, body, JSON | {"ETag": f'W/"{hashlib.sha256(body).hexdigest()}"'})
