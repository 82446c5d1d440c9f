"""Discourse forums, by the JSON that every forum serves: ``/posts.json``, newest first.

A look begins at the newest post and goes back page by page until the last one known, so a stop of
days is caught up. The sweep itself stands in the cursor: a kill between two pages loses none.
The newest page is always told whole, for edits of posts that nobody asks for again show nowhere
else. One category or tag is followed by its topics, see ``listener/platforms/discourse_topics.py``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel

from config.clock import parse_time
from config.http_client import PoliteClient, Response
from config.settings import Credential
from listener.diagnoses import DiagnosedError, is_of_one
from listener.platforms.discourse_answers import (
    Told,
    check_forum,
    decoded,
    no_forum,
    read_post,
    role_of,
    stream_of,
    tells_deletion,
)
from listener.platforms.discourse_topics import (
    Moved,
    Topic,
    Topics,
    Turn,
    forum_root,
    listed,
    news_begin,
    put_off,
    read_topics,
    scope_of,
    ticked_off,
)
from listener.sources.base import (
    Batch,
    Capabilities,
    Loss,
    Place,
    RawPost,
    Recheck,
    SourceOptions,
)
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
"""Posts of one topic beyond the first few that are read at a time."""
ASKED_AGAIN: Final = 20
_NOT_OURS: Final = frozenset(
    {SourceState.NOT_FOUND, SourceState.GONE, SourceState.FORBIDDEN, SourceState.NEEDS_LOGIN}
)
"""What became of a topic that was deleted, or moved to where we may not read."""
_TOPICS: Final = frozenset(Topics.model_fields)
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_TOPIC: Final = re.compile(r"/t/(?:[^/]+/)?(\d+)(?:/\d+)?(?:\.json)?/?$")


class Options(SourceOptions):
    """Discourse forums have no settings of their own; a credential opens what is not public."""


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
        detects_edits=True,
        detects_deletions=True,
        replies=False,
        max_backfill=MAX_PAGES * PAGE,
        recheck_at_once=ASKED_AGAIN,  # each costs a request, the first of a topic two
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client
        self._base = base_address(place)
        self._scope = scope_of(place.url)

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return one page of posts, oldest first; see ``Source.fetch``."""
        if self._scope is not None:
            return self._fetch_topic(cursor, self._scope)
        sweep = _Sweep.model_validate(dict(cursor))
        response = self._page(sweep.before)
        page = self._posts(response)
        posts = tuple(self._raw_post(told) for told in sorted(page, key=_id) if told.shown)
        following, loss = _advance(sweep, page)
        return Batch(
            posts,
            following.model_dump(exclude_defaults=True),
            more=following.before is not None,
            fills=sweep.before is not None,
            loss=loss,
            moved_to=None if sweep.before else _moved(response, "/posts.json"),
            deleted=tuple(str(told.id) for told in page if told.taken_back),
        )

    def _fetch_topic(self, cursor: Mapping[str, Any], scope: str) -> Batch:
        """Return the posts of the next topic that moved, its list read before where needed."""
        known = Topics.model_validate({n: v for n, v in cursor.items() if n in _TOPICS})
        loss, moved_to, page = None, None, None
        if not any(not moved.tries for moved in known.queue):
            page = known.page or 0
            response = self._list(scope, page)
            topics, more = self._topics(response)
            known, loss = listed(known, topics, more=more)
            moved_to = None if page else _moved(response, "/l/latest.json")
        fills, told = known.page is not None, Batch((), {}, loss=loss)
        if known.queue:
            # With each list one that failed comes first, so that news never starve it.
            moved = known.next_one if page is None else known.queue[0]
            told = self._of_topic(scope, known, moved, loss)
            known = Topics.model_validate(told.cursor)
        return replace(
            told,
            cursor=known.model_dump(exclude_defaults=True),
            more=known.goes_on,
            fills=fills or known.page is not None,
            moved_to=moved_to,
        )

    def _list(self, scope: str, page: int) -> Response:
        return self._get(f"{scope}/l/latest.json" + (f"?page={page}" if page else ""))

    def _topics(self, response: Response) -> tuple[list[Topic], bool]:
        check_forum(response, self._base)
        topics = read_topics(decoded(response))
        if topics is None:
            raise no_forum(response)
        return topics

    def _of_topic(self, scope: str, known: Topics, moved: Moved, loss: Loss | None) -> Batch:
        """Return the posts of a topic; one that is gone or refused hides no other."""
        turn = Turn(known, moved, most=MAX_THREAD)
        try:
            told = self._topic(moved.id, turn.wanted)
        except DiagnosedError as error:
            if not is_of_one(error):
                raise
            if error.state in _NOT_OURS:
                return Batch((), ticked_off(known, moved, last_id=0).model_dump(), loss=loss)
            check_forum(self._list(scope, 0), self._base)  # or else the forum itself is in trouble
            following, lost = put_off(known, moved, str(error))
            return Batch((), following.model_dump(), loss=loss or lost)
        begin = news_begin(known, moved)
        posts = [one for one in told if one.shown and (begin is None or one.created_at >= begin)]
        following, cut = turn.ended({one.id: one.created_at for one in told})
        return Batch(
            tuple(self._raw_post(one) for one in posts),
            following.model_dump(),
            loss=loss or cut,
            deleted=tuple(str(one.id) for one in told if one.taken_back),
        )

    def recheck(self, remote_ids: Sequence[str]) -> Recheck:
        """Return what became of posts; see ``Rechecking.recheck``.

        What was deleted is not found; what went to a category that is closed to us is refused.
        Source: https://github.com/discourse/discourse/blob/main/app/controllers/posts_controller.rb
        """
        found: list[RawPost] = []
        deleted: list[str] = []
        refused: DiagnosedError | None = None
        for remote_id in filter(_NUMBER.fullmatch, remote_ids):
            response = self._get(f"/posts/{remote_id}.json")
            if tells_deletion(response):
                deleted.append(remote_id)
                continue
            try:
                told = self._one(response)
            except DiagnosedError as error:
                if not is_of_one(error):
                    raise
                refused = error
                continue
            if told is None or str(told.id) != remote_id:
                continue
            if told.taken_back:
                deleted.append(remote_id)
            elif told.shown:
                found.append(self._raw_post(told))
        if refused is not None and not (found or deleted):
            raise refused
        return Recheck(tuple(found), tuple(deleted))

    def _one(self, response: Response) -> Told | None:
        """Return a post that was asked for by itself; only its topic tells the topic's title."""
        check_forum(response, self._base)
        told = read_post(decoded(response), self._base)
        if told is None or told.post_number > 1 or told.topic_title or not told.shown:
            return told
        title = decoded(self._answer(f"/t/{told.topic_id}.json")).get("title")
        return told.model_copy(update={"topic_title": str(title)}) if title else None

    def thread(self, url: str) -> Sequence[RawPost]:
        """Return the posts of a topic by its address; see ``ThreadReader``."""
        match = _TOPIC.search(urlsplit(url).path)
        if match is None:
            return ()
        posts = self._topic(int(match[1]), lambda ids: ids[-MAX_THREAD:])
        return [self._raw_post(post) for post in posts if post.shown]

    def _topic(
        self, number: int, wanted: Callable[[Sequence[object]], Sequence[object]]
    ) -> list[Told]:
        """Return the first posts of a topic, and those of the others that are wanted."""
        # As they were written, like the list of the newest, or one post would read in two ways.
        answer = self._answer(f"/t/{number}.json?include_raw=true")
        stream = stream_of(answer)
        told, ids = list(stream["posts"]), [number for number in stream["stream"] if number]
        rest = list(wanted(ids[len(told) :]))
        for start in range(0, len(rest), SHOWN_WHOLE):
            asked = "&".join(f"post_ids[]={one}" for one in rest[start : start + SHOWN_WHOLE])
            path = f"/t/{number}/posts.json?include_raw=true&{asked}"
            told += stream_of(self._answer(path))["posts"]
        title = decoded(answer).get("title")
        posts = [post for item in told if (post := read_post(item, self._base)) is not None]
        return [
            post.model_copy(update={"topic_title": post.topic_title or title})
            for post in sorted(posts, key=_id)
        ]

    def _answer(self, path: str) -> Response:
        response = self._get(path)
        check_forum(response, self._base)
        return response

    def _page(self, before: int | None) -> Response:
        return self._get("/posts.json" if before is None else f"/posts.json?before={before}")

    def _get(self, path: str) -> Response:
        return self._client.get(
            f"{self._base}{path}", credentials=_credentials(self._place), accept="application/json"
        )

    def _posts(self, response: Response) -> list[Told]:
        check_forum(response, self._base)
        listed = decoded(response).get("latest_posts")
        if not isinstance(listed, list):
            raise no_forum(response)
        return [told for item in listed if (told := read_post(item, self._base)) is not None]

    def _raw_post(self, told: Told) -> RawPost:
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
            role=role_of(told),
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
    return forum_root(url)


def _advance(sweep: _Sweep, page: list[Told]) -> tuple[_Sweep, Loss | None]:
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


def _was_restored(sweep: _Sweep, page: list[Told]) -> bool:
    """Tell a restored backup from a newest post that was deleted: numbers are given out again."""
    last_at = _time(sweep.last_at)
    return last_at is None or any(told.created_at > last_at for told in page)


def _begun(sweep: _Sweep, page: list[Told]) -> _Sweep:
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


def _id(told: Told) -> int:
    return told.id


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


def _moved(response: Response, path: str) -> str | None:
    moved_to = response.permanent_redirect
    return moved_to.partition(path)[0] if moved_to else None
