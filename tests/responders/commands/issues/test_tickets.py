"""Handing an issue on from the command line."""

from collections.abc import Iterator
from typing import Any

import pytest

from responders.oncall.tickets.suggesting import suggest_due
from responders.oncall.tickets.ticketing import look_at_tickets
from responders.workspace import close_opened, open_client, open_ground
from tests.places.github_tickets import TOKEN, Tracker
from tests.places.web import Web
from tests.responders.commands.line import Said, Workspace
from tests.responders.voice.acts import later

TICKET = ("issue", "ticket", "GS-1")
MAKE = ("--create", "--repo", "acme/app", "--credential", "eng")


class Handing:
    """A workspace with a tracker."""

    def __init__(self, workspace: Workspace, tracker: Tracker, web: Web) -> None:
        self.workspace, self.tracker = workspace, tracker
        api = web.url("").rstrip("/")
        with (workspace.folder / "groundswell.toml").open("a") as settings:
            settings.write(f'[credentials.eng]\ntoken = "{TOKEN}"\napi_url = "{api}"\n')
            settings.write(f'[github]\napi_url = "{api}"\n')

    def __call__(self, *words: str) -> Said:
        return self.workspace(*TICKET, *words)

    def shown(self) -> Any:
        return self("--json").json

    def passes(self, hours: float = 0) -> None:
        """Send what waits, look at tickets, and suggest what follows."""
        assert self.workspace("run", "--once", "--only", "deliver").code == 0
        ground = later(open_ground(self.workspace.folder / "groundswell.toml"), hours=hours)
        suggest_due(ground)
        look_at_tickets(ground, open_client(ground))
        suggest_due(ground)
        close_opened()


@pytest.fixture
def handing(proposed: Workspace) -> Iterator[Handing]:
    tracker = Tracker()
    with Web(tracker) as web:
        yield Handing(proposed, tracker, web)


def test_a_ticket_is_made_of_the_evidence_once(handing: Handing) -> None:
    assert "hand it on: groundswell issue ticket GS-1" in handing().out
    made = handing(*MAKE)
    assert made.code == 0, made.err
    assert "A ticket in acme/app is on its way: groundswell delivery show" in made.out + made.err
    handing.passes()
    (issue,) = handing.tracker.issues
    assert issue["title"] == "GS-1: App hangs when a note is opened"
    assert "“It hangs on my phone when I open a note”" in issue["body"]
    assert "person 1" not in issue["body"]
    shown = handing.shown()
    assert (shown["ticket"]["number"], shown["ticket"]["state"]) == (1, "open")
    again = handing(*MAKE)
    assert (again.code, "has ticket acme/app#1 already" in again.err) == (1, True)
    assert handing.tracker.writes == 1
    value = handing.workspace("issue", "show", "GS-1", "--json").json
    assert value["ticket"] == shown["ticket"]
    assert "acme/app#1, open, https://" in handing.workspace("issue", "show", "GS-1").out


def test_a_public_repository_is_warned_of_and_nobody_is_quoted_there(handing: Handing) -> None:
    handing.tracker.private = False
    refused = handing(*MAKE)
    assert refused.code == 2
    assert "acme/app is public: everybody will read this evidence. Nobody is quoted" in refused.err
    assert handing.tracker.writes == 0
    dry = handing("--dry-run", *MAKE[1:])
    assert "everybody can read this" in dry.err
    for words in ("It hangs on my phone", "App hangs when", "by operator"):
        assert words not in dry.out
    assert dry.out.startswith("GS-1: hangs, note")
    assert "[forum.example](<https://forum.example/t/a>)" in dry.out
    assert handing(*MAKE, "--yes").code == 0
    handing.passes()
    assert handing.tracker.issues[0]["title"] == "GS-1: hangs, note"


def test_with_quotes_they_stand_in_a_public_one_too(handing: Handing) -> None:
    handing.tracker.private = False
    value = handing("--dry-run", "--with-quotes", "--json", *MAKE[1:]).json
    assert (value["public"], value["quotes"]) == (True, True)
    assert "It hangs on my phone" in value["body"]


def test_closing_it_suggests_a_state_and_the_act_accepts_it(handing: Handing) -> None:
    handing.tracker.add("It hangs")
    url = "https://github.com/acme/app/issues/1"
    refused = handing("--link", url)
    assert (refused.code, "is no ticket there" in refused.err) == (2, True)
    there = url.replace("https://github.com", "http://127.0.0.1")
    assert handing("--link", there, "--credential", "eng").code == 0
    handing.tracker.set(1, "closed", "completed")
    handing.passes()
    (row,) = handing.shown()["suggestions"]
    assert (row["state"], row["reason"]) == ("monitoring", "ticket acme/app#1 is done")
    assert "monitoring: ticket acme/app#1 is done" in handing().out
    assert handing.shown()["state"] == "new"
    handing.workspace("issue", "state", "GS-1", "monitoring")
    assert handing.shown()["suggestions"] == []


def test_a_suggestion_can_be_declined_and_a_ticket_unlinked(handing: Handing) -> None:
    handing.tracker.add("It hangs", state="closed", state_reason="not_planned")
    handing("--link", "http://127.0.0.1/acme/app/issues/1", "--credential", "eng")
    assert (handing("--decline").code, handing.shown()["suggestions"]) == (1, [])
    handing.passes()
    assert handing.shown()["suggestions"][0]["resolution"] == "will-not-fix"
    assert handing("--decline").err == "GS-1 stays new.\n"
    assert handing.shown()["suggestions"] == []
    assert handing("--unlink").code == 0
    assert handing.shown()["ticket"] is None
    assert handing("--unlink").code == 1


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--create",), 2, "--repo owner/name"),
        (("--create", "--repo", "acme"), 2, "is no repository"),
        (("--create", "--repo", "acme/app", "--credential", "nobody"), 2, "no credential nobody"),
        (("--create", "--repo", "acme/app"), 1, "--credential NAME"),
        (("--create", "--repo", "acme/none", "--credential", "eng"), 1, "is not there or private"),
        (("--create", "--link", "https://x.example"), 2, "at a time"),
        (("--link", "7"), 2, "is no ticket there"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    handing: Handing, words: tuple[str, ...], code: int, says: str
) -> None:
    said = handing(*words)
    assert (said.code, says in said.err) == (code, True), said.err
    assert handing.tracker.writes == 0
