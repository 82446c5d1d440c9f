"""GitHub's answers: issues and comments as its REST API tells them, and what a refusal means.

Apart from the source, which follows them; here one answer is read.
"""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel, ValidationError, field_validator

from config.clock import parse_time
from config.http_client import Response
from config.logs import event_log
from listener.answers import check_answer, shown_address
from listener.diagnoses import DiagnosedError
from listener.pacing.quotas import limited, reset_at
from listener.sources.base import RawPost
from listener.tables import SourceState

SECONDARY_S: Final = 60.0
"""Seconds to wait when GitHub asks for patience without a number.

Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""
_TEAM: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})

log = event_log(__name__)


class Person(BaseModel):
    """An account."""

    login: str
    id: int | None = None
    type: str = "User"


class Told(BaseModel):
    """An issue or a comment on one.

    Source: https://docs.github.com/en/rest/issues
    """

    id: int
    number: int | None = None
    """Of an issue; comments have none."""
    title: str | None = None
    body: str | None = None
    body_html: str | None = None
    html_url: str
    user: Person | None = None
    created_at: datetime
    updated_at: datetime
    locked: bool | None = None
    """Comments do not say it."""
    author_association: str = "NONE"
    pull_request: dict[str, Any] | None = None

    @field_validator("created_at", "updated_at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        return in_utc(at)

    @property
    def about_code(self) -> bool:
        """Whether it is a pull request or a comment on one, which GitHub lists among issues."""
        return self.pull_request is not None or "/pull/" in self.html_url

    @property
    def raw_post(self) -> RawPost:
        """Return it as the crawler takes it; its id is its path in the API."""
        thread_url = self.html_url.partition("#")[0]
        is_issue = self.number is not None
        return RawPost(
            remote_id=f"issues/{self.number}" if is_issue else f"issues/comments/{self.id}",
            body=self.body_html or self.body or "",
            is_html=bool(self.body_html),
            title=self.title,
            url=self.html_url,
            author_id=str(self.user.id) if self.user and self.user.id else None,
            author_name=self.user.login if self.user else None,
            published_at=self.created_at,
            thread_id=f"issues/{self.number or thread_url.rpartition('/')[2]}",
            thread_url=thread_url,
            thread_title=self.title,
            locked=self.locked,
            reply_to=None if is_issue else thread_url,
            role=role_of(self.author_association, self.user),
        )


def role_of(association: str, user: Person | None) -> str | None:
    """Return ``staff`` for the people of a repository and ``bot`` for its programs."""
    if user is not None and (user.type == "Bot" or user.login.endswith("[bot]")):
        return "bot"
    return "staff" if association in _TEAM else None


def in_utc(at: datetime) -> datetime:
    """Return a time in UTC.

    Raises:
        ValueError: there is no such time.
    """
    try:
        return parse_time(at.isoformat())
    except OverflowError as error:  # year 1 east of Greenwich
        raise ValueError("its time does not exist in UTC") from error


def read_list(response: Response) -> list[Told]:
    """Return what one page lists; what is told oddly is left out.

    Raises:
        DiagnosedError: the answer is no list of GitHub's.
    """
    try:
        listed = json.loads(response.body)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        raise no_api(response)
    return [told for item in listed if (told := read_one(item, response.final_url)) is not None]


def read_one(item: object, url: str) -> Told | None:
    """Return an issue or comment; None when it cannot be read."""
    try:
        return Told.model_validate(item)
    except ValidationError as error:
        # One that is told oddly must not silence the rest.
        log.warning("post_unreadable", source=url, reason=str(error.errors()[0]["msg"]))
        return None


def no_api(response: Response) -> DiagnosedError:
    """Return the diagnosis of an answer that is not GitHub's."""
    return DiagnosedError(
        SourceState.NOT_A_FEED,
        f"{shown_address(response.final_url)} is no answer of GitHub's API: check the address, "
        "and api_url in [github]",
    )


def still_has(repository: Response, *, discussions: bool) -> bool:
    """Tell whether a repository still has issues, or discussions; True where it does not say."""
    try:
        told = json.loads(repository.body)
    except (ValueError, RecursionError):
        return True
    key = "has_discussions" if discussions else "has_issues"
    return not (isinstance(told, dict) and told.get(key) is False)


def check_github(response: Response, now: datetime) -> None:
    """Return if the answer is a success.

    Raises:
        DiagnosedError: it is not; a quota that is used up comes as 403 as well as 429.
    """
    if response.status in {403, 429}:
        wait_s = _wait_s(response, now)
        if wait_s is not None:
            raise limited("GitHub", wait_s)
    if response.status == 401:
        raise DiagnosedError(
            SourceState.NEEDS_LOGIN,
            "GitHub refuses the token: make a new one and write it into [github] or "
            "[credentials.NAME]",
        )
    if response.status == 404:
        raise DiagnosedError(
            SourceState.NOT_FOUND,
            f"{shown_address(response.final_url)} is not there or private: check owner and name, "
            "or give a token that may read it in [github] or [credentials.NAME]",
        )
    if response.status == 410:
        raise DiagnosedError(
            SourceState.GONE,
            f"{shown_address(response.final_url)} has its issues switched off: remove the source",
        )
    check_answer(response)


def _wait_s(response: Response, now: datetime) -> float | None:
    if response.retry_after_s is not None:
        return response.retry_after_s
    if response.headers.get("x-ratelimit-remaining") == "0":
        at = reset_at(response, now) or now + timedelta(seconds=SECONDARY_S)
        return max(1.0, (at - now).total_seconds())
    asks = response.status == 429 or b"rate limit" in response.body[:5_000].lower()
    return SECONDARY_S if asks else None
