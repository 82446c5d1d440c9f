"""Replies on Reddit: one comment by the account of ``[reddit]``, and its own comments read back.

What the account wrote is read from its own page: there every comment stands with what it answers,
also one that moderators or a filter took out of the thread. Whether others see it is another
question, asked as a stranger.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from config.errors import PermanentError
from config.http_client import PoliteClient
from config.settings import Credential
from listener.sources.reddit import Options as Reading
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
from responders.delivery.likeness import says_the_same
from responders.delivery.platforms.markdown_text import reddit_text

if TYPE_CHECKING:
    from listener.platforms.reddit_door import Login
    from responders.delivery.platforms.reddit_account import Visit

PUBLIC = True
CHANGES = True
"""A reply can be changed and taken away, see ``Changing``."""
MOST_OWN: Final = 500
"""Comments of our own that are read to find one; more is for a person."""
LONGEST: Final = 10_000
"""Source: https://www.reddit.com/dev/api/#POST_api_comment"""
_FULLNAME: Final = re.compile(r"t[13]_[0-9a-z]{1,13}")
_TAKEN: Final = frozenset({"[deleted]", "[removed]", "[ Removed by Reddit ]"})


class Options(ChannelOptions):
    """What is set stands in ``[reddit]``, which the source that reads there describes."""


def destination(options: Options) -> str | None:  # noqa: ARG001 - the contract
    """No on-call person reads here."""
    return None


def build(options: object, *, ways: Ways) -> "Reddit":
    """Return the channel; it serves all subreddits."""
    return Reddit(_reading(options), ways.client, ways.credentials)


def lacking(options: object, credential: Credential | None) -> str | None:
    """Return what is missing before we can write there; None where nothing is."""
    told = _reading(options)
    if told.client_id is None or told.client_secret is None:
        return "client_id and client_secret in [reddit]"
    if not all(_account(told, credential)):
        return "username and password of the account that writes, in [reddit]"
    return None


def _reading(options: object) -> Reading:
    return options if isinstance(options, Reading) else Reading()


def _account(told: Reading, credential: Credential | None) -> tuple[str | None, str | None]:
    """Return who writes: the source's own account, else that of [reddit]."""
    own = credential is not None and credential.username and credential.password
    who = credential if own and credential is not None else told
    return who.username, who.password.get_secret_value() if who.password else None


class Reddit:
    """Every subreddit that the account may write in."""

    capabilities = Capabilities(public=True, lookup=True, idempotent=False)

    def __init__(
        self, options: Reading, client: PoliteClient, credentials: Mapping[str, Credential]
    ) -> None:
        self._options, self._client, self._credentials = options, client, credentials

    def send(self, message: Message) -> Receipt:
        """Comment once; see ``Channel.send``."""
        text, visit = _fitting(message.text), self._visit(message)
        name = _fullname(message.target.get("post") or message.target.get("thread"))
        answered = visit.thing(name)
        _refuse_gone(answered)
        made = visit.write(lambda: answered.reply(text) if answered is not None else None)
        return self._receipt(made)

    def find(self, message: Message) -> Receipt | None:
        """Read the account's own comments, the newest first, down to what it answers."""
        visit = self._visit(message)
        wanted = reddit_text(message.text)
        name = _fullname(message.target.get("post") or message.target.get("thread"))
        answered = visit.thing(name)
        oldest = float(answered.created_utc) if answered is not None else 0.0
        with visit.translated():
            own = visit.reddit.redditor(str(visit.login.username)).comments.new(limit=MOST_OWN)
            seen = 0
            for comment in own:
                seen += 1
                if float(comment.created_utc) < oldest:
                    return None
                if str(comment.parent_id) == name and says_the_same(str(comment.body), wanted):
                    return self._receipt(comment)
        if seen >= MOST_OWN:
            raise PermanentError(f"the account wrote {seen} comments since, too many to read")
        return None

    def edit(self, message: Message) -> Receipt:
        """Put another text into a comment of ours; see ``Changing.edit``."""
        text, visit = _fitting(message.text), self._visit(message)
        comment = self._own(visit, message)
        if comment is None:
            raise PermanentError("the comment is not there any more")
        visit.write(lambda: comment.edit(text))
        return self._receipt(comment)

    def remove(self, message: Message) -> Receipt:
        """Delete a comment of ours; see ``Changing.remove``."""
        visit = self._visit(message)
        comment = self._own(visit, message)
        if comment is not None:
            visit.write(comment.delete)
        url = message.target.get("url")
        return Receipt(_fullname(message.target.get("remote_id")), url, at=datetime.now(UTC))

    def standing(self, message: Message) -> Standing:
        """Read a comment of ours; see ``Changing.standing``."""
        comment = self._own(self._visit(message), message)
        if comment is None:
            return Standing.GONE
        same = says_the_same(str(comment.body), reddit_text(message.text))
        return Standing.AS_ASKED if same else Standing.OTHERWISE

    def visible(self, message: Message, receipt: Receipt) -> Sight:
        """Look without an account: at the comment itself, then for it in its thread."""
        from responders.delivery.platforms.reddit_account import Visit

        nobody = replace(self._login(message), username=None, password=None)
        stranger = Visit(nobody, self._client)
        comment: Any = stranger.thing(_fullname(receipt.remote_id))
        if comment is None or str(comment.body) in _TAKEN:
            return Sight(False, "Reddit or its moderators removed it")
        shown = stranger.shows(comment)
        return Sight(shown, "" if shown else "it does not show in its thread")

    def _own(self, visit: "Visit", message: Message) -> Any:
        """Return the comment that a change is about; None when it is gone."""
        comment: Any = visit.thing(_fullname(message.target.get("remote_id")))
        if comment is None or (comment.author is None and str(comment.body) in _TAKEN):
            return None
        return comment

    def _receipt(self, made: Any) -> Receipt:
        """Return the proof of a comment.

        Raises:
            InDoubt: Reddit told nothing of it, as in a quarantined subreddit.
        """
        told = vars(made) if made is not None else {}
        name, link = told.get("name"), told.get("permalink")
        if not name:
            raise InDoubt("Reddit took it and told nothing of it")
        url = f"{self._options.url.rstrip('/')}{link}" if link else None
        return Receipt(str(name), url, at=datetime.now(UTC))

    def _visit(self, message: Message) -> "Visit":
        from responders.delivery.platforms.reddit_account import Visit

        return Visit(self._login(message), self._client)

    def _login(self, message: Message) -> "Login":
        """Return who writes.

        Raises:
            PermanentError: it is not set.
        """
        from listener.platforms.reddit_door import Login

        told = self._options
        credential = self._credentials.get(str(message.target.get("credential") or ""))
        missing = lacking(told, credential)
        if missing is not None or told.client_id is None or told.client_secret is None:
            raise PermanentError(f"replies on Reddit need {missing}")
        username, password = _account(told, credential)
        return Login(
            client_id=told.client_id,
            client_secret=told.client_secret.get_secret_value(),
            username=username,
            password=password,
            user_agent=told.user_agent,
            url=told.url,
            oauth_url=told.oauth_url,
        )


def _refuse_gone(answered: Any) -> None:
    """Do nothing while what we answer is there and open.

    Raises:
        Closed: it is not; with the reason.
    """
    # As it was told: praw would fetch the whole thread to find out about what was not told.
    told = vars(answered) if answered is not None else {"author": None, "body": "[deleted]"}
    if told.get("author") is None and (told.get("body") or told.get("selftext")) in _TAKEN:
        raise Closed("what it answers was deleted")
    if told.get("removed_by_category") is not None:
        raise Closed("what it answers was removed by moderators or by Reddit")
    if told.get("locked"):
        raise Closed("the thread is locked")
    if told.get("archived"):
        raise Closed("the thread is too old to be answered")


def _fitting(text: str) -> str:
    """Return a text as Reddit's Markdown must have it.

    Raises:
        PermanentError: it is too long.
    """
    written = reddit_text(text)
    if len(written) > LONGEST:
        raise PermanentError(f"the text has {len(written)} characters; Reddit takes {LONGEST}")
    return written


def _fullname(value: object) -> str:
    """Return an id of Reddit's.

    Raises:
        PermanentError: it is none.
    """
    if not _FULLNAME.fullmatch(str(value or "")):
        raise PermanentError("its target names no post or comment of Reddit")
    return str(value)
