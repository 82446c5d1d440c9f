"""What a forum's refusals and addresses mean.

Apart from the channel, which decides what to write; here one answer or one address is read.
"""

import re
from typing import Final

from pydantic import BaseModel, Field, ValidationError

from config.errors import TransientError
from config.http_answers import Response
from responders.delivery.inert import quoted

SHOWN: Final = 200
"""Characters of a forum's own words that we pass on."""
DEFAULT_SILENCE_S: Final = 60.0
_TOPIC = re.compile(r"/t/(?:(?=[^/]*[^/\d])[^/]+/)?(\d{1,18})(?:/(\d{1,18}))?/?(?:[?#].*)?$")
"""A topic's address, and that of a post in it; a slug is never a number alone."""


class _Extras(BaseModel):
    wait_seconds: float | None = Field(default=None, ge=0, le=86_400)


class _Refusal(BaseModel):
    errors: list[str] = []
    extras: _Extras = _Extras()


def silence(answer: Response) -> TransientError:
    """Say how long the forum wants to hear nothing.

    Source: https://github.com/discourse/discourse/blob/main/app/controllers/application_controller.rb
    """
    told = _told(answer).extras.wait_seconds
    waits = [seconds for seconds in (answer.retry_after_s, told) if seconds]
    return TransientError(
        "the forum asks for silence (429)", retry_after_s=max(waits, default=DEFAULT_SILENCE_S)
    )


def refusal(answer: Response, username: str) -> str:
    """Say in words what a refusal means."""
    status = answer.status
    if status in {404, 410}:
        why = "the topic is not there any more"
    elif status in {401, 403}:
        why = (
            f"the forum does not let {username} write there: the key may be wrong, or the "
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


class _Topic(BaseModel):
    closed: bool = False
    archived: bool = False


def ended(answer: Response) -> str:
    """Return why a topic takes no text any more, as the forum tells it; empty where it may.

    The refusal does not say: a forum answers 422 to a closed topic and to a short text alike.
    """
    if answer.status in {404, 410}:
        return "the topic is not there any more"
    try:
        topic = _Topic.model_validate_json(answer.body)
    except ValidationError:
        return ""
    if answer.status != 200 or not (topic.closed or topic.archived):
        return ""
    return "the topic is closed" if topic.closed else "the topic is archived"


class _Enqueued(BaseModel):
    action: str


def is_enqueued(body: bytes) -> bool:
    """Tell whether the forum put a text before its moderators."""
    try:
        return _Enqueued.model_validate_json(body).action == "enqueued"
    except ValidationError:
        return False


def _told(answer: Response) -> _Refusal:
    try:
        return _Refusal.model_validate_json(answer.body)
    except ValidationError:
        return _Refusal()


def places(url: str) -> tuple[int | None, int | None]:
    """Return the topic and the number of the post in it that an address names."""
    match = _TOPIC.search(url)
    if match is None:
        return None, None
    return int(match[1]), int(match[2]) if match[2] else None


def number(value: object) -> int | None:
    """Return a positive number that something holds as text; None where it holds none."""
    text = str(value or "")
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None
