import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from html import escape
from urllib.parse import urlencode

import pytest

from responders.demo.answers import answer
from responders.demo.replies import Reply, standing
from responders.demo.script import DAY_START, Place, read_script
from responders.demo.taking import API_KEY, USERNAME, take, taken
from responders.demo.wire import Answer, Asked, Sent

SCRIPT = read_script()
NINE = DAY_START + timedelta(hours=2)
BASE = "http://127.0.0.1:4000"
KEY = {"api-key": API_KEY, "api-username": USERNAME}
TEXT = "Thanks for telling us. We know about it."


def _take(place: Place, sent: Sent) -> Reply | Answer:
    return take(place, SCRIPT.of(place, until=NINE), sent, BASE, now=NINE)


def _thread(place: Place) -> int:
    return SCRIPT.of(place, until=NINE)[-1].thread_number


def _json(fields: Mapping[str, object], headers: Mapping[str, str] = KEY) -> Sent:
    kind = {"content-type": "application/json"}
    return Sent("/posts.json", {**headers, **kind}, json.dumps(fields).encode())


def _form(path: str, **fields: object) -> Sent:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return Sent(path, kind, urlencode(fields).encode())


def test_the_community_takes_a_reply_with_our_key_as_json_or_as_a_form() -> None:
    topic = _thread("community")
    wanted = Reply("community", topic, USERNAME, TEXT, NINE, answers=1)
    fields = {"topic_id": topic, "raw": f"{TEXT}\n", "reply_to_post_number": 1}
    assert _take("community", _json(fields)) == wanted
    form = _form("/posts.json", **fields)
    assert _take("community", replace(form, headers={**form.headers, **KEY})) == wanted


@pytest.mark.parametrize(
    "headers",
    [{}, {**KEY, "api-key": "another"}, {**KEY, "api-username": "fern_tomasz"}],
)
def test_the_community_takes_nothing_without_our_key(headers: Mapping[str, str]) -> None:
    fields = {"topic_id": _thread("community"), "raw": TEXT}
    refused = _take("community", _json(fields, headers))
    assert isinstance(refused, Answer)
    assert refused.status == 403
    assert json.loads(refused.body)["error_type"] == "invalid_access"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"topic_id": 99_999, "raw": TEXT}, 404),
        ({"raw": TEXT}, 404),
        ({"topic_id": _thread("community"), "raw": "too short"}, 422),
        ({"topic_id": _thread("community")}, 422),
    ],
)
def test_the_community_says_what_it_cannot_take(fields: Mapping[str, object], status: int) -> None:
    refused = _take("community", _json(fields))
    assert isinstance(refused, Answer)
    assert refused.status == status
    assert json.loads(refused.body)["errors"]


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"[" * 100_000, b"\xff"])
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    sent = replace(_json({}), body=body)
    assert isinstance(_take("community", sent), Answer)


def _filled(place: Place, text: str) -> Sent:
    number = _thread(place)
    if place == "blog":
        path = "/wp-comments-post.php"
        return _form(path, comment_post_ID=number, author=USERNAME, comment=text)
    return _form(f"/posting.php?mode=reply&t={number}", username=USERNAME, message=text)


@pytest.mark.parametrize("place", ["blog", "gripes"])
def test_a_person_fills_in_the_form_under_the_thread_and_lands_on_the_post(place: Place) -> None:
    sent = _filled(place, "one\r\ntwo")
    written = _take(place, sent)
    assert written == Reply(place, _thread(place), USERNAME, "one\ntwo", NINE)
    posts = standing(SCRIPT.of(place, until=NINE), [written], until=NINE)
    there = taken(place, posts[-1], BASE)
    assert there.status == 302
    page, mark = there.headers["Location"].removeprefix(BASE).split("#")
    shown = answer(place, posts, Asked(page), BASE).body.decode()
    assert f'<article id="{mark}"><h2>{USERNAME}, ' in shown
    assert f'action="{escape(sent.path)}"' in shown


@pytest.mark.parametrize(
    ("place", "sent", "status"),
    [
        ("blog", _form("/wp-comments-post.php", comment_post_ID=99_999, comment="x"), 404),
        ("blog", _form("/wp-comments-post.php", comment_post_ID=_thread("blog"), comment="x"), 400),
        ("blog", _form("/", comment="x"), 404),
        ("gripes", _form("/posting.php?mode=reply&t=x", message="x", username="y"), 404),
        ("gripes", _form("/posting.php?mode=post&t=1", message="x", username="y"), 404),
        (
            "gripes",
            _form(f"/posting.php?mode=reply&t={_thread('gripes')}", message=" ", username="y"),
            400,
        ),
        ("community", Sent("/t/1", KEY), 404),
    ],
)
def test_a_form_that_is_not_filled_in_or_not_there_takes_nothing(
    place: Place, sent: Sent, status: int
) -> None:
    refused = _take(place, sent)
    assert isinstance(refused, Answer)
    assert refused.status == status


def test_a_form_on_another_site_takes_nothing() -> None:
    path = f"/posting.php?mode=reply&t={_thread('gripes')}"
    sent = _form(path, username=USERNAME, message=TEXT)
    elsewhere = replace(sent, headers={**sent.headers, "origin": "http://evil.example"})
    refused = _take("gripes", elsewhere)
    assert isinstance(refused, Answer)
    assert refused.status == 403
    here = replace(sent, headers={**sent.headers, "origin": BASE})
    assert isinstance(_take("gripes", here), Reply)


def test_the_community_shows_no_form() -> None:
    post = SCRIPT.of("community", until=NINE)[-1]
    page = answer(
        "community",
        SCRIPT.of("community", until=NINE),
        Asked(f"/t/{post.thread}/{post.thread_number}"),
        BASE,
    )
    assert b"<form" not in page.body


def test_the_same_words_are_taken_twice_so_that_a_second_post_would_show() -> None:
    topic = _thread("community")
    sent = _json({"topic_id": topic, "raw": TEXT})
    first = _take("community", sent)
    assert isinstance(first, Reply)
    posts = standing(SCRIPT.of("community", until=NINE), [first], until=NINE)
    assert isinstance(take("community", posts, sent, BASE, now=NINE), Reply)
