"""Bluesky's records: a post as a repository or the search tells it, and where an account lives.

Apart from the source, which asks; nothing here reaches outside.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, Final
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator
from pydantic.alias_generators import to_camel

from config.clock import parse_time
from config.logs import event_log
from listener.cleaning import web_address
from listener.preparing import LATEST_FUTURE
from listener.sources.base import RawPost

POSTS: Final = "app.bsky.feed.post"
DID: Final = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[a-z0-9.-]+(?:%3A\d+)?)")
_TID: Final = re.compile(r"[2-7a-j][2-7a-z]{12}")
_TID_LETTERS: Final = "234567abcdefghijklmnopqrstuvwxyz"
_MAX_FACETS: Final = 200

log = event_log(__name__)


def _utc(at: datetime) -> datetime:
    try:
        return parse_time(at.isoformat())
    except OverflowError as error:  # year 1 east of Greenwich
        raise ValueError("its time does not exist in UTC") from error


class _Reference(BaseModel):
    uri: str


class _Reply(BaseModel):
    root: _Reference
    parent: _Reference


class _Record(BaseModel):
    """The post itself, as its author's program wrote it.

    Source: https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json
    """

    model_config = ConfigDict(alias_generator=to_camel)

    text: str = ""
    created_at: datetime
    langs: list[str] | None = None
    facets: list[Any] | None = None
    reply: _Reply | None = None
    embed: dict[str, Any] | None = None

    @field_validator("created_at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        return _utc(at)


class _Author(BaseModel):
    did: str
    handle: str


class Told(BaseModel):
    """A post with its address; the search names the author and when it came, a repository not."""

    model_config = ConfigDict(alias_generator=to_camel)

    uri: str
    record: _Record
    author: _Author | None = None
    indexed_at: datetime | None = None

    @field_validator("uri")
    @classmethod
    def _is_a_post(cls, uri: str) -> str:
        if post_address("", uri) is None:
            raise ValueError("it has no address of a post")
        return uri

    @field_validator("indexed_at")
    @classmethod
    def _in_utc(cls, at: datetime | None) -> datetime | None:
        return None if at is None else _utc(at)

    @property
    def at(self) -> datetime:
        """When it was written; its author's clock may be wrong, so not after it came."""
        return min(self.record.created_at, self.indexed_at or self.record.created_at)

    @property
    def key(self) -> str:
        """The last part of its address, which grows with time."""
        return self.uri.rpartition("/")[2]


def read_post(item: object, place: str) -> Told | None:
    """Return a post of either form; None when it cannot be read."""
    try:
        if isinstance(item, dict) and "value" in item:
            item = {"uri": item.get("uri"), "record": item["value"]}
        return Told.model_validate(item)
    except ValidationError as error:
        # One post that is told oddly must not silence the rest.
        log.warning("post_unreadable", source=place, reason=str(error.errors()[0]["msg"]))
        return None


def key_parts(uri: str) -> tuple[str, str] | None:
    """Return whose a post is and its key, from its address in the protocol."""
    match = re.fullmatch(rf"at://([^/\s]+)/{re.escape(POSTS)}/([A-Za-z0-9._:~-]+)", uri)
    return (match[1], match[2]) if match and DID.fullmatch(match[1]) else None


def tells_deletion(status: int, body: bytes) -> bool:
    """Tell whether a server's answer for one record says that there is none.

    An account that was closed for a while, or is not known there, is refused with 400 too. Servers
    named the refusal only later; before, its message alone told it.
    Source: https://github.com/bluesky-social/atproto/blob/main/lexicons/com/atproto/repo/getRecord.json
    """
    try:
        told = json.loads(body) if status in {400, 404} else None
    except (ValueError, RecursionError):
        return False
    if not isinstance(told, dict):
        return False
    unnamed = told.get("error") == "InvalidRequest"
    says = str(told.get("message")).startswith("Could not locate record")
    return told.get("error") == "RecordNotFound" or (unnamed and says)


def is_timely(key: str, now: datetime) -> bool:
    """Tell whether a key holds a time that has come.

    An author's program may choose any; one of the far future would hide all later posts.
    Source: https://atproto.com/specs/tid
    """
    if not _TID.fullmatch(key):
        return False
    number = 0
    for letter in key:
        number = number * 32 + _TID_LETTERS.index(letter)
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=min(number >> 10, 1 << 52))
    return at <= now + LATEST_FUTURE


def post_address(web: str, uri: str) -> str | None:
    """Return the page of a post, from its address in the protocol."""
    parts = key_parts(uri)
    return f"{web}/profile/{parts[0]}/post/{quote(parts[1])}" if parts else None


def raw_post(told: Told, web: str, handle: str | None) -> RawPost:
    """Return a post as the crawler takes it."""
    record, reply = told.record, told.record.reply
    root = reply.root.uri if reply else told.uri
    did = told.uri.removeprefix("at://").partition("/")[0]
    return RawPost(
        remote_id=told.uri,
        body=_html(record.text, record.facets or []) + _attached(record.embed or {}),
        url=post_address(web, told.uri),
        author_id=did,
        author_name=told.author.handle if told.author else handle or did,
        published_at=told.at,
        lang=record.langs[0] if record.langs else None,
        thread_id=root,
        thread_url=post_address(web, root),
        reply_to=post_address(web, reply.parent.uri) if reply else None,
    )


def server_of(document: object) -> tuple[str | None, str | None]:
    """Return the address of an account's server and its handle, from its identity's document."""
    if not isinstance(document, Mapping):
        return None, None
    services = document.get("service")
    names = document.get("alsoKnownAs")
    servers = [
        web_address(str(service.get("serviceEndpoint")))
        for service in (services if isinstance(services, list) else [])
        if isinstance(service, Mapping) and str(service.get("id")).endswith("#atproto_pds")
    ]
    handles = [
        str(name).removeprefix("at://")
        for name in (names if isinstance(names, list) else [])
        if str(name).startswith("at://")
    ]
    return next(iter(servers), None), next(iter(handles), None)


def _html(text: str, facets: list[Any]) -> str:
    """Return the text with its links, whose places are counted in bytes of UTF-8.

    Source: https://docs.bsky.app/docs/advanced-guides/post-richtext
    """
    data = text.encode("utf-8", "replace")
    parts: list[str] = []
    done = 0
    for start, end, uri in sorted(_links(facets[:_MAX_FACETS])):
        if not done <= start < end <= len(data):
            continue
        parts += [_shown(data[done:start]), f'<a href="{escape(uri)}">', _shown(data[start:end])]
        parts.append("</a>")
        done = end
    return f"<p>{''.join(parts)}{_shown(data[done:])}</p>"


def _links(facets: list[Any]) -> Iterator[tuple[int, int, str]]:
    for facet in facets:
        try:
            index = facet["index"]
            start, end = int(index["byteStart"]), int(index["byteEnd"])
            uris = [feature["uri"] for feature in facet["features"] if "uri" in feature]
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        address = web_address(uris[0]) if uris and isinstance(uris[0], str) else None
        if address:
            yield start, end, address


def _shown(data: bytes) -> str:
    return escape(data.decode("utf-8", "replace")).replace("\n", "<br>")


def _attached(embed: Mapping[str, Any]) -> str:
    """Return what hangs on a post: alternative texts of pictures, and a link's card."""
    media = embed.get("media")
    if isinstance(media, dict):
        embed = media
    images = embed.get("images")
    texts = [
        str(image["alt"])
        for image in (images if isinstance(images, list) else [])
        if isinstance(image, dict) and image.get("alt")
    ]
    shown = "".join(f'<p><img alt="{escape(text)}"></p>' for text in texts)
    card = embed.get("external")
    address = web_address(str(card.get("uri"))) if isinstance(card, dict) else None
    if isinstance(card, dict) and address:
        title = escape(str(card.get("title") or address))
        shown += f'<p><a href="{escape(address)}">{title}</a></p>'
    return shown
