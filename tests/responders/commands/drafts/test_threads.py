"""Which threads of an issue were told."""

from datetime import datetime

from config.database import transaction
from responders.delivery.tables import Delivery
from responders.voice.tables import Draft, Told
from responders.workspace import close_opened, open_ground
from tests.conftest import NOON
from tests.responders.commands.line import Workspace

KEYS = [
    "id", "url", "title", "source", "state", "told_at", "phase", "answers", "draft_id",
    "silent_because", "lost_because",
]  # fmt: skip


def test_the_threads_of_an_issue_say_who_was_told(proposed: Workspace) -> None:
    proposed("draft", "approve", "2")
    ground = open_ground(proposed.folder / "groundswell.toml")
    with transaction(ground.engine) as session:
        draft = session.get_one(Draft, 2)
        sent = session.get_one(Delivery, draft.delivery_id)
        assert draft.thread_id is not None
        assert sent.id is not None
        session.add(
            Told(
                issue_id=1, thread_id=draft.thread_id, draft_id=2, delivery_id=sent.id,
                phase="investigating", told_at=NOON,
            )
        )  # fmt: skip
    close_opened()
    rows = proposed("thread", "list", "--issue", "GS-1", "--json").json
    assert [list(row) for row in rows] == [KEYS, KEYS]
    assert [(row["state"], row["draft_id"]) for row in rows] == [("told", "2"), ("waiting", "3")]
    assert (rows[0]["told_at"], rows[0]["phase"]) == ("2026-05-12T12:00:00Z", "investigating")
    said = proposed("thread", "list", "--issue", "GS-1")
    assert said.err == "told 1 of 2\n"
    assert proposed("issue", "show", "GS-1", "--json").json["threads"] == {"total": 2, "told": 1}
    lose(proposed, hidden_at=NOON)
    assert lost(proposed) == ["our reply is not visible to others", None]
    lose(proposed, removed_at=NOON)
    assert lost(proposed) == ["our reply was deleted", None]


def lose(workspace: Workspace, **values: datetime) -> None:
    """Let what stands in the first thread be hidden or deleted."""
    ground = open_ground(workspace.folder / "groundswell.toml")
    with transaction(ground.engine) as session:
        sent = session.get_one(Delivery, session.get_one(Draft, 2).delivery_id)
        for name, value in values.items():
            setattr(sent, name, value)
    close_opened()


def lost(workspace: Workspace) -> list[str | None]:
    rows = workspace("thread", "list", "--issue", "GS-1", "--json").json
    return [row["lost_because"] for row in rows]


def test_an_issue_without_threads_says_where_its_posts_are(proposed: Workspace) -> None:
    proposed("issue", "declare", "--title", "Sign-in fails")
    said = proposed("thread", "list", "--issue", "GS-2")
    assert "groundswell post list --issue GS-2" in said.out
    assert proposed("thread", "list", "--issue", "GS-77").code == 1
    assert proposed("thread", "list", "--issue", "x").code == 2


def test_without_an_issue_it_is_the_queue_of_those_who_wait(proposed: Workspace) -> None:
    proposed("draft", "approve", "2")
    rows = proposed("thread", "list", "--json").json
    assert [list(row) for row in rows] == [
        [*KEYS, "issue_id", "since", "posts", "why", "reason"]
    ] * 2
    assert [(row["issue_id"], row["why"], row["posts"]) for row in rows] == [
        ("GS-1", "leaving", 1), ("GS-1", "draft", 1),
    ]  # fmt: skip
    said = proposed("thread", "list")
    assert "a draft waits for approval" in said.out
    assert said.err == "2 threads wait, of 1 issue\n"


def test_an_empty_queue_says_what_that_means(groundswell: Workspace) -> None:
    said = groundswell("thread", "list")
    assert (said.code, said.out.startswith("Nobody waits")) == (0, True)
    assert groundswell("thread", "list", "--json").json == []
