"""How an issue goes on, for scripts and for people."""

from datetime import timedelta

from config.database import transaction
from listener.tables import Post
from responders.voice.ledger.silences import tell_of_silences
from responders.workspace import close_opened, open_ground
from tests.conftest import NOON
from tests.responders.commands.line import Workspace
from tests.responders.incidents import Said, say_more
from tests.responders.voice.acts import later, pages, send

KEYS = [
    "began_at", "alerted_at", "acknowledged_at", "acted_at", "resolved_at",
    "noticed_s", "acknowledged_s", "acted_s", "resolved_s",
]  # fmt: skip


def shown(workspace: Workspace) -> dict[str, object]:
    value = workspace("issue", "show", "GS-1", "--json").json
    assert isinstance(value, dict)
    return value


def test_two_clocks_run_from_the_first_post_on(proposed: Workspace) -> None:
    before = shown(proposed)["clocks"]
    assert isinstance(before, dict)
    assert list(before) == KEYS
    assert (before["began_at"], before["noticed_s"]) == ("2026-05-12T11:50:00Z", 600.0)
    assert before["acknowledged_s"] is before["acted_s"] is None
    assert "no public word yet, not acted yet" in proposed("issue", "show", "GS-1").out
    ground = open_ground(proposed.folder / "groundswell.toml")
    send(later(ground, hours=1), pages(ground, 1)[0])
    close_opened()
    proposed("issue", "state", "GS-1", "identified", "--note", "a full disk")
    after = shown(proposed)["clocks"]
    assert isinstance(after, dict)
    assert (after["acknowledged_s"], after["acted_s"]) == (4200.0, 600.0)
    assert "first public word after 1 h 10 min, acted after 10 min" in (
        proposed("issue", "show", "GS-1").out
    )


def test_a_verified_way_around_is_an_act_and_taking_it_back_none(proposed: Workspace) -> None:
    proposed("issue", "workaround", "GS-1", "--text", "Restart it.")
    clocks = shown(proposed)["clocks"]
    assert isinstance(clocks, dict)
    assert clocks["acted_s"] == 600.0


def test_how_it_ended_is_told_while_it_is_over(proposed: Workspace) -> None:
    refused = proposed("issue", "state", "GS-1", "resolved", "--as", "third-party")
    assert (refused.code, "--note" in refused.err) == (1, True)
    done = proposed(
        "issue", "state", "GS-1", "resolved", "--as", "third-party", "--note", "the map's maker",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert shown(proposed)["resolution"] == "third-party"
    assert "the cause is another's" in proposed("issue", "show", "GS-1").out
    proposed("issue", "state", "GS-1", "investigating")
    assert shown(proposed)["resolution"] is None


def test_a_silence_stands_with_the_issue_and_in_the_warnings(proposed: Workspace) -> None:
    assert shown(proposed)["silence"] is None
    ground = open_ground(proposed.folder / "groundswell.toml")
    say_more(ground, 1, Said(thread="c"))
    tell_of_silences(later(ground, hours=5))
    close_opened()
    assert shown(proposed)["silence"] == {
        "since": "2026-05-12T12:00:00Z",
        "told_at": "2026-05-12T17:00:00Z",
    }
    assert "nothing was said in public since 2026-05-12 12:00 UTC" in (
        proposed("issue", "show", "GS-1").out
    )
    (found,) = [line for line in proposed("status", "--json").json["warnings"] if "said in" in line]
    assert found == (
        "GS-1: nothing was said in public since 2026-05-12 12:00 UTC; "
        "say what is known: groundswell draft list --issue GS-1"
    )


def test_history_is_not_when_it_began(proposed: Workspace) -> None:
    ground = open_ground(proposed.folder / "groundswell.toml")
    say_more(ground, 1, Said(thread="old", backfill=True))
    with transaction(ground.engine) as session:
        session.get_one(Post, 3).published_at = NOON - timedelta(days=400)
    close_opened()
    clocks = shown(proposed)["clocks"]
    assert isinstance(clocks, dict)
    assert clocks["began_at"] == "2026-05-12T11:50:00Z"
