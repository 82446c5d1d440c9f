"""`groundswell source …` against loopback places."""

import json
import re

import pytest

from tests.places.discourse import Forum, forum_post
from tests.places.feeds import FeedPlace, feed_item
from tests.places.web import Reply, Web
from tests.places.wordpress import blog_web, said, written
from tests.responders.commands.line import Workspace

KEYS = [
    "name", "kind", "url", "product", "state", "reason", "last_heard_at", "next_due_at", "posts",
    "remedy", "requests_today", "policy",
]  # fmt: skip
CHECK_KEYS = ["url", "final_url", "ok", "status", "recognised_as", "reason"]
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
CRAWL = ("run", "--once", "--only", "crawl")


def blog() -> Web:
    return Web(FeedPlace([feed_item(1, "<p>Sync hangs.</p>"), feed_item(2, "Works for me.")]))


def test_a_workspace_without_sources_says_how_to_add_one(groundswell: Workspace) -> None:
    assert groundswell("source", "list", "--json").json == []
    assert "groundswell source add URL" in groundswell("source", "list").out


def test_a_feed_is_recognised_shown_and_watched(groundswell: Workspace) -> None:
    with blog() as web:
        said = groundswell("source", "add", web.url("/feed"), "--name", "blog", "--json")

    assert said.code == 0
    assert list(said.json) == KEYS
    assert said.json == {
        "name": "blog",
        "kind": "feed",
        "url": web.url("/feed"),
        "product": "fernsync",
        "state": "new",
        "reason": None,
        "last_heard_at": None,
        "next_due_at": None,
        "posts": 0,
        "remedy": None,
        "requests_today": 0,
        "policy": "replies allowed",
    }
    assert "Sync hangs." in said.err
    assert groundswell("source", "list", "--json").json == [said.json]


def test_a_source_that_was_heard_tells_when_and_how_many_posts(groundswell: Workspace) -> None:
    with blog() as web:
        groundswell("source", "add", web.url("/feed"), "--name", "blog")
        assert groundswell(*CRAWL).code == 0

    (row,) = groundswell("source", "list", "--json").json
    assert row["state"] == "ok"
    assert (row["posts"], row["requests_today"]) == (2, 1)
    assert RFC_3339.fullmatch(row["last_heard_at"])
    assert RFC_3339.fullmatch(row["next_due_at"])


def test_a_place_that_is_gone_for_good_is_due_no_more(groundswell: Workspace) -> None:
    with blog() as web:
        groundswell("source", "add", web.url("/feed"), "--name", "blog")
        web.script = lambda asked: Reply(410)
        groundswell(*CRAWL)
        asked = len(web.log)
        groundswell(*CRAWL)
        assert len(web.log) == asked
    (row,) = groundswell("source", "list", "--json").json
    assert (row["state"], row["next_due_at"]) == ("gone", None)
    assert "410" in row["reason"]


def test_what_holds_at_every_place_is_told_once(groundswell: Workspace) -> None:
    with blog() as web:
        groundswell("source", "add", web.url("/feed"), "--name", "one")
        listed = groundswell("source", "list")
    assert "policy" not in listed.out
    assert "At every place: replies allowed." in listed.err


def test_a_name_made_of_an_address_holds_no_secret(groundswell: Workspace) -> None:
    with blog() as web:
        for token in ("SECRET1", "SECRET2"):
            added = groundswell("source", "add", web.url(f"/feed?token={token}"))
            assert "SECRET" not in added.out + added.err

    names = [row["name"] for row in groundswell("source", "list", "--json").json]
    assert names == [f"{web.host_port}/feed", f"{web.host_port}/feed 2"]


def test_a_person_reads_words_and_plain_times(groundswell: Workspace) -> None:
    with blog() as web:
        added = groundswell("source", "add", web.url("/feed"), "--name", "b")
        groundswell(*CRAWL)

    assert "Sync hangs." in added.err
    assert "<p>" not in added.err
    assert "UTC" in groundswell("source", "list").out


def test_a_forum_is_recognised_by_its_page(groundswell: Workspace) -> None:
    page = b'<html><meta name="generator" content="Discourse 3.5"></html>'
    forum = Forum([forum_post(1)])

    with Web(lambda asked: Reply(body=page) if asked.path == "/" else forum(asked)) as web:
        said = groundswell("source", "check", web.url("/"), "--json")

    assert said.json["recognised_as"] == "discourse"
    assert said.code == 0


def test_what_cannot_be_fetched_is_not_stored(groundswell: Workspace) -> None:
    with Web(lambda _asked: Reply(404)) as web:
        said = groundswell("source", "add", web.url("/feed"))

    assert said.code == 1
    assert "answers 404" in said.err
    assert "--yes adds it all the same" in said.err
    assert groundswell("source", "list", "--json").json == []


def test_yes_adds_what_cannot_be_fetched_now(groundswell: Workspace) -> None:
    said = groundswell("source", "add", "http://127.0.0.1:1/feed", "--yes", "--json")

    assert said.code == 0
    assert said.json["kind"] == "feed"
    assert "It cannot be heard now: " in said.err
    file = groundswell("source", "add", "posts.jsonl", "--yes", "--json")
    assert file.json["kind"] == "records"


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--kind", "telegraph"), "unknown kind telegraph; known are: "),
        (("--credential", "nobody"), "add [credentials.nobody]"),
        (("--product", "other"), "known are: fernsync"),
    ],
)
@pytest.mark.parametrize("yes", [(), ("--yes",)])
def test_wrong_words_are_no_fault_of_the_place(
    groundswell: Workspace, words: tuple[str, ...], remedy: str, yes: tuple[str, ...]
) -> None:
    said = groundswell("source", "add", "http://127.0.0.1:1/feed", *words, *yes)

    assert said.code == 2
    assert remedy in said.err
    assert groundswell("source", "list", "--json").json == []


def test_an_unknown_credential_is_told_of_an_address_that_is_refused_too(
    groundswell: Workspace,
) -> None:
    said = groundswell("source", "add", "http://10.0.0.1/f", "--credential", "nobody", "--yes")

    assert (said.code, "add [credentials.nobody]" in said.err) == (2, True)
    assert groundswell("source", "list", "--json").json == []


def test_of_several_products_one_must_be_named(groundswell: Workspace) -> None:
    groundswell("apply", groundswell.write("p.toml", '[[product]]\nname = "other"\n'))

    with blog() as web:
        said = groundswell("source", "add", web.url("/feed"))
        assert (said.code, "--product fernsync | other" in said.err) == (2, True)
        said = groundswell("source", "add", web.url("/feed"), "--product", "other", "--json")

    assert said.json["product"] == "other"


def test_adding_the_same_address_again_changes_nothing(groundswell: Workspace) -> None:
    with blog() as web:
        first = groundswell("source", "add", web.url("/feed"), "--name", "blog", "--json")
        again = groundswell("source", "add", web.url("/feed"), "--json")

    assert again.json == first.json
    assert "was watched already; nothing was changed" in again.err
    assert len(groundswell("source", "list", "--json").json) == 1


def test_a_name_that_is_taken_is_refused(groundswell: Workspace) -> None:
    with blog() as web:
        groundswell("source", "add", web.url("/feed"), "--name", "blog")
        said = groundswell("source", "add", web.url("/feed?2"), "--name", "blog")

    assert said.code == 2
    assert "choose another --name" in said.err


def test_check_tells_what_came(groundswell: Workspace) -> None:
    with blog() as web:
        said = groundswell("source", "check", web.url("/feed"), "--json")

    assert said.code == 0
    assert list(said.json) == CHECK_KEYS
    assert said.json == {
        "url": web.url("/feed"),
        "final_url": web.url("/feed"),
        "ok": True,
        "status": 200,
        "recognised_as": "feed",
        "reason": "2 posts",
    }
    assert len(web.log) == 1


@pytest.mark.parametrize(
    ("reply", "recognised_as", "status"),
    [
        (Reply(410), "gone", 410),
        (Reply(401), "needs_login", 401),
        (Reply(429, headers={"Retry-After": "60"}), "rate_limited", 429),
        (Reply(body=b"<html><title>Blog</title>hello</html>"), "html", 200),
        (Reply(body=b"just words"), "not_a_feed", 200),
        (Reply(body=b""), "empty", 200),
    ],
)
def test_check_tells_why_it_is_no_source(
    groundswell: Workspace, reply: Reply, recognised_as: str, status: int
) -> None:
    with Web(lambda _asked: reply) as web:
        said = groundswell("source", "check", web.url("/feed"), "--json")

    assert said.code == 1
    assert said.json["ok"] is False
    assert said.json["recognised_as"] == recognised_as
    assert said.json["status"] == status
    assert said.json["reason"]


@pytest.mark.parametrize(
    ("url", "recognised_as"),
    [("http://10.0.0.1/feed", "refused"), ("http://127.0.0.1:1/feed", "unreachable")],
)
def test_check_of_what_never_answered_has_no_status(
    groundswell: Workspace, url: str, recognised_as: str
) -> None:
    said = groundswell("source", "check", url, "--json")

    assert said.code == 1
    assert said.json["recognised_as"] == recognised_as
    assert (said.json["status"], said.json["final_url"]) == (None, None)


@pytest.mark.parametrize("url", ["http://", "ftp://example.org/x", "http://[::1", "nowhere.jsonl"])
def test_an_address_that_is_none_is_told_in_a_line(groundswell: Workspace, url: str) -> None:
    said = groundswell("source", "check", url, "--json")

    assert said.code == 1
    assert said.json["ok"] is False
    assert "Traceback" not in said.err


def test_a_source_without_posts_goes_and_one_with_posts_keeps_them(groundswell: Workspace) -> None:
    with blog() as web:
        groundswell("source", "add", web.url("/feed"), "--name", "blog")
        groundswell("source", "add", web.url("/feed?2"), "--name", "idle")
        groundswell(*CRAWL)
        assert groundswell("source", "remove", "blog").code == 0
        groundswell("source", "add", web.url("/feed?3"), "--name", "unheard")
        assert groundswell("source", "remove", "unheard").code == 0
        asked = len(web.log)
        groundswell(*CRAWL)
        assert len(web.log) == asked + 1  # only the idle one

    rows = {row["name"]: row for row in groundswell("source", "list", "--json").json}
    assert rows.keys() == {"blog", "idle"}
    assert (rows["blog"]["state"], rows["blog"]["posts"]) == ("removed", 2)
    assert groundswell("post", "list", "--source", "blog", "--count").out == "2\n"


def test_a_place_that_is_gone_says_so(groundswell: Workspace) -> None:
    with Web(lambda _asked: Reply(410)) as web:
        groundswell("source", "add", web.url("/feed"), "--name", "old", "--yes")
        groundswell(*CRAWL)

    (row,) = groundswell("source", "list", "--json").json
    assert row["state"] == "gone"
    assert "taken down for good" in row["reason"]
    assert "source remove NAME" in row["remedy"]
    told = groundswell("source", "list")
    assert "! old is gone: groundswell source remove NAME" in told.err
    assert "! old is gone: " in groundswell("status").out
    assert groundswell("source", "remove", "old").code == 0
    assert "old is gone" not in groundswell("status").out


def test_gaps_are_an_empty_array_when_there_are_none(groundswell: Workspace) -> None:
    file = groundswell.write("file.jsonl", '{"id": 1, "text": "a"}\n')
    groundswell("source", "add", file, "--name", "file")

    assert groundswell("source", "gaps", "file", "--json").json == []
    assert "Nothing of file was missed." in groundswell("source", "gaps", "file").out

    groundswell.write("file.jsonl", '{"id": 1, "text": "a"}\nnonsense\n')
    groundswell(*CRAWL)
    (gap,) = groundswell("source", "gaps", "file", "--json").json
    assert list(gap) == ["after", "before", "reason", "found_at"]
    assert RFC_3339.fullmatch(gap["found_at"])
    (row,) = groundswell("source", "list", "--json").json
    assert (row["state"], row["remedy"].startswith("see what is missing")) == ("gap", True)


@pytest.mark.parametrize("verb", ["remove", "gaps"])
def test_an_unknown_source_is_answered_with_the_list(groundswell: Workspace, verb: str) -> None:
    said = groundswell("source", verb, "nothing")

    assert said.code == 1
    assert said.err == (
        "groundswell: there is no source nothing; `groundswell source list` shows them\n"
    )


def test_json_is_all_there_is_on_standard_output(groundswell: Workspace) -> None:
    with blog() as web:
        for words in (("add", web.url("/feed")), ("check", web.url("/feed")), ("list",)):
            json.loads(groundswell("source", *words, "--json").out)


@pytest.mark.parametrize(
    "url", ["forum.example.org", "forum.example.org:8443/c/help", "localhost.lan"]
)
def test_an_address_without_its_scheme_is_not_taken_for_a_file(
    groundswell: Workspace, url: str
) -> None:
    said = groundswell("source", "add", url)
    assert said.code == 2
    assert f"did you mean https://{url} ?" in said.err
    assert groundswell("source", "list", "--json").json == []


def test_a_blog_s_own_address_leads_to_its_interface_and_shows_the_newest(
    groundswell: Workspace,
) -> None:
    _, web = blog_web(written(1), said(1, "Sync hangs."))
    with web:
        added = groundswell("source", "add", web.url("/2026/article-1/"), "--json")
        again = groundswell("source", "add", web.url("/2026/article-1/"), "--json")
        assert groundswell(*CRAWL).code == 0

    assert (added.json["kind"], added.json["url"]) == ("wordpress", web.url("/"))
    assert f"leads to wordpress: {web.url('/')}" in added.err
    assert "Sync hangs." in added.err
    assert again.json == added.json
    assert groundswell("post", "list", "--count").out == "2\n"


def test_a_page_that_names_a_feed_leads_to_it(groundswell: Workspace) -> None:
    feed = FeedPlace([feed_item(1, "<p>Sync hangs.</p>")])
    page = b'<html><link rel="alternate" type="application/rss+xml" href="/feed"></html>'
    with Web(lambda asked: Reply(body=page) if asked.path == "/" else feed(asked)) as web:
        said = groundswell("source", "add", web.url("/"), "--json")
        checked = groundswell("source", "check", web.url("/"), "--json")

    assert (said.json["kind"], said.json["url"]) == ("feed", web.url("/feed"))
    assert (checked.code, checked.json["recognised_as"]) == (1, "html")
