"""Discourse's answers: a post as a forum tells it, and what a refusal means.

Apart from the source, which follows a forum; here one answer is read.
"""

import json
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ValidationError, field_validator

from config.clock import parse_time
from config.http_client import Response
from config.logs import event_log
from listener.answers import check_answer, shown_address
from listener.diagnoses import DiagnosedError
from listener.discovery import recognise_page
from listener.tables import SourceState

_REGULAR: Final = 1
_BOTS: Final = frozenset({"system", "discobot"})

log = event_log(__name__)


class Told(BaseModel):
    """One post as the forum tells it; see the serializer in Discourse's source."""

    id: int
    topic_id: int
    topic_slug: str = "-"
    topic_title: str | None = None
    post_number: int
    post_type: int = _REGULAR
    username: str | None = None
    created_at: datetime
    cooked: str = ""
    raw: str | None = None
    reply_to_post_number: int | None = None
    admin: bool | None = None
    moderator: bool | None = None
    staff: bool | None = None
    hidden: bool | None = None
    deleted_at: datetime | None = None
    user_deleted: bool | None = None

    @field_validator("created_at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        try:
            return parse_time(at.isoformat())
        except OverflowError as error:  # year 1 east of Greenwich
            raise ValueError("its time does not exist in UTC") from error

    @property
    def shown(self) -> bool:
        """Whether a person wrote it and readers see it."""
        return self.post_type == _REGULAR and not (self.hidden or self.taken_back)

    @property
    def taken_back(self) -> bool:
        """Whether it was deleted. One that is hidden was flagged, and may be shown again."""
        return bool(self.deleted_at or self.user_deleted)


def check_forum(response: Response, base: str) -> None:
    """Return if the answer is a success.

    Raises:
        DiagnosedError: it is not; a forum of members tells so in its own way.
    """
    if response.status == 403 and b"not_logged_in" in response.body:
        raise DiagnosedError(
            SourceState.NEEDS_LOGIN,
            f"{base} shows its posts to members only: write an api_key or user_api_key "
            "into [credentials.NAME] and name it with --credential",
        )
    check_answer(response)


def tells_deletion(answer: Response) -> bool:
    """Tell whether the forum itself says that it has no such post; a server before it may not."""
    if answer.status not in {404, 410}:
        return False
    try:
        return bool(decoded(answer).get("error_type") == "not_found")
    except DiagnosedError:
        return False


def decoded(answer: Response) -> dict[str, Any]:
    """Return what the forum tells.

    Raises:
        DiagnosedError: it is no answer of a forum.
    """
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise no_forum(answer) from error
    if not isinstance(told, dict):
        raise no_forum(answer)
    return told


def stream_of(answer: Response) -> dict[str, list[Any]]:
    """Return the posts of a topic as it tells them, and the numbers of all."""
    try:
        told = decoded(answer)["post_stream"]
        return {"posts": list(told["posts"]), "stream": list(told.get("stream") or ())}
    except (KeyError, TypeError, AttributeError) as error:
        raise no_forum(answer) from error


def read_post(item: object, base: str) -> Told | None:
    """Return a post; None when it cannot be read."""
    try:
        return Told.model_validate(item)
    except ValidationError as error:
        # One post of a plug-in that tells something odd must not silence the forum.
        log.warning("post_unreadable", source=base, reason=str(error.errors()[0]["msg"]))
        return None


def role_of(told: Told) -> str | None:
    """Return ``staff`` for the forum's people and ``bot`` for its own voice."""
    if told.username in _BOTS:
        return "bot"
    return "staff" if told.admin or told.moderator or told.staff else None


def no_forum(response: Response) -> DiagnosedError:
    """Return the diagnosis of an answer that is not a forum's."""
    head = response.body[:100_000].decode("utf-8", "replace")
    if "<" in head and recognise_page(head, url=response.final_url).kind == "log-in":
        return DiagnosedError(
            SourceState.NEEDS_LOGIN,
            f"{shown_address(response.final_url)} is a log-in page: name a credential with "
            "--credential",
        )
    return DiagnosedError(
        SourceState.NOT_A_FEED,
        f"{shown_address(response.final_url)} is no Discourse forum: give the forum's own "
        "address, or its feed",
    )
