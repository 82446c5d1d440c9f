"""Read what the REST interface of a WordPress tells: posts, comments, refusals.

Apart from the plug-in, which only decides what to ask next. Sites put a byte-order mark, notices of
PHP or a greeting of a plug-in before their JSON, and none of that may silence them.

Source: https://developer.wordpress.org/rest-api/reference/
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, Field, ValidationError

from config.http_client import Response
from config.logs import event_log
from listener.cleaning import clean_line
from listener.sources.base import RawPost

_JSON_BEGINS: Final = re.compile(r"\[\s*\{\s*\"|\{\s*\"|\[\s*\]")
_CANDIDATES: Final = 20
_LOCAL_TIME: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
_COMMENT_PAGE: Final = re.compile(r"(?:/comment-page-\d+/?|[?&]cpage=\d+)")
_SHOWN: Final = frozenset({"publish", "approved", "approve", ""})
_BY_PEOPLE: Final = frozenset({"comment", "review", ""})
"""Kinds of comments; the others are pings of machines."""

log = event_log(__name__)


class _Rendered(BaseModel):
    rendered: str = ""
    protected: bool = False


class Item(BaseModel):
    """One article or one comment."""

    id: int
    date: str = Field(pattern=_LOCAL_TIME)
    """In the time of the site, which says nowhere which that is."""
    date_gmt: str | None = None
    modified: str | None = None
    link: str | None = None
    title: _Rendered | None = None
    content: _Rendered = _Rendered()
    author: int | None = None
    author_name: str | None = None
    post: int | None = None
    parent: int | None = None
    status: str | None = None
    type: str | None = None
    comment_status: str | None = None
    embedded: dict[str, Any] = Field(default={}, alias="_embedded")

    @property
    def published_at(self) -> datetime | None:
        """When it was published; None for times that cannot be, such as the year 0."""
        try:
            return datetime.fromisoformat(self.date_gmt or self.date).replace(tzinfo=UTC)
        except ValueError:
            return None

    @property
    def shown(self) -> bool:
        """Whether a person wrote it and readers see it."""
        kind_is_odd = self.post is not None and (self.type or "") not in _BY_PEOPLE
        return (self.status or "") in _SHOWN and not kind_is_odd

    @property
    def name(self) -> str:
        """The title as plain text."""
        return clean_line(self.title.rendered, is_html=True) if self.title else ""

    @property
    def closed(self) -> bool | None:
        """Whether it takes no comment any more; None where it is not said."""
        return self.comment_status == "closed" if self.comment_status else None


class Refused(Exception):
    """WordPress said no in its own words; ``code`` is the word for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def items_of(response: Response) -> list[Item] | None:
    """Return the items of an answer, None if it is no answer of this interface.

    Raises:
        Refused: it is one, and says no.
    """
    told = decoded(response.body)
    if isinstance(told, dict) and isinstance(told.get("code"), str):
        raise Refused(told["code"], clean_line(str(told.get("message") or "")))
    if not isinstance(told, list):
        return None
    return list(_readable(told, response))


def decoded(body: bytes) -> object:
    """Return the JSON of an answer, whatever was printed around it; None where there is none."""
    text = body.decode("utf-8-sig", "replace").strip("\ufeff \r\n\t")
    try:
        return json.loads(text)
    except RecursionError:
        return None
    except ValueError:
        return _inside(text)


def _inside(text: str) -> object:
    decoder = json.JSONDecoder()
    for number, match in enumerate(_JSON_BEGINS.finditer(text)):
        if number == _CANDIDATES:
            break
        try:
            return decoder.raw_decode(text, match.start())[0]
        except (ValueError, RecursionError):
            continue
    return None


def _readable(told: list[object], response: Response) -> Iterator[Item]:
    for entry in told:
        try:
            item = Item.model_validate(entry)
        except ValidationError as error:
            # One post of a plug-in that tells something odd must not silence the site.
            log.warning("post_unreadable", source=response.url.partition("?")[0], errors=str(error))
            continue
        yield item


def pages_of(response: Response) -> int | None:
    """Return how many pages there are; None where a proxy took the header away."""
    told = response.headers.get("x-wp-totalpages", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else None


def article_id(number: int) -> str:
    """Return the id of an article, as posts and threads hold it."""
    return f"post-{number}"


def comment_id(number: int) -> str:
    """Return the id of a comment: the two kinds are counted apart there."""
    return f"comment-{number}"


def article(item: Item) -> RawPost:
    """Return an article as a post; it is the first of its own thread."""
    return RawPost(
        remote_id=article_id(item.id),
        body="" if item.content.protected else item.content.rendered,
        title=item.name or None,
        url=item.link,
        author_id=f"user-{item.author}" if item.author else None,
        author_name=_author_name(item),
        published_at=item.published_at,
        thread_id=article_id(item.id),
        thread_url=item.link,
        thread_title=item.name or None,
        locked=item.closed,
    )


def comment(item: Item, *, title: str | None, locked: bool | None) -> RawPost:
    """Return a comment as a post of its article's thread."""
    thread_url = article_link(item)
    name = clean_line(item.author_name or "", is_html=True)
    return RawPost(
        remote_id=comment_id(item.id),
        body=item.content.rendered,
        url=item.link,
        author_id=f"user-{item.author}" if item.author else name or None,
        author_name=name or None,
        published_at=item.published_at,
        thread_id=article_id(item.post or 0),
        thread_url=thread_url,
        thread_title=title or None,
        locked=locked,
        reply_to=f"{thread_url}#comment-{item.parent}" if thread_url and item.parent else None,
    )


def article_link(item: Item) -> str | None:
    """Return the article that a comment's link leads to, whatever page of comments it is on."""
    link = (item.link or "").partition("#")[0]
    return _COMMENT_PAGE.sub("", link) or None


def _author_name(item: Item) -> str | None:
    told = item.embedded.get("author")
    first = told[0] if isinstance(told, list) and told else None
    name = first.get("name") if isinstance(first, dict) else None
    return clean_line(str(name), is_html=True) if name else None
