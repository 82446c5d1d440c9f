"""Holding a draft on the command line, and two people's yes."""

import pytest

from tests.responders.commands.line import Workspace

FIRST = "2"


@pytest.fixture
def peopled(proposed: Workspace) -> Workspace:
    for name in ("ruth", "tom"):
        proposed("user", "add", name, "--role", "approver")
    return proposed


def test_who_reads_a_draft_is_told_and_asked_before_another_decides(peopled: Workspace) -> None:
    said = peopled("draft", "claim", FIRST, "--by", "ruth")
    assert said.err == (
        "ruth is reading this since 12:00 UTC, 12 May; free again at 12:10 UTC, or: groundswell "
        f"draft release {FIRST}\n"
    )
    shown = peopled("draft", "show", FIRST, "--json").json
    assert (shown["claimed_by"], shown["claimed_at"]) == ("ruth", "2026-05-12T12:00:00Z")
    for words in (
        ("approve",), ("edit", "--text", "We know."), ("reject", "--reason", "no"),
        ("stay-silent", "--reason", "no"), ("claim",), ("release",),
    ):  # fmt: skip
        refused = peopled("draft", words[0], FIRST, *words[1:], "--by", "tom")
        assert refused.code == 1, words
        assert "ruth is reading this since 12:00 UTC, 12 May" in refused.err
    assert peopled("draft", "approve", FIRST, "--by", "tom", "--anyway").code == 0


def test_what_was_let_go_is_free_for_anybody(peopled: Workspace) -> None:
    peopled("draft", "claim", FIRST, "--by", "ruth")
    assert peopled("draft", "release", FIRST, "--by", "ruth").err == (
        f"Draft {FIRST} is free for anybody.\n"
    )
    assert peopled("draft", "show", FIRST, "--json").json["claimed_by"] is None
    assert peopled("draft", "claim", FIRST, "--by", "tom", "--json").json["claimed_by"] == "tom"


def test_two_people_say_yes_where_the_settings_ask_for_it(
    peopled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = '["cosmetic", "minor", "major", "critical"]'
    monkeypatch.setenv("GROUNDSWELL__APPROVAL__TWO_PERSONS", every)
    first = peopled("draft", "approve", FIRST, "--by", "ruth")
    assert first.err.startswith("The first yes of two for GS-1 at forum.example/t/a. Nothing was")
    assert first.err.endswith("Another person says the second yes.\n")
    shown = peopled("draft", "show", FIRST, "--json").json
    assert (shown["state"], shown["first_yes"]["by"]) == ("pending", "ruth")
    again = peopled("draft", "approve", FIRST, "--by", "ruth")
    assert (again.code, "another person must say it too" in again.err) == (1, True)
    assert peopled("draft", "approve", FIRST, "--by", "tom").err.startswith("Approved for GS-1")
    shown = peopled("draft", "show", FIRST, "--json").json
    assert (shown["decided_by"], shown["first_yes"]) == ("tom", None)


@pytest.mark.parametrize("wrong", ["all", '["huge"]'])
def test_a_severity_that_is_none_is_told_before_anything_is_done(
    peopled: Workspace, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("GROUNDSWELL__APPROVAL__TWO_PERSONS", wrong)
    said = peopled("draft", "approve", FIRST)
    assert said.code == 2
    assert "two_persons" in said.err.lower()
