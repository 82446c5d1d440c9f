"""A console with people in it, and an incident with drafts, for the tests of its pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

from sqlmodel import select
from starlette.testclient import TestClient

from classifiers.tables import Issue
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post, Thread
from responders.console.app import make_app
from responders.console.door import SESSION
from responders.console.signing import FORM, token
from responders.decisions.acting import Actor, Role
from responders.decisions.people import people
from responders.decisions.tables import User
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft, DraftState
from responders.voice.words.drafting import digest
from tests.conftest import NOON

OPERATOR = Actor("operator", Role.ADMIN, "command line")
BASE = "http://127.0.0.1:8080"
PASSWORD = "a long enough password"
TEXT = (
    "Thank you, we know that the app hangs when a note is opened, and we are on it.\n\nThe next "
    "word comes by 16:05 UTC: http://127.0.0.1:8080/ The Fernsync team here. This text was "
    "prepared automatically and approved by a person."
)
"""A text that the linter lets pass."""


def add_person(ground: Ground, name: str = "ruth", role: Role = Role.ADMIN) -> User:
    """Let somebody in without a password: checking one is slow on purpose."""
    people.add_user(ground, OPERATOR, name, role, None)
    with reading(ground.engine) as session:
        return session.exec(select(User).where(User.name == name)).one()


class Visit:
    """Somebody at the console; every form carries what their pages would carry."""

    def __init__(self, ground: Ground, client: TestClient, cookie: str) -> None:
        self.client = client
        self.token = token(ground.key, FORM, cookie)

    def see(self, path: str, *, status: int = 200) -> str:
        """Return a page."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def do(self, path: str, *, status: int = 303, **fields: Any) -> str:
        """Send a form; return where it leads, or the page that says why nothing was done."""
        answer = self.client.post(
            path, data={"csrf_token": self.token, **fields}, follow_redirects=False
        )
        assert answer.status_code == status, answer.text
        return answer.headers["location"] if status == 303 else answer.text

    def approve(
        self, draft_id: int, *, status: int = 303, text: str = TEXT, version: int = 1
    ) -> str:
        """Approve a text as it was read."""
        return self.do(
            f"/console/drafts/{draft_id}/approve",
            status=status,
            version=version,
            text_sha256=digest(text),
        )


@contextmanager
def visiting(ground: Ground, name: str = "ruth", role: Role = Role.ADMIN) -> Iterator[Visit]:
    """Open the console as somebody who is logged in."""
    cookie = people.log_in(ground, add_person(ground, name, role))
    with TestClient(make_app(ground), base_url=BASE, client=("127.0.0.1", 50_000)) as client:
        client.cookies.set(SESSION, cookie)
        yield Visit(ground, client, cookie)


def propose(ground: Ground, issue_id: int, text: str = TEXT, **values: Any) -> int:
    """Put a draft for the issue's first thread into the store, or for the page; return its id."""
    with transaction(ground.engine) as session:
        issue = session.get_one(Issue, issue_id)
        thread = session.exec(select(Thread).order_by(Thread.id)).first()  # type: ignore[arg-type]  # a column
        post = session.exec(select(Post).order_by(Post.id)).first()  # type: ignore[arg-type]  # a column
        to_page = values.get("channel") == "page"
        values.setdefault("key", f"key {text[:40]} {sorted(values)} {len(text)}")
        row = Draft(
            product_id=issue.product_id, issue_id=issue_id,
            thread_id=thread.id if thread and not to_page else None,
            post_id=post.id if post and not to_page else None,
            kind=values.pop("kind", "update" if to_page else "ack"),
            phase=values.pop("phase", "investigating"), channel=values.pop("channel", "manual"),
            language="en", text=text, text_sha256=digest(text),
            next_update_by=values.pop("due", NOON + timedelta(hours=4, minutes=5)),
            created_at=NOON, **values,
        )  # fmt: skip
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


def deliver(ground: Ground, draft_id: int, state: DeliveryState, **values: Any) -> int:
    """Put a delivery of an approved draft into the store as the outbox leaves it."""
    with transaction(ground.engine) as session:
        draft = session.get_one(Draft, draft_id)
        row = Delivery(
            key=draft.key, product_id=draft.product_id, issue_id=draft.issue_id,
            post_id=draft.post_id, channel=draft.channel, destination="source:1", kind=draft.kind,
            public=True, approved_sha256=draft.text_sha256, text=draft.text, state=state,
            next_try_at=NOON, created_at=NOON, **values,
        )  # fmt: skip
        session.add(row)
        session.flush()
        draft.state, draft.delivery_id = DraftState.APPROVED, row.id
        draft.decided_by, draft.decided_at = "ines", NOON
        session.add(draft)
        assert row.id is not None
        return row.id


def stored(ground: Ground, draft_id: int) -> Draft:
    """Return a draft as it stands."""
    with reading(ground.engine) as session:
        return session.get_one(Draft, draft_id)


def words(page: str) -> str:
    """Return the words of a page as a person reads them."""
    body = re.sub(r"<(symbol|dialog|title).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
