"""Bluesky: the posts of an account, from its own server, or a search; read only.

An account's posts are listed by its own server without a log-in; a search needs one. A look begins
at the newest post and goes back page by page to what is known.
"""

import json
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from pydantic import Field

from config.errors import GroundswellError
from config.http_client import PoliteClient, Response
from config.setting_forms import WebAddress
from listener.answers import check_answer, shown_address
from listener.diagnoses import DiagnosedError
from listener.pacing.quotas import limited, refuse_while_resting, reset_at, rests_until
from listener.platforms.bluesky_homes import Home, is_gone, standing_of
from listener.platforms.bluesky_records import (
    DID,
    POSTS,
    Told,
    is_timely,
    key_parts,
    raw_post,
    read_post,
    server_of,
    tells_deletion,
)
from listener.platforms.sweeping import Bounds, Seen, Sweep, advance
from listener.preparing import storable_text
from listener.sources.base import (
    Batch,
    Capabilities,
    Place,
    RawPost,
    Recheck,
    SourceOptions,
)
from listener.tables import SourceState

PAGE: Final = 100
ASKED_AGAIN: Final = 25
BOUNDS: Final = Bounds(first=5, later=50)
LIMITS: Final = "ratelimit-"
MAX_TURN: Final = 1_000
"""Characters of the mark by which a server turns its pages."""
PATIENCE_S: Final = 300.0
SESSION_S: Final = 3600.0
"""Seconds that a log-in is kept; it holds for two hours, and only 300 a day are given."""
_ACCOUNT: Final = re.compile(r"/profile/(?P<who>[^/]+)/?")
_TAG: Final = re.compile(r"/hashtag/(?P<tag>[^/]+)/?")


class Options(SourceOptions):
    """``[bluesky]``: where its services answer."""

    url: WebAddress = Field(default="https://bsky.app", description="where links to posts lead")
    api_url: WebAddress = Field(
        default="https://public.api.bsky.app", description="answers strangers: names, single posts"
    )
    service_url: WebAddress = Field(
        default="https://bsky.social", description="answers members: log-in and search"
    )
    plc_url: WebAddress = Field(
        default="https://plc.directory", description="tells on which server an account lives"
    )

    def base_urls(self) -> tuple[str, ...]:
        """Return the addresses of the services."""
        return (self.api_url, self.service_url, self.plc_url)


class _Cursor(Sweep):
    did: str | None = None
    """The account's own id, which stays when its name changes."""
    handle: str | None = None
    server: str | None = None
    """Where the account lives; asked for anew when it is not there any more."""
    rests_until: str | None = None


@dataclass(frozen=True)
class _Session:
    token: str
    until: float
    """Monotonic seconds."""


_sessions: dict[tuple[str, str, str], _Session] = {}
_guard = threading.Lock()


class BlueskySource:
    """One account or search."""

    capabilities = Capabilities(
        detects_edits=False,
        detects_deletions=True,
        replies=False,
        max_backfill=BOUNDS.later * PAGE,
        recheck_at_once=ASKED_AGAIN,  # each that is missing costs a request or two
        recheck_a_slice=5,
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client
        self._options = place.options if isinstance(place.options, Options) else Options()

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return one page of posts, oldest first; see ``Source.fetch``."""
        known = _Cursor.model_validate(dict(cursor))
        refuse_while_resting("Bluesky", known.rests_until, self._place.now())
        words = words_of(self._place.url)
        return self._search(known, words) if words else self._account(known)

    def recheck(self, remote_ids: Sequence[str]) -> Recheck:
        """Return what became of posts; see ``Rechecking.recheck``.

        What was deleted is left out of the answer, but so is what is hidden for a while or was not
        taken in yet; so the account's own server has the last word, and says whether the account
        stands: one that was closed for a while brings its posts back.
        """
        found: list[RawPost] = []
        missing: list[str] = []
        for start in range(0, len(remote_ids), ASKED_AGAIN):
            ids = remote_ids[start : start + ASKED_AGAIN]
            asked = "&".join(f"uris={quote(one, safe='')}" for one in ids)
            response = self._ask(self._options.api_url, f"app.bsky.feed.getPosts?{asked}")
            listed = self._listed(response, "posts")
            told = (read_post(item, self._place.url) for item in listed)
            found += [raw_post(one, self._options.url, None) for one in told if one]
            # One that is told oddly is there all the same.
            answered = {str(item.get("uri")) for item in listed if isinstance(item, dict)}
            missing += [one for one in ids if one not in answered]
        homes: dict[str, Home] = {}
        return Recheck(tuple(found), tuple(one for one in missing if self._is_gone(one, homes)))

    def _is_gone(self, uri: str, homes: dict[str, Home]) -> bool:
        """Tell whether a post's own server says that it is no more; ``homes`` by account."""
        whose, key = key_parts(uri) or ("", "")
        try:
            home = homes[whose] if whose in homes else self._home(whose, homes)
            if home.server is None or home.standing in {"away", "closed"}:
                return home.standing == "closed"
            asked = urlencode({"repo": whose, "collection": POSTS, "rkey": key})
            response = self._ask(home.server, f"com.atproto.repo.getRecord?{asked}")
            if response.status not in {400, 404}:
                return False
            if home.standing is None:
                status = f"com.atproto.sync.getRepoStatus?{urlencode({'did': whose})}"
                told = self._ask(home.server, status)
                home.standing = standing_of(told.status, told.body)
        except GroundswellError:
            # One server in trouble must not hide what the others tell.
            homes[whose] = Home()
            return False
        missing = tells_deletion(response.status, response.body)
        return is_gone(record_missing=missing, standing=home.standing)

    def _home(self, whose: str, homes: dict[str, Home]) -> Home:
        """Find out where an account lives; one that cannot be found is looked for once."""
        home = homes[whose] = Home()
        if whose:
            try:
                home.server = server_of(self._document(whose))[0]
            except DiagnosedError as error:
                # The directory keeps the names of accounts that were given up for good.
                home.standing = "closed" if error.state is SourceState.GONE else None
        return home

    def _account(self, known: _Cursor) -> Batch:
        if known.did is None or known.server is None:
            known = self._located(known)
        response = self._records(known)
        if response.status in {400, 404}:
            # It may have moved to another server meanwhile.
            known = self._located(known)
            response = self._records(known)
        self._check(response)
        now = self._place.now()
        told = self._posts(response, "records")
        seen = [Seen(one.key, one.at) for one in told if is_timely(one.key, now)]
        return self._batch(known, told, seen, response)

    def _records(self, known: _Cursor) -> Response:
        asked = {"repo": known.did or "", "collection": POSTS, "limit": str(PAGE)}
        if known.turn:
            asked["cursor"] = known.turn
        return self._ask(known.server or "", f"com.atproto.repo.listRecords?{urlencode(asked)}")

    def _located(self, known: _Cursor) -> _Cursor:
        """Find out which account is meant and on which server it lives."""
        who = known.did or who_of(self._place.url)
        if not DID.fullmatch(who):
            name = urlencode({"handle": who})
            found = self._json(
                self._ask(self._options.api_url, f"com.atproto.identity.resolveHandle?{name}")
            )
            who = str(found.get("did"))
        if not DID.fullmatch(who):
            raise self._nobody()
        server, handle = server_of(self._document(who))
        if server is None:
            raise self._nobody()
        update = {"did": who, "server": server.rstrip("/"), "handle": handle}
        return known.model_copy(update=update)

    def _document(self, did: str) -> object:
        if did.startswith("did:web:"):
            host = unquote(did.removeprefix("did:web:"))
            return self._json(self._client.get(f"https://{host}/.well-known/did.json"))
        return self._json(self._client.get(f"{self._options.plc_url.rstrip('/')}/{did}"))

    def _search(self, known: _Cursor, words: str) -> Batch:
        asked = {"q": words, "sort": "latest", "limit": str(PAGE)}
        if known.turn:
            asked["cursor"] = known.turn
        method = f"app.bsky.feed.searchPosts?{urlencode(asked)}"
        response = self._ask_as_member(method)
        if response.status == 401 or b'"ExpiredToken"' in response.body[:1_000]:
            self._forget_session()
            response = self._ask_as_member(method)
        self._check(response)
        told = self._posts(response, "posts")
        now = self._place.now()
        # All of one length, so that they sort as they follow one another.
        timely = [one for one in told if one.at <= now]
        seen = [Seen(one.at.isoformat(timespec="microseconds"), one.at) for one in timely]
        return self._batch(known, told, seen, response)

    def _batch(
        self, known: _Cursor, told: list[Told], seen: list[Seen], response: Response
    ) -> Batch:
        turn = self._json(response).get("cursor")
        # A page of nothing but impossible times is turned all the same.
        at_all = seen or [Seen(known.last or "", one.at) for one in told[:1]]
        following, loss = advance(
            known, at_all, storable_text(str(turn))[:MAX_TURN] if turn else None, BOUNDS
        )
        remembered = {
            "did": known.did,
            "handle": known.handle,
            "server": known.server,
            "rests_until": rests_until(response, self._place.now(), prefix=LIMITS),
        }
        posts = [raw_post(one, self._options.url, known.handle) for one in told]
        posts.sort(key=lambda post: post.published_at or self._place.now())
        return Batch(
            tuple(posts),
            following.model_dump(exclude_defaults=True)
            | {name: value for name, value in remembered.items() if value},
            more=following.turn is not None,
            fills=known.turn is not None,
            loss=loss,
        )

    def _ask(self, base: str, method: str, token: str | None = None) -> Response:
        return self._client.get(
            f"{base.rstrip('/')}/xrpc/{method}",
            credentials={"Authorization": f"Bearer {token}"} if token else {},
            accept="application/json",
        )

    def _ask_as_member(self, method: str) -> Response:
        return self._ask(self._login()[0], method, self._token())

    def _login(self) -> tuple[str, str, str]:
        """Return where to log in, as whom, and the password."""
        credential = self._place.credential
        if credential is None or credential.username is None or credential.password is None:
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN,
                f"{shown_address(self._place.url)} is answered to members only: write username "
                "and an app password into [credentials.NAME] and name it with --credential",
            )
        base = (credential.api_url or self._options.service_url).rstrip("/")
        return base, credential.username, credential.password.get_secret_value()

    def _token(self) -> str:
        login = self._login()
        with _guard:
            held = _sessions.get(login)
        if held is not None and held.until > time.monotonic():
            return held.token
        base, username, password = login
        response = self._client.post(
            f"{base}/xrpc/com.atproto.server.createSession",
            json={"identifier": username, "password": password},
        )
        if response.status in {400, 401}:
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN,
                "Bluesky refuses the log-in: check username and app password in [credentials.NAME]",
            )
        token = str(self._json(response).get("accessJwt"))
        with _guard:
            _sessions[login] = _Session(token, time.monotonic() + SESSION_S)
        return token

    def _forget_session(self) -> None:
        with _guard:
            _sessions.pop(self._login(), None)

    def _check(self, response: Response) -> None:
        if response.status == 429 and response.retry_after_s is None:
            now = self._place.now()
            at = reset_at(response, now, prefix=LIMITS)
            raise limited("Bluesky", (at - now).total_seconds() if at else PATIENCE_S)
        if response.status == 400:
            raise self._nobody()
        check_answer(response)

    def _json(self, response: Response) -> dict[str, Any]:
        self._check(response)
        try:
            told = json.loads(response.body)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise self._no_service(response)
        return told

    def _listed(self, response: Response, name: str) -> list[Any]:
        listed = self._json(response).get(name)
        if not isinstance(listed, list):
            raise self._no_service(response)
        return listed

    def _posts(self, response: Response, name: str) -> list[Told]:
        found = (read_post(item, self._place.url) for item in self._listed(response, name))
        return [told for told in found if told is not None]

    def _no_service(self, response: Response) -> DiagnosedError:
        return DiagnosedError(
            SourceState.NOT_A_FEED,
            f"{shown_address(response.final_url)} gave no answer of Bluesky's: check the address, "
            "and [bluesky]",
        )

    def _nobody(self) -> DiagnosedError:
        return DiagnosedError(
            SourceState.NOT_FOUND,
            f"{shown_address(self._place.url)} is nobody's, or was closed: check the name",
        )


def build(place: Place, client: PoliteClient) -> BlueskySource:
    """Return the source at a place."""
    return BlueskySource(place, client)


def recognises(url: str) -> bool:
    """Tell whether an address is an account or a search on Bluesky."""
    parts = urlsplit(url)
    is_list = _ACCOUNT.fullmatch(parts.path) is not None or words_of(url) is not None
    return parts.netloc.lower() in {"bsky.app", "www.bsky.app"} and is_list


def words_of(url: str) -> str | None:
    """Return what an address searches for; None when it is no search."""
    parts = urlsplit(url)
    tag = _TAG.fullmatch(unquote(parts.path))
    if tag:
        return f"#{tag['tag']}"
    words = parse_qs(parts.query).get("q", [""])[0]
    return words if parts.path.rstrip("/") == "/search" and words else None


def who_of(url: str) -> str:
    """Return the account that an address names.

    Raises:
        DiagnosedError: it names none.
    """
    found = _ACCOUNT.fullmatch(unquote(urlsplit(url).path))
    if found is None:
        raise DiagnosedError(
            SourceState.NOT_FOUND,
            f"{shown_address(url)} is no list of posts: give https://bsky.app/profile/NAME or "
            "https://bsky.app/search?q=WORDS",
        )
    return found["who"].removeprefix("@")
