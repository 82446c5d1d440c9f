"""Follow a feed (RSS, RDF, Atom, JSON Feed) over the polite client.

Apart from the plug-in of that name, for places whose own interface is closed are followed by their
feeds, and plug-ins may not import one another.

The feed is fetched by us and taken apart in a worker that can be killed; feedparser never fetches.
A feed is asked for conditionally, its validators echoed byte for byte. Some servers answer "not
modified" for ever (WordPress makes its ETag from a time of one second), so once a day the feed is
asked for as if for the first time.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from config.clock import parse_time
from config.errors import GroundswellError, TransientError
from config.http_client import PoliteClient, Response
from listener.answers import check_answer, host_of, login_headers, shown_address
from listener.diagnoses import DiagnosedError
from listener.identity import canonical_link
from listener.platforms.feed_backfilling import (
    Back,
    anchors,
    back_in,
    begun,
    following,
    is_stale,
    loss_of,
    tried_in_vain,
    wants_news,
)
from listener.platforms.feed_diagnosing import other_than_feed
from listener.platforms.feed_manners import kept_pause, pause_of, told_hints
from listener.platforms.feed_running import (
    Onward,
    after_page,
    direction,
    is_due_home,
    is_newer,
    leads_on,
    newest_known,
    onward_in,
    probing,
    runs_onward,
    stays,
    unchanged,
    with_onward,
)
from listener.platforms.feed_validators import validators_of
from listener.preparing import LATEST_FUTURE
from listener.reading.feed_entries import Entry
from listener.reading.feed_reading import Document
from listener.reading.parsing import ParseFailedError, ParseTimeoutError, shared_workers
from listener.sources.base import Batch, Capabilities, Place, RawPost
from listener.tables import SourceState

ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, */*;q=0.5"
)
FULL_EVERY: Final = timedelta(hours=24)
"""How long "not modified" is believed."""
READER: Final = 4
"""Raised when we read feeds otherwise, so that an unchanged answer is read once more."""
MAX_ANCHORS: Final = 30
_OF_BODY: Final = ("digest", "reader", "undecided")
_NO_PAGE: Final = frozenset(map(SourceState, ("not_found", "gone", "not_a_feed", "html", "empty")))
"""What stands where a feed has no further page."""


class FeedSource:
    """One feed."""

    capabilities = Capabilities(
        detects_edits=True,
        detects_deletions=False,
        replies=False,
        max_backfill=None,
        stable_ids=False,
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return the entries of one page of the feed, oldest first; see ``Source.fetch``."""
        now, back, onward = self._place.now(), back_in(cursor), onward_in(cursor)
        if onward is not None:
            return (self._home if is_due_home(onward, now=now) else self._onward)(
                cursor, onward, now
            )
        if back is None:
            return self._newest(cursor, now)
        if is_stale(back, now=now):
            gone = _ended(cursor, back, "its older pages did not come within a day", now)
            return replace(gone, more=True)
        if wants_news(back, now=now):
            looked = {"newest_first": False, "looked_at": now.isoformat()}
            back = back.model_copy(update=looked)
            return self._newest({**cursor, "back": back.model_dump()}, now)
        return self._older(cursor, back, now)

    def _newest(self, cursor: Mapping[str, Any], now: datetime) -> Batch:
        conditional = _believes(cursor, now)
        response = self._get(
            self._place.url,
            etag=cursor.get("etag") if conditional else None,
            last_modified=cursor.get("last_modified") if conditional else None,
        )
        if response.not_modified and conditional:
            return _unchanged(response, cursor, now)
        if response.not_modified:
            raise DiagnosedError(
                SourceState.FAILING,
                f"{shown_address(response.final_url)} answers that nothing is new without ever "
                "having sent a feed: its cache is broken, tell the site's owner or use another "
                "address of it",
            )
        check_answer(response)
        return self._read(response, cursor, now)

    def _get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Response:
        ours = host_of(url) == host_of(self._place.url)
        headers = login_headers(self._place.credential) if ours else {}
        return self._client.get(
            url, credentials=headers, etag=etag, last_modified=last_modified, accept=ACCEPT
        )

    def _read(self, response: Response, cursor: Mapping[str, Any], now: datetime) -> Batch:
        fresh = {
            **validators_of(response.headers),
            "full_at": now.isoformat(),
            "digest": hashlib.sha256(response.body).hexdigest(),
            "reader": READER,
            **told_hints(response.body),
        }
        if (fresh["digest"], READER, None) == tuple(map(cursor.get, _OF_BODY)):
            return _unchanged(response, {**cursor, **fresh}, now)
        document = self._document(response)
        if document.torn:  # what is missing must come with the next answer
            fresh |= {"etag": None, "last_modified": None, "digest": None}
        page = [_raw_post(entry, now) for entry in document.entries]
        posts = _oldest_first(page)
        back, loss = begun(
            cursor,
            page,
            url=response.final_url,
            older=document.older,
            complete=document.complete or document.torn,
            now=now,
        )
        if back is None and loss is None and not document.torn:
            back = probing(cursor, page, url=response.final_url, older=document.older, now=now)
        head = {**fresh, **_known([] if document.torn else posts, cursor)}
        return Batch(
            tuple(posts),
            head if back is None else {**head, "back": back.model_dump()},
            more=back is not None,
            loss=loss,
            moved_to=response.permanent_redirect,
            asked_pause=pause_of(response, fresh, now),
        )

    def _older(self, cursor: Mapping[str, Any], back: Back, now: datetime) -> Batch:
        """Return one page of the way back; what stands in its way ends it, never the feed."""
        try:
            response = self._get(back.url)
            document = self._whole(response)
        except GroundswellError as error:
            return _stopped(cursor, back, error, now)
        page = [_raw_post(entry, now) for entry in document.entries]
        if back.is_first and runs_onward(page, newest_at=newest_known(cursor)):
            return _led_on(cursor, _after(page, response, document, None, now), page, now)
        shown = "runs_back" in direction(page, newest_at=newest_known(cursor))
        onward = following(back, page, older=document.older, now=now)
        if back.probes and shown:
            onward = ""
        if isinstance(onward, str):
            ended = _ended(cursor, back, onward, now, page)
            return replace(ended, posts=tuple(_oldest_first(page)), fills=True)
        return Batch(
            tuple(_oldest_first(page)),
            {**cursor, "back": onward.model_dump()},
            more=True,
            fills=True,
            asked_pause=kept_pause(cursor, now),
        )

    def _home(self, cursor: Mapping[str, Any], onward: Onward, now: datetime) -> Batch:
        """Read the first page though the last one is followed: the feed may have been turned.

        The last one, too, is then asked for as if for the first time.
        """
        batch = self._newest(with_onward(cursor, None), now)
        if is_newer(batch.posts, onward):
            return batch
        kept = onward.model_copy(update={"home_at": now.isoformat(), "validators": {}})
        return replace(batch, cursor=with_onward(cursor, kept), more=True, loss=None)

    def _onward(self, cursor: Mapping[str, Any], onward: Onward, now: datetime) -> Batch:
        """Read the last page of a feed that begins with its oldest, or the one behind it."""
        turns = onward.candidate if onward.turns else None
        try:
            response = self._get(turns or onward.url, **({} if turns else onward.validators))
            if response.not_modified and not turns:
                return _led_on(cursor, unchanged(onward), (), now)
            document = self._whole(response)
        except GroundswellError as error:
            if _asks_to_wait(error) or not (turns or _is_no_page(error)):
                raise
            following = stays(onward, ended=_is_no_page(error)) if turns else None
            return _led_on(cursor, following, (), now)
        page = [_raw_post(entry, now) for entry in document.entries]
        if turns and not leads_on(page, onward, known=cursor.get("anchors") or ()):
            return _led_on(cursor, stays(onward, ended=True), (), now)
        following = _after(page, response, document, onward, now)
        return _led_on(cursor, following, page, now)

    def _whole(self, response: Response) -> Document:
        check_answer(response)
        document = self._document(response)
        if document.torn:
            raise TransientError(f"{shown_address(response.final_url)} was cut short")
        return document

    def _document(self, response: Response) -> Document:
        try:
            document = shared_workers().read_feed(
                response.body,
                url=response.final_url,
                content_type=response.headers.get("content-type", ""),
                max_items=self._place.max_items,
                timeout_s=self._place.parse_timeout_s,
            )
        except ParseTimeoutError as error:
            raise DiagnosedError(
                SourceState.TOO_LARGE,
                f"{shown_address(response.final_url)} cannot be taken apart within limits "
                f"({error}): it may be an attack; tell the site's owner or remove the source",
            ) from error
        except ParseFailedError as error:
            raise DiagnosedError(
                SourceState.NOT_A_FEED,
                f"{shown_address(response.final_url)} cannot be read as a feed ({error}): "
                "check the address",
            ) from error
        if document.torn and not document.entries:
            raise TransientError(
                f"{shown_address(response.final_url)} ends in the midst of its first entry: the "
                "site was interrupted; we ask again"
            )
        if document.kind == "feed":
            return document
        raise other_than_feed(document, response)


def _after(
    page: Sequence[RawPost],
    response: Response,
    document: Document,
    before: Onward | None,
    now: datetime,
) -> Onward:
    """Return where a feed is followed from after one of its pages was read."""
    return after_page(
        page,
        url=response.url,
        named=(None if before else document.last) or document.older,
        validators=validators_of(response.headers),
        before=before,
        now=now,
    )


def _led_on(
    cursor: Mapping[str, Any], onward: Onward | None, page: Sequence[RawPost], now: datetime
) -> Batch:
    """Return what a page brought of a feed that begins with its oldest entries."""
    posts = _oldest_first(page)
    known = {name: value for name, value in cursor.items() if name != "back"}
    known.update(_known(posts, cursor) if page else {})
    return Batch(
        tuple(posts),
        with_onward(known, onward),
        unchanged=onward is not None and not page,
        more=onward is not None and onward.turns,
        fills=onward is not None and not onward.arrived,
        asked_pause=kept_pause(cursor, now),
    )


def _is_no_page(error: GroundswellError) -> bool:
    return isinstance(error, DiagnosedError) and error.state in _NO_PAGE


def _asks_to_wait(error: GroundswellError) -> bool:
    state = error.state if isinstance(error, DiagnosedError) else None
    return state is SourceState.RATE_LIMITED or getattr(error, "retry_after_s", None) is not None


def _believes(cursor: Mapping[str, Any], now: datetime) -> bool:
    """Whether a "not modified" may be believed: we have had a body, and not too long ago."""
    full_at = cursor.get("full_at")
    if not full_at or cursor.get("reader") != READER or cursor.get("undecided"):
        return False
    age = now - parse_time(str(full_at))
    return timedelta() <= age < FULL_EVERY and bool(
        cursor.get("etag") or cursor.get("last_modified")
    )


def _unchanged(response: Response, cursor: Mapping[str, Any], now: datetime) -> Batch:
    return Batch(
        (),
        dict(cursor),
        unchanged=True,
        more=bool(cursor.get("back")),
        moved_to=response.permanent_redirect,
        asked_pause=pause_of(response, cursor, now),
    )


def _stopped(
    cursor: Mapping[str, Any], back: Back, error: GroundswellError, now: datetime
) -> Batch:
    """Return an empty batch after which a page is asked for once more, or given up.

    Raises:
        GroundswellError: the host asks us to wait; the way back stays as it is.
    """
    if _asks_to_wait(error):
        raise error
    state = error.state if isinstance(error, DiagnosedError) else None
    passes = isinstance(error, TransientError) or state is SourceState.FAILING
    again = tried_in_vain(back) if passes else None
    if again is None:
        return _ended(cursor, back, f"its older page cannot be read ({error})", now)
    onward = {**cursor, "back": again.model_dump()}
    return Batch((), onward, asked_pause=kept_pause(cursor, now))


def _ended(
    cursor: Mapping[str, Any], back: Back, why: str, now: datetime, page: Sequence[RawPost] = ()
) -> Batch:
    """Return an empty batch that ends a way back, at a page or without one."""
    known = {name: value for name, value in cursor.items() if name != "back"}
    onward = known | (direction(page, newest_at=newest_known(cursor)) if back.is_first else {})
    return Batch((), onward, loss=loss_of(back, why), asked_pause=kept_pause(cursor, now))


def _raw_post(entry: Entry, now: datetime) -> RawPost:
    return RawPost(
        remote_id=entry.remote_id,
        body=entry.body,
        is_html=entry.is_html,
        title=entry.title,
        url=entry.url,
        author_id=entry.author,
        author_name=entry.author,
        published_at=_past(entry.published_at, now),
        lang=entry.lang,
        thread_id=canonical_link(entry.thread_url) or None,
        thread_url=entry.thread_url,
        thread_title=entry.thread_title,
        reply_to=entry.reply_to,
    )


def _past(published_at: datetime | None, now: datetime) -> datetime | None:
    """A time yet to come was not when it was written, unless the site's clock is a little ahead."""
    if published_at is None or published_at > now + LATEST_FUTURE:
        return None
    return min(published_at, now)


def _oldest_first(posts: Iterable[RawPost]) -> list[RawPost]:
    """Feeds list the newest first; where times are missing their order stands."""
    ordered = list(posts)[::-1]
    if any(post.published_at is None for post in ordered):
        return ordered
    return sorted(ordered, key=lambda post: str(post.published_at))


def _known(posts: Sequence[RawPost], cursor: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what the next answer is held against: the newest entries, or those known before."""
    times = [post.published_at.isoformat() for post in posts if post.published_at]
    return {
        "anchors": anchors(posts[-MAX_ANCHORS:]) or cursor.get("anchors") or [],
        "newest_at": max(times, default=cursor.get("newest_at")),
        **({"runs_back": True} if cursor.get("runs_back") else {}),
    }
