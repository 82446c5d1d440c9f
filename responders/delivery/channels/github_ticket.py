"""Tickets in a repository at GitHub: one ``POST …/issues``, and the newest issues read back.

The text is the one that a person approved, its first line the title. Requests go through the
polite client, which never tries again by itself; a hidden mark tells our ticket from every other.
Source: https://docs.github.com/en/rest/issues/issues#create-an-issue
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from config.clock import parse_time, rfc3339
from config.errors import PermanentError, TransientError
from config.http_answers import Response
from config.http_client import CutShort, Garbled, PoliteClient, TimedOut, TooLarge
from config.settings import Credential
from listener.diagnoses import DiagnosedError
from listener.platforms.github_answers import check_github
from listener.tables import SourceState
from responders.delivery.channels.base import (
    Capabilities,
    ChannelOptions,
    InDoubt,
    Message,
    Receipt,
    Ways,
)
from responders.delivery.inert import quoted, web_link
from responders.delivery.marking import is_marked, parts

PUBLIC = True
ACCEPT: Final = "application/vnd.github+json"
VERSION: Final = {"X-GitHub-Api-Version": "2022-11-28"}
PAGE: Final = 100
MAX_PAGES: Final = 10
"""Pages of issues that are read to find our own; where more came meanwhile, a person looks."""
EARLIER: Final = timedelta(hours=1)
"""So much may the clocks differ."""
SHOWN: Final = 200
_REPOSITORY: Final = re.compile(r"\w[\w-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}")


class Options(ChannelOptions):
    """``[github_ticket]``: where engineering's tickets go unless a person names another place."""

    repository: str | None = Field(
        default=None, description="owner/name of the repository that takes tickets"
    )
    credential: str | None = Field(
        default=None, description="which [credentials.NAME] holds a token that may write issues"
    )
    check_every_minutes: float = Field(
        default=15.0,
        ge=1,
        le=1440,
        description="minutes between two looks at an open ticket; one that did not change costs "
        "no quota",
    )


def destination(options: Options) -> str | None:  # noqa: ARG001 - the contract
    """No on-call person reads here."""
    return None


def build(options: Options, *, ways: Ways) -> "GithubTicket":  # noqa: ARG001 - the contract
    """Return the channel; it serves all repositories."""
    return GithubTicket(ways.client, ways.credentials)


class _Issue(BaseModel):
    """An issue as GitHub tells it, as far as we need it."""

    number: int
    html_url: str
    body: str | None = None
    created_at: datetime
    pull_request: dict[str, Any] | None = None


_ISSUES: Final = TypeAdapter(list[_Issue])


class _Refusal(BaseModel):
    message: str = ""


@dataclass(frozen=True)
class _Spot:
    """Where a ticket goes, and what opens it."""

    url: str
    repository: str
    login: Mapping[str, str]
    mark: str
    since: datetime


class GithubTicket:
    """Every repository that a credential lets us write issues in."""

    capabilities = Capabilities(public=True, lookup=True, idempotent=False)

    def __init__(self, client: PoliteClient, credentials: Mapping[str, Credential]) -> None:
        self._client, self._credentials = client, credentials

    def send(self, message: Message) -> Receipt:
        """Create the ticket once; see ``Channel.send``."""
        spot = self._spot(message)
        title, body = parts(message.text)
        try:
            answer = self._client.post(
                spot.url,
                json={"title": title, "body": body},
                headers={"Accept": ACCEPT, **VERSION},
                credentials=spot.login,
            )
        except (TimedOut, CutShort, TooLarge, Garbled) as error:
            raise InDoubt(str(error)) from error
        return _receipt(answer, spot)

    def find(self, message: Message) -> Receipt | None:
        """Read the repository's newest issues back to when the ticket was asked for.

        The oldest with our mark is ours: whoever copied the mark came later.
        """
        spot = self._spot(message)
        ours: list[_Issue] = []
        for page in range(1, MAX_PAGES + 1):
            listed = self._listed(spot, page)
            ours += [one for one in listed if is_marked(one.body or "", spot.mark)]
            if len(listed) < PAGE or min(one.created_at for one in listed) < spot.since:
                return _found(ours)
        if ours:
            return _found(ours)
        raise PermanentError(f"more than {PAGE * MAX_PAGES} issues came to {spot.repository} since")

    def _listed(self, spot: _Spot, page: int) -> list[_Issue]:
        asked = {
            "state": "all",
            "sort": "created",
            "direction": "desc",
            "per_page": PAGE,
            "page": page,
            "since": rfc3339(spot.since),
        }
        answer = self._client.get(
            f"{spot.url}?{urlencode(asked)}", credentials=spot.login, accept=ACCEPT, headers=VERSION
        )
        if answer.status >= 500:
            raise TransientError(f"GitHub answered {answer.status}")
        _check(answer)
        try:
            return _ISSUES.validate_json(answer.body)
        except ValidationError as error:
            raise PermanentError(f"{spot.url} answered with something else than issues") from error

    def _spot(self, message: Message) -> _Spot:
        """Read a message's target.

        Raises:
            PermanentError: it names no repository, or nothing that opens it for us.
        """
        target = message.target
        repository = str(target.get("repository") or "")
        if not _REPOSITORY.fullmatch(repository):
            raise PermanentError(f"{quoted(repository, 60) or 'nothing'} is no repository")
        return _Spot(
            url=f"{str(target.get('api_url') or '').rstrip('/')}/repos/{repository}/issues",
            repository=repository,
            login=_login(self._credentials, str(target.get("credential") or "")),
            mark=str(target.get("mark") or ""),
            since=parse_time(str(target.get("asked_at"))) - EARLIER,
        )


def _login(credentials: Mapping[str, Credential], named: str) -> Mapping[str, str]:
    credential = credentials.get(named)
    if credential is None or credential.token is None:
        where = f"[credentials.{named}] holds no token" if named else "no credential is named"
        raise PermanentError(
            f"{where}: add token = … of an account that may write issues there to groundswell.toml"
        )
    return {"Authorization": f"Bearer {credential.token.get_secret_value()}"}


def _found(ours: list[_Issue]) -> Receipt | None:
    if not ours:
        return None
    first = min(ours, key=lambda one: one.number)
    return Receipt(str(first.number), web_link(first.html_url), at=datetime.now(UTC))


def _check(answer: Response) -> None:
    """Return if GitHub answered; say what is wrong otherwise.

    Raises:
        TransientError: a quota is used up.
        PermanentError: it does not let us.
    """
    try:
        check_github(answer, datetime.now(UTC))
    except DiagnosedError as error:
        if error.state is SourceState.RATE_LIMITED or error.retry_after_s is not None:
            raise TransientError(str(error), retry_after_s=error.retry_after_s) from error
        raise PermanentError(str(error)) from error


def _receipt(answer: Response, spot: _Spot) -> Receipt:
    """Return what an answer proves, or raise what it says went wrong."""
    status = answer.status
    if status in {403, 429}:
        _check(answer)
    if status >= 500 or status == 408:
        raise InDoubt(f"GitHub answered {status}")
    if not 200 <= status < 300:
        raise PermanentError(_refusal(answer, spot))
    try:
        made = _Issue.model_validate_json(answer.body)
    except ValidationError as error:
        raise InDoubt(f"GitHub answered {status} without a ticket") from error
    return Receipt(str(made.number), web_link(made.html_url), at=datetime.now(UTC))


WHY: Final = {
    301: "the repository has moved: name its new address",
    307: "the repository has moved: name its new address",
    308: "the repository has moved: name its new address",
    401: "GitHub refuses the token: make a new one",
    403: "the token may not write issues there",
    404: "there is no such repository, or the token may not read it",
    410: "the repository has its issues switched off",
    422: "GitHub does not take this text",
}


def _refusal(answer: Response, spot: _Spot) -> str:
    why = WHY.get(answer.status, "GitHub does not take the request")
    try:
        told = _Refusal.model_validate_json(answer.body).message
    except ValidationError:
        told = ""
    words = quoted(told, SHOWN)
    end = f"; it says “{words}”" if words else ""
    return f"{spot.repository}: {why} ({answer.status}){end}"
