"""`groundswell post …`: lists, single posts, and posts that a person brings."""

import json
import re

import pytest

from tests.places.web import Reply, Web
from tests.places.wordpress import blog_web, said, written
from tests.responders.commands.line import Workspace

KEYS = {
    "id", "source", "remote_id", "thread_url", "url", "author", "published_at", "seen_at", "title",
    "text", "lang", "kind", "cluster", "issue_id", "revision", "backfill", "erased",
    "ours", "answers_us",
}  # fmt: skip
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def history(count: int = 3) -> str:
    """Return a history file of posts from the first of May on."""
    rows = [
        {
            "id": f"h{number}",
            "ts": f"2026-05-{number % 28 + 1:02}T10:00:00Z",
            "text": f"Sync hangs, number {number}.",
            "author": f"user{number}",
        }
        for number in range(count)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def imported(groundswell: Workspace) -> Workspace:
    """A workspace with three posts of the past."""
    assert groundswell("post", "import", groundswell.write("h.jsonl", history())).code == 0
    return groundswell


def test_a_workspace_without_posts_says_how_to_get_some(groundswell: Workspace) -> None:
    assert groundswell("post", "list", "--json").json == []
    assert groundswell("post", "list", "--count").out == "0\n"
    assert "groundswell post import FILE" in groundswell("post", "list").out


def test_a_post_has_the_shape_scripts_rely_on(imported: Workspace) -> None:
    first, *_ = imported("post", "list", "--json").json

    assert first.keys() == KEYS
    assert first["id"].isdigit()
    assert first["source"] == "h.jsonl"
    assert first["remote_id"] == "h0"
    assert first["author"] == "user0"
    assert first["published_at"] == "2026-05-01T10:00:00Z"
    assert RFC_3339.fullmatch(first["seen_at"])
    absent = ("url", "title", "kind", "cluster", "issue_id")
    assert [first[key] for key in absent] == [None] * len(absent)
    assert (first["revision"], first["backfill"], first["erased"]) == (1, True, False)


def test_the_newest_post_stands_last(imported: Workspace) -> None:
    times = [row["published_at"] for row in imported("post", "list", "--json").json]

    assert times == sorted(times)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ((), 3),
        (("--text", "NUMBER 1"), 1),
        (("--text", "100%"), 0),
        (("--text", "_"), 0),
        (("--source", "h.jsonl"), 3),
        (("--since", "2026-05-02T10:00:00Z"), 2),
        (("--since", "2026-05-02T12:00:01+02:00"), 1),
    ],
)
def test_count_prints_one_integer(imported: Workspace, words: tuple[str, ...], count: int) -> None:
    assert imported("post", "list", *words, "--count").out == f"{count}\n"
    assert len(imported("post", "list", *words, "--json").json) == count


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (("--since", "noon"), "write 2026-05-01T10:00:00Z"),
        (("--issue", "GS-x"), "write it like GS-3"),
    ],
)
def test_a_wrong_filter_is_answered_with_a_right_one(
    imported: Workspace, words: tuple[str, ...], remedy: str
) -> None:
    said = imported("post", "list", *words)

    assert said.code == 2
    assert remedy in said.err


def test_a_filter_by_what_does_not_exist_failed(imported: Workspace) -> None:
    said = imported("post", "list", "--source", "nothing")

    assert said.code == 1
    assert "groundswell source list" in said.err


def test_a_filter_that_nothing_matches_says_so(imported: Workspace) -> None:
    said = imported("post", "list", "--text", "no such words")

    assert said.out == "No post matches what was asked for; all are in: groundswell post list\n"
    assert imported("post", "list", "--text", "no such words", "--json").json == []


def test_a_person_reads_a_post_without_json(imported: Workspace) -> None:
    imported.write("h.jsonl", history().replace("number 1", "number\\n one"))
    imported("post", "import", "h.jsonl")
    row = imported("post", "list", "--text", "one", "--json").json[0]

    told = imported("post", "show", row["id"]).out

    assert not set("{}[]") & set(told)
    assert "2026-05-02 10:00 UTC" in told
    assert "1: Sync hangs, number 1." in told.splitlines()[-1]


def test_show_gives_one_post_with_its_earlier_texts(imported: Workspace) -> None:
    row = imported("post", "list", "--json").json[1]

    shown = imported("post", "show", row["id"], "--json").json

    assert shown == {**row, "workaround": None, "cross_posts": [], "revisions": []}


def test_show_names_where_else_the_same_was_said(imported: Workspace) -> None:
    told = {"id": "a", "ts": "2026-05-03T10:00:00Z", "author": "Bo", "source": "mail"}
    words = "The tray icon is gone since this morning."
    lines = [
        json.dumps(told | {"text": words}),
        json.dumps(told | {"text": words, "id": "b", "source": "chat", "url": "https://x.org/b"}),
    ]
    for number, line in enumerate(lines):
        assert imported("post", "import", imported.write(f"{number}.jsonl", line)).code == 0
    rows = imported("post", "list", "--text", "tray icon", "--json").json

    assert len(rows) == 2, "they are linked, not merged"
    shown = imported("post", "show", rows[0]["id"], "--json").json["cross_posts"]
    assert [(other["id"], other["reason"]) for other in shown] == [
        (rows[1]["id"], "the same words by the same author")
    ]
    assert f"post {rows[1]['id']}, " in imported("post", "show", rows[0]["id"]).out


@pytest.mark.parametrize(
    ("post_id", "code"),
    [("0", 1), ("99999999999999999999", 1), ("4711", 1), ("x", 2), ("²", 2), ("", 2)],
)
def test_an_unknown_post_is_answered_with_the_list(
    imported: Workspace, post_id: str, code: int
) -> None:
    said = imported("post", "show", post_id)

    assert said.code == code
    assert "`groundswell post list` shows them" in said.err
    assert len(said.err.splitlines()) == 1


def test_an_import_again_adds_nothing(imported: Workspace) -> None:
    said = imported("post", "import", "h.jsonl")

    assert (said.code, said.err) == (0, "0 posts added, 0 changed.\n")
    assert imported("post", "list", "--count").out == "3\n"


def test_a_corrected_line_changes_its_post(imported: Workspace) -> None:
    imported.write("h.jsonl", history().replace("number 1", "number one"))

    assert imported("post", "import", "h.jsonl").err == "0 posts added, 1 changed.\n"


def test_an_imported_file_is_listed_and_not_exported(imported: Workspace) -> None:
    (row,) = imported("source", "list", "--json").json
    assert (row["name"], row["kind"], row["state"]) == ("h.jsonl", "manual", "ok")

    exported = imported("export", "-").out
    assert "h.jsonl" not in exported
    assert imported("apply", imported.write("again.toml", exported)).code == 0


def test_live_posts_may_alert_and_history_never_does(groundswell: Workspace) -> None:
    file = groundswell.write("live.jsonl", history())
    groundswell("post", "import", file, "--live")
    text = '{"id": "now", "text": "no time at all"}\n'
    groundswell("post", "import", groundswell.write("past.jsonl", text))

    rows = groundswell("post", "list", "--json").json
    assert {row["remote_id"]: row["backfill"] for row in rows} == {
        "h0": False,
        "h1": False,
        "h2": False,
        "now": True,
    }


def test_a_csv_file_is_read_too(groundswell: Workspace) -> None:
    file = groundswell.write("h.csv", 'id,ts,text\n1,2026-05-01,"a, quoted"\n2,2026-05-02,b\n')

    assert groundswell("post", "import", file).err == "2 posts added, 0 changed.\n"
    assert groundswell("post", "list", "--json").json[0]["text"] == "a, quoted"


def test_anonymous_posts_of_the_same_few_words_are_all_kept(groundswell: Workspace) -> None:
    """Also where the first stands in one transaction and the second in the next."""
    words = ["me too", *(f"number {number}" for number in range(499)), "me too"]
    rows = [json.dumps({"id": str(number), "text": text}) for number, text in enumerate(words)]

    said = groundswell("post", "import", groundswell.write("same.jsonl", "\n".join(rows)))

    assert said.err == "501 posts added, 0 changed.\n"


def test_bad_lines_are_named_together_and_nothing_is_stored(groundswell: Workspace) -> None:
    lines = history(700).splitlines()
    lines[600], lines[650] = "{", '{"id": "x"}'

    said = groundswell("post", "import", groundswell.write("h.jsonl", "\n".join(lines)))

    assert said.code == 1
    assert "line 601" in said.err
    assert "line 651" in said.err
    assert "Nothing was added; correct these lines" in said.err
    assert groundswell("post", "list", "--count").out == "0\n"


def test_a_file_that_is_not_there_is_told_in_a_line(groundswell: Workspace) -> None:
    said = groundswell("post", "import", "nowhere.jsonl")

    assert said.code == 1
    assert "No such file" in said.err
    assert "Traceback" not in said.err


def test_two_products_may_read_files_of_one_name(groundswell: Workspace) -> None:
    groundswell("apply", groundswell.write("p.toml", '[[product]]\nname = "other"\n'))
    file = groundswell.write("h.jsonl", history())

    for product in ("fernsync", "other"):
        said = groundswell("post", "import", file, "--product", product)
        assert said.err == "3 posts added, 0 changed.\n"

    assert groundswell("post", "import", file).code == 2
    names = {row["name"]: row["product"] for row in groundswell("source", "list", "--json").json}
    assert names == {"h.jsonl": "fernsync", "h.jsonl (other)": "other"}


def test_a_file_that_is_watched_may_be_imported_as_well(groundswell: Workspace) -> None:
    file = groundswell.write("h.jsonl", history())
    groundswell("source", "add", file, "--name", "h.jsonl")

    assert groundswell("post", "import", file).code == 0

    kinds = {row["kind"] for row in groundswell("source", "list", "--json").json}
    assert kinds == {"records", "manual"}


def test_a_pasted_text_is_a_post_heard_now(groundswell: Workspace) -> None:
    words = ("post", "add", "--text", "Sync hangs", "--url", "https://example.org/1")

    assert groundswell(*words).err == (
        "Added as post 1. Look for problems now: groundswell run --once --only detect\n"
    )
    assert groundswell(*words).err == "It was here already as post 1; nothing was added.\n"
    other = groundswell("post", "add", "--text", "Another thing", "--json")
    assert (other.json["id"], other.json["text"], other.err) == ("2", "Another thing", "")
    assert other.json["remote_id"] is None
    again = groundswell("post", "add", "--text", "Another thing", "--json")
    assert again.json == other.json

    row, _ = groundswell("post", "list", "--json").json
    assert (row["text"], row["url"], row["source"]) == (
        "Sync hangs",
        "https://example.org/1",
        "by hand",
    )
    assert row["backfill"] is False


@pytest.mark.parametrize("name", ["empty.jsonl", "empty.csv"])
def test_an_empty_file_is_told_as_that(groundswell: Workspace, name: str) -> None:
    file = groundswell.write(name, "")

    said = groundswell("post", "import", file)

    assert (said.code, said.err) == (0, f"{file} holds no post; nothing was added.\n")


def test_an_import_for_an_unknown_product_names_the_known(imported: Workspace) -> None:
    said = imported("post", "import", "h.jsonl", "--product", "nope")

    assert said.code == 2
    assert said.err == "groundswell: there is no product nope; known are: fernsync\n"


def test_a_page_is_fetched_and_kept_as_its_text(groundswell: Workspace) -> None:
    page = Reply(body=b"<html><body><p>Sync <b>hangs</b>.</p></body></html>")
    with Web(lambda _asked: page) as web:
        assert groundswell("post", "add", "--url", web.url("/p")).code == 0

    (row,) = groundswell("post", "list", "--json").json
    assert "Sync hangs." in row["text"]
    assert row["url"] == web.url("/p")


@pytest.mark.parametrize(
    ("words", "code", "remedy"),
    [
        ((), 2, "give the post's --url, its --text, or both"),
        (("--text", " \n"), 2, "'--text': it is empty"),
        (
            ("--text", "x", "--product", "other"),
            2,
            "there is no product other; known are: fernsync",
        ),
        (("--url", "http://10.0.0.1/"), 1, "allow_hosts"),
        (("--url", "ftp://x.example/y"), 1, "'ftp://x.example/y' refused: only http and https"),
        (("--url", "x.example/y"), 1, "'x.example/y' refused: it is not of the form http://"),
    ],
)
def test_what_cannot_be_added_is_told_with_the_remedy(
    groundswell: Workspace, words: tuple[str, ...], code: int, remedy: str
) -> None:
    said = groundswell("post", "add", *words)

    assert said.code == code
    assert remedy in said.err
    assert groundswell("post", "list", "--count").out == "0\n"


def test_a_page_that_does_not_answer_can_be_pasted(groundswell: Workspace) -> None:
    with Web(lambda _asked: Reply(500)) as web:
        said = groundswell("post", "add", "--url", web.url("/p"))

    assert said.code == 1
    assert "paste the text with --text" in said.err


def test_a_thread_of_a_watched_blog_is_the_same_posts_that_a_look_brings(
    groundswell: Workspace,
) -> None:
    _, web = blog_web(written(1), said(1), said(2))
    with web:
        groundswell("source", "add", web.url("/"), "--name", "blog")
        told = groundswell("post", "add", "--url", web.url("/2026/article-1/#comment-2"))
        again = groundswell("post", "add", "--url", web.url("/2026/article-1/"), "--json")
        groundswell("run", "--once", "--only", "crawl")

    assert "Its thread has 3 posts: 3 are new, 0 changed. Added as post 2." in told.err
    assert again.json["remote_id"] == "post-1"
    rows = groundswell("post", "list", "--json").json
    assert {row["remote_id"] for row in rows} == {"post-1", "comment-1", "comment-2"}
    assert len(rows) == 3
    assert {row["source"] for row in rows} == {"blog"}


def test_a_thread_of_a_place_that_nobody_watches_is_kept_by_hand(groundswell: Workspace) -> None:
    _, web = blog_web(written(1), said(1))
    with web:
        url = web.url("/2026/article-1/")
        first = groundswell("post", "add", "--url", url, "--json")
        again = groundswell("post", "add", "--url", url)

    assert (first.json["source"], first.json["url"]) == ("by hand", url)
    assert "2 posts: 0 are new" in again.err
    rows = groundswell("post", "list", "--json").json
    assert {row["thread_url"] for row in rows} == {url}
    assert all(row["backfill"] for row in rows)
