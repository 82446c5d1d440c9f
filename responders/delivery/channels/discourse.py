"""Replies in a Discourse forum: ``POST /posts.json`` once, and the topic read back to its end.

The text goes out as it was approved, to the letter: what could ping or link in it is the concern
of whoever drafts it. Requests go through the polite client, which never tries again by itself.
Discourse gives the same answer to the same request for two minutes; we do not lean on that.
Source: https://docs.discourse.org/#tag/Posts/operation/createTopicPostPM
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError

from config.errors import PermanentError, TransientError
from config.http_answers import Response
from config.http_client import CutShort, Garbled, PoliteClient, TimedOut, TooLarge
from config.settings import Credential
from listener.sources.discourse import forum_base
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    InDoubt,
    Message,
    Receipt,
    Ways,
)
from responders.delivery.inert import plain, quoted

PUBLIC = True
CHUNK: Final = 20
"""Posts asked for at once, as many as Discourse's own pages show."""
LONGEST_TAIL: Final = 200
"""Posts after the one we answer that are read to find our own; more is for a person."""
SHOWN: Final = 200
"""Characters of a forum's own words that we pass on."""
DEFAULT_SILENCE_S: Final = 60.0
ENQUEUED: Final = "the forum's moderators must let it pass before anybody can read it"
Told = TypeVar("Told", bound=BaseModel)
_TOPIC = re.compile(r"/t/(?:(?=[^/]*[^/\d])[^/]+/)?(\d{1,18})(?:/(\d{1,18}))?/?(?:[?#].*)?$")
"""A topic's address, and that of a post in it; a slug is never a number alone."""


class Options(ChannelOptions):
    """There is nothing to set: each message's target names the place and its credential."""


def destination(options: Options) -> str | None:  # noqa: ARG001 - the contract
    """No on-call person reads here."""
    return None


def build(options: Options, *, ways: Ways) -> "Discourse":  # noqa: ARG001 - the contract
    """Return the channel; it serves all forums."""
    return Discourse(ways.client, ways.credentials)


class _Post(BaseModel):
    """A post as the forum tells it, as far as we need it."""

    id: int
    post_number: int
    username: str = ""
    raw: str | None = None


class _Stream(BaseModel):
    """The ids of a topic's posts in their order, where the forum tells them, and some posts."""

    stream: list[int] = []
    posts: list[_Post] = []


class _Topic(BaseModel):
    post_stream: _Stream


class _Pending(BaseModel):
    topic_id: int | None = None
    raw_text: str = ""


class _Queue(BaseModel):
    """What waits for the moderators."""

    pending_posts: list[_Pending]


class _Extras(BaseModel):
    wait_seconds: float | None = Field(default=None, ge=0, le=86_400)


class _Refusal(BaseModel):
    errors: list[str] = []
    extras: _Extras = _Extras()


@dataclass(frozen=True)
class _Spot:
    """Where a reply goes, and as whom."""

    base: str
    keys: Mapping[str, str]
    username: str
    topic: int
    topic_url: str
    answers: int | None
    """The number, within the topic, of the post it answers."""
    after: int
    """Our post has a larger id than the one it answers."""


class Discourse:
    """Every forum that a credential opens for us."""

    capabilities = Capabilities(public=True, lookup=True, idempotent=False)

    def __init__(self, client: PoliteClient, credentials: Mapping[str, Credential]) -> None:
        self._client, self._credentials = client, credentials

    def send(self, message: Message) -> Receipt:
        """Post the text once; see ``Channel.send``."""
        spot = self._spot(message)
        asked: dict[str, Any] = {"raw": message.text, "topic_id": spot.topic}
        if spot.answers is not None:
            asked["reply_to_post_number"] = spot.answers
        try:
            answer = self._client.post(
                f"{spot.base}/posts.json",
                json=asked,
                headers={"Accept": "application/json"},
                credentials=spot.keys,
            )
        except (TimedOut, CutShort, TooLarge, Garbled) as error:
            raise InDoubt(str(error)) from error
        return _receipt(answer, spot)

    def find(self, message: Message) -> Receipt | None:
        """Read the topic from the post we answer to its end, then what waits for moderators."""
        spot = self._spot(message)
        wanted = plain(message.text)
        for post in self._own_after(spot):
            raw = post.raw if post.raw is not None else self._raw(spot, post.id)
            if plain(raw) == wanted:
                return Receipt(
                    remote_id=str(post.id),
                    url=f"{spot.topic_url}/{post.post_number}",
                    at=datetime.now(UTC),
                )
        path = f"/posts/{quote(spot.username)}/pending.json"
        for waiting in self._read(spot, path, _Queue).pending_posts:
            if waiting.topic_id == spot.topic and plain(waiting.raw_text) == wanted:
                return Receipt(None, None, at=datetime.now(UTC), note=ENQUEUED)
        return None

    def _own_after(self, spot: _Spot) -> Sequence[_Post]:
        """Return our own posts after the one we answer, the newest first."""
        path = f"/t/{spot.topic}.json?include_raw=true"
        first = self._read(spot, path, _Topic).post_stream
        if not first.stream:
            raise PermanentError(f"{spot.base} does not tell which posts topic {spot.topic} has")
        tail = [number for number in first.stream if number > spot.after]
        shown = {post.id: post for post in first.posts}
        missing = [number for number in tail if number not in shown]
        if len(missing) > LONGEST_TAIL:
            raise PermanentError(f"{len(tail)} posts came after it, too many to look through")
        for start in range(0, len(missing), CHUNK):
            asked = "&".join(
                f"post_ids%5B%5D={number}" for number in missing[start : start + CHUNK]
            )
            path = f"/t/{spot.topic}/posts.json?include_raw=true&{asked}"
            more = self._read(spot, path, _Topic).post_stream.posts
            shown |= {post.id: post for post in more}
        if not shown.keys() >= set(tail):
            raise PermanentError(f"{spot.base} does not show all posts of topic {spot.topic}")
        own = [shown[number] for number in tail]
        return [post for post in reversed(own) if _same_name(post.username, spot.username)]

    def _raw(self, spot: _Spot, post_id: int) -> str:
        """Return a post's Markdown from a forum that does not tell it with the topic."""
        raw = self._read(spot, f"/posts/{post_id}.json", _Post).raw
        if raw is None:
            raise PermanentError(f"{spot.base} does not show how its posts were written")
        return raw

    def _read(self, spot: _Spot, path: str, kind: type[Told]) -> Told:
        url = f"{spot.base}{path}"
        answer = self._client.get(url, credentials=spot.keys, accept="application/json")
        if answer.status == 429:
            raise _silence(answer)
        if answer.status >= 500:
            raise TransientError(f"{spot.base} answered {answer.status}")
        if answer.status != 200:
            raise PermanentError(f"{spot.base} does not let us read ({answer.status})")
        try:
            return kind.model_validate_json(answer.body)
        except ValidationError as error:
            raise PermanentError(
                f"{spot.base} answered with something else than a forum"
            ) from error

    def _spot(self, message: Message) -> _Spot:
        """Read a message's target.

        Raises:
            PermanentError: it names no topic, or nothing that opens the forum for us.
        """
        target = message.target
        named = str(target.get("credential") or "")
        credential = self._credentials.get(named)
        if credential is None:
            raise PermanentError(_no_credential(named))
        topic_url = str(target.get("thread_url") or "").rstrip("/")
        topic = _number(target.get("thread")) or _places(topic_url)[0]
        if topic is None:
            raise PermanentError(f"its target names no topic of a forum: {topic_url or 'nothing'}")
        base = forum_base(str(target.get("source_url") or ""), credential)
        of_topic, answers = _places(str(target.get("post_url") or ""))
        keys, username = _account(credential, named)
        return _Spot(
            base=base,
            keys=keys,
            username=username,
            topic=topic,
            topic_url=topic_url if _places(topic_url)[0] == topic else f"{base}/t/-/{topic}",
            answers=answers if of_topic == topic else None,
            after=_number(target.get("post")) or 0,
        )


def _no_credential(named: str) -> str:
    if not named:
        return "the source names no credential; name one of [credentials.NAME] with --credential"
    return f"there is no credential {named}; add [credentials.{named}] to groundswell.toml"


def _account(credential: Credential, named: str) -> tuple[Mapping[str, str], str]:
    """Return the headers that open the forum, and the name that our posts will bear there."""
    username = credential.api_username or credential.username
    if not username:
        raise PermanentError(
            f"[credentials.{named}] api_username is not set: as whom should the reply be written?"
        )
    if credential.api_key is not None:
        key = credential.api_key.get_secret_value()
        return {"Api-Key": key, "Api-Username": username}, username
    if credential.user_api_key is not None:
        return {"User-Api-Key": credential.user_api_key.get_secret_value()}, username
    raise PermanentError(f"[credentials.{named}] holds neither api_key nor user_api_key")


def _receipt(answer: Response, spot: _Spot) -> Receipt:
    """Return what an answer proves, or raise what it says went wrong."""
    status = answer.status
    if status == 429:
        raise _silence(answer)
    if status >= 500 or status == 408:
        raise InDoubt(f"{spot.base} answered {status}")
    if not 200 <= status < 300:
        raise PermanentError(_refusal(answer, spot))
    try:
        post = _Post.model_validate_json(answer.body)
    except ValidationError as error:
        if _is_enqueued(answer.body):
            return Receipt(None, None, at=datetime.now(UTC), note=ENQUEUED)
        raise InDoubt(f"{spot.base} answered {status} without a post") from error
    return Receipt(
        remote_id=str(post.id),
        url=f"{spot.topic_url}/{post.post_number}",
        at=datetime.now(UTC),
    )


class _Enqueued(BaseModel):
    action: str


def _is_enqueued(body: bytes) -> bool:
    try:
        return _Enqueued.model_validate_json(body).action == "enqueued"
    except ValidationError:
        return False


def _silence(answer: Response) -> TransientError:
    """Say how long the forum wants to hear nothing.

    Source: https://github.com/discourse/discourse/blob/main/app/controllers/application_controller.rb
    """
    told = _told(answer).extras.wait_seconds
    waits = [seconds for seconds in (answer.retry_after_s, told) if seconds]
    return TransientError(
        "the forum asks for silence (429)", retry_after_s=max(waits, default=DEFAULT_SILENCE_S)
    )


def _refusal(answer: Response, spot: _Spot) -> str:
    status = answer.status
    if status in {404, 410}:
        why = "the topic is not there any more"
    elif status in {401, 403}:
        why = (
            f"the forum does not let {spot.username} write there: the key may be wrong, or the "
            "topic closed or not open to that account"
        )
    elif status == 422:
        why = "the forum does not take this text there"
    elif status < 400:
        why = "the forum has moved: correct the address of the source, or api_url"
    else:
        why = "the forum does not take the request"
    words = quoted(" ".join(_told(answer).errors), SHOWN)
    return f"{why} ({status})" + (f"; it says “{words}”" if words else "")


def _told(answer: Response) -> _Refusal:
    try:
        return _Refusal.model_validate_json(answer.body)
    except ValidationError:
        return _Refusal()


def _places(url: str) -> tuple[int | None, int | None]:
    """Return the topic and the number of the post in it that an address names."""
    match = _TOPIC.search(url)
    if match is None:
        return None, None
    return int(match[1]), int(match[2]) if match[2] else None


def _number(value: object) -> int | None:
    text = str(value or "")
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _same_name(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
