"""GitHub: the issues of a repository with their comments, or its discussions; read only.

Issues and comments are followed by the time of their last change, so edits come by themselves. A
page begins at the time where the last one ended, not at a number: what is changed meanwhile moves
to the end of the list, and numbered pages would jump over its neighbours. Discussions are followed
from the newest change back. Pull requests are work, not reports, and left out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, Field, SecretStr

from config.clock import parse_time, rfc3339
from config.http_client import PoliteClient, Response
from config.setting_forms import WebAddress
from listener.diagnoses import DiagnosedError, is_of_one
from listener.pacing.quotas import refuse_while_resting, rests_until
from listener.platforms import github_discussions
from listener.platforms.github_answers import (
    Told,
    check_github,
    no_api,
    read_list,
    read_one,
    still_has,
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

PAGE: Final = 100
FIRST: Final = timedelta(days=30)
"""How far back the first look goes; what is older is never told, though it be edited."""
OVERLAP: Final = timedelta(minutes=2)
"""A change may show a moment after later ones, so a look begins a little earlier."""
MAX_PAGES: Final = 40
"""Pages of discussions of one sweep at the most: a thousand of them."""
ASKED_AGAIN: Final = 100
ACCEPT: Final = "application/vnd.github.full+json"
VERSION: Final = {"X-GitHub-Api-Version": "2022-11-28"}
_REPOSITORY: Final = re.compile(
    r"/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?(?:/(?P<what>issues|discussions))?/?"
)
_NOT_OWNERS: Final = frozenset({"orgs", "users", "topics", "sponsors", "settings", "marketplace"})

Stream = Literal["issues", "issues/comments"]
STREAMS: Final[tuple[Stream, Stream]] = ("issues", "issues/comments")


class Options(SourceOptions):
    """``[github]``: the token for every repository that names no credential of its own."""

    token: SecretStr | None = Field(
        default=None,
        description="may only read; without it GitHub gives 60 answers an hour, no discussions",
    )
    api_url: WebAddress = Field(
        default="https://api.github.com",
        description="where the API answers; of GitHub Enterprise: https://HOST/api/v3",
    )

    def base_urls(self) -> tuple[str, ...]:
        """Return the address of the API."""
        return (self.api_url,)


class _Following(BaseModel):
    """How far one list is known."""

    since: str | None = None
    """Everything changed before is known."""
    page: int = 1
    """More than one page of the same second needs numbers all the same."""
    sweeping: bool = False
    etag: str | None = None
    """Of the answer that brought nothing new; asking with it costs no quota."""


class _Cursor(BaseModel):
    """The cursor of a repository, or of its discussions."""

    begins: str | None = None
    """What was written before is not told."""
    stream: Stream = STREAMS[0]
    lists: dict[str, _Following] = {}
    last_at: str | None = None
    """Of discussions: every change before is known."""
    top_at: str | None = None
    after: str | None = None
    pages: int = 0
    rests_until: str | None = None


@dataclass(frozen=True)
class Repository:
    """What an address names."""

    owner: str
    name: str
    discussions: bool


class GithubSource:
    """One repository's issues, or its discussions."""

    capabilities = Capabilities(
        detects_edits=True,
        detects_deletions=True,
        replies=False,
        max_backfill=None,
        recheck_at_once=20,  # each costs a request
        recheck_a_slice=4,
    )

    def __init__(self, place: Place, client: PoliteClient) -> None:
        self._place = place
        self._client = client
        options = place.options if isinstance(place.options, Options) else Options()
        credential = place.credential
        own = credential.api_url if credential else None
        self._api = (own or options.api_url).rstrip("/")
        self._token = (credential.token if credential else None) or options.token

    def fetch(self, cursor: Mapping[str, Any]) -> Batch:
        """Return one page, oldest first; see ``Source.fetch``."""
        now = self._place.now()
        known = _Cursor.model_validate(dict(cursor))
        refuse_while_resting("GitHub", known.rests_until, now)
        known.rests_until = None
        known.begins = known.begins or rfc3339(now - FIRST)
        if repository_of(self._place.url).discussions:
            return self._discussions(known)
        return self._list(known, now)

    def recheck(self, remote_ids: Sequence[str]) -> Recheck:
        """Return what became of posts; see ``Rechecking.recheck``."""
        discussions = repository_of(self._place.url).discussions
        found, missing = (self._ask_nodes if discussions else self._ask_each)(remote_ids)
        if missing:
            # A repository that was closed to us hides its posts; they are not deleted. Nor are they
            # where only its issues were switched off: then each of them answers 410.
            answer = self._get(self._root)
            check_github(answer, self._place.now())
            missing = missing if still_has(answer, discussions=discussions) else []
        return Recheck(tuple(found), tuple(missing))

    @property
    def _root(self) -> str:
        repository = repository_of(self._place.url)
        return f"{self._api}/repos/{repository.owner}/{repository.name}"

    def _get(self, url: str, etag: str | None = None) -> Response:
        return self._client.get(
            url, headers=VERSION, credentials=self._login(), accept=ACCEPT, etag=etag
        )

    def _login(self) -> Mapping[str, str]:
        if self._token is None:
            return {}
        return {"Authorization": f"Bearer {self._token.get_secret_value()}"}

    def _list(self, known: _Cursor, now: datetime) -> Batch:
        """Take one page of issues or of comments."""
        following = known.lists.setdefault(known.stream, _Following())
        begins = parse_time(known.begins) if known.begins else now
        response = self._page(known.stream, following, begins)
        known.rests_until = rests_until(response, now)
        if response.status == 304:
            return self._told(known, (), ends=True)
        check_github(response, now)
        listed = read_list(response)
        goes_on = 'rel="next"' in response.headers.get("link", "") and bool(listed)
        known.lists[known.stream] = _followed(following, listed, response, goes_on=goes_on)
        told = [one for one in listed if not one.about_code and one.created_at >= begins]
        posts = tuple(one.raw_post for one in sorted(told, key=lambda one: one.created_at))
        return self._told(known, posts, ends=not goes_on, moved_to=_moved(response, listed))

    def _page(self, stream: Stream, following: _Following, begins: datetime) -> Response:
        since = parse_time(following.since) if following.since else begins
        if not following.sweeping:
            since -= OVERLAP
        asked = {
            "sort": "updated",
            "direction": "asc",
            "since": rfc3339(since),
            "per_page": str(PAGE),
        }
        if stream == "issues":
            asked["state"] = "all"
        if following.page > 1:
            asked["page"] = str(following.page)
        etag = None if following.sweeping else following.etag
        return self._get(f"{self._root}/{stream}?{urlencode(asked)}", etag)

    def _told(
        self,
        known: _Cursor,
        posts: tuple[RawPost, ...],
        *,
        ends: bool,
        moved_to: str | None = None,
    ) -> Batch:
        """Return the batch; after the last page of one list comes the other, then the look ends."""
        last = known.stream == STREAMS[-1]
        if ends:
            known.stream = STREAMS[0] if last else STREAMS[1]
        return Batch(
            posts,
            known.model_dump(exclude_defaults=True),
            more=not (ends and last),
            moved_to=moved_to,
        )

    def _ask_each(self, remote_ids: Sequence[str]) -> tuple[list[RawPost], list[str]]:
        found: list[RawPost] = []
        missing: list[str] = []
        refused: DiagnosedError | None = None
        for remote_id in remote_ids:
            response = self._get(f"{self._root}/{remote_id}")
            if response.status in {404, 410}:
                missing.append(remote_id)
                continue
            try:
                check_github(response, self._place.now())
                told = read_one(_json(response), response.final_url)
            except DiagnosedError as error:
                if not is_of_one(error):
                    raise
                refused = error
                continue
            # One that was moved to another repository stands there under another number.
            if told is not None and told.raw_post.remote_id == remote_id:
                found.append(told.raw_post)
        if refused is not None and not (found or missing):
            raise refused
        return found, missing

    def _graphql(self, query: str, variables: Mapping[str, Any]) -> Response:
        if self._token is None:
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN,
                f"{self._place.url} needs a token: GitHub shows discussions to nobody else; write "
                "one that may only read into [github] or [credentials.NAME]",
            )
        response = self._client.post(
            f"{self._api.removesuffix('/v3')}/graphql",
            json={"query": query, "variables": dict(variables)},
            credentials=self._login(),
        )
        check_github(response, self._place.now())
        return response

    def _discussions(self, known: _Cursor) -> Batch:
        """Take one page of discussions, going back to what is known."""
        repository = repository_of(self._place.url)
        asked = {"owner": repository.owner, "name": repository.name, "after": known.after}
        response = self._graphql(github_discussions.LISTED, asked)
        page = github_discussions.read_page(response)
        begins = parse_time(known.begins) if known.begins else self._place.now()
        told = sorted(
            (post for post in page.posts if post.published_at and post.published_at >= begins),
            key=lambda post: post.published_at or begins,
        )
        following, loss = _went_back(known, page, begins)
        following.rests_until = rests_until(response, self._place.now())
        return Batch(
            tuple(told),
            following.model_dump(exclude_defaults=True),
            more=following.after is not None,
            loss=loss,
        )

    def _ask_nodes(self, remote_ids: Sequence[str]) -> tuple[list[RawPost], list[str]]:
        found: list[RawPost] = []
        gone: list[str] = []
        for start in range(0, len(remote_ids), ASKED_AGAIN):
            ids = list(remote_ids[start : start + ASKED_AGAIN])
            response = self._graphql(github_discussions.ASKED_AGAIN, {"ids": ids})
            stands, missing = github_discussions.read_again(response, ids)
            found += stands
            gone += missing
        return found, gone


def build(place: Place, client: PoliteClient) -> GithubSource:
    """Return the source at a place."""
    return GithubSource(place, client)


def recognises(url: str) -> bool:
    """Tell whether an address is a repository on GitHub, its issues or its discussions."""
    parts = urlsplit(url)
    found = _REPOSITORY.fullmatch(parts.path)
    owner = found["owner"].lower() if found else ""
    return (
        parts.netloc.lower() in {"github.com", "www.github.com"}
        and found is not None
        and owner not in _NOT_OWNERS
    )


def repository_of(url: str) -> Repository:
    """Return what an address names.

    Raises:
        DiagnosedError: it names no repository.
    """
    found = _REPOSITORY.fullmatch(urlsplit(url).path)
    if found is None:
        raise DiagnosedError(
            SourceState.NOT_FOUND,
            f"{url.partition('?')[0]} names no repository: give https://github.com/OWNER/NAME, "
            "or the same with /discussions",
        )
    return Repository(found["owner"], found["name"], found["what"] == "discussions")


def _followed(
    following: _Following, listed: list[Told], response: Response, *, goes_on: bool
) -> _Following:
    """Return how far a list is known after a page."""
    changed = [rfc3339(one.updated_at) for one in listed]
    since = max([*changed, following.since or ""]) or None
    if not goes_on:
        unmoved = since == following.since and not following.sweeping
        return _Following(since=since, etag=response.headers.get("etag") if unmoved else None)
    stuck = following.sweeping and since == following.since
    return _Following(since=since, page=following.page + 1 if stuck else 1, sweeping=True)


def _went_back(
    known: _Cursor, page: github_discussions.Page, begins: datetime
) -> tuple[_Cursor, Loss | None]:
    """Return the cursor after a page of discussions, and what was lost."""
    if known.after is None and page.newest_at is not None:
        known.top_at = rfc3339(page.newest_at)
    last_at = parse_time(known.last_at) if known.last_at else None
    until = max(begins, last_at - OVERLAP) if last_at else begins
    loss = None
    if last_at is not None and page.cut_after is not None and page.cut_after > last_at:
        loss = Loss(
            f"a discussion has more than {github_discussions.COMMENTS} new comments or "
            f"{github_discussions.REPLIES} new replies; the older ones were left out",
            after_at=last_at,
            before_at=page.cut_after,
        )
    reached = page.next_page is None or page.oldest_at is None or page.oldest_at < until
    if not reached and known.pages + 1 < MAX_PAGES:
        return known.model_copy(update={"after": page.next_page, "pages": known.pages + 1}), loss
    if not reached and last_at is not None:
        loss = Loss(
            f"more than {MAX_PAGES * github_discussions.PAGE:,} discussions changed since the last "
            "look; the older ones were left out",
            after_at=last_at,
            before_at=page.oldest_at,
        )
    return _Cursor(begins=known.begins, last_at=known.top_at or known.last_at), loss


def _moved(response: Response, listed: list[Told]) -> str | None:
    """Return the repository's new address after it was renamed."""
    if response.permanent_redirect is None or not listed:
        return None
    return re.sub(r"/(?:issues|pull)/.*", "", listed[0].html_url)


def _json(response: Response) -> object:
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise no_api(response) from error
