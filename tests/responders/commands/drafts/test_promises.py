"""What was promised in public, and the warning when it is overdue."""

from datetime import timedelta

from config.database import transaction
from responders.voice.tables import Promise, PromiseState
from responders.workspace import close_opened, open_ground
from tests.conftest import NOON
from tests.responders.commands.line import Workspace


def promise(groundswell: Workspace, state: PromiseState, hours: int) -> None:
    with transaction(open_ground(groundswell.folder / "groundswell.toml").engine) as session:
        session.add(
            Promise(
                product_id=1,
                issue_id=1,
                due_at=NOON + timedelta(hours=hours),
                made_at=NOON - timedelta(hours=4),
                state=state,
            )
        )
    close_opened()


def test_promises_are_listed_by_the_time_they_are_due(proposed: Workspace) -> None:
    assert "groundswell draft list --state pending" in proposed("promise", "list").out
    promise(proposed, PromiseState.OPEN, 4)
    promise(proposed, PromiseState.BROKEN, -1)
    rows = proposed("promise", "list", "--json").json
    assert [(row["state"], row["due_at"]) for row in rows] == [
        ("broken", "2026-05-12T11:00:00Z"),
        ("open", "2026-05-12T16:00:00Z"),
    ]
    assert list(rows[0]) == [
        "id", "issue_id", "due_at", "made_at", "state", "reminded_at", "settled_at",
    ]  # fmt: skip
    assert len(proposed("promise", "list", "--state", "open", "--json").json) == 1
    assert "groundswell promise list" in proposed("promise", "list", "--state", "kept").out
    assert proposed("promise", "list", "--issue", "GS-77").code == 1
    next_word = proposed("issue", "show", "GS-1", "--json").json["next_update_by"]
    assert next_word == "2026-05-12T16:00:00Z"


def test_how_many_were_kept_and_broken_is_counted(proposed: Workspace) -> None:
    nothing = {"open": 0, "kept": 0, "broken": 0, "overdue": 0}
    assert proposed("promise", "list", "--count", "--json").json == nothing
    for state, hours in (("open", 4), ("kept", -3), ("kept", -2), ("broken", -1)):
        promise(proposed, PromiseState(state), hours)
    counts = {"open": 1, "kept": 2, "broken": 1, "overdue": 1}
    assert proposed("promise", "list", "--count", "--json").json == counts
    assert proposed("status", "--json").json["promises"] == counts
    assert proposed("promise", "list").err == "kept 2, broken 1 (1 still owed), open 1\n"


def test_an_overdue_promise_is_warned_of_with_the_remedy(proposed: Workspace) -> None:
    promise(proposed, PromiseState.BROKEN, -1)
    warnings = proposed("status", "--json").json["warnings"]
    (found,) = [line for line in warnings if "overdue" in line]
    assert found == (
        "GS-1: the next word, promised by 2026-05-12 11:00 UTC, is overdue; "
        "approve an update: groundswell draft list --issue GS-1"
    )


def test_what_was_promised_of_a_merged_issue_is_owed_by_the_whole(proposed: Workspace) -> None:
    promise(proposed, PromiseState.OPEN, 4)
    promise(proposed, PromiseState.BROKEN, -1)
    assert proposed("issue", "declare", "--title", "Notes hang everywhere").code == 0
    assert proposed("issue", "merge", "GS-1", "--into", "GS-2").code == 0
    assert len(proposed("promise", "list", "--issue", "GS-2", "--json").json) == 2
    next_word = proposed("issue", "show", "GS-2", "--json").json["next_update_by"]
    assert next_word == "2026-05-12T16:00:00Z"
    (found,) = [line for line in proposed("status", "--json").json["warnings"] if "overdue" in line]
    assert found.endswith("groundswell draft list --issue GS-2")
