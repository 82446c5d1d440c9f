"""`delivery edit` and `delete`, and what `delivery show` tells of doubts, sight and changes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from config.database import transaction
from responders.delivery.tables import Delivery, DeliveryState
from responders.workspace import close_opened, open_ground
from tests.responders.commands.line import Said, Workspace

AT = datetime(2026, 5, 12, 12, tzinfo=UTC)
URL = "https://forum.example/t/a#9"


def change(groundswell: Workspace, **values: Any) -> None:
    """Let delivery 1 have become so."""
    with transaction(open_ground(groundswell.folder / "groundswell.toml").engine) as session:
        row = session.get_one(Delivery, 1)
        for name, value in values.items():
            setattr(row, name, value)
    close_opened()


@pytest.fixture
def stands(proposed: Workspace) -> Workspace:
    """A reply stands in a forum as delivery 1."""
    assert proposed("draft", "approve", "2", "--override", "a test").code == 0
    change(
        proposed, state=DeliveryState.SENT, sent_at=AT, remote_id="9", url=URL, channel="discourse"
    )
    return proposed


def all_of(said: Said) -> str:
    """Return what was said, wherever and however its lines are broken."""
    return " ".join(f"{said.out} {said.err}".split())


def test_a_reply_is_corrected_and_deleted_once_each(stands: Workspace) -> None:
    new = f"Hello. {stands('delivery', 'show', '1', '--json').json['text']}"
    said = stands("delivery", "edit", "1", "--text", new)
    assert (said.code, "queued as delivery 2" in all_of(said)) == (0, True), said.err
    shown = stands("delivery", "show", "1", "--json").json
    assert [(one["kind"], one["state"], one["text"]) for one in shown["changes"]] == [
        ("correction", "queued", new)
    ]
    assert stands("delivery", "show", "2", "--json").json["changes_delivery"] == "1"
    refused = stands("delivery", "delete", "1", "--reason", "no")
    assert (refused.code, "on its way (delivery 2)" in refused.err) == (1, True)


def test_a_deletion_as_a_script_sees_it(stands: Workspace) -> None:
    made = stands("delivery", "delete", "1", "--reason", "wrong thread", "--json").json
    assert (made["kind"], made["state"], made["text"]) == ("removal", "queued", "")


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (("edit", "1"), 2, "--text or --file"),
        (("edit", "1", "--text", "x", "--file", "y"), 2, "give one of them"),
        (("edit", "9", "--text", "x"), 1, "no delivery 9"),
        (("delete", "1"), 2, "--reason"),
        (("edit", "1", "--text", "x", "--by", "nobody"), 1, "nobody"),
    ],
)
def test_what_is_asked_wrongly_changes_nothing(
    stands: Workspace, asked: tuple[str, ...], code: int, words: str
) -> None:
    said = stands("delivery", *asked)
    assert (said.code, words in said.err) == (code, True), said.err
    assert len(stands("delivery", "list", "--json").json) == 1


def test_a_doubt_is_told_with_its_evidence(stands: Workspace) -> None:
    why = "no answer in 20 s; we cannot look: it is closed; try 2 to https://f.example/ began at 12"
    change(stands, state=DeliveryState.IN_DOUBT, reason=why, tries=2, url=None, next_try_at=AT)
    told = stands("delivery", "show", "1", "--json").json["evidence"]
    assert (told["tries"], told["try_began_at"]) == (2, "2026-05-12T12:00:00Z")
    assert told["came_back"] == "no answer in 20 s"
    assert told["lookup_saw"] == "the place did not let us look: it is closed"
    out = all_of(stands("delivery", "show", "1"))
    for words in ("try 2 began at 2026-05-12 12:00:00 UTC", "sha256", "--sent URL", "--not-sent"):
        assert words in out


@pytest.mark.parametrize(
    ("reason", "saw"),
    [
        ("a cut; try 1 to x began at y", "nothing: this place cannot be read back"),
        ("a backup was put back", "nothing: nobody looked yet"),
        ("a cut; we looked in vain: 500; try 1 to x", "did not answer when we looked: 500"),
    ],
)
def test_what_our_own_look_saw_is_said(stands: Workspace, reason: str, saw: str) -> None:
    change(stands, state=DeliveryState.IN_DOUBT, reason=reason)
    assert saw in stands("delivery", "show", "1", "--json").json["evidence"]["lookup_saw"]


def test_a_hidden_reply_is_told_and_one_that_is_seen_is_not(stands: Workspace) -> None:
    change(stands, hidden_at=AT, hidden_why="removed by moderators")
    shown = stands("delivery", "show", "1", "--json").json
    assert (shown["visible"], shown["hidden_reason"]) == (False, "removed by moderators")
    out = all_of(stands("delivery", "show", "1"))
    assert "Not visible to others since 2026-05-12 12:00 UTC: removed by moderators" in out
    change(stands, hidden_at=None, hidden_why="", seen_at=AT)
    assert stands("delivery", "show", "1", "--json").json["visible"] is True
    assert "Not visible" not in all_of(stands("delivery", "show", "1"))
    change(stands, seen_at=None)
    assert stands("delivery", "show", "1", "--json").json["visible"] is None


def test_a_change_can_be_taken_back_while_it_waits(stands: Workspace) -> None:
    new = f"Hello. {stands('delivery', 'show', '1', '--json').json['text']}"
    assert stands("delivery", "edit", "1", "--text", new, "--undo").code == 0
    assert "Taken back" in all_of(stands("delivery", "take-back", "1"))
    (change_now,) = stands("delivery", "show", "1", "--json").json["changes"]
    assert change_now["state"] == "cancelled"
    refused = stands("delivery", "confirm", "1")
    assert (refused.code, "no change of delivery 1 waits" in all_of(refused)) == (1, True)


def test_where_two_must_say_yes_another_user_confirms_a_change(
    stands: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = '["cosmetic", "minor", "major", "critical"]'
    monkeypatch.setenv("GROUNDSWELL__APPROVAL__TWO_PERSONS", every)
    said = stands("delivery", "delete", "1", "--reason", "wrong thread")
    assert "groundswell delivery confirm 1 --by NAME" in all_of(said)
    same = stands("delivery", "confirm", "1")
    assert (same.code, "another person must say it too" in all_of(same)) == (1, True)
    stands("user", "add", "tom", "--role", "approver")
    done = stands("delivery", "confirm", "1", "--by", "tom", "--json")
    assert (done.code, done.json["kind"], done.json["state"]) == (0, "removal", "queued")
