"""Erase what somebody wrote, because they asked for it; the rest of the house follows by itself.

The audit entry says who erased how many posts, and why: never their words, nor the author's name.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from config.ground import Ground
from listener import store as posts_store
from listener.minding.erasing import erase_posts, unlink_author
from listener.tables import Post
from responders.decisions.acting import Actor, Role, acting
from responders.decisions.people import store_erasing as store
from responders.decisions.refusing import AlreadyDone, NotFound
from responders.decisions.wording import one_line


@dataclass(frozen=True)
class Erasure:
    """What an erasure is about, in numbers only."""

    posts: int
    earlier_texts: int
    people: int
    places: Mapping[str, int]
    """Posts by the name of their source."""
    issues: int
    drafts: int
    """Texts that answer these posts, whatever became of them."""
    in_public: Sequence[str]
    """Where replies of ours to them stand: only a person can take those down."""


def preview_post(session: Session, post_id: int) -> Erasure:
    """Return what erasing a post would erase.

    Raises:
        AlreadyDone: it was erased before.
        NotFound: there is no such post.
    """
    return _about(session, [_standing(session, post_id)])


def preview_author(session: Session, author: str, *, source: str | None = None) -> Erasure:
    """Return what erasing an author would erase.

    Raises:
        NotFound: no post that stands was written by anybody of that name.
    """
    return _about(session, _of_author(session, author, source=source))


def erase_post(ground: Ground, actor: Actor, post_id: int, *, reason: str = "") -> Erasure:
    """Erase one post.

    Raises:
        AlreadyDone: it was erased before.
        NotAllowed: the role is too low.
        NotFound: there is no such post.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        posts = [_standing(act.session, post_id)]
        found = _about(act.session, posts)
        erase_posts(act.session, [post_id], now=act.now)
        act.note("post erased", f"post {post_id}", posts=1, **_why(reason))
        return found


def erase_author(
    ground: Ground, actor: Actor, author: str, *, source: str | None = None, reason: str = ""
) -> Erasure:
    """Erase everything that somebody wrote; what stays of it leads to nobody.

    Args:
        ground: what the act stands on.
        actor: who erases.
        author: their name as shown at the places, or the pseudonym by which they are counted.
        source: only at the source of this name.
        reason: why, in a line of the actor's own words.

    Raises:
        NotAllowed: the role is too low.
        NotFound: no post that stands was written by anybody of that name.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        posts = _of_author(act.session, author, source=source)
        found = _about(act.session, posts)
        erase_posts(act.session, [post.id or 0 for post in posts], now=act.now)
        for key in {post.author_key for post in posts if post.author_key}:
            unlink_author(act.session, store.posts_with_key(act.session, key))
        act.note("author erased", "an author", posts=found.posts, **_why(reason))
        return found


def _why(reason: str) -> dict[str, str]:
    return {"reason": one_line(reason, "the reason")} if reason else {}


def _standing(session: Session, post_id: int) -> Post:
    post = posts_store.post_with_id(session, post_id)
    if post is None:
        raise NotFound(f"there is no post {post_id}; `groundswell post list` shows them")
    if post.erased_at is not None:
        raise AlreadyDone(f"post {post_id} was erased at {post.erased_at:%Y-%m-%d %H:%M} UTC")
    return post


def _of_author(session: Session, author: str, *, source: str | None) -> Sequence[Post]:
    posts = store.posts_of_author(session, one_line(author, "the author"), source=source)
    if not posts:
        where = f" at {source}" if source else ""
        raise NotFound(
            f"no post that stands{where} was written by that author; the name must be the one that "
            "`groundswell post list` shows"
        )
    return posts


def _about(session: Session, posts: Sequence[Post]) -> Erasure:
    ids = [post.id or 0 for post in posts]
    names = posts_store.sources_by_id(session)
    return Erasure(
        posts=len(posts),
        earlier_texts=store.count_revisions(session, ids),
        people=len({post.author_key or f"post {post.id}" for post in posts}),
        places=_by_name([names[post.source_id].name for post in posts]),
        issues=store.count_issues(session, ids),
        drafts=store.count_drafts(session, ids),
        in_public=store.replies_in_public(session, ids),
    )


def _by_name(names: Collection[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
