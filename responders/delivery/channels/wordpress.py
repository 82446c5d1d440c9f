"""Replies under an article of a WordPress: one comment, and the comments read back for our own.

A comment is HTML there, so the signs of our text that would mean something are written as what they
show. The site then curls quotes and joins dashes as it shows it; it is compared by its words.
WordPress takes the same words from the same account under the same comment only once: its refusal
is no failure, for then the comment stands there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

from config.errors import PermanentError
from config.http_answers import Response
from config.http_client import PoliteClient
from config.settings import Credential
from listener.answers import login_headers
from listener.platforms.wordpress_roots import site_base
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
from responders.delivery.likeness import says_the_same, text_of
from responders.delivery.platforms import wordpress_site as site
from responders.delivery.platforms.wordpress_site import Account, Comment, Site

PUBLIC = True
CHANGES = True
"""A reply can be changed and taken away, see ``Changing``."""
PAGE: Final = 100
"""Comments asked for at once, the most that WordPress gives."""
MOST_PAGES: Final = 5
"""Pages of comments that are read to find our own; more is for a person."""
HELD: Final = "the site's moderators must let it pass before anybody can read it"
KNOWN: Final = "the site says that it holds this comment already, and shows it to nobody yet"
_NOT_OURS: Final = frozenset({"rest_forbidden_param", "rest_forbidden_context", "rest_forbidden"})
_GONE: Final = frozenset({"rest_comment_invalid_id", "rest_already_trashed"})


class Options(ChannelOptions):
    """There is nothing to set: each message's target names the place and its credential."""


def destination(options: Options) -> str | None:  # noqa: ARG001 - the contract
    """No on-call person reads here."""
    return None


def build(options: Options, *, ways: Ways) -> "WordPress":  # noqa: ARG001 - the contract
    """Return the channel; it serves all sites."""
    return WordPress(ways.client, ways.credentials)


def lacking(options: object, credential: Credential | None) -> str | None:  # noqa: ARG001 - the contract
    """Return what is missing before we can write there; None where nothing is."""
    if credential is None:
        return "a credential with username and an application password as its password"
    if credential.username is None or credential.password is None:
        return "username, and an application password as password, in its credential"
    return None


@dataclass(frozen=True)
class _Spot:
    """Where a comment goes."""

    site: Site
    article: int
    parent: int
    """The comment it answers; 0: the article."""


class WordPress:
    """Every site that a credential opens for us."""

    capabilities = Capabilities(public=True, lookup=True, idempotent=False)

    def __init__(self, client: PoliteClient, credentials: Mapping[str, Credential]) -> None:
        self._client, self._credentials = client, credentials
        self._accounts: dict[tuple[str, str], Account] = {}

    def send(self, message: Message) -> Receipt:
        """Comment once; see ``Channel.send``."""
        spot = self._spot(message)
        account = self._account(spot.site)
        self._refuse_orphan(spot, account)
        asked = {
            "post": spot.article,
            "parent": spot.parent,
            "content": escape(message.text, quote=False),
        }
        answer = spot.site.write(account.root, "comments", asked)
        if site.code_of(answer) == "comment_duplicate":
            return self._known(message)
        return _receipt(answer, spot.site)

    def find(self, message: Message) -> Receipt | None:
        """Read our own comments under the article."""
        spot = self._spot(message)
        account = self._account(spot.site)
        for comment in self._own(spot, account):
            if _says(comment, message.text):
                return _stands(comment)
        return None

    def edit(self, message: Message) -> Receipt:
        """Put another text into a comment of ours; see ``Changing.edit``."""
        where = self._site(message)
        account = self._account(where)
        number = _number(message.target.get("remote_id"))
        content = {"content": escape(message.text, quote=False)}
        answer = where.write(account.root, f"comments/{number}", content)
        return _receipt(answer, where)

    def remove(self, message: Message) -> Receipt:
        """Move a comment of ours to the site's trash; see ``Changing.remove``."""
        where = self._site(message)
        account = self._account(where)
        number = _number(message.target.get("remote_id"))
        answer = where.write(account.root, f"comments/{number}", None, "DELETE")
        if 200 <= answer.status < 300 or site.code_of(answer) in _GONE:
            return Receipt(f"comment-{number}", message.target.get("url"), at=datetime.now(UTC))
        raise site.refusal(answer, where.base)

    def standing(self, message: Message) -> Standing:
        """Read a comment of ours; see ``Changing.standing``."""
        where = self._site(message)
        account = self._account(where)
        answer = where.get(account.root, f"comments/{_number(message.target.get('remote_id'))}")
        comment = site.comment_of(answer)
        if answer.status == 404 or (comment is not None and comment.status == "trash"):
            return Standing.GONE
        if answer.status != 200 or comment is None:
            raise site.refusal(answer, where.base)
        return Standing.AS_ASKED if _says(comment, message.text) else Standing.OTHERWISE

    def visible(self, message: Message, receipt: Receipt) -> Sight:
        """Ask for the comment without our name."""
        where = self._site(message)
        account = self._account(where)
        stranger = Site(self._client, where.base, {})
        answer = stranger.get(account.root, f"comments/{_number(receipt.remote_id)}")
        comment = site.comment_of(answer)
        if answer.status == 200 and comment is not None:
            return Sight(comment.shown, "" if comment.shown else f"it is “{comment.status}” there")
        if site.code_of(answer) == "rest_comment_invalid_id":
            return Sight(False, "the comment is not there any more")
        if site.code_of(answer) == "rest_cannot_read":
            return Sight(False, "the site shows it to moderators only")
        return Sight(None)  # an interface for members only says nothing of what readers see

    def _known(self, message: Message) -> Receipt:
        """Return what proves a comment that the site says it has already.

        Raises:
            InDoubt: it can be found, so it is looked for as in any doubt.
        """
        if self.find(message) is not None:
            raise InDoubt("the site says that it has this comment already")
        return Receipt(None, None, at=datetime.now(UTC), note=KNOWN)

    def _refuse_orphan(self, spot: _Spot, account: Account) -> None:
        """Do nothing while the comment we answer is there: WordPress itself does not look.

        Raises:
            Closed: it was taken away; an answer to it would be shown to nobody, or alone.
        """
        if not spot.parent:
            return
        answer = spot.site.get(account.root, f"comments/{spot.parent}")
        comment = site.comment_of(answer)
        if answer.status == 404 or (comment is not None and comment.status in {"trash", "spam"}):
            raise Closed("the comment it answers was taken away")

    def _own(self, spot: _Spot, account: Account) -> Iterator[Comment]:
        """Yield our own comments at the spot, those that wait for moderators too if we may ask."""
        asked = {"post": str(spot.article), "per_page": str(PAGE), "orderby": "date"}
        ours = asked | {"author": str(account.author), "status": "any", "order": "desc"}
        for query in (ours, asked | {"order": "desc"}):
            first = spot.site.get(account.root, "comments", query)
            if first.status in {400, 401, 403} and site.code_of(first) in _NOT_OURS:
                continue
            for comment in self._listed(spot, account, query, first):
                if comment.author == account.author and (comment.parent or 0) == spot.parent:
                    yield comment
            return
        raise PermanentError(f"{spot.site.base} does not let us read its comments")

    def _listed(
        self, spot: _Spot, account: Account, query: Mapping[str, str], answer: Response
    ) -> Iterator[Comment]:
        """Yield a list page by page.

        Raises:
            PermanentError: it is none, or too long.
        """
        for page in range(2, MOST_PAGES + 2):
            comments = site.comments_of(answer)
            if answer.status != 200 or comments is None:
                raise site.refusal(answer, spot.site.base)
            yield from comments
            if len(comments) < PAGE:
                return
            answer = spot.site.get(account.root, "comments", {**query, "page": str(page)})
        raise PermanentError(f"more than {PAGE * MOST_PAGES} comments are too many to look through")

    def _account(self, where: Site) -> Account:
        """Return who we are at a site; it is asked once."""
        key = (where.base, where.keys.get("Authorization", ""))
        if key not in self._accounts:
            self._accounts[key] = where.account()
        return self._accounts[key]

    def _site(self, message: Message) -> Site:
        """Return the site that a message's target names.

        Raises:
            PermanentError: nothing opens it for us.
        """
        named = str(message.target.get("credential") or "")
        credential = self._credentials.get(named)
        missing = lacking(None, credential)
        if missing is not None:
            raise PermanentError(f"the source needs {missing}: [credentials.{named or 'NAME'}]")
        base = site_base(str(message.target.get("source_url") or ""), credential)
        return Site(self._client, base, login_headers(credential))

    def _spot(self, message: Message) -> _Spot:
        """Read a message's target.

        Raises:
            PermanentError: it names no article, or nothing that opens the site for us.
        """
        article = re.fullmatch(r"post-(\d{1,18})", str(message.target.get("thread") or ""))
        if article is None:
            raise PermanentError("its target names no article of a WordPress")
        answered = re.fullmatch(r"comment-(\d{1,18})", str(message.target.get("post") or ""))
        parent = int(answered[1]) if answered else 0
        return _Spot(self._site(message), int(article[1]), parent)


def _receipt(answer: Response, where: Site) -> Receipt:
    """Return what an answer proves, or raise what it says went wrong."""
    if not 200 <= answer.status < 300:
        raise site.refusal(answer, where.base)
    comment = site.comment_of(answer)
    if comment is None:
        raise InDoubt(f"{where.base} answered {answer.status} without a comment")
    return _stands(comment)


def _stands(comment: Comment) -> Receipt:
    if comment.held:
        return Receipt(None, None, at=datetime.now(UTC), note=HELD)
    return Receipt(f"comment-{comment.id}", comment.link, at=datetime.now(UTC))


def _says(comment: Comment, text: str) -> bool:
    return says_the_same(text_of(comment.content.rendered), text)


def _number(remote_id: object) -> int:
    """Return the number of a comment of ours.

    Raises:
        PermanentError: we do not know it.
    """
    found = re.fullmatch(r"comment-(\d{1,18})", str(remote_id or ""))
    if found is None:
        raise PermanentError("we do not know the comment's number: change it there yourself")
    return int(found[1])
