"""GitHub's discussions, which its GraphQL API alone tells: the question and how an answer is read.

Apart from the source because it is another language; nothing here asks or stores.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_camel

from config.http_client import Response
from config.logs import event_log
from listener.answers import shown_address
from listener.diagnoses import DiagnosedError
from listener.pacing.quotas import limited
from listener.platforms.github_answers import SECONDARY_S, Person, in_utc, no_api, role_of
from listener.sources.base import RawPost
from listener.tables import SourceState

PAGE: Final = 25
COMMENTS: Final = 50
REPLIES: Final = 30
log = event_log(__name__)

_FIELDS: Final = "id url bodyHTML createdAt updatedAt authorAssociation author { login __typename }"
_COMMENTS: Final = (
    f"comments(last: {COMMENTS}) {{ totalCount nodes {{ {_FIELDS} "
    f"replies(last: {REPLIES}) {{ totalCount nodes {{ {_FIELDS} }} }} }} }}"
)
LISTED: Final = (
    "query($owner: String!, $name: String!, $after: String) {"
    " repository(owner: $owner, name: $name) {"
    f" discussions(first: {PAGE}, after: $after,"
    " orderBy: {field: UPDATED_AT, direction: DESC}) {"
    " pageInfo { hasNextPage endCursor }"
    f" nodes {{ title locked {_FIELDS} {_COMMENTS} }} }} }} }}"
)
"""The newest changed first.

Source: https://docs.github.com/en/graphql/guides/using-the-graphql-api-for-discussions
"""
ASKED_AGAIN: Final = (
    "query($ids: [ID!]!) { nodes(ids: $ids) {"
    f" ... on Discussion {{ title locked {_FIELDS} }}"
    f" ... on DiscussionComment {{ {_FIELDS} }} }} }}"
)


class _Node(BaseModel):
    """A discussion, a comment on it or a reply to one."""

    model_config = ConfigDict(alias_generator=to_camel)

    id: str
    url: str
    created_at: datetime
    updated_at: datetime
    body_html: str = Field(default="", alias="bodyHTML")
    author_association: str = "NONE"
    author: dict[str, Any] | None = None

    @field_validator("created_at", "updated_at")
    @classmethod
    def _in_utc(cls, at: datetime) -> datetime:
        return in_utc(at)


class _Discussion(_Node):
    title: str = ""
    locked: bool | None = None


@dataclass(frozen=True)
class Page:
    """One page of discussions, the newest changed first."""

    posts: tuple[RawPost, ...]
    """All that it shows, discussions, comments and replies."""
    oldest_at: datetime | None
    """When the last of its discussions was changed."""
    newest_at: datetime | None
    next_page: str | None
    cut_after: datetime | None
    """A discussion has more comments than are shown; those before this time are missing."""


def read_page(response: Response) -> Page:
    """Return what one page shows; a node that is told oddly is left out.

    Raises:
        DiagnosedError: the answer is no page of discussions.
    """
    data, errors = _answer(response)
    # A node that is not ours to see comes with no later look; whatever else is wrong may pass.
    _refuse([error for error in errors if not error.is_told_of_one], response)
    repository = data.get("repository")
    if not isinstance(repository, dict) or not isinstance(repository.get("discussions"), dict):
        raise DiagnosedError(
            SourceState.NOT_FOUND,
            f"{shown_address(response.final_url)} knows no discussions of that repository: check "
            "owner and name, and that the token may read it",
        )
    listed = repository["discussions"]
    try:
        found = [(told, item) for item in listed["nodes"] if (told := _discussion(item))]
        info = listed["pageInfo"]
        next_page = str(info["endCursor"]) if info["hasNextPage"] else None
    except (KeyError, TypeError) as error:
        raise no_api(response) from error
    changed = [told.updated_at for told, _ in found]
    return Page(
        posts=tuple(post for told, item in found for post in _posts(told, item)),
        oldest_at=min(changed, default=None),
        newest_at=max(changed, default=None),
        next_page=next_page,
        cut_after=max((cut for _, item in found if (cut := _cut(item))), default=None),
    )


def read_again(response: Response, ids: Sequence[str]) -> tuple[list[RawPost], list[str]]:
    """Return what became of nodes that were asked for by their ids, and which are gone.

    Raises:
        DiagnosedError: the answer tells of a trouble that may be about all of them, or of nothing
            else. A node that is refused, or that GitHub failed to look up, is null as well; it is
            in neither list, for it may still stand, and hides no other.
    """
    data, errors = _answer(response)
    _refuse([error for error in errors if error.node is None and not error.says_gone], response)
    nodes = data.get("nodes")
    if not isinstance(nodes, list) or len(nodes) != len(ids):
        raise no_api(response)
    told = [_discussion(node) for node in nodes if node is not None]
    # A null that no error explains is not believed: what is erased does not come back.
    gone = [
        node_id
        for number, (node_id, node) in enumerate(zip(ids, nodes, strict=True))
        if node is None and _is_gone(number, errors)
    ]
    if not (told or gone):
        _refuse([error for error in errors if not error.says_gone], response)
    return [_post(one, one) for one in told if one is not None], gone


@dataclass(frozen=True)
class _Error:
    """One of the errors beside an answer."""

    kind: str
    message: str
    node: int | None
    """The node of a list that it is about; None where it may be about all."""

    @property
    def says_gone(self) -> bool:
        """Whether it says that something is not there."""
        return self.kind == "NOT_FOUND"

    @property
    def is_told_of_one(self) -> bool:
        """Whether it says for good that one node is not to be had."""
        return self.says_gone or (self.kind == "FORBIDDEN" and self.node is not None)


def _is_gone(number: int, errors: Sequence[_Error]) -> bool:
    """Tell whether a node is gone: every error that is about it says so, and there is one."""
    about = [error for error in errors if error.node in {None, number}]
    return bool(about) and all(error.says_gone for error in about)


def _answer(response: Response) -> tuple[dict[str, Any], list[_Error]]:
    """Return what was found, and the errors beside it."""
    try:
        answer = json.loads(response.body)
        errors = [_error(told) for told in answer.get("errors") or []]
        data = answer.get("data")
    except (ValueError, AttributeError, RecursionError, TypeError) as error:
        raise no_api(response) from error
    if "RATE_LIMITED" in {error.kind for error in errors}:
        raise limited("GitHub", SECONDARY_S)
    if isinstance(data, dict):
        return data, errors
    _refuse(errors, response)
    raise no_api(response)


def _error(told: Any) -> _Error:
    path = told.get("path")
    path = path if isinstance(path, list) else []
    after = path[path.index("nodes") + 1 :] if "nodes" in path else []
    node = after[0] if after and isinstance(after[0], int) else None
    return _Error(str(told.get("type")), str(told.get("message")), node)


def _refuse(errors: Sequence[_Error], response: Response) -> None:
    """Return if there is no error.

    Raises:
        DiagnosedError: there is one.
    """
    if not errors:
        return
    why = " ".join("; ".join(error.message for error in errors).split())[:200]
    raise DiagnosedError(
        SourceState.FAILING,
        f"{shown_address(response.final_url)} answers with an error ({why}): check that the "
        "token may read discussions",
    )


def _discussion(item: object) -> _Discussion | None:
    return _read(_Discussion, item)


NodeT = TypeVar("NodeT", bound=_Node)


def _read(kind: type[NodeT], item: object) -> NodeT | None:
    try:
        return kind.model_validate(item)
    except ValidationError as error:
        log.warning("post_unreadable", source="github", reason=str(error.errors()[0]["msg"]))
        return None


def _posts(discussion: _Discussion, item: dict[str, Any]) -> Iterator[RawPost]:
    yield _post(discussion, discussion)
    for comment in _nodes(item, "comments"):
        told = _read(_Node, comment)
        if told is not None:
            yield _post(told, discussion, answers=discussion.url)
            replies = (_read(_Node, reply) for reply in _nodes(comment, "replies"))
            yield from (_post(one, discussion, answers=told.url) for one in replies if one)


def _nodes(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = item.get(name)
    nodes = listed.get("nodes") if isinstance(listed, dict) else None
    return [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []


def _cut(item: dict[str, Any]) -> datetime | None:
    """Return when the oldest shown of a list was written that shows not all."""
    cuts = []
    for owner in (item, *_nodes(item, "comments")):
        for name in ("comments", "replies"):
            shown = _nodes(owner, name)
            total = owner[name].get("totalCount") if shown else 0
            first = _read(_Node, shown[0]) if shown else None
            if first is not None and isinstance(total, int) and total > len(shown):
                cuts.append(first.created_at)
    return max(cuts, default=None)


def _post(told: _Node, discussion: _Discussion, *, answers: str | None = None) -> RawPost:
    thread_url = discussion.url.partition("#")[0]
    title = discussion.title or None
    login = str(told.author["login"]) if told.author and told.author.get("login") else None
    kind = str(told.author.get("__typename", "User")) if told.author else "User"
    return RawPost(
        remote_id=told.id,
        body=told.body_html,
        title=title if told is discussion else None,
        url=told.url,
        author_id=login,
        author_name=login,
        published_at=told.created_at,
        thread_id=thread_url,
        thread_url=thread_url,
        thread_title=title,
        locked=discussion.locked,
        reply_to=answers,
        role=role_of(told.author_association, Person(login=login, type=kind) if login else None),
    )
