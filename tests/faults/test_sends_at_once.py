"""Several processes send at the same moment: every approved text stands at the forum once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlmodel import select

from config.database import transaction
from config.ground import Ground
from config.leases import make_holder
from config.settings import Credential
from listener.tables import Post, Source, Thread
from responders.decisions.acting import Actor, Role
from responders.decisions.drafts.approve import approve
from responders.delivery.outbox import channels_of, deliver_due
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.faults.exchanging import undone
from tests.faults.mutants_of_the_loop import MUTANTS
from tests.listener.installation import rows
from tests.places.discourse import Forum, forum_post
from tests.places.faults import POST, Answer, Faulty
from tests.places.web import Asked, Script, Web
from tests.responders.incidents import Incident, Said, happen

PROCESSES, THREADS = 4, 100
PATIENCE_S = 60.0
RUTH = Actor("Ruth", Role.APPROVER, "console")
WRITER = "ada"


@pytest.fixture
def forum() -> Forum:
    """A forum with a topic each for many people; it would take the same words again."""
    topics = [replace(forum_post(n, topic=n), post_number=1) for n in range(1, THREADS + 1)]
    return Forum(topics, takes_again=True)


@pytest.fixture
def place(forum: Forum) -> Iterator[tuple[Web, Faulty]]:
    """The server before it."""
    faulty = Faulty(forum)
    with Web(faulty) as web:
        yield web, faulty


@pytest.fixture
def open_to_us(ground: Ground) -> Ground:
    """An installation with an account at the forum."""
    account = Credential(api_key=SecretStr("a-key"), api_username=WRITER)
    return replace(ground, settings=ground.settings.model_copy(
        update={"credentials": {"forum": account}}
    ))  # fmt: skip


def approved(ground: Ground, web: Web, count: int) -> dict[int, str]:
    """Approve an acknowledgement for each of so many topics; return the texts by topic."""
    said = [Said(text=f"It hangs, {n}.", thread=str(n)) for n in range(1, count + 1)]
    issue = happen(ground, Incident(said=said, source_kind="discourse", reply=True))
    with transaction(ground.engine) as session:
        source = session.exec(select(Source)).one()
        source.url, source.credential = web.url("/"), "forum"
        session.add(source)
    posts = {post.thread_id: post.id for post in rows(ground, Post)}
    texts = {}
    for thread in rows(ground, Thread):
        text = f"Thanks for telling us, topic {thread.remote_id}. We are on it – “now”."
        draft = Draft(
            key=f"thread:{thread.id}|{issue}|ack|1", product_id=1, issue_id=issue,
            thread_id=thread.id, post_id=posts[thread.id], kind="ack", phase="investigating",
            channel="discourse", language="en", text=text, text_sha256=digest(text),
            created_at=NOON,
        )  # fmt: skip
        with transaction(ground.engine) as session:
            session.add(draft)
            session.flush()
            number = draft.id or 0
        approve(ground, RUTH, number, override="short on purpose")
        texts[int(thread.remote_id)] = text
    return texts


def send_until_done(ground: Ground) -> None:
    """Be a process of its own that sends while something is left."""
    mine = replace(ground, holder=make_holder())
    channels = channels_of(mine)
    while any(row.state is DeliveryState.QUEUED for row in rows(mine, Delivery)):
        deliver_due(mine, channels)


def test_four_processes_send_a_hundred_approved_texts_once_each(
    open_to_us: Ground, place: tuple[Web, Faulty], forum: Forum
) -> None:
    texts = approved(open_to_us, place[0], THREADS)
    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(send_until_done, [open_to_us] * PROCESSES))

    ours = forum.by(WRITER)
    assert len(ours) == THREADS
    assert {post.topic_id: (post.raw or "").encode() for post in ours} == {
        topic: text.encode() for topic, text in texts.items()
    }
    sent = rows(open_to_us, Delivery)
    assert {row.state for row in sent} == {DeliveryState.SENT}
    assert {row.remote_id for row in sent} == {str(post.id) for post in ours}


def send_while_another_is_sending(
    ground: Ground, place: tuple[Web, Faulty], forum: Forum
) -> list[str]:
    """Let a process send while another one's request is under way; return what stands then."""
    web, faulty = place
    under_way, go_on = threading.Event(), threading.Event()

    def held(script: Script, asked: Asked) -> Answer:
        under_way.set()
        go_on.wait(PATIENCE_S)
        return script(asked)

    approved(ground, web, 1)
    faulty.next(held, POST)
    first, second = (replace(ground, holder=make_holder()) for _ in range(2))
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(deliver_due, first, channels_of(first))
        try:
            assert under_way.wait(PATIENCE_S)
            deliver_due(second, channels_of(second))
        finally:
            go_on.set()
        sending.result(PATIENCE_S)
    return [post.raw or "" for post in forum.by(WRITER)]


@pytest.mark.parametrize(("mutant", "times"), [(None, 1), ("nobody_holds_a_lease", 2)])
def test_what_another_process_is_sending_is_left_to_it_by_its_lease_alone(
    open_to_us: Ground, place: tuple[Web, Faulty], forum: Forum, mutant: str | None, times: int
) -> None:
    block: AbstractContextManager[None] = undone() if mutant else nullcontext()
    with block:
        if mutant:
            MUTANTS[mutant]()
        standing = send_while_another_is_sending(open_to_us, place, forum)
    assert len(standing) == times
