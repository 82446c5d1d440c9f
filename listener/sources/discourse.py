"""Discourse forums, by the JSON that every forum serves: ``/posts.json``, newest first.

A look begins at the newest post and goes back page by page until the last one known, so a stop of
days is caught up. The sweep itself stands in the cursor: a kill between two pages loses none.
The newest page is always told whole, for edits show nowhere else.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError, field_validator

from config.clock import parse_time
from config.http_client import PoliteClient, Response
from config.logs import event_log
from config.settings import Credential
from listener.answers import check_answer, shown_address
from listener.diagnoses import DiagnosedError
from listener.discovery import recognise_page
from listener.sources.base import Batch, Capabilities, Loss, Place, RawPost, SourceOptions
from listener.tables import SourceState

PAGE: Final = 50
"""Posts on one page.

Source: https://github.com/discourse/discourse/blob/main/app/controllers/posts_controller.rb
"""
FIRST_PAGES: Final = 10
"""Pages of history taken at the first look."""
MAX_PAGES: Final = 200
"""Pages of one sweep at the most: 10,000 posts; what is older then is told as lost."""
SHOWN_WHOLE: Final = 20
"""Posts of a topic that come with it; the others are asked for by their numbers.

Source: https://docs.discourse.org/#tag/Topics/operation/getSpecificPostsFromTopic
"""
MAX_THREAD: Final = 400
"""Posts of one topic beyond the first few at the most, the newest of them."""
_TOPIC: Final = re.compile(r"/t/(?:[^/]+/)?(\d+)(?:/\d+)?(?:\.json)?/?$")
_REGULAR: Final = 1
_BOTS: Final = frozenset({"system", "discobot"})

log = event_log(__name__)


class Options(SourceOptions):
    """Discourse forums have no settings of their own; a credential opens what is not public."""


class _Told(BaseModel):
    """One post as the forum tells it; see the serializer in Discourse's source."""

    id: int
    topic_id: int
    topic_slug: str = "-"
    topic_title: str | None = None
    post_number: int
    post_type: int = _REGULAR
    username: str | None = None
    created_at: datetime
    cooked: str = ""
    raw: str | None = None
    reply_to_post_number: int | None = None
    admin: bool | None = None
    moderator: bool | None = None
    staff: bool | None = None
    hidden: bool | None = None
    deleted_at: datetime | None = None
    user_deleted: bool | None = None

    @field_validator("created_at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        try:
            return parse_time(at.isoformat())
        except OverflowError as error:  # year 1 east of Greenwich
            raise ValueError("its time does not exist in UTC") from error

    @property
    def shown(self) -> bool:
        """Whether a person wrote it and readers see it."""
        return self.post_type == _REGULAR and not (
            self.hidden or self.deleted_at or self.user_deleted
        )


class _Sweep(BaseModel):
    """The cursor: what is known without a hole, and the sweep back to it that is under way."""

    last_id: int = 0
    """Everything up to this id is known or told as lost; 0 before the first sweep ended."""
    last_at: str | None = None
    top_id: int = 0
    """The newest id when the sweep began; 0 when none is under way."""
    top_at: str | None = None
    before: int | None = None
    pages: int = 0

    @property
    def limit(self) -> int:
        """How many pages the sweep may take."""
        return MAX_PAGES if self.last_id else FIRST_PAGES


class DiscourseSource:
    """One forum."""

    capabilities = Capabilities(
        detects_edits=True, detects_deletions=False, replies=False, max_backfill=MAX_PAGES * PAGE
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client
        self._base = base_address(place)

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return one page of posts, oldest first; see ``Source.fetch``."""
        sweep = _Sweep.model_validate(dict(cursor))
        response = self._page(sweep.before)
        page = self._posts(response)
        posts = tuple(self._raw_post(told) for told in sorted(page, key=_id) if told.shown)
        following, loss = _advance(sweep, page)
        return Batch(
            posts,
            following.model_dump(exclude_defaults=True),
            more=following.before is not None,
            loss=loss,
            moved_to=None if sweep.before else _moved(response),
        )

    def thread(self, url: str) -> Sequence[RawPost]:
        """Return the posts of a topic by its address; see ``ThreadReader``."""
        match = _TOPIC.search(urlsplit(url).path)
        if match is None:
            return ()
        answer = self._answer(f"/t/{match[1]}.json")
        stream = _stream(answer)
        told, ids = list(stream["posts"]), [number for number in stream["stream"] if number]
        rest = ids[len(told) :][-MAX_THREAD:]
        for start in range(0, len(rest), SHOWN_WHOLE):
            asked = "&".join(f"post_ids[]={number}" for number in rest[start : start + SHOWN_WHOLE])
            told += _stream(self._answer(f"/t/{match[1]}/posts.json?{asked}"))["posts"]
        title = json.loads(answer.body).get("title")
        posts = [post for item in told if (post := _told(item, self._base)) is not None]
        return [
            self._raw_post(post.model_copy(update={"topic_title": post.topic_title or title}))
            for post in sorted(posts, key=_id)
            if post.shown
        ]

    def _answer(self, path: str) -> Response:
        response = self._client.get(
            f"{self._base}{path}", credentials=_credentials(self._place), accept="application/json"
        )
        self._refuse_members_only(response)
        check_answer(response)
        return response

    def _page(self, before: int | None) -> Response:
        query = "" if before is None else f"?before={before}"
        return self._client.get(
            f"{self._base}/posts.json{query}",
            credentials=_credentials(self._place),
            accept="application/json",
        )

    def _refuse_members_only(self, response: Response) -> None:
        if response.status == 403 and b"not_logged_in" in response.body:
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN,
                f"{self._base} shows its posts to members only: write an api_key or user_api_key "
                "into [credentials.NAME] and name it with --credential",
            )

    def _posts(self, response: Response) -> list[_Told]:
        self._refuse_members_only(response)
        check_answer(response)
        try:
            listed = json.loads(response.body)["latest_posts"]
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise _no_forum(response) from error
        if not isinstance(listed, list):
            raise _no_forum(response)
        return [told for item in listed if (told := _told(item, self._base)) is not None]

    def _raw_post(self, told: _Told) -> RawPost:
        thread_url = f"{self._base}/t/{told.topic_slug or '-'}/{told.topic_id}"
        answers = told.reply_to_post_number
        is_plain = told.raw is not None
        return RawPost(
            remote_id=str(told.id),
            body=told.cooked if told.raw is None else told.raw,
            is_html=not is_plain,
            title=told.topic_title if told.post_number == 1 else None,
            url=f"{thread_url}/{told.post_number}",
            author_id=told.username,
            author_name=told.username,
            published_at=told.created_at,
            thread_id=str(told.topic_id),
            thread_url=thread_url,
            thread_title=told.topic_title,
            reply_to=f"{thread_url}/{answers}" if answers else None,
            role=_role(told),
        )


def build(place: Place, client: PoliteClient) -> DiscourseSource:
    """Return the source at a place."""
    return DiscourseSource(place, client)


def base_address(place: Place) -> str:
    """Return the address of the forum itself, whatever page of it was given."""
    return forum_base(place.url, place.credential)


def forum_base(url: str, credential: Credential | None) -> str:
    """Return the same for the address of a source; replies go where we read."""
    if credential is not None and credential.api_url:
        return credential.api_url.rstrip("/")
    parts = urlsplit(url)
    path = parts.path
    for page in ("/posts.json", "/posts", "/latest", "/latest.json", "/t/", "/c/", "/top", "/new"):
        path = path.partition(page)[0] if page.endswith("/") else path.removesuffix(page)
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}"


def _stream(answer: Response) -> dict[str, list[Any]]:
    """Return the posts of a topic as it tells them, and the numbers of all."""
    try:
        told = json.loads(answer.body)["post_stream"]
        return {"posts": list(told["posts"]), "stream": list(told.get("stream") or ())}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise _no_forum(answer) from error


def _advance(sweep: _Sweep, page: list[_Told]) -> tuple[_Sweep, Loss | None]:
    """Return the cursor after a page, and what was lost if the sweep has to be given up."""
    if sweep.before is None:
        sweep = _begun(sweep, page)
        if not page:
            return _Sweep(last_id=sweep.last_id, last_at=sweep.last_at), None
    ended = _Sweep(last_id=sweep.top_id, last_at=sweep.top_at)
    if sweep.top_id < sweep.last_id and not _was_restored(sweep, page):
        return _Sweep(last_id=sweep.last_id, last_at=sweep.last_at), None
    if sweep.top_id < sweep.last_id:
        return ended, Loss(
            "its post numbers went back, as after a restored backup; posts in between may be "
            "missing",
            after_at=_time(sweep.last_at),
        )
    # Older releases answer with the window of 50 ids below, which may hold no public post.
    lowest = min((told.id for told in page), default=(sweep.before or 1) - PAGE + 1)
    if lowest <= sweep.last_id + 1 or (not page and not sweep.last_id):
        return ended, None
    pages = sweep.pages + 1
    if pages >= sweep.limit:
        oldest = min((told.created_at for told in page), default=None)
        return ended, _given_up(sweep, oldest) if sweep.last_id else None
    return sweep.model_copy(update={"before": lowest - 1, "pages": pages}), None


def _was_restored(sweep: _Sweep, page: list[_Told]) -> bool:
    """Tell a restored backup from a newest post that was deleted: numbers are given out again."""
    last_at = _time(sweep.last_at)
    return last_at is None or any(told.created_at > last_at for told in page)


def _begun(sweep: _Sweep, page: list[_Told]) -> _Sweep:
    newest = max(page, key=_id, default=None)
    if newest is None:
        return sweep
    return _Sweep(
        last_id=sweep.last_id,
        last_at=sweep.last_at,
        top_id=newest.id,
        top_at=newest.created_at.isoformat(),
    )


def _given_up(sweep: _Sweep, oldest: datetime | None) -> Loss:
    return Loss(
        f"more than {MAX_PAGES * PAGE:,} posts since the last look; the older ones were left out",
        after_at=_time(sweep.last_at),
        before_at=oldest,
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else parse_time(text)


def _id(told: _Told) -> int:
    return told.id


def _told(item: object, base: str) -> _Told | None:
    try:
        return _Told.model_validate(item)
    except ValidationError as error:
        # One post of a plug-in that tells something odd must not silence the forum.
        log.warning("post_unreadable", source=base, reason=str(error.errors()[0]["msg"]))
        return None


def _role(told: _Told) -> str | None:
    if told.username in _BOTS:
        return "bot"
    return "staff" if told.admin or told.moderator or told.staff else None


def _credentials(place: Place) -> Mapping[str, str]:
    credential = place.credential
    if credential is None:
        return {}
    if credential.user_api_key is not None:
        return {"User-Api-Key": credential.user_api_key.get_secret_value()}
    if credential.api_key is not None:
        return {
            "Api-Key": credential.api_key.get_secret_value(),
            "Api-Username": credential.api_username or "system",
        }
    return {}


def _moved(response: Response) -> str | None:
    moved_to = response.permanent_redirect
    return moved_to.partition("/posts.json")[0] if moved_to else None


def _no_forum(response: Response) -> DiagnosedError:
    head = response.body[:100_000].decode("utf-8", "replace")
    if "<" in head and recognise_page(head, url=response.final_url).kind == "log-in":
        return DiagnosedError(
            SourceState.NEEDS_LOGIN,
            f"{shown_address(response.final_url)} is a log-in page: name a credential with "
            "--credential",
        )
    return DiagnosedError(
        SourceState.NOT_A_FEED,
        f"{shown_address(response.final_url)} is no Discourse forum: give the forum's own "
        "address, or its feed",
    )
