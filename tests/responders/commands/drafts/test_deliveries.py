"""What was sent, and what only a person can tell."""

import pytest

from config.database import transaction
from responders.delivery.tables import Delivery, DeliveryState
from responders.workspace import close_opened, open_ground
from tests.lived import LivedStores
from tests.responders.commands.line import Workspace

KEYS = [
    "id", "draft_id", "issue_id", "channel", "destination", "kind", "state", "reason", "text",
    "thread_url", "url", "remote_id", "queued_at", "sent_at", "tries",
    "visible", "hidden_since", "hidden_reason", "removed_at", "changes_delivery", "evidence",
]  # fmt: skip
URL = "https://forum.example/t/a#9"


@pytest.fixture
def queued(proposed: Workspace, store_url: str, lived: LivedStores) -> Workspace:
    """The reply to the thread a is approved and waits in the outbox as delivery 1."""
    approved = lived.after(
        "the reply to the thread a is approved",
        store_url,
        lambda: proposed("draft", "approve", "2"),
    )
    assert approved.code == 0
    return proposed


def put(groundswell: Workspace, state: DeliveryState) -> None:
    """Let delivery 1 have come so far."""
    with transaction(open_ground(groundswell.folder / "groundswell.toml").engine) as session:
        session.get_one(Delivery, 1).state = state
    close_opened()


def test_a_list_of_nothing_says_what_would_be_there(at_noon: Workspace) -> None:
    assert "groundswell draft list --state pending" in at_noon("delivery", "list").out
    assert "groundswell delivery list" in at_noon("delivery", "list", "--state", "sent").out
    assert at_noon("delivery", "list", "--json").json == []


def test_a_delivery_has_the_shape_scripts_rely_on(queued: Workspace) -> None:
    (row,) = queued("delivery", "list", "--json").json
    assert list(row) == KEYS
    assert (row["id"], row["draft_id"], row["issue_id"]) == ("1", "2", "GS-1")
    assert (row["state"], row["kind"], row["url"], row["tries"]) == ("queued", "ack", None, 0)
    assert row["queued_at"] == "2026-05-12T12:00:00Z"
    assert queued("delivery", "show", "1", "--json").json == row | {"changes": []}
    assert queued("delivery", "list", "--issue", "GS-1", "--state", "sent", "--json").json == []


@pytest.mark.parametrize("state", [DeliveryState.BY_HAND, DeliveryState.IN_DOUBT])
def test_a_person_tells_that_it_stands_there(queued: Workspace, state: DeliveryState) -> None:
    put(queued, state)
    shown = queued("delivery", "show", "1")
    assert "https://forum.example/t/a" in shown.err
    assert "groundswell delivery resolve 1" in shown.err
    said = queued("delivery", "resolve", "1", "--sent", URL)
    assert said.err.startswith("Delivery 1 is noted as sent.")
    row = queued("delivery", "show", "1", "--json").json
    assert (row["state"], row["url"]) == ("sent", URL)
    assert queued("draft", "show", "2", "--json").json["state"] == "sent"
    assert queued("delivery", "resolve", "1", "--not-sent").code == 1


@pytest.mark.parametrize(
    ("state", "after", "words"),
    [
        (DeliveryState.BY_HAND, "cancelled", "its draft waits for a person"),
        (DeliveryState.IN_DOUBT, "queued", "is queued again; `groundswell run` sends it"),
    ],
)
def test_a_person_tells_that_it_does_not(
    queued: Workspace, state: DeliveryState, after: str, words: str
) -> None:
    put(queued, state)
    said = queued("delivery", "resolve", "1", "--not-sent")
    assert (said.code, words in said.err) == (0, True)
    assert queued("delivery", "show", "1", "--json").json["state"] == after


def test_what_failed_is_told_with_its_remedy(queued: Workspace) -> None:
    put(queued, DeliveryState.FAILED)
    shown = queued("delivery", "show", "1").err
    assert "put right what the reason says" in shown
    assert "groundswell delivery resolve 1 --not-sent" in shown
    assert "groundswell delivery list --state failed" in queued("status").out
    assert "groundswell delivery list --state failed" in queued("doctor").out


def test_what_failed_is_warned_of_until_somebody_took_note(queued: Workspace) -> None:
    put(queued, DeliveryState.FAILED)
    assert queued("delivery", "resolve", "1", "--not-sent").code == 0
    for verb in ("status", "doctor"):
        assert "--state failed" not in queued(verb).out


def test_what_failed_is_not_warned_of_once_its_draft_was_rejected(queued: Workspace) -> None:
    put(queued, DeliveryState.FAILED)
    draft = queued("delivery", "show", "1", "--json").json["draft_id"]
    assert queued("draft", "reject", draft, "--reason", "somebody answered").code == 0
    assert "--state failed" not in queued("status").out
    assert queued("status", "--json").json["deliveries"]["failed"] == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("1",), 2),
        (("1", "--sent", URL, "--not-sent"), 2),
        (("1", "--sent", "javascript:alert(1)"), 2),
        (("1", "--not-sent"), 1),
        (("77", "--not-sent"), 1),
        (("9" * 4000, "--not-sent"), 1),
        (("GS-1", "--not-sent"), 2),
    ],
)
def test_a_mistake_settles_nothing(queued: Workspace, words: tuple[str, ...], code: int) -> None:
    said = queued("delivery", "resolve", *words)
    assert (said.code, len(said.err.splitlines())) == (code, 1)
    assert queued("delivery", "show", "1", "--json").json["state"] == "queued"
