"""What engineering's tracker answers when it is asked: is the repository public, is a ticket done?

Apart from the pass, which decides when; nothing is kept here. Only reading: a ticket is made by the
outbox, through its channel.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from config import plugins
from config.errors import PermanentError, SettingsError
from config.http_client import PoliteClient, Response
from config.settings import Settings
from listener.platforms.github_answers import check_github, no_api
from responders.oncall.tables import TicketState

ACCEPT: Final = "application/vnd.github+json"
MAX_BYTES: Final = 2_000_000
CHANNELS: Final = "responders.delivery.channels"
KIND: Final = "github_ticket"
_REPOSITORY: Final = re.compile(r"\w[\w-]{0,99}/(?!\.{1,2}$)[\w.-]{1,100}")
_TICKET: Final = re.compile(
    r"/(?P<repository>\w[\w-]{0,99}/(?!\.{1,2}/)[\w.-]{1,100})/issues/(?P<number>[1-9]\d{0,8})/?"
)


@dataclass(frozen=True)
class Repository:
    """A repository, as far as somebody must know it before a ticket goes there."""

    name: str
    is_public: bool
    has_issues: bool


@dataclass(frozen=True)
class Look:
    """What one look at a ticket brought; no state where nothing changed."""

    state: TicketState | None
    url: str | None
    etag: str | None


class _Repository(BaseModel):
    full_name: str
    private: bool = False
    has_issues: bool = True


class _Ticket(BaseModel):
    """Source: https://docs.github.com/en/rest/issues/issues#get-an-issue."""

    html_url: str
    state: str
    state_reason: str | None = None


def api_of(settings: Settings, credential: str | None) -> str:
    """Return where the tracker's API answers: the credential's own, else what [github] says.

    Raises:
        SettingsError: there is no such credential.
    """
    named = settings.credential(credential)
    section = settings.plugins.get("github") or plugins.options_of("listener.sources", "github")()
    own: Any = named.api_url if named else None
    return str(own or getattr(section, "api_url", "")).rstrip("/")


def options_of(settings: Settings) -> Any:
    """Return what [github_ticket] says."""
    return settings.plugins.get(KIND) or plugins.options_of(CHANNELS, KIND)()


def login_of(settings: Settings, credential: str | None) -> Mapping[str, str]:
    """Return the header that opens the tracker for reading; none where no token is set."""
    named = settings.credentials.get(credential or "")
    section: Any = settings.plugins.get("github")
    token = (named.token if named else None) or (section.token if section else None)
    return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}


def repository_in(text: str) -> str:
    """Return ``owner/name`` of what somebody wrote, an address too.

    Raises:
        SettingsError: it names none.
    """
    path = urlsplit(text.strip()).path.strip("/").removesuffix(".git")
    if not _REPOSITORY.fullmatch(path):
        raise SettingsError(f"{text} is no repository: write it like owner/name")
    return path


def ticket_in(url: str, api_url: str) -> tuple[str, int]:
    """Return repository and number of a ticket's address.

    Raises:
        SettingsError: it is no ticket of that tracker.
    """
    try:
        parts, api = urlsplit(url.strip()), urlsplit(api_url)
        home = (api.hostname or "").removeprefix("api.")
        hosts = {api.hostname, home, f"www.{home}"}
        found = _TICKET.fullmatch(parts.path) if parts.scheme in {"http", "https"} else None
    except ValueError:
        found = None
    if found is None or parts.hostname not in hosts:
        raise SettingsError(
            f"{url} is no ticket there: give its address, like https://github.com/owner/name/"
            "issues/7; of another GitHub set api_url in [github] or in the credential"
        )
    return found["repository"], int(found["number"])


def look_at_repository(
    client: PoliteClient, api_url: str, name: str, *, login: Mapping[str, str], now: datetime
) -> Repository:
    """Ask what kind of repository it is.

    Raises:
        TransientError, PermanentError: what is wrong and what to do.
    """
    answer = client.get(
        f"{api_url}/repos/{name}", credentials=login, accept=ACCEPT, max_bytes=MAX_BYTES
    )
    check_github(answer, now)
    told = _read(answer, _Repository)
    return Repository(told.full_name, not told.private, told.has_issues)


def look_at_ticket(
    client: PoliteClient, url: str, *, login: Mapping[str, str], etag: str | None, now: datetime
) -> Look:
    """Ask how far a ticket is, conditionally; one that was deleted is gone.

    Raises:
        TransientError, PermanentError: what is wrong and what to do.
    """
    answer = client.get(url, credentials=login, accept=ACCEPT, etag=etag, max_bytes=MAX_BYTES)
    if answer.not_modified:
        return Look(None, None, etag)
    if answer.status == 410:
        return Look(TicketState.GONE, None, None)
    check_github(answer, now)
    told = _read(answer, _Ticket)
    return Look(_state(told), told.html_url, answer.headers.get("etag"))


def _state(told: _Ticket) -> TicketState:
    if told.state == "open":
        return TicketState.OPEN
    if told.state != "closed":
        raise PermanentError(f"the tracker tells a state that we do not know: {told.state[:40]}")
    reasons = {
        "not_planned": TicketState.NOT_PLANNED,
        "duplicate": TicketState.DUPLICATE,
    }
    return reasons.get(told.state_reason or "", TicketState.COMPLETED)


def _read(answer: Response, kind: Any) -> Any:
    try:
        return kind.model_validate(json.loads(answer.body))
    except (ValueError, RecursionError, ValidationError) as error:
        raise no_api(answer) from error
