import json
from datetime import timedelta
from typing import Any

import feedparser
import pytest

from responders.demo.answers import ENTRIES, POSTS_OF_A_TOPIC, answer
from responders.demo.replies import Reply, standing
from responders.demo.script import DAY_START, PLACES, Place, read_script
from responders.demo.wire import Answer, Asked

SCRIPT = read_script()
BASE = "http://127.0.0.1:4000"
NOON = DAY_START + timedelta(hours=5)


def _ask(place: Place, path: str, **headers: str) -> Answer:
    posts = SCRIPT.of(place, until=NOON)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer(place, posts, Asked(path, named), BASE)


def _json(path: str) -> Any:
    return json.loads(_ask("community", path).body)


@pytest.mark.parametrize(
    ("place", "path"), [("blog", "/comments/feed/"), ("gripes", "/app.php/feed")]
)
def test_a_feed_is_well_formed_and_holds_the_whole_history(place: Place, path: str) -> None:
    found = feedparser.parse(_ask(place, path).body)
    posts = SCRIPT.of(place, until=NOON)
    assert not found.bozo
    assert len(found.entries) == len(posts)
    assert len({entry.id for entry in found.entries}) == len(posts)
    assert [entry.author for entry in found.entries] == [post.author for post in reversed(posts)]
    assert found.entries[0].published_parsed[:5] == posts[-1].at.timetuple()[:5]


def test_the_ids_of_entries_do_not_depend_on_where_the_place_stands() -> None:
    posts = SCRIPT.of("blog", until=NOON)
    bodies = [answer("blog", posts, Asked("/comments/feed/"), f"http://x:{n}").body for n in (1, 2)]
    ids = [[entry.id for entry in feedparser.parse(body).entries] for body in bodies]
    assert ids[0] == ids[1]
    assert bodies[0] != bodies[1]


def test_a_feed_that_has_not_changed_is_not_sent_again() -> None:
    first = _ask("gripes", "/app.php/feed")
    again = _ask("gripes", "/app.php/feed", if_none_match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    by_time = _ask("gripes", "/app.php/feed", if_modified_since=first.headers["Last-Modified"])
    assert by_time.status == 304
    other = _ask("gripes", "/app.php/feed", if_none_match='"another"')
    assert other.status == 200
    assert len(feedparser.parse(other.body).entries) == ENTRIES


@pytest.mark.parametrize("header", ["", "yesterday", "Tue, 12 May 2026 00:00:00 GMT"])
def test_an_unreadable_or_older_date_gets_the_whole_feed(header: str) -> None:
    assert _ask("blog", "/comments/feed/", if_modified_since=header).status == 200


def test_pages_of_the_forum_lead_from_the_newest_post_to_the_first() -> None:
    seen: list[int] = []
    before = None
    while True:
        posts = _json(f"/posts.json?before={before}" if before else "/posts.json")["latest_posts"]
        if not posts:
            break
        assert len(posts) <= 50
        seen += [post["id"] for post in posts]
        before = posts[-1]["id"] - 1
    assert seen == [post.number for post in reversed(SCRIPT.of("community", until=NOON))]


def test_a_topic_names_its_posts_and_whom_they_answer() -> None:
    post = next(p for p in SCRIPT.of("community", until=NOON) if p.answers and p.position == 3)
    topic = _json(f"/t/{post.thread_number}.json")
    assert topic["title"] == post.title
    assert topic["post_stream"]["posts"][2]["reply_to_post_number"] == post.answers
    assert _json(f"/t/{post.thread}/{post.thread_number}.json") == topic


def test_a_long_topic_tells_its_first_posts_whole_and_the_others_when_asked() -> None:
    post = SCRIPT.of("community", until=NOON)[0]
    written = [
        Reply("community", post.thread_number, "fern_ana", f"Word number {n}.", NOON)
        for n in range(POSTS_OF_A_TOPIC)
    ]
    posts = standing(SCRIPT.of("community", until=NOON), written, until=NOON)

    def ask(path: str) -> Any:
        return json.loads(answer("community", posts, Asked(path), BASE).body)

    stream = ask(f"/t/{post.thread_number}.json")["post_stream"]
    assert len(stream["posts"]) == POSTS_OF_A_TOPIC
    assert len(stream["stream"]) > POSTS_OF_A_TOPIC
    newest = stream["stream"][-1]
    query = f"post_ids[]={newest}&include_raw=true"
    (found,) = ask(f"/t/{post.thread_number}/posts.json?{query}")["post_stream"]["posts"]
    assert found["raw"] == written[-1].text
    assert ask(f"/posts/{newest}.json") == found


def test_the_latest_topics_are_those_last_written_to() -> None:
    topics = _json("/latest.json")["topic_list"]["topics"]
    newest = SCRIPT.of("community", until=NOON)[-1]
    assert topics[0]["id"] == newest.thread_number
    times = [topic["last_posted_at"] for topic in topics]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("place", PLACES)
def test_links_to_threads_lead_to_a_page_without_a_word_of_markup(place: Place) -> None:
    front = _ask(place, "/")
    path = front.body.decode().split(f'href="{BASE}')[-1].split('"')[0]
    page = _ask(place, path.replace("&amp;", "&"))
    assert page.status == 200
    assert page.headers["Content-Security-Policy"] == "default-src 'none'"
    assert b"<script" not in page.body


@pytest.mark.parametrize(
    ("place", "path"),
    [
        ("community", "/t/999999.json"),
        ("community", "/t/x/999999"),
        ("community", "/t/x.json"),
        ("community", "/posts/999999.json"),
        ("community", "/posts/x/y.json"),
        ("community", "/nothing"),
        ("blog", "/2026/05/nothing/"),
        ("gripes", "/viewtopic.php?t=x"),
    ],
)
def test_what_is_not_there_is_not_found(place: Place, path: str) -> None:
    assert _ask(place, path).status == 404


@pytest.mark.parametrize("place", PLACES)
def test_each_place_has_a_robots_file_and_stands_empty_when_nothing_was_written(
    place: Place,
) -> None:
    assert _ask(place, "/robots.txt").content_type.startswith("text/plain")
    for path in ("/", "/posts.json", "/latest.json", "/comments/feed/", "/app.php/feed"):
        assert answer(place, (), Asked(path), BASE).status in {200, 404}


def test_no_label_is_ever_shown() -> None:
    shown = [
        _ask("community", "/posts.json").body,
        _ask("blog", "/comments/feed/").body,
        _ask("gripes", "/app.php/feed").body,
    ]
    for label in set(SCRIPT.labels.values()) - {"spam", "rumour", "brigade"}:
        assert not any(label.encode() in body for body in shown)
