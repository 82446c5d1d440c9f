"""`groundswell release …`, and what an issue is shown to have followed."""

from pathlib import Path

import pytest

from responders.workspace import close_opened, open_ground
from tests.places.web import Reply, Web
from tests.responders.commands.line import Workspace
from tests.responders.incidents import Incident, Said, happen

DECLARED = '[[product]]\nname = "fernsync"\nreleases = "{}"\n'


def three_reports(groundswell: Workspace) -> None:
    ground = open_ground(groundswell.folder / "groundswell.toml")
    said = [Said(thread=None), Said(thread=None), Said(thread=None)]
    happen(ground, Incident(product="fernsync", said=said))
    close_opened()


def test_a_release_is_added_corrected_and_taken_out(at_noon: Workspace) -> None:
    assert at_noon("release", "list", "--json").json == []
    added = at_noon("release", "add", "5.2.0", "--at", "2026-05-12T07:00:00Z", "--json")
    assert added.json == {
        "version": "5.2.0",
        "product": "fernsync",
        "released_at": "2026-05-12T07:00:00Z",
        "url": None,
        "source": "by hand",
        "heard_at": "2026-05-12T12:00:00Z",
    }
    corrected = at_noon("release", "add", "5.2.0", "--url", "https://fern.example/52", "--json")
    assert corrected.json["released_at"] == "2026-05-12T12:00:00Z"
    assert len(at_noon("release", "list", "--json").json) == 1
    assert "5.2.0" in at_noon("release", "list").out

    assert at_noon("release", "remove", "5.2.0").code == 0
    assert "No release is known" in at_noon("release", "list").out
    gone = at_noon("release", "remove", "5.2.0")
    assert (gone.code, gone.err.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "  "], "the version is empty"),
        (["add", "5" * 90], "80 characters"),
        (["add", "5", "--at", "noon"], "--at is no time"),
        (["add", "5", "--at", "9999-01-01"], "more than a year ahead"),
        (["add", "5", "--url", "javascript:1"], "is no web address"),
        (["add", "5", "--product", "other"], "there is no product other"),
        (["list", "--product", "other"], "there is no product other"),
        (["import"], "no product declares"),
    ],
)
def test_wrong_words_are_wrong_usage(at_noon: Workspace, words: list[str], said: str) -> None:
    found = at_noon("release", *words)
    assert found.code == 2
    assert said in found.err


def test_what_list_prints_can_be_imported(at_noon: Workspace) -> None:
    at_noon("release", "add", "5.2.0", "--at", "2026-05-12T07:00:00Z")
    file = at_noon.write("r.json", at_noon("release", "list", "--json").out)
    at_noon("release", "remove", "5.2.0")

    said = at_noon("release", "import", file, "--json")

    assert said.json == [{"product": "fernsync", "changed": 1}]
    assert at_noon("release", "import", file).err == "fernsync: 0 new or changed\n"


def test_a_bad_file_changes_nothing(at_noon: Workspace) -> None:
    file = at_noon.write("r.csv", "version,released_at\n5.1,2026-05-01\n5.2,soon\n")
    said = at_noon("release", "import", file)
    assert (said.code, "release 2" in said.err) == (1, True)
    assert at_noon("release", "list", "--json").json == []


def test_import_reads_the_declared_place_now(at_noon: Workspace) -> None:
    feed = (
        '<rss version="2.0"><channel><item><title>5.2.0</title>'
        "<pubDate>Tue, 12 May 2026 07:00:00 +0000</pubDate></item></channel></rss>"
    )
    with Web(lambda _asked: Reply(body=feed.encode())) as web:
        at_noon("apply", at_noon.write("p.toml", DECLARED.format(web.url("/f"))))
        assert at_noon("release", "import").err == "fernsync: 1 new or changed\n"
        web.script = lambda _asked: Reply(404)
        failed = at_noon("release", "import")
    assert failed.code == 1
    assert "fernsync: " in failed.err
    assert [row["version"] for row in at_noon("release", "list", "--json").json] == ["5.2.0"]


def test_the_declared_place_survives_export_and_apply(at_noon: Workspace, tmp_path: Path) -> None:
    at_noon("apply", at_noon.write("p.toml", DECLARED.format("https://fern.example/releases")))
    assert at_noon("export", "out.toml").code == 0
    assert 'releases = "https://fern.example/releases"' in (tmp_path / "out.toml").read_text()
    assert "Nothing to change" in at_noon("apply", "out.toml").err


def test_apply_refuses_a_place_that_is_none(at_noon: Workspace) -> None:
    said = at_noon("apply", at_noon.write("p.toml", DECLARED.format("fern/sync")))
    assert said.code == 2
    assert "product fernsync: releases is no web address" in said.err


def test_an_issue_tells_the_release_it_followed_as_a_guess(at_noon: Workspace) -> None:
    three_reports(at_noon)
    before = at_noon("issue", "show", "GS-1", "--json").json
    assert (before["release"], before["release_probability"]) == (None, None)

    at_noon("release", "add", "5.2.0", "--at", "2026-05-12T07:00:00Z")

    shown = at_noon("issue", "show", "GS-1", "--json").json
    assert (shown["release"], shown["release_probability"]) == ("5.2.0", 0.74)
    assert "5.2.0 came out 5 h before the first report" in shown["release_reason"]
    people = " ".join(at_noon("issue", "show", "GS-1").out.split())
    assert "release 5.2.0, 74 % likely: 5.2.0 came out 5 h before the first report" in people
    assert "**Release it probably followed:** 5.2.0, 74 % likely" in " ".join(
        at_noon("issue", "evidence", "GS-1").out.replace("\\", "").split()
    )

    at_noon("release", "remove", "5.2.0")
    assert at_noon("issue", "show", "GS-1", "--json").json["release"] is None
