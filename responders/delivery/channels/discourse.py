"""Replies in a Discourse forum: ``POST /posts.json`` once, and the topic read back to its end.

The text goes out as it was approved, to the letter: what could ping or link in it is the concern
of whoever drafts it. Requests go through the polite client, which never tries again by itself.
Discourse gives the same answer to the same request for two minutes; we do not lean on that.
Source: https://docs.discourse.org/#tag/Posts/operation/createTopicPostPM
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from config.errors import PermanentError, TransientError
from config.http_answers import Response
from config.http_client import CutShort, Garbled, PoliteClient, TimedOut, TooLarge
from config.http_requests import Method
from config.settings import Credential
from listener.sources.discourse import forum_base
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    Closed,
    InDoubt,
    Message,
    Receipt,
    Sight,
    Standing,
    Ways,
)
from responders.delivery.inert import plain
from responders.delivery.platforms.discourse_answers import (
    ended,
    is_enqueued,
    number,
    places,
    refusal,
    silence,
)

PUBLIC = True
CHANGES = True
"""A reply can be changed and taken away, see ``Changing``."""
CHUNK: Final = 20
"""Posts asked for at once, as many as Discourse's own pages show."""
LONGEST_TAIL: Final = 200
"""Posts after the one we answer that are read to find our own; more is for a person."""
ENQUEUED: Final = "the forum's moderators must let it pass before anybody can read it"
Told = TypeVar("Told", bound=BaseModel)


class Options(ChannelOptions):
    """There is nothing to set: each message's target names the place and its credential."""


def destination(options: Options) -> str | None:  # noqa: ARG001 - the contract
    """No on-call person reads here."""
    return None


def build(options: Options, *, ways: Ways) -> "Discourse":  # noqa: ARG001 - the contract
    """Return the channel; it serves all forums."""
    return Discourse(ways.client, ways.credentials)


def lacking(options: object, credential: Credential | None) -> str | None:  # noqa: ARG001 - the contract
    """Return what is missing before we can write there; None where nothing is."""
    if credential is None:
        return "a credential with api_key and api_username"
    if not (credential.api_username or credential.username):
        return "api_username in its credential"
    if credential.api_key is None and credential.user_api_key is None:
        return "api_key or user_api_key in its credential"
    return None


class _Post(BaseModel):
    """A post as the forum tells it, as far as we need it."""

    id: int
    post_number: int
    username: str = ""
    raw: str | None = None
    hidden: bool = False
    """Flagged by the community, or by the forum itself."""
    user_deleted: bool = False
    deleted_at: str | None = None

    @property
    def gone(self) -> bool:
        """Whether somebody took it away; those with rights still see it."""
        return self.user_deleted or self.deleted_at is not None


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


@dataclass(frozen=True)
class _Door:
    """Which forum, and as whom."""

    base: str
    keys: Mapping[str, str]
    username: str


@dataclass(frozen=True)
class _Spot(_Door):
    """Where a reply goes, and as whom."""

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
        answer = self._write(spot, "/posts.json", asked)
        if answer.status in {403, 422} and (why := self._ended(spot)):
            raise Closed(f"{why}: {refusal(answer, spot.username)}")
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

    def edit(self, message: Message) -> Receipt:
        """Put another text into a post of ours; see ``Changing.edit``."""
        door, path = self._door(message), f"/posts/{_own_id(message)}.json"
        answer = self._write(door, path, {"post": {"raw": message.text}}, "PUT")
        _check_written(answer, door)
        return _kept(message)

    def remove(self, message: Message) -> Receipt:
        """Delete a post of ours; see ``Changing.remove``."""
        door, path = self._door(message), f"/posts/{_own_id(message)}.json"
        answer = self._write(door, path, None, "DELETE")
        if answer.status not in {404, 410}:
            _check_written(answer, door)
        return _kept(message)

    def standing(self, message: Message) -> Standing:
        """Read a post of ours; see ``Changing.standing``."""
        door, path = self._door(message), f"/posts/{_own_id(message)}.json"
        answer = self._get(door, path)
        if answer.status in {404, 410}:
            return Standing.GONE
        post = _understood(answer, door, _Post)
        if post.gone:
            return Standing.GONE
        same = plain(post.raw or "") == plain(message.text)
        return Standing.AS_ASKED if same else Standing.OTHERWISE

    def visible(self, message: Message, receipt: Receipt) -> Sight:
        """Ask for the post without our key; a forum for members shows strangers nothing."""
        base = self._door(message).base
        stranger = _Door(base, {}, "")
        answer = self._get(stranger, f"/posts/{receipt.remote_id}.json")
        if answer.status == 200:
            post = _understood(answer, stranger, _Post)
            lost = post.hidden or post.gone
            return Sight(not lost, "the forum hides it after flags, or it was deleted" * lost)
        topic = number(message.target.get("thread"))
        lost = answer.status in {404, 410} and topic is not None
        if lost and self._get(stranger, f"/t/{topic}.json").status == 200:
            return Sight(False, "the forum does not show it in its topic any more")
        return Sight(None)

    def _write(
        self, door: _Door, path: str, asked: Mapping[str, Any] | None, method: Method = "POST"
    ) -> Response:
        try:
            return self._client.post(
                f"{door.base}{path}",
                json=asked,
                headers={"Accept": "application/json"},
                credentials=door.keys,
                method=method,
            )
        except (TimedOut, CutShort, TooLarge, Garbled) as error:
            raise InDoubt(str(error)) from error

    def _ended(self, spot: _Spot) -> str:
        """Return why a topic that refused our text takes none from anybody; empty if it may."""
        try:
            return ended(self._get(spot, f"/t/{spot.topic}.json"))
        except TransientError:
            return ""

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
        me = spot.username.casefold()
        return [post for post in reversed(own) if post.username.casefold() == me]

    def _raw(self, spot: _Spot, post_id: int) -> str:
        """Return a post's Markdown from a forum that does not tell it with the topic."""
        raw = self._read(spot, f"/posts/{post_id}.json", _Post).raw
        if raw is None:
            raise PermanentError(f"{spot.base} does not show how its posts were written")
        return raw

    def _read(self, spot: _Spot, path: str, kind: type[Told]) -> Told:
        return _understood(self._get(spot, path), spot, kind)

    def _get(self, door: _Door, path: str) -> Response:
        """Ask for something; a request for silence and a failure of the forum are raised."""
        url = f"{door.base}{path}"
        answer = self._client.get(url, credentials=door.keys, accept="application/json")
        if answer.status == 429:
            raise silence(answer)
        if answer.status >= 500:
            raise TransientError(f"{door.base} answered {answer.status}")
        return answer

    def _door(self, message: Message) -> _Door:
        """Return what opens the forum of a message's target.

        Raises:
            PermanentError: nothing does.
        """
        named = str(message.target.get("credential") or "")
        credential = self._credentials.get(named)
        if credential is None:
            raise PermanentError(_no_credential(named))
        base = forum_base(str(message.target.get("source_url") or ""), credential)
        return _Door(base, *_account(credential, named))

    def _spot(self, message: Message) -> _Spot:
        """Read a message's target.

        Raises:
            PermanentError: it names no topic, or nothing that opens the forum for us.
        """
        target, door = message.target, self._door(message)
        topic_url = str(target.get("thread_url") or "").rstrip("/")
        topic = number(target.get("thread")) or places(topic_url)[0]
        if topic is None:
            raise PermanentError(f"its target names no topic of a forum: {topic_url or 'nothing'}")
        of_topic, answers = places(str(target.get("post_url") or ""))
        return _Spot(
            base=door.base,
            keys=door.keys,
            username=door.username,
            topic=topic,
            topic_url=topic_url if places(topic_url)[0] == topic else f"{door.base}/t/-/{topic}",
            answers=answers if of_topic == topic else None,
            after=number(target.get("post")) or 0,
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
    _check_written(answer, spot)
    try:
        post = _Post.model_validate_json(answer.body)
    except ValidationError as error:
        if is_enqueued(answer.body):
            return Receipt(None, None, at=datetime.now(UTC), note=ENQUEUED)
        raise InDoubt(f"{spot.base} answered {answer.status} without a post") from error
    return Receipt(
        remote_id=str(post.id),
        url=f"{spot.topic_url}/{post.post_number}",
        at=datetime.now(UTC),
    )


def _check_written(answer: Response, door: _Door) -> None:
    """Return if a write was taken, else raise what its answer says went wrong."""
    status = answer.status
    if status == 429:
        raise silence(answer)
    if status >= 500 or status == 408:
        raise InDoubt(f"{door.base} answered {status}")
    if not 200 <= status < 300:
        kind = Closed if status in {404, 410} else PermanentError
        raise kind(refusal(answer, door.username))


def _understood(answer: Response, door: _Door, kind: type[Told]) -> Told:
    """Return what an answer tells.

    Raises:
        PermanentError: the forum does not let us read, or it is no answer of one.
    """
    if answer.status != 200:
        raise PermanentError(f"{door.base} does not let us read ({answer.status})")
    try:
        return kind.model_validate_json(answer.body)
    except ValidationError as error:
        raise PermanentError(f"{door.base} answered with something else than a forum") from error


def _own_id(message: Message) -> int:
    """Return the number of a post of ours.

    Raises:
        PermanentError: we do not know it.
    """
    found = number(message.target.get("remote_id"))
    if found is None:
        raise PermanentError("we do not know the post's number: change it there yourself")
    return found


def _kept(message: Message) -> Receipt:
    """Return the proof of a change: a post keeps its number and its address."""
    return Receipt(str(_own_id(message)), message.target.get("url"), at=datetime.now(UTC))
