"""Every query about the way around an issue and about those who found one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from classifiers.corrections import workarounds
from classifiers.corrections.workarounds import Workaround
from classifiers.tables import Issue, Membership
from listener.tables import Post


@dataclass(frozen=True)
class Credited:
    """A verified way around with who found it, as long as their post stands."""

    found: Workaround
    author: str | None = None
    url: str | None = None


def workaround_of(session: Session, issue: Issue) -> Credited | None:
    """Return the verified way around an issue; None without one, or when its words are gone."""
    found = workarounds.kept(issue.workaround)
    if found is None or found.post_id is None:
        return Credited(found) if found else None
    post = session.get(Post, found.post_id)
    if post is None or post.erased_at is not None:
        left = workarounds.without_post(found)
        return Credited(left) if left else None
    return Credited(found, post.author, post.url)


def forget_erased(session: Session, product_id: int) -> None:
    """Take out of a product's issues the words, or the credit, whose post was erased."""
    query = select(Issue).where(Issue.product_id == product_id, col(Issue.workaround).is_not(None))
    for issue in session.exec(query).all():
        credited = workaround_of(session, issue)
        value = credited.found.as_json() if credited else None
        if value != issue.workaround:
            issue.workaround = value
            session.add(issue)
    session.flush()


def belongs(session: Session, post_id: int, issue_id: int) -> bool:
    """Tell whether a post is one of an issue's."""
    row = session.get(Membership, post_id)
    return row is not None and row.issue_id == issue_id


def authors(session: Session, post_ids: Collection[int]) -> Mapping[int, str]:
    """Return the shown names of the posts' authors, while the posts stand."""
    query = select(Post.id, Post.author).where(
        col(Post.id).in_(sorted(post_ids)), col(Post.erased_at).is_(None)
    )
    return {number: name for number, name in session.exec(query).all() if number and name}
