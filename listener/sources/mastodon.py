"""Mastodon and what speaks its API: a hashtag, an account or a search; read only.

A look begins at the newest post and goes back page by page to what is known. The newest page is
always told whole, for edits and posts that other servers deliver late show nowhere else. Boosts are
other people's words and left out; so is what was not written for everybody.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from pydantic import BaseModel, Field, ValidationError, field_validator

from config.clock import parse_time
from config.http_client import PoliteClient, Response
from config.logs import event_log
from listener.answers import check_answer, login_headers, shown_address
from listener.cleaning import web_address
from listener.diagnoses import DiagnosedError, is_of_one
from listener.pacing.quotas import limited, refuse_while_resting, reset_at, rests_until
from listener.platforms.sweeping import Bounds, Seen, Sweep, advance
from listener.sources.base import (
    Batch,
    Capabilities,
    Place,
    RawPost,
    Recheck,
    SourceOptions,
)
from listener.tables import SourceState

PAGE: Final = 40
"""The most that servers give. Source: https://docs.joinmastodon.org/methods/timelines/"""
BOUNDS: Final = Bounds(first=5, later=100)
PATIENCE_S: Final = 300.0
"""Seconds in which a quota is given again, where the answer does not say."""
_ID: Final = r"^[A-Za-z0-9_.-]{1,200}$"
_TAG: Final = re.compile(r"/(?:web/timelines/tag|web/tags|tags|explore/tags)/(?P<tag>[^/]+)/?")
_ACCOUNT: Final = re.compile(r"/@(?P<name>[\w.-]+(?:@[\w.:-]+)?)(?:/with_replies)?/?")
_SEARCH: Final = re.compile(r"(?:/web)?/search/?")
_OTHERS: Final = ("medium.com", "youtube.com", "tiktok.com", "threads.net", "threads.com")

log = event_log(__name__)


class Options(SourceOptions):
    """Servers have no common settings; a credential's ``token`` opens search and closed servers."""


class _Account(BaseModel):
    acct: str
    bot: bool = False


class _Attachment(BaseModel):
    description: str | None = None


class _Told(BaseModel):
    """One status. Source: https://docs.joinmastodon.org/entities/Status/."""

    id: str = Field(pattern=_ID)
    created_at: datetime
    content: str = ""
    spoiler_text: str = ""
    url: str | None = None
    uri: str | None = None
    visibility: str = "public"
    language: str | None = None
    in_reply_to_id: str | None = Field(default=None, pattern=_ID)
    account: _Account
    reblog: dict[str, Any] | None = None
    media_attachments: list[_Attachment] = []

    @field_validator("created_at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        try:
            return parse_time(at.isoformat())
        except OverflowError as error:  # year 1 east of Greenwich
            raise ValueError("its time does not exist in UTC") from error

    @property
    def for_everybody(self) -> bool:
        """Whether its author wrote it, for all to read."""
        return self.reblog is None and self.visibility in {"public", "unlisted"}

    @property
    def key(self) -> str:
        """An id that grows with time, longer ones being later: numbers, or words of one length."""
        return f"{len(self.id):04}:{self.id}"


class _Cursor(Sweep):
    account: str | None = None
    """The server's own id of the account that is followed."""
    rests_until: str | None = None


class MastodonSource:
    """One hashtag, account or search on one server."""

    capabilities = Capabilities(
        detects_edits=True,
        detects_deletions=True,
        replies=False,
        max_backfill=BOUNDS.later * PAGE,
        recheck_at_once=20,  # each costs a request
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client
        parts = urlsplit(place.url)
        own = place.credential.api_url if place.credential else None
        self._base = (own or f"{parts.scheme}://{parts.netloc}").rstrip("/")
        self._host = parts.netloc.lower()

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return one page of posts, oldest first; see ``Source.fetch``."""
        now = self._place.now()
        known = _Cursor.model_validate(dict(cursor))
        refuse_while_resting(self._host, known.rests_until, now)
        account = self._account(known)
        response = self._get(*_listing(self._place.url, account, known))
        told = self._read(response)
        following, loss = advance(
            known, [Seen(one.key, one.created_at) for one in told], _turn(told), BOUNDS
        )
        kept = sorted((one for one in told if one.for_everybody), key=lambda one: one.created_at)
        remembered = {"account": account, "rests_until": rests_until(response, now)}
        return Batch(
            tuple(self._raw_post(one) for one in kept),
            following.model_dump(exclude_defaults=True)
            | {name: value for name, value in remembered.items() if value},
            more=following.turn is not None,
            fills=known.turn is not None,
            loss=loss,
        )

    def recheck(self, remote_ids: Sequence[str]) -> Recheck:
        """Return what became of posts; see ``Rechecking.recheck``. Each costs a request."""
        found: list[RawPost] = []
        deleted: list[str] = []
        refused: DiagnosedError | None = None
        for remote_id in remote_ids:
            response = self._ask(f"/api/v1/statuses/{quote(remote_id, safe='')}", {})
            if response.status in {404, 410} and _json(response) is not None:
                deleted.append(remote_id)
                continue
            try:
                self._check(response)
            except DiagnosedError as error:
                if not is_of_one(error):
                    raise
                refused = error
                continue
            found += [self._raw_post(one) for one in _statuses([_json(response)], self._host)]
        if refused is not None and not (found or deleted):
            raise refused
        return Recheck(tuple(found), tuple(deleted))

    def _ask(self, path: str, query: Mapping[str, str]) -> Response:
        asked = f"?{urlencode(query)}" if query else ""
        return self._client.get(
            f"{self._base}{path}{asked}",
            credentials=login_headers(self._place.credential),
            accept="application/json",
        )

    def _get(self, path: str, query: Mapping[str, str]) -> Response:
        response = self._ask(path, query)
        self._check(response)
        return response

    def _check(self, response: Response) -> None:
        now = self._place.now()
        if response.status == 429 and response.retry_after_s is None:
            at = reset_at(response, now)
            raise limited(self._host, (at - now).total_seconds() if at else PATIENCE_S)
        # Servers that show nothing to strangers say so with either.
        if response.status in {401, 422} and _json(response) is not None:
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN,
                f"{self._host} shows this to members only: write an access token that may only "
                "read into [credentials.NAME] and name it with --credential",
            )
        check_answer(response)

    def _account(self, known: _Cursor) -> str | None:
        """Return the server's id of the account, asked for once."""
        found = _ACCOUNT.fullmatch(unquote(urlsplit(self._place.url).path))
        if found is None or known.account is not None:
            return known.account
        told = _json(self._get("/api/v1/accounts/lookup", {"acct": found["name"]}))
        account = told.get("id") if isinstance(told, dict) else None
        if not isinstance(account, str) or not re.fullmatch(_ID, account):
            raise self._no_server()
        return account

    def _read(self, response: Response) -> list[_Told]:
        told = _json(response)
        listed = told.get("statuses") if isinstance(told, dict) else told
        if not isinstance(listed, list):
            raise self._no_server()
        return _statuses(listed, self._host)

    def _no_server(self) -> DiagnosedError:
        return DiagnosedError(
            SourceState.NOT_A_FEED,
            f"{shown_address(self._place.url)} does not speak Mastodon's API: check the address",
        )

    def _raw_post(self, told: _Told) -> RawPost:
        acct = told.account.acct
        url = web_address(told.url or told.uri, self._base)
        answered = told.in_reply_to_id
        return RawPost(
            remote_id=told.id,
            body=told.content + _alternatives(told),
            title=told.spoiler_text.strip() or None,
            url=url,
            author_id=acct if "@" in acct else f"{acct}@{self._host}",
            author_name=acct,
            published_at=told.created_at,
            lang=told.language,
            thread_id=answered or told.id,
            thread_url=url,
            reply_to=f"{self._base}/web/statuses/{quote(answered)}" if answered else None,
            role="bot" if told.account.bot else None,
        )


def build(place: Place, client: PoliteClient) -> MastodonSource:
    """Return the source at a place."""
    return MastodonSource(place, client)


def resembles(url: str) -> bool:
    """Tell whether an address looks like one of Mastodon's; others look so too, so try it first."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    return host not in _OTHERS and any(
        form.fullmatch(unquote(parts.path)) for form in (_TAG, _ACCOUNT)
    )


def _listing(url: str, account: str | None, sweep: Sweep) -> tuple[str, dict[str, str]]:
    """Return the path and the question by which the API lists what an address shows."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    asked = {"limit": str(PAGE)}
    if sweep.turn:
        asked["max_id"] = sweep.turn
    tag = _TAG.fullmatch(path)
    words = parse_qs(parts.query).get("q", [""])[0]
    if tag:
        return f"/api/v1/timelines/tag/{quote(tag['tag'], safe='')}", asked
    if account is not None:
        return f"/api/v1/accounts/{quote(account, safe='')}/statuses", {
            **asked,
            "exclude_reblogs": "true",
        }
    if _SEARCH.fullmatch(path) and words:
        return "/api/v2/search", asked | {"q": words, "type": "statuses"}
    raise DiagnosedError(
        SourceState.NOT_FOUND,
        f"{shown_address(url)} is no list of posts: give https://SERVER/tags/WORD, "
        "https://SERVER/@NAME or https://SERVER/search?q=WORDS",
    )


def _turn(told: Sequence[_Told]) -> str | None:
    lowest = min(told, key=lambda one: one.key, default=None)
    return lowest.id if lowest else None


def _statuses(listed: Sequence[object], host: str) -> list[_Told]:
    found = []
    for item in listed:
        try:
            found.append(_Told.model_validate(item))
        except ValidationError as error:
            # One post that is told oddly must not silence the rest.
            log.warning("post_unreadable", source=host, reason=str(error.errors()[0]["msg"]))
    return found


def _alternatives(told: _Told) -> str:
    texts = (one.description for one in told.media_attachments)
    return "".join(f'<p><img alt="{escape(text)}"></p>' for text in texts if text)


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        return None
