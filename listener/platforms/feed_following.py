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
from listener.answers import challenged, check_answer, host_of, login_headers, shown_address
from listener.diagnoses import DiagnosedError
from listener.discovery import Page
from listener.identity import canonical_link
from listener.pacing.publisher_hints import Hints, asked_pause, hints_of, max_age_s
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
READER: Final = 3
"""Raised when we read feeds otherwise, so that an unchanged answer is read once more."""
MAX_ANCHORS: Final = 30


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
        now, back = self._place.now(), back_in(cursor)
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
            "etag": response.headers.get("etag"),
            "last_modified": response.headers.get("last-modified"),
            "full_at": now.isoformat(),
            "digest": hashlib.sha256(response.body).hexdigest(),
            "reader": READER,
            **_told_hints(response.body),
        }
        if (cursor.get("digest"), cursor.get("reader")) == (fresh["digest"], READER):
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
        head = {**fresh, **_known([] if document.torn else posts, cursor)}
        return Batch(
            tuple(posts),
            head if back is None else {**head, "back": back.model_dump()},
            more=back is not None,
            loss=loss,
            moved_to=response.permanent_redirect,
            asked_pause=_asked_pause(response, fresh, now),
        )

    def _older(self, cursor: Mapping[str, Any], back: Back, now: datetime) -> Batch:
        """Return one page of the way back; what stands in its way ends it, never the feed."""
        try:
            document = self._older_document(back.url)
        except GroundswellError as error:
            return _stopped(cursor, back, error, now)
        page = [_raw_post(entry, now) for entry in document.entries]
        onward = following(back, page, older=document.older, now=now)
        if isinstance(onward, str):
            ended = _ended(cursor, back, onward, now)
            return replace(ended, posts=tuple(_oldest_first(page)), fills=True)
        return Batch(
            tuple(_oldest_first(page)),
            {**cursor, "back": onward.model_dump()},
            more=True,
            fills=True,
            asked_pause=_kept_pause(cursor, now),
        )

    def _older_document(self, url: str) -> Document:
        response = self._get(url)
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
        raise _other_than_feed(document, response)


def _believes(cursor: Mapping[str, Any], now: datetime) -> bool:
    """Whether a "not modified" may be believed: we have had a body, and not too long ago."""
    full_at = cursor.get("full_at")
    if not full_at or cursor.get("reader") != READER:
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
        asked_pause=_asked_pause(response, cursor, now),
    )


def _told_hints(body: bytes) -> Mapping[str, Any]:
    """Return what the feed asks for, as the cursor keeps it: "not modified" brings no feed."""
    hints = hints_of(body)
    return {"pause_s": hints.pause_s, "skip_hours": sorted(hints.skip_hours)}


def _asked_pause(response: Response, cursor: Mapping[str, Any], now: datetime) -> timedelta | None:
    hints = Hints(cursor.get("pause_s") or 0.0, frozenset(cursor.get("skip_hours") or ()))
    fresh_s = max_age_s(response.headers.get("cache-control"))
    return asked_pause(hints, fresh_s=fresh_s, now=now)


def _kept_pause(cursor: Mapping[str, Any], now: datetime) -> timedelta | None:
    """Return what the newest page asked for, where an older one was read after it."""
    hints = Hints(cursor.get("pause_s") or 0.0, frozenset(cursor.get("skip_hours") or ()))
    return asked_pause(hints, fresh_s=0.0, now=now)


def _stopped(
    cursor: Mapping[str, Any], back: Back, error: GroundswellError, now: datetime
) -> Batch:
    """Return an empty batch after which a page is asked for once more, or given up.

    Raises:
        GroundswellError: the host asks us to wait; the way back stays as it is.
    """
    state = error.state if isinstance(error, DiagnosedError) else None
    if state is SourceState.RATE_LIMITED or getattr(error, "retry_after_s", None) is not None:
        raise error
    passes = isinstance(error, TransientError) or state is SourceState.FAILING
    again = tried_in_vain(back) if passes else None
    if again is None:
        return _ended(cursor, back, f"its older page cannot be read ({error})", now)
    onward = {**cursor, "back": again.model_dump()}
    return Batch((), onward, asked_pause=_kept_pause(cursor, now))


def _ended(cursor: Mapping[str, Any], back: Back, why: str, now: datetime) -> Batch:
    """Return an empty batch that ends a way back."""
    onward = {name: value for name, value in cursor.items() if name != "back"}
    return Batch((), onward, loss=loss_of(back, why), asked_pause=_kept_pause(cursor, now))


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
    }


def _other_than_feed(document: Document, response: Response) -> DiagnosedError:
    where = shown_address(response.final_url)
    if document.page is not None:
        return _instead_of_feed(document.page, response)
    state, message = {
        "empty": (SourceState.EMPTY, "sends nothing at all: open it in a browser"),
        "json": (
            SourceState.NOT_A_FEED,
            "sends JSON that is no JSON Feed: check the address, or give its kind with --kind",
        ),
        "too_deep": (
            SourceState.TOO_LARGE,
            "is nested deeper than any feed: it may be an attack; remove the source",
        ),
        "too_long": (
            SourceState.TOO_LARGE,
            "is packed, and too large when it is unpacked: it may be an attack; remove the source",
        ),
    }.get(
        document.kind,
        (
            SourceState.NOT_A_FEED,
            f"is no feed (it says {_content_type(response)}): give the address of one",
        ),
    )
    return DiagnosedError(state, f"{where} {message}")


def _instead_of_feed(page: Page, response: Response) -> DiagnosedError:
    where = shown_address(response.final_url)
    if page.kind == "challenge":
        return challenged(response)
    if page.kind == "log-in" and not page.feeds:
        message = "is a log-in page: name a credential, or give a feed that needs none"
    elif page.kind == "parked":
        message = "is a parked domain: the site is gone, remove the source or give its new address"
    elif page.feeds:
        message = f"is a web page, not a feed; it offers {page.feeds[0]}: use that address"
    elif page.discourse:
        message = "is a Discourse forum, not a feed: add it with --kind discourse"
    else:
        message = "is a web page that offers no feed: look for its RSS or Atom address"
    return DiagnosedError(SourceState.HTML, f"{where} {message}")


def _content_type(response: Response) -> str:
    return response.headers.get("content-type", "nothing about itself").split(";")[0][:60]
