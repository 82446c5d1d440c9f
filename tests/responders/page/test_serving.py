import gzip
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from responders.page.serving import KEPT, Files, make_app
from tests.responders.page.published import Office

PAGE = b"<!DOCTYPE html><title>now</title>" + b"<p>hello</p>" * 100
ENTRY = b"<!DOCTYPE html><title>one</title>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "page"
    files = {
        "index.html": PAGE,
        "404.html": b"<!DOCTYPE html><title>nothing</title>",
        "incidents/gs-1/index.html": ENTRY,
        "api/v2/summary.json": b'{"page":{}}',
        "history.atom": b"<feed/>",
        "history.rss": b"<rss/>",
        "assets/page.css": b"p{}",
        "assets/page.js": b"1",
        "assets/mark.svg": b"<svg/>",
        ".rendered.json": b"{}",
        "secret.key": b"secret",
    }
    for path, content in files.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(content)
    (tmp_path / "outside.html").write_bytes(b"outside")
    return made


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(make_app(folder), follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/incidents/gs-1", "text/html; charset=utf-8"),
        ("/incidents/gs-1/", "text/html; charset=utf-8"),
        ("/api/v2/summary.json", "application/json; charset=utf-8"),
        ("/history.atom", "application/atom+xml; charset=utf-8"),
        ("/history.rss", "application/rss+xml; charset=utf-8"),
        ("/assets/page.css", "text/css; charset=utf-8"),
        ("/assets/page.js", "text/javascript; charset=utf-8"),
        ("/assets/mark.svg", "image/svg+xml"),
    ],
)
def test_every_file_is_given_out_as_what_it_is(client: TestClient, path: str, kind: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["cache-control"] == (
        "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "set-cookie" not in answer.headers


def test_json_and_feeds_are_open_to_other_sites_and_pages_are_not(client: TestClient) -> None:
    for path in ("/api/v2/summary.json", "/history.atom", "/history.rss"):
        assert client.get(path).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/").headers


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "cache-control" in again.headers
    since = client.get("/", headers={"If-Modified-Since": first.headers["last-modified"]})
    assert since.status_code == 304
    star = client.get("/", headers={"If-None-Match": "*"})
    assert star.status_code == 304


def test_a_changed_file_is_sent(client: TestClient, folder: Path) -> None:
    first = client.get("/")
    (folder / "new.tmp").write_bytes(b"<!DOCTYPE html>changed")
    (folder / "new.tmp").replace(folder / "index.html")
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})
    assert again.content == b"<!DOCTYPE html>changed"
    assert again.headers["etag"] != first.headers["etag"]


def test_a_tag_decides_alone_where_both_are_sent(client: TestClient) -> None:
    future = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
    asked = {"If-None-Match": '"another"', "If-Modified-Since": future}
    assert client.get("/", headers=asked).status_code == 200


@pytest.mark.parametrize("since", ["yesterday", "", "Tue, 99 Foo 2026 12:00:00 GMT"])
def test_a_date_that_is_none_is_ignored(client: TestClient, since: str) -> None:
    assert client.get("/", headers={"If-Modified-Since": since}).status_code == 200


def test_a_large_file_is_compressed_for_those_who_take_it(client: TestClient) -> None:
    packed = client.get("/", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == PAGE
    assert int(packed.headers["content-length"]) == len(gzip.compress(PAGE, 6, mtime=0))
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    refused = client.get("/", headers={"Accept-Encoding": "gzip;q=0"})
    for answer in (plain, refused):
        assert "content-encoding" not in answer.headers
        assert answer.content == PAGE
    assert packed.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


def test_head_tells_the_same_without_the_body(client: TestClient) -> None:
    got, asked = client.get("/"), client.head("/")
    assert asked.content == b""
    assert dict(asked.headers) == dict(got.headers)


def test_nothing_can_be_changed(client: TestClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, "/").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.html",
        "/%2e%2e/outside.html",
        "/..%2foutside.html",
        "/incidents/..%2f..%2f..%2foutside.html",
        "/..%5coutside.html",
        "/%00index.html",
        "/.rendered.json",
        "/assets/../.rendered.json",
        "/secret.key",
        "/incidents",
        "/incidents/gs-2",
        "/index.html/more",
        "/%ff%fe.html",
        "/" + "x" * 5000 + ".html",
    ],
)
def test_nothing_else_can_be_named(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"nothing" in answer.content
    assert answer.headers["cache-control"] == "public, max-age=30"


def test_no_link_leads_out(client: TestClient, folder: Path) -> None:
    (folder / "file.html").symlink_to(folder.parent / "outside.html")
    (folder / "folder").symlink_to(folder.parent)
    (folder / "loop.html").symlink_to(folder / "loop.html")
    for path in ("/file.html", "/folder/outside.html", "/loop.html"):
        assert client.get(path).status_code == 404


def test_a_folder_or_a_pipe_is_no_file(client: TestClient, folder: Path) -> None:
    (folder / "data.json").mkdir()
    os.mkfifo(folder / "pipe.html")
    for path in ("/data.json", "/pipe.html"):
        assert client.get(path).status_code == 404


def test_the_folder_itself_may_be_a_link(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder)
    with TestClient(make_app(folder.parent / "link")) as client:
        assert client.get("/incidents/gs-1").content == ENTRY


def test_before_the_first_writing_it_says_so(tmp_path: Path) -> None:
    with TestClient(make_app(tmp_path / "nowhere")) as client:
        answer = client.get("/")
        assert answer.status_code == 503
        assert answer.headers["cache-control"] == "no-store"
        assert b"not been written yet" in answer.content


def test_memory_stays_bounded(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for number in range(KEPT + 50):
        (tmp_path / f"{number}.html").write_bytes(b"x")
        assert files.find(f"{number}.html") is not None
    assert len(files._held) == KEPT


def test_the_page_is_served_with_the_store_gone(office: Office) -> None:
    office.say(office.issue())
    office.write()
    with office.ground.engine.begin() as connection:
        connection.execute(text("DROP TABLE incidentupdate"))
    office.ground.engine.dispose()
    with TestClient(make_app(office.folder)) as client:
        for path in ("/", "/incidents/gs-1", "/api/v2/summary.json", "/history.atom", "/history"):
            assert client.get(path).status_code == 200
        page = client.get("/").text
    assert "This page was written at" in page
