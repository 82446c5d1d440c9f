"""What a program may do: the same acts, bound to the text it read, told once."""

from typing import Any

import pytest
from sqlmodel import select

from config.database import reading
from config.ground import Ground
from responders.decisions.acting import Role
from responders.decisions.tables import Approval, AuditEntry
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.words.drafting import digest
from tests.conftest import NOON
from tests.responders.api.asked import asking
from tests.responders.console.rooms import TEXT, deliver, propose
from tests.responders.incidents import Incident, Said, happen


def test_an_approval_binds_the_text_that_was_read(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with asking(ground, role=Role.APPROVER) as program:
        wrong = program.post(f"/drafts/{draft}/approve", status=409, text_sha256="0" * 64)
        assert wrong["error"] == "already_done"
        done = program.post(f"/drafts/{draft}/approve", text_sha256=digest(TEXT), version=1)
        assert done["state"] in {"approved", "queued"}
        again = program.post(f"/drafts/{draft}/approve", status=409, text_sha256=digest(TEXT))
        assert "ruth" in again["reason"]
    with reading(ground.engine) as session:
        assert [row.via for row in session.exec(select(Approval)).all()] == ["api"]
        assert len(session.exec(select(Delivery)).all()) == 1


def test_a_yes_can_be_given_with_time_to_take_it_back(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with asking(ground, role=Role.APPROVER) as program:
        program.post(f"/drafts/{draft}/approve", text_sha256=digest(TEXT), undo=True)
        assert program.post(f"/drafts/{draft}/take-back")["state"] == "pending"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "text_sha256"),
        ({"text_sha256": "0" * 63}, "text_sha256"),
        ({"text_sha256": "0" * 64, "colour": "red"}, "colour"),
        ({"text_sha256": "0" * 64, "version": 0}, "version"),
    ],
)
def test_a_body_that_is_not_as_it_must_be_changes_nothing(
    ground: Ground, body: dict[str, Any], says: str
) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with asking(ground) as program:
        assert says in program.post(f"/drafts/{draft}/approve", status=422, **body)["reason"]
        assert program.get(f"/drafts/{draft}")["state"] == "pending"


def test_a_viewer_asks_and_changes_nothing(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    with asking(ground, "vera", Role.VIEWER) as program:
        for path, body in (
            (f"/drafts/{draft}/approve", {"text_sha256": digest(TEXT)}),
            (f"/drafts/{draft}/reject", {"reason": "no"}),
            ("/issues/GS-1/state", {"state": "resolved"}),
            ("/issues/GS-1/take", {}),
            ("/posts/1/judge", {"kind": "praise"}),
            ("/pause", {"reason": "now"}),
        ):
            assert program.post(path, status=403, **body)["error"] == "not_allowed"
    with reading(ground.engine) as session:
        acts = [row.act for row in session.exec(select(AuditEntry)).all()]
    assert acts == ["user added", "user token made"]


def test_a_draft_is_edited_rejected_or_left_unsaid(ground: Ground) -> None:
    issue = happen(ground, Incident(said=[Said(), Said(thread="t2")]))
    first, second = propose(ground, issue), propose(ground, issue, channel="page")
    with asking(ground) as program:
        edited = program.post(f"/drafts/{first}/edit", text=f"{TEXT}\n\nThanks.\0", version=1)
        assert edited["version"] == 2
        assert edited["text"].endswith("Thanks.")
        assert program.post(f"/drafts/{first}/reject", reason="no")["state"] == "rejected"
        assert program.post(f"/drafts/{second}/stay-silent", reason="no")["state"] == "silent"
        assert program.post(f"/drafts/{second}/edit", text="x", status=409)["reason"]


def test_what_became_of_a_text_is_told(ground: Ground) -> None:
    draft = propose(ground, happen(ground, Incident()))
    number = deliver(ground, draft, DeliveryState.IN_DOUBT)
    with asking(ground) as program:
        program.post(f"/deliveries/{number}/resolve", status=422)
        done = program.post(f"/deliveries/{number}/resolve", sent_url="https://forum.example/t/1#2")
        assert (done["state"], done["url"]) == ("sent", "https://forum.example/t/1#2")


def test_a_reply_that_stands_is_corrected_and_deleted(ground: Ground) -> None:
    issue = happen(ground, Incident(source_kind="discourse", reply=True))
    draft = propose(ground, issue, channel="discourse")
    number = deliver(ground, draft, DeliveryState.SENT, sent_at=NOON, remote_id="7")
    with asking(ground) as program:
        told = f"{TEXT} Only version 5.2 is affected."
        stale = program.post(f"/deliveries/{number}/edit", text=told, status=409,
                             instead_of_sha256="0" * 64)  # fmt: skip
        assert "something else by now" in stale["reason"]
        done = program.post(f"/deliveries/{number}/edit", text=TEXT + " Thanks.")
        assert [one["kind"] for one in done["changes"]] == ["correction"]
        assert program.post(f"/deliveries/{number}/delete", reason="no", status=409)


def test_an_issue_is_opened_handled_and_ended(ground: Ground) -> None:
    happen(ground, Incident())
    with asking(ground) as program:
        opened = program.post("/issues", title="Links open an empty folder")
        at = f"/issues/{opened['id']}"
        assert program.post(f"{at}/acknowledge")["id"] == opened["id"]
        assert "ruth" in program.post(f"{at}/acknowledge", status=409)["reason"]
        program.post(f"{at}/take")
        program.post(f"{at}/hand-back")
        program.post(f"{at}/unacknowledge", reason="I am off")
        assert program.post(f"{at}/rename", title="Links are empty")["title"] == "Links are empty"
        program.post(f"{at}/snooze", until="2026-05-13T12:00:00Z")
        assert program.post(f"{at}/wake")["flags"] == []
        assert program.post(f"{at}/mute", reason="known")["flags"] == ["muted"]
        program.post(f"{at}/wake")
        assert program.post(f"{at}/merge", into="GS-1")["merged_into"] == "GS-1"
        assert program.post(f"{at}/unmerge")["merged_into"] is None
        ended = program.post(f"{at}/state", state="resolved", avoid="keep 5.2.1 or newer")
        assert ended["state"] == "resolved"
        assert program.post(f"{at}/state", status=422, state="gone")["error"] == "not_valid"
        assert program.post("/issues/GS-1/not-an-issue", reason="a jest")["flags"]
        assert program.post("/issues/GS-99/take", status=404)["error"] == "not_found"


def test_a_post_is_judged(ground: Ground) -> None:
    happen(ground, Incident())
    with asking(ground) as program:
        assert program.post("/posts/1/judge", kind="praise")["kind"] == "praise"
        assert program.post("/posts/1/judge", kind="zebra", status=422)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/issues", {"title": " "}, 422), ("/issues/GS-1/rename", {"title": ""}, 422),
        ("/issues/GS-1/mute", {"reason": ""}, 422), ("/pause", {"reason": " "}, 422),
        ("/issues/GS-1/snooze", {"until": "2020-01-01T00:00:00Z"}, 422),
        ("/issues/GS-1/state", {"state": "identified", "avoid": "x"}, 422),
        ("/drafts/1/reject", {"reason": ""}, 422), ("/drafts/1/edit", {"text": ""}, 422),
        ("/drafts/1/edit", {"text": "Seen.", "version": True}, 422),
        ("/issues", {"title": "Links", "posts": [True]}, 422),
        ("/drafts/GS-1/edit", {"text": "Seen."}, 404), ("/posts/x/judge", {"kind": "praise"}, 404),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_request_is_never_called_a_want_of_rights(
    ground: Ground, path: str, body: dict[str, Any], status: int
) -> None:
    propose(ground, happen(ground, Incident()))
    with asking(ground) as program:
        said = program.post(path, status=status, **body)
    assert said["error"] == {404: "not_found", 422: "not_valid"}[status]


def test_everything_is_held_back_and_let_go(ground: Ground) -> None:
    with asking(ground) as program:
        held = program.post("/pause", reason="wrong link")
        assert (held["paused"], held["by"], held["reason"]) == (True, "ruth", "wrong link")
        assert program.get("/status")["paused"] is True
        assert program.post("/resume")["paused"] is False


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/issues/GS-1/snooze", {"until": "9999-12-31T23:59:59-12:00"}),
        ("/issues/GS-1/mute", {"reason": "x", "until": "9999-12-31T23:59:59-12:00"}),
        ("/issues", {"title": "It hangs", "posts": [10**30]}),
    ],
)
def test_what_no_store_holds_is_refused_as_not_valid(
    ground: Ground, path: str, body: dict[str, Any]
) -> None:
    happen(ground, Incident())
    with asking(ground) as program:
        assert program.post(path, status=422, **body)["error"] == "not_valid"
