"""Reddit, through its own client praw: new posts of subreddits, their comments, and searches.

A look begins at the newest post and goes back page by page until one that is known: one of several
anchors, or one as old as the newest known. So a deleted anchor loses nothing. Reddit shows a
thousand posts of a listing at the most; what a longer stop lost is told as a gap. The sweep stands
in the cursor, so a kill between two pages loses none. The newest page is always told whole, for
edits and late releases from the spam filter show nowhere else.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr

from config.clock import parse_time
from config.http_client import PoliteClient
from config.setting_forms import WebAddress
from listener.diagnoses import DiagnosedError
from listener.pacing.quotas import refuse_while_resting
from listener.platforms.reddit_listing import Page, Told, listing_of, read_page
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

if TYPE_CHECKING:
    from listener.platforms.reddit_door import Door

PAGE: Final = 100
"""Posts on one page, the most that Reddit gives. Source: https://www.reddit.com/dev/api/"""
MAX_PAGES: Final = 30
"""Pages of one sweep at the most; a listing ends after 10, pages with removed posts are shorter."""
ANCHORS: Final = 10
"""Known posts by which a sweep recognises where the last one began, and by which a page is turned:
any of them may be deleted in the meantime."""
_BOTS: Final = frozenset({"automoderator"})
_HOST: Final = re.compile(r"(?:(?:www|old|new|np|m|oauth)\.)?reddit\.com")


class Options(SourceOptions):
    """``[reddit]``: the application and the account that read."""

    client_id: str | None = Field(default=None, description="of the application, type script")
    client_secret: SecretStr | None = Field(default=None, description="of the application")
    username: str | None = Field(
        default=None, description="the account that reads; unset: as the application alone"
    )
    password: SecretStr | None = Field(default=None, description="of the account")
    user_agent: str | None = Field(
        default=None,
        min_length=7,
        description="Reddit asks for one with the account's name; unset: that of [http]",
    )
    url: WebAddress = Field(
        default="https://www.reddit.com", description="where links lead and tokens are"
    )
    oauth_url: WebAddress = Field(
        default="https://oauth.reddit.com", description="where the API answers"
    )

    def base_urls(self) -> tuple[str, ...]:
        """Return the addresses of Reddit, or of what stands in for it."""
        return (self.url, self.oauth_url)


class _Sweep(BaseModel):
    """The cursor: what is known without a hole, and the sweep back to it that is under way."""

    anchors: list[str] = []
    """The newest known posts; empty before the first sweep ended."""
    last_at: str | None = None
    """When the newest known one was written."""
    top: list[str] = []
    """The anchors of the sweep that is under way; it ends by taking their place."""
    top_at: str | None = None
    after: list[str] = []
    """Where the next page begins: the lowest post of the last page, then those above it."""
    low_at: str | None = None
    """When the oldest one was written that the sweep has met."""
    pages: int = 0
    rests_until: str | None = None
    """Until when Reddit answers no more."""

    @property
    def ended(self) -> "_Sweep":
        """Return the cursor once all is known."""
        return _Sweep(anchors=self.top or self.anchors, last_at=self.top_at or self.last_at)


class RedditSource:
    """One listing."""

    capabilities = Capabilities(
        detects_edits=True,
        detects_deletions=True,
        replies=False,
        max_backfill=1000,
        recheck_at_once=PAGE,
        recheck_a_slice=PAGE,
        recheck_fresh_hours=24.0,  # what was deleted there must be erased within a day
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client
        self._options = place.options if isinstance(place.options, Options) else Options()
        self._opened: Door | None = None

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return one page of posts, oldest first; see ``Source.fetch``."""
        sweep = _Sweep.model_validate(dict(cursor))
        refuse_while_resting("Reddit", sweep.rests_until, self._place.now())
        page = self._page(sweep)
        following, loss = _advance(sweep, page)
        following.rests_until = self._door.rests_until
        standing = [told for told in reversed(page.told) if not told.taken_down]
        return Batch(
            tuple(self._raw_post(told) for told in standing),
            following.model_dump(exclude_defaults=True),
            more=bool(following.after),
            fills=bool(sweep.after),
            loss=loss,
            deleted=tuple(told.name for told in page.told if told.taken_down),
        )

    def recheck(self, remote_ids: Sequence[str]) -> Recheck:
        """Return what became of posts; see ``Rechecking.recheck``. A hundred cost one request."""
        posts: list[RawPost] = []
        deleted: list[str] = []
        for start in range(0, len(remote_ids), PAGE):
            wanted = ",".join(remote_ids[start : start + PAGE])
            for told in read_page(self._door.get("api/info", {"id": wanted}), self._place.url).told:
                if told.taken_down:
                    deleted.append(told.name)
                else:
                    posts.append(self._raw_post(told))
        return Recheck(tuple(posts), tuple(deleted))

    @property
    def _door(self) -> "Door":
        # Here, or listing the kinds of sources would load praw.
        from listener.platforms.reddit_door import Door, Login

        options = self._options
        if options.client_id is None or options.client_secret is None:
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN,
                f"{self._place.url} is read with an application of Reddit's: write its client_id "
                "and client_secret into [reddit]",
            )
        if self._opened is None:
            login = Login(
                client_id=options.client_id,
                client_secret=options.client_secret.get_secret_value(),
                username=options.username,
                password=options.password.get_secret_value() if options.password else None,
                user_agent=options.user_agent,
                url=options.url,
                oauth_url=options.oauth_url,
            )
            self._opened = Door(login, self._client, self._place.now)
        return self._opened

    def _page(self, sweep: _Sweep) -> Page:
        """Return the next page; where the post it begins after was deleted, begin after another."""
        path, params = listing_of(self._place.url)
        starts: list[str | None] = [*sweep.after] or [None]
        page = Page((), ends=True)
        for after in starts:
            asked = params | {"limit": str(PAGE)} | ({"after": after} if after else {})
            page = read_page(self._door.get(path, asked), self._place.url)
            if page.told:
                break
        return page

    def _raw_post(self, told: Told) -> RawPost:
        html = told.body_html if told.is_comment else told.selftext_html
        plain = told.body if told.is_comment else told.selftext
        url = self._absolute(told.permalink)
        thread_url = self._absolute(told.link_permalink) if told.is_comment else url
        known = None if told.author == "[deleted]" else told.author
        return RawPost(
            remote_id=told.name,
            body=html or plain,
            is_html=bool(html),
            title=told.title,
            url=url,
            author_id=told.author_fullname or known,
            author_name=known,
            published_at=told.at,
            thread_id=told.link_id if told.is_comment else told.name,
            thread_url=thread_url or _thread_of(url),
            thread_title=told.link_title if told.is_comment else told.title,
            # A comment tells of the answers to itself only.
            locked=None if told.is_comment else told.locked,
            reply_to=_answered(told, url),
            role=_role(told),
        )

    def _absolute(self, permalink: str | None) -> str | None:
        if not permalink:
            return None
        path = urlsplit(permalink).path
        return f"{self._options.url.rstrip('/')}{path}"


def build(place: Place, client: PoliteClient) -> RedditSource:
    """Return the source at a place."""
    return RedditSource(place, client)


def recognises(url: str) -> bool:
    """Tell whether an address is a listing on Reddit."""
    parts = urlsplit(url)
    if not _HOST.fullmatch(parts.netloc.lower()) or parts.path.endswith((".rss", ".json")):
        return False
    try:
        listing_of(url)
    except DiagnosedError:
        return False
    return True


def _advance(sweep: _Sweep, page: Page) -> tuple[_Sweep, Loss | None]:
    """Return the cursor after a page, and what was lost if the listing ended too soon."""
    first = not sweep.after
    if first:
        sweep = _begun(sweep, page)
    # Another post of the same second may stand on the next page, so only an older one will do.
    known, last_at = set(sweep.anchors), _time(sweep.last_at)
    if any(told.name in known or told.at < last_at for told in page.told):
        return sweep.ended, None
    pages = sweep.pages + 1
    if page.ends or not page.told or pages >= MAX_PAGES:
        # A first page that is the last one shows the whole place: nothing was left out.
        whole = not sweep.anchors or (first and page.ends)
        return sweep.ended, None if whole else _given_up(sweep, page)
    after = [told.name for told in reversed(page.told)][:ANCHORS]
    low_at = min(told.at for told in page.told).isoformat()
    return sweep.model_copy(update={"after": after, "low_at": low_at, "pages": pages}), None


def _begun(sweep: _Sweep, page: Page) -> _Sweep:
    if not page.told:
        return _Sweep(anchors=sweep.anchors, last_at=sweep.last_at)
    return _Sweep(
        anchors=sweep.anchors,
        last_at=sweep.last_at,
        top=[told.name for told in page.told[:ANCHORS]],
        top_at=max(told.at for told in page.told).isoformat(),
    )


def _given_up(sweep: _Sweep, page: Page) -> Loss:
    met = _time(sweep.low_at) if sweep.low_at else None
    oldest = min((told.at for told in page.told), default=met)
    return Loss(
        "more posts since the last look than Reddit shows (about 1,000); the older ones are "
        "missing",
        after_at=_time(sweep.last_at) if sweep.last_at else None,
        before_at=oldest,
    )


def _time(text: str | None) -> datetime:
    return parse_time(text) if text else datetime.min.replace(tzinfo=UTC)


def _thread_of(url: str | None) -> str | None:
    """Return the post's address from a comment's: ``/r/x/comments/POST/slug/COMMENT/``."""
    match = re.match(r"(.*/comments/[^/]+/[^/]*/)[^/]+/?$", url or "")
    return match[1] if match else url


def _answered(told: Told, url: str | None) -> str | None:
    """Return the address of what a comment answers."""
    thread = _thread_of(url)
    if not told.is_comment or not told.parent_id or thread is None:
        return None
    return thread if told.parent_id == told.link_id else f"{thread}{told.parent_id[3:]}/"


def _role(told: Told) -> str | None:
    return "bot" if (told.author or "").lower() in _BOTS else None
