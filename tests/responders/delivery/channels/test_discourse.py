"""Replies in a forum: the polite client against a small Discourse on loopback."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from pydantic import SecretStr

from config.errors import PermanentError, TransientError
from config.settings import Credential, load_settings
from responders.delivery.channels import discourse
from responders.delivery.channels.base import Closed, InDoubt, Message, Ways
from responders.delivery.opening import client_of
from responders.delivery.platforms.discourse_answers import places as found_in
from tests.places import faults
from tests.places.discourse import Forum, forum_post
from tests.places.faults import GET, POST, Faulty
from tests.places.web import Asked, Reply, Web

TEXT = "Thank you. “It hangs” is known to us.\n\nNext word by 18:00 UTC. — Ruth"
KEY = "a-key-of-the-forum"
FORUM = Credential(api_key=SecretStr(KEY), api_username="Fernsync")


@dataclass
class Stage:
    """A forum, what goes wrong before it, and the channel to it."""

    forum: Forum
    faulty: Faulty
    web: Web
    target: dict[str, Any] = field(default_factory=dict)
    credential: Credential = FORUM

    def message(self, text: str = TEXT, **target: Any) -> Message:
        return Message(key="thread:1|1|ack|1", text=text, target={**self.target, **target})

    def channel(self, *, deadline_s: float = 2.0) -> discourse.Discourse:
        environ = {
            "GROUNDSWELL__HTTP__ALLOW_HOSTS": '["127.0.0.1"]',
            "GROUNDSWELL__HTTP__SPACING_S": "0",
            "GROUNDSWELL__HTTP__DEADLINE_S": str(deadline_s),
        }
        settings = load_settings(None, environ=environ)
        ways = Ways(settings.http, client_of(settings), {"forum": self.credential})
        return discourse.build(discourse.Options(), ways=ways)

    @property
    def posted(self) -> list[dict[str, Any]]:
        return [json.loads(asked.body) for asked in self.web.log if asked.method == "POST"]

    @property
    def ours(self) -> list[str | None]:
        return [post.raw for post in self.forum.by("Fernsync")]


@pytest.fixture
def stage() -> Iterator[Stage]:
    forum = Forum([forum_post(1), forum_post(2), forum_post(3), replace(forum_post(9), topic_id=9)])
    faulty = Faulty(forum)
    with Web(faulty) as web:
        yield Stage(
            forum,
            faulty,
            web,
            {
                "source_url": web.url("/latest"),
                "credential": "forum",
                "thread": "1",
                "thread_url": web.url("/t/topic-1/1"),
                "post": "2",
                "post_url": web.url("/t/topic-1/1/2"),
            },
        )


def test_a_reply_goes_out_to_the_letter_under_the_post_it_answers(stage: Stage) -> None:
    receipt = stage.channel().send(stage.message())
    assert stage.posted == [{"raw": TEXT, "topic_id": 1, "reply_to_post_number": 2}]
    assert (receipt.remote_id, receipt.url) == ("10", stage.web.url("/t/topic-1/1/4"))
    (asked,) = stage.web.log
    assert asked.headers["api-key"] == KEY
    assert asked.headers["api-username"] == "Fernsync"


@pytest.mark.parametrize(
    ("target", "answers"),
    [
        ({"post": None, "post_url": None}, None),
        ({"post_url": "https://elsewhere.example/t/other/77/5"}, None),
        ({"thread": "not-a-number"}, 2),
    ],
)
def test_what_the_target_does_not_say_is_left_out(
    stage: Stage, target: dict[str, Any], answers: int | None
) -> None:
    stage.channel().send(stage.message(**target))
    assert stage.posted[0]["topic_id"] == 1
    assert stage.posted[0].get("reply_to_post_number") == answers


def test_the_address_that_the_credential_names_comes_first(stage: Stage) -> None:
    stage.credential = FORUM.model_copy(update={"api_url": stage.web.url("/")})
    stage.channel().send(stage.message(source_url="https://unreachable.example/"))
    assert len(stage.ours) == 1


def test_a_forum_with_moderators_keeps_the_reply_and_we_say_so(stage: Stage) -> None:
    stage.forum.moderated = True
    receipt = stage.channel().send(stage.message())
    assert (receipt.remote_id, receipt.url) == (None, None)
    assert receipt.note == "the forum's moderators must let it pass before anybody can read it"
    found = stage.channel().find(stage.message())
    assert found is not None
    assert (found.url, found.note) == (None, receipt.note)


@pytest.mark.parametrize(
    ("closed", "deleted", "text", "words"),
    [
        ({1}, set(), TEXT, r"does not take this text there \(422\); it says “This topic is closed"),
        (set(), {1}, TEXT, r"the topic is not there any more \(404\)"),
        (set(), set(), "Short.", r"\(422\); it says “Body is too short"),
    ],
)
def test_a_refusal_is_for_a_person_and_says_why(
    stage: Stage, closed: set[int], deleted: set[int], text: str, words: str
) -> None:
    stage.forum.closed, stage.forum.deleted = closed, deleted
    with pytest.raises(PermanentError, match=words):
        stage.channel().send(stage.message(text))
    assert stage.ours == []


@pytest.mark.parametrize("closed", [True, False])
def test_a_refusal_ends_the_topic_for_us_only_where_the_forum_says_that_it_is_closed(
    stage: Stage, closed: bool
) -> None:
    stage.forum.closed = {1} if closed else set()
    with pytest.raises(PermanentError, match=r"\(422\)") as caught:
        stage.channel().send(stage.message(TEXT if closed else "Short."))
    assert isinstance(caught.value, Closed) is closed
    assert ("the topic is closed" in str(caught.value)) is closed


def test_a_forum_that_does_not_answer_after_a_refusal_says_nothing_of_its_topic(
    stage: Stage,
) -> None:
    stage.forum.closed = {1}
    stage.faulty.next(lambda _script, _asked: Reply(503, b""), GET)
    with pytest.raises(PermanentError) as caught:
        stage.channel().send(stage.message())
    assert not isinstance(caught.value, Closed)


def test_the_same_words_again_are_refused_by_the_forum_itself(stage: Stage) -> None:
    stage.channel().send(stage.message())
    with pytest.raises(PermanentError, match="too similar"):
        stage.channel().send(stage.message())
    assert len(stage.ours) == 1


@pytest.mark.parametrize("status", [301, 400, 401, 403, 410, 413, 422])
def test_every_other_refusal_is_for_a_person_too(stage: Stage, status: int) -> None:
    told = json.dumps({"errors": ["[click](https://evil.example) me@example.org"]}).encode()
    stage.faulty.next(lambda _script, _asked: Reply(status, told), POST)
    with pytest.raises(PermanentError) as caught:
        stage.channel().send(stage.message())
    assert f"({status})" in str(caught.value)
    assert "evil.example" not in str(caught.value)
    assert "example.org" not in str(caught.value)


def test_a_wrong_key_is_told_without_repeating_it(stage: Stage) -> None:
    stage.forum.api_key = "another"
    with pytest.raises(PermanentError, match="does not let Fernsync write") as caught:
        stage.channel().send(stage.message())
    assert KEY not in str(caught.value)


def test_a_request_for_silence_comes_back_with_its_seconds(stage: Stage) -> None:
    stage.forum.allowed, stage.forum.wait_s = 0, 37
    with pytest.raises(TransientError) as caught:
        stage.channel().send(stage.message())
    assert caught.value.retry_after_s == 37
    assert stage.ours == []


def test_seconds_that_stand_in_the_body_alone_are_read(stage: Stage) -> None:
    told = b'{"errors":["slow"],"extras":{"wait_seconds":12}}'
    stage.faulty.next(lambda _script, _asked: Reply(429, told), POST)
    with pytest.raises(TransientError) as caught:
        stage.channel().send(stage.message())
    assert caught.value.retry_after_s == 12


@pytest.mark.parametrize("fault", faults.AFTER, ids=lambda fault: fault.__name__)
def test_what_was_taken_and_not_answered_is_in_doubt_and_then_found(
    stage: Stage, fault: faults.Fault
) -> None:
    stage.faulty.next(fault, POST)
    with pytest.raises(InDoubt):
        stage.channel(deadline_s=0.5).send(stage.message())
    assert len(stage.posted) == 1
    found = stage.channel().find(stage.message())
    assert found is not None
    assert (found.remote_id, found.url) == ("10", stage.web.url("/t/topic-1/1/4"))


@pytest.mark.parametrize("fault", faults.BEFORE, ids=lambda fault: fault.__name__)
def test_what_was_not_taken_and_not_answered_is_in_doubt_and_then_certainly_not_there(
    stage: Stage, fault: faults.Fault
) -> None:
    stage.faulty.next(fault, POST)
    with pytest.raises(InDoubt):
        stage.channel(deadline_s=0.5).send(stage.message())
    assert stage.channel().find(stage.message()) is None


def test_a_forum_that_is_not_there_certainly_got_nothing() -> None:
    with Web(Forum()) as web:
        url = web.url("/")
    target = {"source_url": url, "credential": "forum", "thread": "1"}
    stage = Stage(Forum(), Faulty(Forum()), web, target)
    with pytest.raises(TransientError):
        stage.channel().send(stage.message())


@pytest.mark.parametrize(
    "text",
    [TEXT + "\n", TEXT.replace("\n\n", "\r\n\r\n"), TEXT.replace(" is ", "\u00a0is  ")],
)
def test_only_white_space_may_differ_in_what_is_found(stage: Stage, text: str) -> None:
    stage.channel().send(stage.message(text))
    assert stage.channel().find(stage.message()) is not None
    assert stage.channel().find(stage.message(TEXT.replace("18:00", "19:00"))) is None


def test_the_same_words_of_somebody_else_or_elsewhere_are_not_ours(stage: Stage) -> None:
    stage.forum.posts += [
        replace(forum_post(20), raw=TEXT, topic_id=1),
        replace(forum_post(21), raw=TEXT, topic_id=9, username="Fernsync"),
    ]
    assert stage.channel().find(stage.message()) is None


def test_our_words_before_the_post_that_we_answer_are_an_earlier_reply(stage: Stage) -> None:
    stage.channel().send(stage.message())
    assert stage.channel().find(stage.message(post="11")) is None


@pytest.mark.parametrize("tells_raw", [True, False])
def test_a_long_topic_is_read_to_its_end(stage: Stage, tells_raw: bool) -> None:
    stage.forum.tells_raw = tells_raw
    stage.forum.posts += [forum_post(number) for number in range(30, 100)]
    stage.channel().send(stage.message())
    stage.forum.posts += [forum_post(number) for number in range(150, 200)]
    found = stage.channel().find(stage.message())
    assert found is not None
    assert found.remote_id == "100"


def test_a_topic_too_long_to_read_says_nothing_for_certain(stage: Stage) -> None:
    stage.forum.posts += [forum_post(number) for number in range(30, 260)]
    with pytest.raises(PermanentError, match="too many to look through"):
        stage.channel().find(stage.message())


def test_a_forum_that_hides_some_posts_says_nothing_for_certain(stage: Stage) -> None:
    stage.forum.posts += [forum_post(number) for number in range(30, 60)]

    def hiding(script: Any, asked: Asked) -> Reply:
        answer: Reply = script(asked)
        told = json.loads(answer.body)
        del told["post_stream"]["posts"][-1]
        return replace(answer, body=json.dumps(told).encode())

    stage.faulty.next(hiding, lambda asked: "/t/1/posts.json" in asked.path)
    with pytest.raises(PermanentError, match="does not show all posts"):
        stage.channel().find(stage.message())


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.fails_before, TransientError),
        (faults.too_many(5), TransientError),
        (faults.lost_before, TransientError),
        (faults.nonsense_after, PermanentError),
        (lambda _script, _asked: Reply(403), PermanentError),
        (lambda _script, _asked: Reply(200, b'{"post_stream":{}}'), PermanentError),
    ],
)
def test_a_look_that_goes_wrong_never_says_that_nothing_is_there(
    stage: Stage, fault: faults.Fault, error: type[Exception]
) -> None:
    stage.channel().send(stage.message())
    stage.faulty.next(fault, GET)
    with pytest.raises(error):
        stage.channel().find(stage.message())


def test_a_queue_that_cannot_be_read_leaves_it_open_whether_it_waits_there(stage: Stage) -> None:
    stage.faulty.next(
        lambda _script, _asked: Reply(404), lambda asked: asked.path.endswith("/pending.json")
    )
    with pytest.raises(PermanentError):
        stage.channel().find(stage.message())


@pytest.mark.parametrize(
    ("credential", "target", "words"),
    [
        (FORUM, {"credential": None}, "name one of"),
        (FORUM, {"credential": "other"}, r"add \[credentials.other\]"),
        (Credential(api_username="x"), {}, "neither api_key nor user_api_key"),
        (Credential(api_key=SecretStr("k")), {}, "api_username is not set"),
        (FORUM, {"thread": "x", "thread_url": "https://f.example/c/1"}, "names no topic"),
        (FORUM, {"thread": None, "thread_url": None}, "names no topic"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_sent(
    stage: Stage, credential: Credential, target: dict[str, Any], words: str
) -> None:
    stage.credential = credential
    with pytest.raises(PermanentError, match=words):
        stage.channel().send(stage.message(**target))
    assert stage.web.log == []


def test_an_address_inside_is_refused_though_a_target_names_it(stage: Stage) -> None:
    with pytest.raises(PermanentError, match=r"169\.254\.169\.254"):
        stage.channel().send(stage.message(source_url="http://169.254.169.254/"))


@pytest.mark.parametrize(
    ("url", "places"),
    [
        ("https://f.example/t/it-hangs/12", (12, None)),
        ("https://f.example/t/it-hangs/12/3", (12, 3)),
        ("https://f.example/t/-/12/3", (12, 3)),
        ("https://f.example/t/12", (12, None)),
        ("https://f.example/t/12/3", (12, 3)),
        ("https://f.example/forum/t/it-hangs/12/3?u=me#x", (12, 3)),
        ("https://f.example/c/it-hangs/12", (None, None)),
        ("https://f.example/t/it-hangs/" + "9" * 5000, (None, None)),
        ("", (None, None)),
    ],
)
def test_an_address_tells_topic_and_post(url: str, places: tuple[int | None, int | None]) -> None:
    assert found_in(url) == places
