"""A small GitHub: the issues, comments and discussions of one repository, as its APIs tell them.

Source of the forms: https://docs.github.com/en/rest/issues and the GraphQL reference.
"""

import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.places.web import Asked, RawReply, Reply, Web

START = datetime(2026, 5, 12, 6, tzinfo=UTC)
ROOT = "https://github.com/fern/sync"
TOKEN = "ghp_reading"
LOGIN = "FernSync"
JSON = {"Content-Type": "application/json; charset=utf-8"}
Fault = Callable[[Asked], Reply | RawReply]


def at(number: float) -> str:
    """Return a time that grows with the number."""
    return (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


def person(number: int, **more: Any) -> dict[str, Any]:
    """Return an account."""
    return {"login": f"user{number % 7}", "id": number % 7 + 1, "type": "User"} | more


def issue(number: int, text: str = "It crashes.", **more: Any) -> dict[str, Any]:
    """Return an issue; a larger number is a later one."""
    return {
        "id": 9_000 + number,
        "number": number,
        "title": f"Issue {number}",
        "body": text,
        "body_html": f"<p>{text}</p>",
        "html_url": f"{ROOT}/issues/{number}",
        "user": person(number),
        "created_at": at(number),
        "updated_at": at(number),
        "locked": False,
        "state": "open",
        "author_association": "NONE",
    } | more


def comment(number: int, text: str = "Same here.", *, on: int = 1, **more: Any) -> dict[str, Any]:
    """Return a comment on an issue."""
    return {
        "id": 70_000 + number,
        "body": text,
        "body_html": f"<p>{text}</p>",
        "html_url": f"{ROOT}/issues/{on}#issuecomment-{70_000 + number}",
        "user": person(number),
        "created_at": at(number),
        "updated_at": at(number),
        "author_association": "NONE",
    } | more


def said(number: int, text: str, **more: Any) -> dict[str, Any]:
    """Return what discussions, their comments and replies have in common in GraphQL."""
    return {
        "id": f"D_{number}",
        "url": f"{ROOT}/discussions/1#discussioncomment-{number}",
        "bodyHTML": f"<p>{text}</p>",
        "createdAt": at(number),
        "updatedAt": at(number),
        "authorAssociation": "NONE",
        "author": {"login": f"user{number % 7}", "__typename": "User"},
    } | more


def listing(*nodes: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    """Return a list of nodes as GraphQL gives it."""
    return {"totalCount": len(nodes) if total is None else total, "nodes": list(nodes)}


def discussion(number: int, text: str = "It crashes.", **more: Any) -> dict[str, Any]:
    """Return a discussion without comments."""
    url = f"{ROOT}/discussions/{number}"
    own = {"url": url, "title": f"Discussion {number}", "locked": False, "comments": listing()}
    return said(number, text) | own | more


@dataclass
class GithubPlace:
    """Holds a repository; put it before a ``Web``."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    discussions: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """They answer the next requests, one each."""
    headers: dict[str, str] = field(default_factory=dict)
    """Such as the rate limit's; they come with each answer."""
    renamed: bool = False
    has_issues: bool = True
    """Where they are switched off, each of them answers 410."""
    asked: list[str] = field(default_factory=list)
    private: bool = False
    """Without a token nothing is there."""
    flagged: bool = False
    """What the account writes is shown to nobody else."""
    guard: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def ours(self) -> list[dict[str, Any]]:
        """What the account wrote here, oldest first."""
        return [one for one in self.comments if one["user"]["login"] == LOGIN]

    def edit(self, number: int, text: str) -> None:
        """Change an issue's text as its author would."""
        for one in self.issues:
            if one["number"] == number:
                later = at(10_000 + number)
                one |= {"body": text, "body_html": f"<p>{text}</p>", "updated_at": later}

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        self.asked.append(asked.path)
        if self.faults:
            return self.faults.pop(0)(asked)
        parts = urlsplit(asked.path)
        if parts.path == "/graphql":
            return self._graphql(asked)
        if parts.path == "/user" or (self.private and not _known(asked)):
            return _me(asked) if parts.path == "/user" else refusal(404, "Not Found")
        if self.renamed and parts.path.startswith("/repos/fern/sync"):
            where = asked.path.replace("/repos/fern/sync", "/repositories/77", 1)
            return Reply(301, b"{}", {"Location": where})
        path = re.sub(r"^/(?:repos/fern/sync|repositories/77)(?=/|$)", "", parts.path)
        if path == parts.path:
            return refusal(404, "Not Found")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self._rest(asked, path, query)

    def _rest(self, asked: Asked, path: str, query: dict[str, str]) -> Reply:
        if path == "":
            told = {"id": 77, "full_name": "fern/sync", "has_issues": self.has_issues}
            return Reply(200, json.dumps(told).encode(), JSON | self.headers)
        if asked.method != "GET":
            with self.guard:
                return self._write(asked, path)
        if re.fullmatch(r"/issues/\d+/comments", path):
            return self._said_on(path.split("/")[2], query)
        lists = {"/issues": self.issues, "/issues/comments": self.comments}
        if path in lists:
            return self._listed(asked, lists[path], query)
        wanted = path.rpartition("/")[2]
        key, among = ("id", self.comments) if "/comments/" in path else ("number", self.issues)
        found = [one for one in among if str(one[key]) == wanted and self.has_issues]
        hidden = self.flagged and "authorization" not in asked.headers
        if not found or (hidden and found[0] in self.ours):
            return refusal(404 if key == "id" else 410, "This was deleted")
        return Reply(200, json.dumps(found[0]).encode(), JSON | self.headers)

    def _said_on(self, number: str, query: dict[str, str]) -> Reply:
        """Return a page of the comments on one issue, oldest first."""
        if not self.has_issues or not any(str(one["number"]) == number for one in self.issues):
            return refusal(404, "Not Found")
        about = f"{ROOT}/issues/{number}#"
        said = [one for one in self.comments if one["html_url"].startswith(about)]
        size, page = int(query["per_page"]), int(query.get("page", "1"))
        last = max(-(-len(said) // size), 1)
        links = {"Link": f'<https://api.github.com/x?page={last}>; rel="last"'} if last > 1 else {}
        body = json.dumps(said[(page - 1) * size : page * size]).encode()
        return Reply(200, body, JSON | self.headers | links)

    def _write(self, asked: Asked, path: str) -> Reply:
        """Take a comment, another text for one, or one away."""
        if not _known(asked):
            return refusal(401, "Bad credentials")
        return self._comment(asked, path) if asked.method == "POST" else self._change(asked, path)

    def _comment(self, asked: Asked, path: str) -> Reply:
        number = path.split("/")[2]
        found = [one for one in self.issues if str(one["number"]) == number]
        if not found or not self.has_issues:
            return refusal(410, "This issue was deleted")
        if found[0]["locked"]:
            return refusal(403, "Unable to create comment because issue is locked.")
        body, us = str(json.loads(asked.body)["body"]), {"login": LOGIN, "id": 99, "type": "User"}
        made = comment(5_000 + len(self.comments), body, on=int(number), user=us)
        self.comments.append(made)
        return Reply(201, json.dumps(made).encode(), JSON)

    def _change(self, asked: Asked, path: str) -> Reply:
        wanted = [one for one in self.ours if str(one["id"]) == path.rpartition("/")[2]]
        if not wanted:
            return refusal(404, "Not Found")
        if asked.method == "DELETE":
            self.comments.remove(wanted[0])
            return Reply(204)
        wanted[0]["body"] = str(json.loads(asked.body)["body"])
        return Reply(200, json.dumps(wanted[0]).encode(), JSON)

    def _listed(self, asked: Asked, among: list[dict[str, Any]], query: dict[str, str]) -> Reply:
        assert (query["sort"], query["direction"]) == ("updated", "asc")
        changed = [one for one in among if one["updated_at"] >= query["since"]]
        changed.sort(key=lambda one: one["updated_at"])
        size, page = int(query["per_page"]), int(query.get("page", "1"))
        shown = changed[(page - 1) * size : page * size]
        body = json.dumps(shown).encode()
        headers = JSON | self.headers | {"ETag": f'W/"{hashlib.sha256(body).hexdigest()}"'}
        if page * size < len(changed):
            following = urlencode(query | {"page": str(page + 1)})
            headers["Link"] = f'<https://api.github.com/x?{following}>; rel="next"'
        if asked.headers.get("if-none-match") == headers["ETag"]:
            return Reply(304, headers=headers)
        return Reply(200, body, headers)

    def _graphql(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return refusal(401, "Bad credentials")
        told = json.loads(asked.body)
        variables = told["variables"]
        if "ids" in variables:
            nodes = {one["id"]: one for one in self.discussions}
            found = [nodes.get(node_id) for node_id in variables["ids"]]
            errors = [
                {"type": "NOT_FOUND", "path": ["nodes", number], "message": "Could not resolve"}
                for number, one in enumerate(found)
                if one is None
            ]
            answer: dict[str, Any] = {"data": {"nodes": found}} | ({"errors": errors or None})
            return Reply(200, json.dumps(answer).encode(), JSON | self.headers)
        if (variables["owner"], variables["name"]) != ("fern", "sync"):
            missing = [{"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}]
            body = json.dumps({"data": {"repository": None}, "errors": missing})
            return Reply(200, body.encode(), JSON)
        newest = sorted(self.discussions, key=lambda one: one["updatedAt"], reverse=True)
        start, size = int(variables["after"] or 0), 25
        ends = start + size >= len(newest)
        info = {"hasNextPage": not ends, "endCursor": str(start + size)}
        page = {"pageInfo": info, "nodes": newest[start : start + size]}
        body = json.dumps({"data": {"repository": {"discussions": page}}})
        return Reply(200, body.encode(), JSON | self.headers)


def _known(asked: Asked) -> bool:
    return asked.headers.get("authorization") == f"Bearer {TOKEN}"


def _me(asked: Asked) -> Reply:
    if not _known(asked):
        return refusal(401, "Requires authentication")
    return Reply(200, json.dumps({"login": LOGIN, "id": 99}).encode(), JSON)


def refusal(status: int, message: str, **headers: str) -> Reply:
    """Refuse as GitHub does."""
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    told = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    return Reply(status, json.dumps(told).encode(), JSON | shown)


def always(reply: Reply | RawReply) -> Fault:
    """Return a fault that answers so whatever was asked."""
    return lambda _asked: reply


def github_web(*issues: dict[str, Any]) -> tuple[GithubPlace, Web]:
    """Return a GitHub and the server before it."""
    place = GithubPlace(list(issues))
    return place, Web(place)
