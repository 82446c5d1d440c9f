"""A WordPress site as an account of ours meets it: where its interface stands, who we are there.

Apart from the channel, which only decides what to write: here each answer gets its meaning. A site
puts notices and greetings before its JSON, and moves its interface; the listener knows how to find
both, so it is asked.
Source: https://developer.wordpress.org/rest-api/reference/comments/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from config.errors import PermanentError, TransientError
from config.http_answers import Response
from config.http_client import CutShort, Garbled, PoliteClient, TimedOut, TooLarge
from config.http_requests import Method
from listener.platforms.wordpress_answers import decoded
from listener.platforms.wordpress_roots import interface_roots
from responders.delivery.channels.base import Closed, InDoubt
from responders.delivery.inert import quoted
from responders.delivery.likeness import text_of

SHOWN: Final = 200
"""Characters of a site's own words that we pass on."""
FLOOD_S: Final = 15.0
"""Seconds between two comments that WordPress wants.

Source: https://developer.wordpress.org/reference/functions/wp_throttle_comment_flood/
"""
DEFAULT_SILENCE_S: Final = 60.0
_MEANINGS: Final[Mapping[str, str]] = {
    "rest_comment_closed": "comments are closed there",
    "rest_comment_trash_post": "the article is in the trash",
    "rest_comment_draft_post": "the article is not published any more",
    "rest_comment_invalid_post_id": "the article is not there any more",
    "rest_comment_invalid_id": "the comment is not there any more",
    "rest_cannot_read_post": "the account may not read the article",
    "rest_comment_login_required": "the site does not know the account: make a new application "
    "password in the user's profile there",
    "incorrect_password": "the site refuses the application password: make a new one in the user's "
    "profile there",
    "invalid_username": "the site knows no such user: correct username in the credential",
    "rest_cannot_edit": "the account may not change comments there: it needs to be an editor; or "
    "change it there yourself",
    "rest_cannot_delete": "the account may not delete comments there: it needs to be an editor; or "
    "delete it there yourself",
    "rest_not_logged_in": "the site does not know the account: check username and application "
    "password in the credential",
    "comment_content_column_length": "the text is too long for a comment",
}


_CLOSED: Final = frozenset({
    "rest_comment_closed", "rest_comment_trash_post", "rest_comment_draft_post",
    "rest_comment_invalid_post_id",
})  # fmt: skip
"""Nobody can comment there any more."""


class Content(BaseModel):
    """What a comment says, as the site shows it."""

    rendered: str = ""


class Comment(BaseModel):
    """A comment as the site tells it, as far as we need it."""

    id: int
    post: int | None = None
    parent: int | None = None
    author: int | None = None
    status: str = ""
    """Only ``approved`` is shown to everybody; some sites leave it out."""
    link: str | None = None
    content: Content = Content()

    @property
    def shown(self) -> bool:
        """Whether everybody may read it."""
        return self.status in {"approved", "approve", ""}

    @property
    def held(self) -> bool:
        """Whether it waits for a moderator, or was taken for spam."""
        return self.status in {"hold", "unapproved", "spam"}


class _Person(BaseModel):
    id: int


class _Refusal(BaseModel):
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Account:
    """Where the interface of a site stands, and who we are there."""

    root: str
    author: int


@dataclass(frozen=True)
class Site:
    """One site, opened by one credential; without keys it is seen as a stranger sees it."""

    client: PoliteClient
    base: str
    keys: Mapping[str, str]

    def account(self) -> Account:
        """Find the interface and ask who we are.

        Raises:
            PermanentError: there is no WordPress, or it does not take our credential.
            TransientError: it does not answer now.
        """
        refused: Response | None = None
        for root in interface_roots(self.client, self.base):
            answer = self.get(root, "users/me")
            try:
                person = _Person.model_validate(decoded(answer.body))
            except ValidationError:
                if code_of(answer):
                    refused = answer
                continue
            if answer.status == 200:
                return Account(root, person.id)
        if refused is not None:
            raise refusal(refused, self.base)
        raise PermanentError(
            f"{self.base} shows no interface of WordPress: correct the source's address"
        )

    def get(self, root: str, route: str, query: Mapping[str, str] | None = None) -> Response:
        """Ask for something; a request for silence and a failure of the site are raised."""
        answer = self.client.get(
            _url(root, route, query), credentials=self.keys, accept="application/json"
        )
        if answer.status == 429:
            raise silence(answer, self.base)
        if answer.status >= 500:
            raise TransientError(f"{self.base} answered {answer.status}")
        return answer

    def write(
        self, root: str, route: str, asked: Mapping[str, object] | None, method: Method = "POST"
    ) -> Response:
        """Change something, once.

        Raises:
            InDoubt: it may have been done.
            TransientError: it was certainly not done, and can be tried again.
        """
        try:
            answer = self.client.post(
                _url(root, route, None),
                json=asked,
                headers={"Accept": "application/json"},
                credentials=self.keys,
                method=method,
            )
        except (TimedOut, CutShort, TooLarge, Garbled) as error:
            raise InDoubt(str(error)) from error
        if answer.status == 429:
            raise silence(answer, self.base)
        if answer.status >= 500 or answer.status == 408:
            raise InDoubt(f"{self.base} answered {answer.status}")
        if code_of(answer) == "comment_flood":
            raise TransientError(
                "the site takes comments more slowly than this", retry_after_s=FLOOD_S
            )
        return answer


def comment_of(answer: Response) -> Comment | None:
    """Return the comment of an answer; None where it holds none."""
    try:
        return Comment.model_validate(decoded(answer.body))
    except ValidationError:
        return None


def comments_of(answer: Response) -> list[Comment] | None:
    """Return the comments of a list; None where it is none."""
    told = decoded(answer.body)
    if not isinstance(told, list):
        return None
    try:
        return [Comment.model_validate(item) for item in told]
    except ValidationError:
        return None


def code_of(answer: Response) -> str:
    """Return the word by which WordPress says no; empty where it says none."""
    return _refusal(answer).code


def silence(answer: Response, base: str) -> TransientError:
    """Say how long the site wants to hear nothing."""
    return TransientError(
        f"{base} asks for silence (429)", retry_after_s=answer.retry_after_s or DEFAULT_SILENCE_S
    )


def refusal(answer: Response, base: str) -> PermanentError:
    """Say what a refusal means."""
    told = _refusal(answer)
    why = _MEANINGS.get(told.code)
    if why is None and 300 <= answer.status < 400:
        why = "the site has moved: correct the address of the source"
    if why is None and answer.status in {401, 403}:
        why = "the site does not let the account write there"
    words = quoted(text_of(told.message), SHOWN)
    kind = Closed if told.code in _CLOSED else PermanentError
    return kind(
        f"{base}: {why or 'the site does not take the request'} ({answer.status})"
        + (f"; it says “{words}”" if words else "")
    )


def _refusal(answer: Response) -> _Refusal:
    try:
        return _Refusal.model_validate(decoded(answer.body))
    except ValidationError:
        return _Refusal()


def _url(root: str, route: str, query: Mapping[str, str] | None) -> str:
    mark = "&" if "?" in root else "?"
    return f"{root}wp/v2/{route}" + (f"{mark}{urlencode(query, safe=',:')}" if query else "")
