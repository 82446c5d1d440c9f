"""A small Bluesky: an account on its server, the directory that names it, the search for members.

Source of the forms: https://docs.bsky.app/docs/category/http-reference
"""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import SecretStr

from config.settings import Credential
from listener.sources.bluesky import Options
from tests.places.web import Asked, RawReply, Reply, Web

START = datetime(2026, 5, 12, 6, tzinfo=UTC)
DID = "did:plc:" + "a2" * 12
HANDLE = "fern.example"
POST = "app.bsky.feed.post"
MEMBER = Credential(username="reader.example", password=SecretStr("abcd-efgh-ijkl"))
JSON = {"Content-Type": "application/json; charset=utf-8"}
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
Fault = Callable[[Asked], Reply | RawReply]
_TOKENS = itertools.count(1)
"""No two places take one token: a port may be given out again."""


def tid(number: int) -> str:
    """Return a key as programs make them: microseconds above ten bits, in base 32."""
    left = int((START + timedelta(seconds=number)).timestamp() * 1_000_000) << 10
    key = ""
    for _ in range(13):
        left, digit = divmod(left, 32)
        key = LETTERS[digit] + key
    return key


def uri(number: int) -> str:
    """Return the address of a post in the protocol."""
    return f"at://{DID}/{POST}/{tid(number)}"


def post(number: int, text: str = "It crashes.", **more: Any) -> dict[str, Any]:
    """Return a post as a repository lists it; a larger number is a later one."""
    at = (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    value = {"$type": POST, "text": text, "createdAt": at, "langs": ["en"]} | more
    return {"uri": uri(number), "cid": f"bafy{number}", "value": value}


@dataclass
class BlueskyPlace:
    """Holds an account's posts; put it before a ``Web``."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """They answer the next requests for posts, one each."""
    headers: dict[str, str] = field(default_factory=dict)
    server: str = ""
    """Where the directory says that the account lives."""
    unknown: set[str] = field(default_factory=set)
    """Addresses of posts that stand on the account's server and that the service does not show."""
    record_fault: Fault | None = None
    """Answers for single records, if there is one."""
    standing: Reply | None = None
    """What the account's server says of the account; by default that it stands."""
    given_up: bool = False
    """The directory says that the account was given up for good."""
    lives_here: bool = True
    token: str = field(default_factory=lambda: f"jwt-{next(_TOKENS)}")
    log_ins: int = 0
    asked: list[str] = field(default_factory=list)

    def delete(self, *numbers: int) -> None:
        """Take posts away."""
        gone = {uri(number) for number in numbers}
        self.posts = [one for one in self.posts if one["uri"] not in gone]

    def __call__(self, asked: Asked) -> Reply | RawReply:
        """Answer one request."""
        self.asked.append(asked.path)
        parts = urlsplit(asked.path)
        query = parse_qs(parts.query)
        method = parts.path.removeprefix("/moved").removeprefix("/xrpc/")
        if unquote(parts.path) == f"/{DID}":
            return self._document()
        if method == "com.atproto.identity.resolveHandle":
            known = query["handle"] == [HANDLE]
            return told({"did": DID}) if known else refusal(400, "Unable to resolve handle")
        if method == "com.atproto.server.createSession":
            return self._log_in(asked)
        if method in {"com.atproto.repo.getRecord", "com.atproto.sync.getRepoStatus"}:
            return self._state(asked, query)
        if self.faults:
            return self.faults.pop(0)(asked)
        return self._posts(asked, method, query)

    def _document(self) -> Reply:
        if self.given_up:
            return Reply(410, f'{{"message":"DID not available: {DID}"}}'.encode(), JSON)
        services = [{"id": "#atproto_pds", "serviceEndpoint": self.server}]
        return told({"id": DID, "alsoKnownAs": [f"at://{HANDLE}"], "service": services})

    def _state(self, asked: Asked, query: dict[str, list[str]]) -> Reply | RawReply:
        """Tell one record, or whether the account stands."""
        if "rkey" not in query:
            return self.standing or told({"did": DID, "active": True, "rev": tid(0)})
        return self.record_fault(asked) if self.record_fault else self._record(query)

    def _log_in(self, asked: Asked) -> Reply:
        if json.loads(asked.body) != {"identifier": "reader.example", "password": "abcd-efgh-ijkl"}:
            return refusal(401, "Invalid identifier or password", "AuthenticationRequired")
        self.log_ins += 1
        return told({"accessJwt": self.token, "refreshJwt": "r", "did": "x", "handle": "x"})

    def _record(self, query: dict[str, list[str]]) -> Reply:
        wanted = f"at://{query['repo'][0]}/{query['collection'][0]}/{query['rkey'][0]}"
        found = [one for one in self.posts if one["uri"] == wanted]
        missing = refusal(400, f"Could not locate record: {wanted}", "RecordNotFound")
        return told(found[0]) if found else missing

    def _posts(self, asked: Asked, method: str, query: dict[str, list[str]]) -> Reply:
        if method == "com.atproto.repo.listRecords":
            if (
                self.standing
                or query["repo"] != [DID]
                or asked.path.startswith("/moved") is self.lives_here
            ):
                return refusal(400, "Could not find repo", "RepoNotFound")
            return self._page("records", self.posts, query)
        if method == "app.bsky.feed.getPosts":
            known = set(query["uris"]) - self.unknown
            wanted = [one for one in self.posts if one["uri"] in known]
            return told({"posts": [view(one) for one in wanted]})
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return refusal(400, "Token has expired", "ExpiredToken")
        found = [one for one in self.posts if query["q"][0] in one["value"]["text"]]
        return self._search(found, query)

    def _page(self, name: str, among: list[dict[str, Any]], query: dict[str, list[str]]) -> Reply:
        below = query.get("cursor", ["~"])[0]
        found = [one for one in among if one["uri"].rpartition("/")[2] < below]
        found.sort(key=lambda one: one["uri"], reverse=True)
        page = found[: int(query["limit"][0])]
        cursor = {"cursor": page[-1]["uri"].rpartition("/")[2]} if page else {}
        return told({name: page} | cursor, self.headers)

    def _search(self, found: list[dict[str, Any]], query: dict[str, list[str]]) -> Reply:
        assert query["sort"] == ["latest"]
        found.sort(key=lambda one: one["value"]["createdAt"], reverse=True)
        start, size = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        cursor = {"cursor": str(start + size)} if start + size < len(found) else {}
        page = [view(one) for one in found[start : start + size]]
        return told({"posts": page, "hitsTotal": len(found)} | cursor, self.headers)


def view(one: dict[str, Any]) -> dict[str, Any]:
    """Return a post as the search tells it."""
    author = {"did": DID, "handle": HANDLE, "displayName": "Fern"}
    told_at = one["value"]["createdAt"]
    return {"uri": one["uri"], "author": author, "record": one["value"], "indexedAt": told_at}


def told(body: dict[str, Any], headers: dict[str, str] | None = None) -> Reply:
    """Return an answer."""
    return Reply(200, json.dumps(body).encode(), JSON | (headers or {}))


def refusal(
    status: int, message: str, error: str | list[str] = "InvalidRequest", **headers: str
) -> Reply:
    """Refuse as Bluesky does."""
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps({"error": error, "message": message}).encode(), JSON | shown)


def always(reply: Reply | RawReply) -> Fault:
    """Return a fault that answers so whatever was asked."""
    return lambda _asked: reply


def bluesky_web(*posts: dict[str, Any]) -> tuple[BlueskyPlace, Web]:
    """Return a Bluesky and the server before it."""
    place = BlueskyPlace(list(posts))
    web = Web(place)
    place.server = web.url("")
    return place, web


def options_for(web: Web) -> Options:
    """Return the ``[bluesky]`` section that leads to the Bluesky on loopback."""
    return Options(api_url=web.url(""), service_url=web.url(""), plc_url=web.url(""))
