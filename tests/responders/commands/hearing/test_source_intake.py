"""`groundswell source discover`, `import` and `recheck` against loopback places."""

import json
from dataclasses import replace

import pytest

from tests.places.feeds import FeedPlace, feed_item
from tests.places.web import Asked, RawReply, Reply, Web
from tests.places.wordpress import blog_web, said, written
from tests.responders.commands.line import Workspace

CRAWL = ("run", "--once", "--only", "crawl")


def opml(*feeds: str) -> str:
    lines = "".join(f'<outline text="Feed {n}" xmlUrl="{url}"/>' for n, url in enumerate(feeds, 1))
    return f'<opml version="2.0"><body><outline text="Folder">{lines}</outline></body></opml>'


def many_feeds(asked: Asked) -> Reply | RawReply:
    """Any path under /f is a feed of its own; the rest is not there."""
    if not asked.path.startswith("/f"):
        return Reply(404)
    number = int(asked.path.removeprefix("/f"))
    return FeedPlace([feed_item(number)])(Asked("GET", "/feed", asked.headers, b""))


def test_discover_names_the_best_first_and_adds_nothing(groundswell: Workspace) -> None:
    _, web = blog_web(written(1))
    with web:
        rows = groundswell("source", "discover", web.url("/"), "--json").json
        words = groundswell("source", "discover", web.url("/"))

    assert [(row["kind"], row["url"]) for row in rows] == [
        ("wordpress", web.url("/")),
        ("feed", web.url("/feed/")),
        ("feed", web.url("/comments/feed/")),
    ]
    assert f"groundswell source add {web.url('/')} --kind wordpress" in words.err
    assert groundswell("source", "list", "--json").json == []


def test_discover_that_finds_nothing_says_what_to_do(groundswell: Workspace) -> None:
    with Web(lambda _asked: Reply(body=b"<html>hi</html>")) as web:
        said = groundswell("source", "discover", web.url("/"))

    assert said.code == 1
    assert "groundswell post add --url URL" in said.out


def test_every_feed_of_a_list_is_tried_and_one_that_fails_holds_up_no_other(
    groundswell: Workspace,
) -> None:
    with Web(many_feeds) as web:
        urls = [web.url(path) for path in ("/f1", "/gone", "/f2", "/f1", "/f3")]
        file = groundswell.write("feeds.opml", opml(*urls))
        told = groundswell("source", "import", file)
        again = groundswell("source", "import", file, "--json")

    assert told.code == 1
    assert "3 added, 0 watched already, 1 named twice, 1 not added." in told.err
    assert "answers 404" in told.err
    assert "5 of 5: " in told.err
    assert f"added {urls[0]} as Feed 1\n" in told.err
    rows = groundswell("source", "list", "--json").json
    assert {row["name"]: row["url"] for row in rows} == {
        "Feed 1": urls[0],
        "Feed 3": urls[2],
        "Feed 5": urls[4],
    }
    assert [(one["url"], one["outcome"]) for one in again.json] == [
        (urls[0], "known"),
        (urls[3], "repeated"),
        (urls[1], "failed"),
        (urls[2], "known"),
        (urls[4], "known"),
    ]


def test_what_is_no_address_in_a_list_is_told_to_people_and_scripts(
    groundswell: Workspace,
) -> None:
    file = groundswell.write("feeds.opml", opml("ftp://example.org/feed"))
    told = groundswell("source", "import", file)
    rows = groundswell("source", "import", file, "--json").json

    assert told.code == 1
    assert "failed ftp://example.org/feed: it is no web address\n" in told.err
    assert [(row["url"], row["outcome"], row["reason"]) for row in rows] == [
        ("ftp://example.org/feed", "failed", "it is no web address")
    ]


def test_an_imported_list_is_exported_and_applied_again(groundswell: Workspace) -> None:
    with Web(many_feeds) as web:
        file = groundswell.write("feeds.opml", opml(web.url("/f1"), web.url("/f2")))
        assert groundswell("source", "import", file).code == 0
    exported = groundswell("export", "-").out

    assert web.url("/f1") in exported
    assert web.url("/f2") in exported
    assert groundswell("apply", groundswell.write("again.toml", exported)).code == 0


def test_yes_watches_what_does_not_answer_now(groundswell: Workspace) -> None:
    with Web(lambda _asked: Reply(500)) as web:
        file = groundswell.write("feeds.opml", opml(web.url("/f1")))
        said = groundswell("source", "import", file, "--yes", "--json")

    assert said.code == 0
    (one,) = said.json
    assert (one["outcome"], one["kind"]) == ("added", "feed")
    assert "answers 500" in one["reason"]


PRIVATE = ("GROUNDSWELL__CREDENTIALS__PRIVATE__TOKEN", "letmein")


def test_a_list_is_read_with_the_credential_that_is_named(
    groundswell: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def members_only(asked: Asked) -> Reply | RawReply:
        known = asked.headers.get("authorization") == "Bearer letmein"
        return many_feeds(asked) if known else Reply(401)

    monkeypatch.setenv(*PRIVATE)
    with Web(members_only) as web:
        file = groundswell.write("feeds.opml", opml(web.url("/f1"), web.url("/f2")))
        assert groundswell("source", "import", file).code == 1
        said = groundswell("source", "import", file, "--credential", "private", "--json")
        assert [one["outcome"] for one in said.json] == ["added", "added"]
        assert groundswell(*CRAWL).code == 0
    states = [row["state"] for row in groundswell("source", "list", "--json").json]
    assert states == ["ok", "ok"]


def test_a_list_of_several_hosts_gets_no_credential_and_nothing_is_asked(
    groundswell: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*PRIVATE)
    with Web(many_feeds) as one, Web(many_feeds) as other:
        file = groundswell.write("feeds.opml", opml(one.url("/f1"), other.url("/f2")))
        said = groundswell("source", "import", file, "--credential", "private")
        unknown = groundswell("source", "import", file, "--credential", "nobody")
        assert one.log == other.log == []
    assert (said.code, unknown.code) == (2, 2)
    assert "a credential belongs to one" in said.err
    assert "add [credentials.nobody]" in unknown.err
    assert groundswell("source", "list", "--json").json == []


def test_a_page_that_leads_to_another_host_leads_no_credential_there(
    groundswell: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*PRIVATE)
    with Web(many_feeds) as feeds:
        link = f'<link rel="alternate" type="application/rss+xml" href="{feeds.url("/f1")}">'
        page = f"<html><head>{link}</head><body>Hi</body></html>".encode()
        html = {"Content-Type": "text/html"}
        with Web(lambda _asked: Reply(body=page, headers=html)) as web:
            asked = ("source", "add", web.url("/"), "--credential", "private", "--name", "blog")
            assert groundswell(*asked).code == 0
            page_asked = next(asked for asked in web.log if asked.path == "/")
            assert page_asked.headers["authorization"] == "Bearer letmein"
        assert groundswell(*CRAWL).code == 0
        assert len(feeds.log) == 2
        assert all("authorization" not in asked.headers for asked in feeds.log)
    (row,) = groundswell("source", "list", "--json").json
    assert (row["url"], row["state"]) == (feeds.url("/f1"), "ok")


def test_a_list_that_is_none_is_told_in_a_line(groundswell: Workspace) -> None:
    for text, words in (("<rss/>", "is no OPML"), ("<opml", "not well-formed")):
        said = groundswell("source", "import", groundswell.write("x.opml", text))
        assert (said.code, words in said.err, "Traceback" in said.err) == (1, True, False)
    assert "No such file" in groundswell("source", "import", "nowhere.opml").err
    empty = groundswell("source", "import", groundswell.write("e.opml", opml()))
    assert (empty.code, empty.err) == (0, "The list names no feed.\n")


def test_recheck_brings_what_was_missed_as_history_and_edits(groundswell: Workspace) -> None:
    blog, web = blog_web(written(1), said(1), said(2))
    with web:
        groundswell("source", "add", web.url("/"), "--name", "blog")
        groundswell(*CRAWL)
        blog.comments[0] = replace(said(1), html="<p>It is fixed.</p>")
        blog.comments.append(said(3))
        told = groundswell("source", "recheck", "blog", "--json")
        again = groundswell("source", "recheck", "blog")

    assert told.json == {"name": "blog", "new": 1, "revised": 1, "state": "ok", "reason": None}
    assert again.err == "0 new posts, 0 changed.\n"
    rows = groundswell("post", "list", "--json").json
    assert {row["remote_id"]: row["backfill"] for row in rows}["comment-3"] is True


def test_recheck_leaves_what_is_remembered_of_the_place(groundswell: Workspace) -> None:
    place = FeedPlace([feed_item(1)], shown=5)
    with Web(place) as web:
        groundswell("source", "add", web.url("/feed"), "--name", "blog")
        groundswell(*CRAWL)
        place.items += [feed_item(number) for number in range(2, 40)]
        assert groundswell("source", "recheck", "blog").code == 0
        groundswell(*CRAWL)

    (gap,) = groundswell("source", "gaps", "blog", "--json").json
    assert "all 5 entries of the feed are new" in gap["reason"]


def test_recheck_looks_at_a_place_that_was_gone(groundswell: Workspace) -> None:
    place = FeedPlace([feed_item(1)])
    with Web(lambda _asked: Reply(410)) as web:
        groundswell("source", "add", web.url("/feed"), "--name", "old", "--yes")
        groundswell(*CRAWL)
        assert groundswell("source", "recheck", "old").code == 1
        web.script = place
        said = groundswell("source", "recheck", "old")

    assert said.err == "1 new posts, 0 changed.\n"
    assert groundswell("source", "list", "--json").json[0]["state"] == "ok"


def test_what_cannot_be_rechecked_is_told(groundswell: Workspace) -> None:
    groundswell("post", "add", "--text", "Sync hangs")
    assert groundswell("source", "recheck", "by hand").code == 2
    assert "there is no source x" in groundswell("source", "recheck", "x").err
    assert json.loads(groundswell("source", "list", "--json").out)
