"""An issue in the store as the classifiers leave it, for the tests of what stands above them."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import event
from sqlmodel import Session, SQLModel, col, select

from classifiers.tables import Emergence, Issue, IssueKind, Membership, Severity
from config.database import transaction
from config.ground import Ground
from listener.tables import Post, Product, Source, Thread
from tests.conftest import NOON

NUMBERS = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One post of the issue; posts with the same thread stand in one."""

    text: str = "The app hangs when I open a note. Since this morning."
    thread: str | None = "t1"
    title: str | None = None
    role: str | None = None
    lang: str | None = "en"
    backfill: bool = False
    locked: bool = False
    erased: bool = False
    author: str | None = None
    """Whoever has the same name is the same person; else each post is somebody else's."""


@dataclass(frozen=True, kw_only=True)
class Incident:
    """What the issue is."""

    said: Sequence[Said] = field(default_factory=lambda: [Said()])
    title: str = "App hangs when a note is opened"
    kind: IssueKind = IssueKind.ISSUE
    severity: Severity = Severity.MAJOR
    alerted: bool = True
    flags: Sequence[str] = ()
    reason: str = "7 posts by 7 people within 19 min; usual: 0.4"
    key_phrases: Sequence[str] = ("hangs", "note")
    reply: bool = False
    source_kind: str = "feed"
    product: str = "Fernsync"


def happen(ground: Ground, incident: Incident) -> int:
    """Put the incident into the store; return the issue's id."""
    with transaction(ground.engine) as session:
        product = _product(session, incident.product)
        issue = _issue(session, incident, product)
        source = _source(session, incident, product)
        for said in incident.said:
            say(session, said, issue=issue, source=source)
        return issue


@contextmanager
def breaking(table: type[SQLModel], when: str, error: Exception, **where: int) -> Iterator[None]:
    """Let the row with these values break when it is loaded or inserted."""

    def refuse(*given: object) -> None:
        row = given[0] if when == "load" else given[-1]
        if all(getattr(row, name) == value for name, value in where.items()):
            raise error

    event.listen(table, when, refuse)
    try:
        yield
    finally:
        event.remove(table, when, refuse)


def say_more(ground: Ground, issue_id: int, said: Said) -> None:
    """Let one more post join."""
    with transaction(ground.engine) as session:
        source = session.exec(select(Source.id)).first()
        assert source is not None
        say(session, said, issue=issue_id, source=source)


def erase(ground: Ground, words: str) -> None:
    """Erase the posts that say these words, as the listener does."""
    with transaction(ground.engine) as session:
        for post in session.exec(select(Post).where(col(Post.text).contains(words))).all():
            post.text, post.title, post.author, post.erased_at = "", None, None, NOON
            session.add(post)


def forget(ground: Ground, issue_id: int, *, title: str) -> None:
    """Take the words of erased posts out of an issue, as the classifiers do."""
    with transaction(ground.engine) as session:
        for row in session.exec(
            select(Membership).join(Post).where(col(Post.erased_at).is_not(None))
        ).all():
            row.text_hash = ""
            session.add(row)
        issue = session.get_one(Issue, issue_id)
        issue.title, issue.quotes = title, []
        session.add(issue)


def _product(session: Session, name: str) -> int:
    known = session.exec(select(Product.id).where(Product.name == name)).first()
    if known is not None:
        return known
    product = Product(name=name, created_at=NOON)
    session.add(product)
    session.flush()
    assert product.id is not None
    return product.id


def _source(session: Session, incident: Incident, product: int) -> int:
    number = next(NUMBERS)
    source = Source(
        product_id=product, name=f"forum {number}", kind=incident.source_kind,
        url=f"https://forum.example/{number}", reply=incident.reply,
        credential="forum" if incident.reply else None, created_at=NOON,
    )  # fmt: skip
    session.add(source)
    session.flush()
    assert source.id is not None
    return source.id


def _issue(session: Session, incident: Incident, product: int) -> int:
    issue = Issue(
        product_id=product, title=incident.title, kind=incident.kind, severity=incident.severity,
        flags=list(incident.flags), reason=incident.reason, score=9.0,
        key_phrases=list(incident.key_phrases), first_seen_at=NOON, last_seen_at=NOON,
        alerted_at=NOON if incident.alerted else None, opened_at=NOON,
    )  # fmt: skip
    session.add(issue)
    session.flush()
    assert issue.id is not None
    return issue.id


def say(session: Session, said: Said, *, issue: int, source: int) -> None:
    """Store one post of an issue, quoted by it while three are not."""
    number = next(NUMBERS)
    row = session.get_one(Issue, issue)
    post = Post(
        product_id=row.product_id, source_id=source, thread_id=_thread(session, said, source),
        identity=f"p{number}", remote_id=f"p{number}", url=f"https://forum.example/p/{number}",
        author=said.author or f"person {number}",
        author_key=f"of {said.author}" if said.author else f"a{number}", role=said.role,
        published_at=NOON - timedelta(minutes=10), seen_at=NOON + timedelta(milliseconds=number),
        title=said.title, text=said.text, lang=said.lang, content_hash=f"h{number}",
        backfill=said.backfill, erased_at=NOON if said.erased else None,
    )  # fmt: skip
    session.add(post)
    session.flush()
    assert post.id is not None
    session.add(
        Membership(
            post_id=post.id,
            product_id=row.product_id,
            revision=1,
            text_hash="h",
            kind="problem",
            issue_id=issue,
            decided_at=NOON,
        )
    )
    if len(row.quotes) < 3:
        row.quotes = [*row.quotes, {"post_id": str(post.id), "text": said.text, "url": post.url}]
        session.add(row)


def _thread(session: Session, said: Said, source: int) -> int | None:
    if said.thread is None:
        return None
    known = select(Thread).where(Thread.source_id == source, Thread.remote_id == said.thread)
    thread = session.exec(known).first()
    if thread is None:
        thread = Thread(
            source_id=source,
            remote_id=said.thread,
            url=f"https://forum.example/t/{said.thread}",
            locked=said.locked,
        )
        session.add(thread)
        session.flush()
    return thread.id


def measure(ground: Ground, issue_id: int, **measures: float) -> None:
    """Add the evidence that opened the issue."""
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, issue_id)
        post = session.exec(select(Post.id)).first()
        assert post is not None
        session.add(
            Emergence(
                product_id=issue.product_id,
                number=issue_id,
                issue_id=issue_id,
                kind=issue.kind,
                post_id=post,
                at=NOON,
                score=9.0,
                reason=issue.reason,
                measures=measures,
            )
        )
