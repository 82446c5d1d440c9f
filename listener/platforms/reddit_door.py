"""Reddit's API through praw, held to our manners: it waits for nothing and asks nothing twice.

Apart from the source so that praw, which takes a second to import, is loaded only by who reads
Reddit, and so that all that is odd about Reddit's answers stands in one place.
"""

import configparser
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import praw
from praw.config import Config
from prawcore.exceptions import OAuthException, PrawcoreException, RequestException
from prawcore.sessions import FiniteRetryStrategy

from config.errors import GroundswellError
from config.http_client import PoliteClient, Response
from listener.answers import check_answer, shown_address
from listener.diagnoses import DiagnosedError
from listener.pacing.polite_requests import Judge, polite_session
from listener.pacing.quotas import limited, reset_at, rests_until
from listener.tables import SourceState

TOKEN_PATH: Final = "/api/v1/access_token"  # noqa: S105 - a path, no password
_EARLY_S: Final = 120.0
"""A token is renewed so long before it expires."""
_LOG_IN: Final = "check client_id, client_secret, username and password in [reddit]"


class TokenExpired(GroundswellError):
    """Reddit does not take the token any more."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Who asks, and where."""

    client_id: str
    client_secret: str = field(repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    user_agent: str | None = None
    url: str
    oauth_url: str


@dataclass(frozen=True)
class _Token:
    """A token as Reddit handed it out."""

    told: Response
    until: float
    """Monotonic seconds."""


_tokens: dict[Login, _Token] = {}
"""One token for all sources of a log-in, or each look would ask for a new one."""
_guard = threading.Lock()


class _KeptTokens(PoliteClient):
    """The polite client, which remembers the token of a log-in while it holds."""

    def __init__(self, client: PoliteClient, login: Login) -> None:
        self._client = client
        self._login = login

    def get(self, url: str, **asked: Any) -> Response:
        """Fetch through the real client, under its name unless the settings give another."""
        return self._client.get(url, **self._as_ourselves(asked))

    def head(self, url: str) -> Response:
        """Ask the real client for the head of an answer."""
        return self._client.head(url)

    def slow_down(self, url: str, spacing_s: float | None) -> None:
        """Leave the real client a longer pause at a host."""
        self._client.slow_down(url, spacing_s)

    @property
    def agent(self) -> str:
        """The name of the real client."""
        return self._client.agent

    def post(self, url: str, **asked: Any) -> Response:
        """Return the token we hold, or ask for a new one; anything else is posted as it stands."""
        if urlsplit(url).path != TOKEN_PATH:
            return self._client.post(url, **self._as_ourselves(asked))
        with _guard:
            held = _tokens.get(self._login)
        if held is not None and held.until > time.monotonic():
            return held.told
        told = self._client.post(url, **self._as_ourselves(asked))
        lasts_s = _lasts_s(told)
        if lasts_s is not None:
            with _guard:
                _tokens[self._login] = _Token(told, time.monotonic() + lasts_s)
        return told

    def _as_ourselves(self, asked: dict[str, Any]) -> dict[str, Any]:
        headers = dict(asked.get("headers") or {})
        headers.pop("user-agent", None)
        if self._login.user_agent:
            headers["User-Agent"] = self._login.user_agent
        return asked | {"headers": headers}


@dataclass
class Door:
    """Asks Reddit; one for each look."""

    login: Login
    client: PoliteClient
    now: Callable[[], datetime]
    rests_until: str | None = None
    """Until when nothing may be asked, when the last answer said that no request is left."""

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """Return the JSON at a path of the API.

        Raises:
            DiagnosedError, TransientError, PermanentError: as ``Source.fetch``.
        """
        try:
            return self._get(path, params)
        except TokenExpired:
            forget_token(self.login)
        try:
            return self._get(path, params)
        except TokenExpired as error:
            forget_token(self.login)
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN, f"Reddit refuses its own token: {_LOG_IN}"
            ) from error

    def _get(self, path: str, params: Mapping[str, Any]) -> Any:
        try:
            return self._reddit().request(method="GET", path=path, params=dict(params))
        except RequestException as error:
            if isinstance(error.original_exception, GroundswellError):
                raise error.original_exception from error
            raise
        except OAuthException as error:
            forget_token(self.login)
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN, f"Reddit refuses the log-in: {_LOG_IN}"
            ) from error
        except (PrawcoreException, RecursionError) as error:  # JSON nested beyond all reason
            raise DiagnosedError(
                SourceState.NOT_A_FEED,
                f"{shown_address(self.login.oauth_url)} gave no answer of Reddit's API: check "
                "oauth_url in [reddit]",
            ) from error

    def _reddit(self) -> praw.Reddit:
        return open_reddit(self.login, self.client, self._judge)

    def _judge(self, told: Response) -> None:
        """Raise what Reddit's refusals mean; note how many requests are left."""
        now = self.now()
        self.rests_until = rests_until(told, now)
        if told.status == 401 and urlsplit(told.url).path != TOKEN_PATH:
            raise TokenExpired("the token has expired")
        if urlsplit(told.url).path == TOKEN_PATH and told.status in {400, 401, 403}:
            raise DiagnosedError(
                SourceState.NEEDS_LOGIN, f"Reddit refuses the log-in ({told.status}): {_LOG_IN}"
            )
        if told.status == 429:
            _raise_limited(told, now)
        if told.status in {403, 404}:
            _raise_closed(told)
        check_answer(told)
        if urlsplit(told.final_url).path != urlsplit(told.url).path:
            raise DiagnosedError(
                SourceState.NOT_FOUND,
                f"{shown_address(told.url)} is not there, Reddit offers a search instead: check "
                "the subreddit's name",
            )


def open_reddit(login: Login, client: PoliteClient, judge: Judge) -> praw.Reddit:
    """Return praw, asking through the polite client; ``judge`` sees each answer before praw does.

    It neither asks again nor sleeps. By itself it posts a reply up to three times when an answer is
    lost, and sleeps where Reddit limits writing.
    Source: https://github.com/praw-dev/praw/issues/1887
    """
    _leave_files_alone()
    reddit = praw.Reddit(
        client_id=login.client_id,
        client_secret=login.client_secret,
        username=login.username,
        password=login.password,
        refresh_token=None,
        redirect_uri=None,
        user_agent=login.user_agent or "groundswell",
        reddit_url=login.url.rstrip("/"),
        oauth_url=login.oauth_url.rstrip("/"),
        short_url=login.url.rstrip("/"),
        check_for_updates=False,
        check_for_async=False,
        ratelimit_seconds=-1,  # with 0 it still sleeps where Reddit speaks of milliseconds
        requestor_kwargs={"session": polite_session(_KeptTokens(client, login), judge)},
    )
    for core in (reddit._core, reddit._authorized_core, reddit._read_only_core):
        if core is not None:
            core._retry_strategy_class = _Once
    return reddit


class _Once(FiniteRetryStrategy):
    """Asks once; the library's own strategy sleeps before a request that has no try left."""

    def should_retry_on_failure(self) -> bool:
        """Never."""
        return False

    def sleep(self) -> None:
        """Wait for nothing."""


def forget_token(login: Login) -> None:
    """Ask for a new token next time."""
    with _guard:
        _tokens.pop(login, None)


def _leave_files_alone() -> None:
    """Let praw read its own defaults only: a praw.ini in the folder could redirect our log-in."""
    with Config.LOCK:
        if Config.CONFIG is None:
            parser = configparser.ConfigParser(interpolation=None)
            parser.read_string((files("praw") / "praw.ini").read_text(encoding="utf-8"))
            Config.CONFIG = parser


def _lasts_s(told: Response) -> float | None:
    """Return how long a token may be used; None when the answer holds none."""
    try:
        answer = json.loads(told.body)
        lasts_s = float(answer["expires_in"]) - _EARLY_S
    except (ArithmeticError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return lasts_s if told.status == 200 and answer.get("access_token") and lasts_s > 0 else None


def _raise_limited(told: Response, now: datetime) -> NoReturn:
    at = reset_at(told, now)
    asked = told.retry_after_s
    if asked is None and at is not None:
        asked = (at - now).total_seconds()
    raise limited("Reddit", 60.0 if asked is None else asked)


_REASONS: Final[Mapping[str, tuple[SourceState, str]]] = {
    "private": (
        SourceState.FORBIDDEN,
        "is private: ask its moderators to let the account in, or remove the source",
    ),
    "quarantined": (
        SourceState.FORBIDDEN,
        "is quarantined: opt in once in a browser with the account of [reddit]",
    ),
    "gold_only": (SourceState.FORBIDDEN, "is for paying members only: remove the source"),
    "banned": (SourceState.GONE, "was banned by Reddit: remove the source"),
}


def _raise_closed(told: Response) -> None:
    try:
        reason = str(json.loads(told.body).get("reason"))
    except (ValueError, AttributeError, RecursionError):
        return
    if reason in _REASONS:
        state, remedy = _REASONS[reason]
        raise DiagnosedError(state, f"{shown_address(told.final_url)} {remedy}")
