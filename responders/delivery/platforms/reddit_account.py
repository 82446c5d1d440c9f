"""Reddit as an account of ours writes there: through praw, which asks once and waits for nothing.

Apart from the channel so that praw, which takes a second to import, is loaded only by who sends
there. Every write comes after a read in the same visit, so the log-in is over by then: what goes
wrong while we write is about the write alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import praw
from praw.exceptions import ClientException, PRAWException, RedditAPIException
from praw.models import Comment, Submission
from prawcore.exceptions import OAuthException, PrawcoreException, RequestException

from config.errors import GroundswellError, PermanentError, TransientError
from config.http_client import CutShort, Garbled, PoliteClient, Response, TimedOut, TooLarge
from listener.platforms.reddit_door import TOKEN_PATH, Login, forget_token, open_reddit
from responders.delivery.channels.base import Closed, InDoubt
from responders.delivery.inert import quoted

SHOWN: Final = 200
DEFAULT_SILENCE_S: Final = 60.0
DEFAULT_BREAK_S: Final = 600.0
"""What we wait where Reddit limits writing and says no time."""
LOG_IN: Final = "check client_id, client_secret, username and password in [reddit]"
_BREAK: Final = re.compile(r"(\d{1,6}) (millisecond|second|minute|hour)")
_UNITS: Final = {"millisecond": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0}
_MEANINGS: Final[Mapping[str, str]] = {
    "THREAD_LOCKED": "the thread is locked",
    "DELETED_COMMENT": "the comment it answers was deleted",
    "DELETED_LINK": "the post it answers was deleted",
    "TOO_OLD": "the thread is too old to be answered",
    "SUBREDDIT_NOTALLOWED": "the account may not write in this subreddit",
    "SUBREDDIT_LINKING_DISALLOWED": "this subreddit takes no links to others",
    "BANNED_FROM_SUBREDDIT": "the account is banned from this subreddit",
    "USER_BLOCKED": "the author blocked the account",
    "SOMETHING_IS_BROKEN": "Reddit does not take it there",
    "TOO_LONG": "the text is too long for a comment",
    "NO_TEXT": "the text is empty",
    "INVALID_COMMENT_ID": "the comment is not there any more",
    "NOT_AUTHOR": "the comment is not the account's own",
}
_ENDED: Final = frozenset({
    "THREAD_LOCKED", "DELETED_COMMENT", "DELETED_LINK", "TOO_OLD", "USER_BLOCKED",
})  # fmt: skip
"""We cannot answer there any more."""
_UNREADABLE: Final = (
    PRAWException, PrawcoreException, RecursionError, KeyError, TypeError, AttributeError,
    IndexError, ValueError,
)  # fmt: skip
"""What the library raises where an answer has another shape than Reddit's."""
_REASONS: Final[Mapping[str, str]] = {
    "private": "the subreddit is private",
    "quarantined": "the subreddit is quarantined: opt in once in a browser with that account",
    "banned": "the subreddit was banned by Reddit",
}


@dataclass
class Visit:
    """One visit of an account, or of a stranger where the log-in names none."""

    login: Login
    client: PoliteClient
    _writing: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Open praw; nothing is asked yet."""
        self.reddit: praw.Reddit = open_reddit(self.login, self.client, self._judge)

    def thing(self, fullname: str) -> Comment | Submission | None:
        """Return a post or a comment as this visitor sees it; None when there is none."""
        with self.translated():
            found = list(self.reddit.info(fullnames=[fullname]))
        ours = [one for one in found if isinstance(one, Comment | Submission)]
        return ours[0] if ours else None

    def shows(self, comment: Comment) -> bool:
        """Tell whether a comment stands in its thread as this visitor sees it."""
        with self.translated():
            try:
                comment.refresh()
            except ClientException:
                return False
        return True

    def write(self, act: Callable[[], Any]) -> Any:
        """Do what writes, once.

        Raises:
            InDoubt: it may have been done.
            TransientError, PermanentError: it was not.
        """
        self._writing = True
        try:
            with self.translated():
                return act()
        finally:
            self._writing = False

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what praw raises inside the block into our errors."""
        try:
            yield
        except RedditAPIException as error:
            raise _refused(error) from error
        except RequestException as error:
            raise self._trouble(error.original_exception) from error
        except OAuthException as error:
            forget_token(self.login)
            raise PermanentError(f"Reddit refuses the log-in: {LOG_IN}") from error
        except GroundswellError as error:
            raise self._trouble(error) from error
        except _UNREADABLE as error:
            if self._writing:
                raise InDoubt("Reddit took it and gave no answer that can be read") from error
            raise PermanentError(
                "Reddit gave no answer that can be read: check url and oauth_url in [reddit]"
            ) from error

    def _trouble(self, error: BaseException) -> GroundswellError:
        if self._writing and isinstance(error, TimedOut | CutShort | TooLarge | Garbled):
            return InDoubt(str(error))
        if isinstance(error, GroundswellError):
            return error
        return TransientError(f"Reddit cannot be reached ({type(error).__name__})")

    def _judge(self, told: Response) -> None:
        """Raise what Reddit's refusals mean, before praw would try again."""
        status = told.status
        if 200 <= status < 300:
            return
        if status == 429:
            raise TransientError(
                "Reddit asks for silence (429)",
                retry_after_s=told.retry_after_s or _reset_s(told) or DEFAULT_SILENCE_S,
            )
        if status >= 500 or status == 408:
            if self._writing:
                raise InDoubt(f"Reddit answered {status}")
            raise TransientError(f"Reddit answered {status}")
        if urlsplit(told.url).path == TOKEN_PATH:
            raise PermanentError(f"Reddit refuses the log-in ({status}): {LOG_IN}")
        if status == 401:
            forget_token(self.login)
            raise TransientError("Reddit does not take the token any more; a new one is asked for")
        raise PermanentError(_closed(told))


def _refused(error: RedditAPIException) -> GroundswellError:
    """Say what Reddit's own words of refusal mean; nothing was written."""
    first = error.items[0]
    words = str(first.message or "")
    if first.error_type == "RATELIMIT":
        told = _BREAK.search(words)
        seconds = int(told[1]) * _UNITS[told[2]] if told else DEFAULT_BREAK_S
        return TransientError(
            "Reddit wants the account to write less often", retry_after_s=max(seconds, 1.0)
        )
    why = _MEANINGS.get(first.error_type, "Reddit does not take it there")
    said = quoted(words, SHOWN)
    kind = Closed if first.error_type in _ENDED else PermanentError
    return kind(f"{why} ({first.error_type})" + (f"; it says “{said}”" if said else ""))


def _closed(told: Response) -> str:
    named = re.search(rb'"reason"\s*:\s*"(\w{1,40})"', told.body[:5_000])
    reason = named[1].decode() if named else ""
    if reason in _REASONS:
        return _REASONS[reason]
    if told.status == 403:
        return "Reddit does not let the account write there: it may be banned, or the thread closed"
    if told.status == 404:
        return "it is not there any more"
    return f"Reddit does not take the request ({told.status})"


def _reset_s(told: Response) -> float | None:
    try:
        return max(float(told.headers.get("x-ratelimit-reset", "")), 1.0)
    except ValueError:
        return None
