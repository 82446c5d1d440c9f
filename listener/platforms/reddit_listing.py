"""What Reddit's listings hold: the addresses that show them, and posts as the API tells them.

Apart from the source, which follows a listing; here one answer is read. What a deletion looks like
is a rule that people may argue about, since an erasure hangs on it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ValidationError, field_validator

from config.logs import event_log
from listener.diagnoses import DiagnosedError
from listener.tables import SourceState

_TAKEN_DOWN: Final = frozenset({"[deleted]", "[removed]", "[ Removed by Reddit ]"})
_FULLNAME: Final = re.compile(r"t[13]_[0-9a-z]+")

log = event_log(__name__)


class Told(BaseModel):
    """One post or comment as Reddit tells it.

    Source: https://www.reddit.com/dev/api/
    """

    name: str
    """Its id with its type: ``t3_`` a post, ``t1_`` a comment."""
    created_utc: float
    author: str | None = None
    author_fullname: str | None = None
    title: str | None = None
    selftext: str = ""
    selftext_html: str | None = None
    body: str = ""
    body_html: str | None = None
    permalink: str = ""
    link_id: str | None = None
    link_title: str | None = None
    link_permalink: str | None = None
    parent_id: str | None = None
    distinguished: str | None = None
    removed_by_category: str | None = None
    locked: bool | None = None

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if not _FULLNAME.fullmatch(name):
            raise ValueError("it is neither a post nor a comment")
        return name

    @field_validator("created_utc")
    @classmethod
    def _is_a_time(cls, at: float) -> float:
        if not 0 < at < 253_402_300_800:  # the year 10000
            raise ValueError("its time does not exist")
        return at

    @property
    def at(self) -> datetime:
        """When it was written."""
        return datetime.fromtimestamp(self.created_utc, UTC)

    @property
    def is_comment(self) -> bool:
        """Whether it answers a post."""
        return self.name.startswith("t1_")

    @property
    def taken_down(self) -> bool:
        """Whether its author, a moderator or Reddit took it away.

        A person may write the word "[removed]"; then their name still stands there.
        """
        if self.removed_by_category is not None:
            return True
        nobody = self.author in {None, "[deleted]"}
        return nobody and (self.body if self.is_comment else self.selftext) in _TAKEN_DOWN


@dataclass(frozen=True)
class Page:
    """One page of a listing."""

    told: tuple[Told, ...]
    """The newest first."""
    ends: bool
    """Reddit says that nothing is older."""


def listing_of(url: str) -> tuple[str, dict[str, str]]:
    """Return the path and parameters by which the API gives what an address shows.

    Raises:
        DiagnosedError: the address is no listing.
    """
    parts = urlsplit(url)
    query = parse_qs(parts.query).get("q", [""])[0]
    match = re.search(
        r"^(?:/(?P<room>r|user|u)/(?P<name>[\w+-]+))?(?:/(?P<what>new|comments|search|submitted))?/?$",
        parts.path,
    )
    room, name, what = match.group("room", "name", "what") if match else (None, None, None)
    if what == "search" and query and room in {"r", None}:
        within = {"restrict_sr": "on"} if name else {}
        path = f"r/{name}/search" if name else "search"
        return path, {"q": query, "sort": "new", "type": "link", "t": "all", **within}
    if room == "r" and what in {None, "new", "comments"}:
        return f"r/{name}/{what or 'new'}", {}
    if room in {"user", "u"} and what in {None, "comments", "submitted"}:
        return f"user/{name}/{what or 'overview'}", {"sort": "new"}
    raise DiagnosedError(
        SourceState.NOT_FOUND,
        f"{url.partition('?')[0]} is no listing of Reddit's: give /r/NAME, /r/NAME/comments, "
        "/r/NAME/search?q=WORDS, /search?q=WORDS or /user/NAME",
    )


def read_page(listing: Any, url: str) -> Page:
    """Return what one answer of the API holds; a post that is told oddly is left out.

    Raises:
        DiagnosedError: the answer is no listing.
    """
    try:
        data = listing["data"]
        children = [child["data"] for child in data["children"]]
        ends = data.get("after") is None
    except (KeyError, TypeError, AttributeError) as error:
        raise DiagnosedError(
            SourceState.NOT_A_FEED,
            f"{url.partition('?')[0]} answers with something else than a listing: check the "
            "address, and oauth_url in [reddit]",
        ) from error
    return Page(tuple(told for child in children if (told := _told(child, url))), ends)


def _told(child: object, url: str) -> Told | None:
    try:
        return Told.model_validate(child)
    except ValidationError as error:
        # One post that is told oddly must not silence the rest.
        log.warning("post_unreadable", source=url, reason=str(error.errors()[0]["msg"]))
        return None
