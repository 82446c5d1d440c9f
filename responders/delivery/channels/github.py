"""Replies at GitHub: a comment on an issue, and the issue's comments read back for our own.

Discussions are read only: they have another interface, and a reply there is posted by a person. The
text is written so that it names nobody and refers to nothing, for both would notify strangers.
Source: https://docs.github.com/en/rest/issues/comments
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from config.errors import GroundswellError, PermanentError, TransientError
from config.http_answers import Response
from config.http_client import CutShort, Garbled, PoliteClient, TimedOut, TooLarge
from config.http_requests import Method
from config.settings import Credential
from listener.pacing.quotas import reset_at
from listener.sources.github import ACCEPT, VERSION, repository_of
from listener.sources.github import Options as Reading
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
from responders.delivery.inert import quoted
from responders.delivery.likeness import says_the_same
from responders.delivery.platforms.markdown_text import github_text

PUBLIC = True
CHANGES = True
"""A reply can be changed and taken away, see ``Changing``."""
PAGE: Final = 100
MOST_PAGES: Final = 10
"""Pages of comments that are read to find our own; more is for a person."""
SHOWN: Final = 200
SECONDARY_S: Final = 60.0
"""Seconds to wait when GitHub asks for patience without a number.

Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""
Told = TypeVar("Told", bound=BaseModel)
_LAST: Final = re.compile(r"[?&]page=(\d{1,6})[^>]*>;\s*rel=\"last\"")
LOCKED: Final = "the issue is locked"


class Options(ChannelOptions):
    """What is set stands in ``[github]``, which the source that reads there describes."""


def destination(options: Options) -> str | None:  # noqa: ARG001 - the contract
    """No on-call person reads here."""
    return None


def build(options: object, *, ways: Ways) -> "Github":
    """Return the channel; it serves all repositories."""
    return Github(_reading(options), ways.client, ways.credentials)


def lacking(options: object, credential: Credential | None) -> str | None:
    """Return what is missing before we can write there; None where nothing is."""
    own = credential is not None and credential.token is not None
    if own or _reading(options).token is not None:
        return None
    return "a token that may write issues, in [github] or in its credential"


def takes_replies(url: str) -> bool:
    """Tell whether a place of this kind has a way in: issues have, discussions have none."""
    return not repository_of(url).discussions


def _reading(options: object) -> Reading:
    return options if isinstance(options, Reading) else Reading()


class _User(BaseModel):
    login: str = ""


class _Comment(BaseModel):
    """A comment as GitHub tells it, as far as we need it."""

    id: int
    html_url: str
    body: str | None = None
    user: _User | None = None


class _Issue(BaseModel):
    locked: bool = False


class _Refusal(BaseModel):
    message: str = ""


_COMMENTS: Final = TypeAdapter(list[_Comment])


@dataclass(frozen=True)
class _Repository:
    """Where a repository's interface stands, and what opens it for us."""

    root: str
    keys: Mapping[str, str]


class Github:
    """Every repository that a token opens for us."""

    capabilities = Capabilities(public=True, lookup=True, idempotent=False)

    def __init__(
        self, options: Reading, client: PoliteClient, credentials: Mapping[str, Credential]
    ) -> None:
        self._options, self._client, self._credentials = options, client, credentials

    def send(self, message: Message) -> Receipt:
        """Comment once; see ``Channel.send``."""
        where, issue = self._repository(message), _issue(message)
        told = self._get(where, issue)
        if told.status != 200:
            raise _refusal(told)
        if _read(_Issue, told).locked:
            raise Closed(LOCKED)
        asked = {"body": github_text(message.text)}
        answer = self._write(where, f"{issue}/comments", asked)
        return _receipt(answer)

    def find(self, message: Message) -> Receipt | None:
        """Read the issue's comments, the last page first, for our own."""
        where = self._repository(message)
        me = self._me(where)
        wanted = github_text(message.text)
        for comment in self._comments(where, _issue(message)):
            author = comment.user.login if comment.user else ""
            if author.casefold() == me and says_the_same(comment.body or "", wanted):
                return _stands(comment)
        return None

    def edit(self, message: Message) -> Receipt:
        """Put another text into a comment of ours; see ``Changing.edit``."""
        asked = {"body": github_text(message.text)}
        answer = self._write(self._repository(message), _comment(message), asked, "PATCH")
        return _receipt(answer)

    def remove(self, message: Message) -> Receipt:
        """Delete a comment of ours; see ``Changing.remove``."""
        path = _comment(message)
        answer = self._write(self._repository(message), path, None, "DELETE")
        if not 200 <= answer.status < 300 and answer.status not in {404, 410}:
            raise _refusal(answer)
        return Receipt(path, message.target.get("url"), at=datetime.now(UTC))

    def standing(self, message: Message) -> Standing:
        """Read a comment of ours; see ``Changing.standing``."""
        where = self._repository(message)
        answer = self._get(where, _comment(message))
        if answer.status in {404, 410}:
            self._refuse_lost(where)
            return Standing.GONE
        if answer.status != 200:
            raise _refusal(answer)
        body = _read(_Comment, answer).body or ""
        same = says_the_same(body, github_text(message.text))
        return Standing.AS_ASKED if same else Standing.OTHERWISE

    def visible(self, message: Message, receipt: Receipt) -> Sight:
        """Ask for the comment without a token; a private repository shows strangers nothing."""
        stranger = _Repository(self._repository(message).root, {})
        answer = self._get(stranger, str(receipt.remote_id))
        if answer.status == 200:
            return Sight(True)
        if answer.status in {404, 410} and self._get(stranger, "").status == 200:
            return Sight(
                False, "GitHub shows it to nobody else: deleted, or the account is flagged"
            )
        return Sight(None)

    def _refuse_lost(self, where: _Repository) -> None:
        """Do nothing while the repository itself is there: a closed one hides its comments.

        Raises:
            PermanentError: it is not.
        """
        answer = self._get(where, "")
        if answer.status != 200:
            raise _refusal(answer)

    def _me(self, where: _Repository) -> str:
        """Return the name that our comments bear."""
        api = where.root.rpartition("/repos/")[0]
        answer = self._get(_Repository(api, where.keys), "user")
        if answer.status != 200:
            raise _refusal(answer)
        return _read(_User, answer).login.casefold()

    def _comments(self, where: _Repository, issue: str) -> Iterator[_Comment]:
        """Yield the comments of an issue, the newest first.

        Raises:
            PermanentError: they are not shown, or too many.
        """
        path = f"{issue}/comments?per_page={PAGE}"
        first = self._page(where, path)
        last = _LAST.search(first.headers.get("link", ""))
        pages = int(last[1]) if last else 1
        if pages > MOST_PAGES:
            raise PermanentError(f"more than {PAGE * MOST_PAGES} comments are too many to read")
        for page in range(pages, 0, -1):
            answer = first if page == 1 else self._page(where, f"{path}&page={page}")
            try:
                yield from reversed(_COMMENTS.validate_json(answer.body))
            except ValidationError as error:
                raise _no_api() from error

    def _page(self, where: _Repository, path: str) -> Response:
        answer = self._get(where, path)
        if answer.status != 200:
            raise _refusal(answer)
        return answer

    def _get(self, where: _Repository, path: str) -> Response:
        url = f"{where.root}/{path}".rstrip("/")
        answer = self._client.get(url, headers=VERSION, credentials=where.keys, accept=ACCEPT)
        if answer.status >= 500:
            raise TransientError(f"GitHub answered {answer.status}")
        if (wait := _limited(answer)) is not None:
            raise wait
        return answer

    def _write(
        self,
        where: _Repository,
        path: str,
        asked: Mapping[str, str] | None,
        method: Method = "POST",
    ) -> Response:
        try:
            answer = self._client.post(
                f"{where.root}/{path}",
                json=asked,
                headers={"Accept": ACCEPT, **VERSION},
                credentials=where.keys,
                method=method,
            )
        except (TimedOut, CutShort, TooLarge, Garbled) as error:
            raise InDoubt(str(error)) from error
        if answer.status >= 500 or answer.status == 408:
            raise InDoubt(f"GitHub answered {answer.status}")
        if (wait := _limited(answer)) is not None:
            raise wait
        return answer

    def _repository(self, message: Message) -> _Repository:
        """Read a message's target.

        Raises:
            PermanentError: it names no repository, or no token opens it for us.
        """
        named = str(message.target.get("credential") or "")
        credential = self._credentials.get(named)
        missing = lacking(self._options, credential)
        token = (credential.token if credential else None) or self._options.token
        if missing is not None or token is None:
            raise PermanentError(f"replies at GitHub need {missing}")
        try:
            found = repository_of(str(message.target.get("source_url") or ""))
        except GroundswellError as error:
            raise PermanentError(str(error)) from error
        own = credential.api_url if credential else None
        api = (own or self._options.api_url).rstrip("/")
        keys = {"Authorization": f"Bearer {token.get_secret_value()}"}
        return _Repository(f"{api}/repos/{found.owner}/{found.name}", keys)


def _issue(message: Message) -> str:
    """Return the path of the issue that a message goes to.

    Raises:
        PermanentError: its target names none.
    """
    thread = str(message.target.get("thread") or "")
    if not re.fullmatch(r"issues/\d{1,18}", thread):
        raise PermanentError("its target names no issue; answer a discussion there yourself")
    return thread


def _comment(message: Message) -> str:
    """Return the path of the comment of ours that a change is about.

    Raises:
        PermanentError: its target names none.
    """
    remote_id = str(message.target.get("remote_id") or "")
    if not re.fullmatch(r"issues/comments/\d{1,18}", remote_id):
        raise PermanentError("we do not know the comment's number: change it there yourself")
    return remote_id


def _receipt(answer: Response) -> Receipt:
    """Return what an answer proves, or raise what it says went wrong."""
    if not 200 <= answer.status < 300:
        raise _refusal(answer)
    try:
        return _stands(_Comment.model_validate_json(answer.body))
    except ValidationError as error:
        raise InDoubt(f"GitHub answered {answer.status} without a comment") from error


def _stands(comment: _Comment) -> Receipt:
    # The listener names a comment by its path in the interface; so it knows ours by its id.
    return Receipt(f"issues/comments/{comment.id}", comment.html_url, at=datetime.now(UTC))


def _read(kind: type[Told], answer: Response) -> Told:
    try:
        return kind.model_validate_json(answer.body)
    except ValidationError as error:
        raise _no_api() from error


def _no_api() -> PermanentError:
    return PermanentError("that is no answer of GitHub's API: check api_url in [github]")


def _limited(answer: Response) -> TransientError | None:
    """Return how long GitHub wants to hear nothing, if so; it says it with 403 as well."""
    if answer.status not in {403, 429}:
        return None
    now = datetime.now(UTC)
    wait_s = answer.retry_after_s
    if wait_s is None and answer.headers.get("x-ratelimit-remaining") == "0":
        at = reset_at(answer, now)
        wait_s = max((at - now).total_seconds(), 1.0) if at else SECONDARY_S
    if wait_s is None and (answer.status == 429 or b"rate limit" in answer.body[:5_000].lower()):
        wait_s = SECONDARY_S
    return TransientError("GitHub asks for silence", retry_after_s=wait_s) if wait_s else None


def _refusal(answer: Response) -> PermanentError:
    status = answer.status
    try:
        told = _Refusal.model_validate_json(answer.body).message
    except ValidationError:
        told = ""
    if status == 401:
        why = "GitHub refuses the token: make a new one"
    elif status == 403 and "lock" in told.lower():
        why = LOCKED
    elif status == 403:
        why = "the token may not write issues there"
    elif status == 404:
        why = "it is not there any more, or the token may not see it"
    elif status == 410:
        why = "it was deleted, or the repository has its issues switched off"
    elif 300 <= status < 400:
        why = f"the repository has moved: correct the source's address {_moved(answer)}".rstrip()
    else:
        why = "GitHub does not take the request"
    words = quoted(told, SHOWN)
    kind = Closed if status == 410 or why == LOCKED else PermanentError
    return kind(f"{why} ({status})" + (f"; it says “{words}”" if words else ""))


def _moved(answer: Response) -> str:
    host = urlsplit(answer.headers.get("location", "")).hostname
    return f"(it leads to {host})" if host else ""
