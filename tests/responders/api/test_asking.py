"""What a program may ask: the keys of contract.md, and nothing to those without a key."""

from typing import Any

import pytest

from config.database import transaction
from config.ground import Ground
from listener.tables import Source
from responders.api.shapes import SHAPES
from responders.decisions.acting import Role
from responders.delivery.tables import DeliveryState
from responders.voice.tables import Promise
from tests.conftest import NOON
from tests.listener.installation import declare, watch
from tests.responders.api.asked import asking
from tests.responders.console.rooms import deliver, propose
from tests.responders.incidents import Incident, Said, happen

LISTS = {
    "source": "/sources", "post": "/posts", "issue": "/issues", "thread": "/threads",
    "draft": "/drafts", "delivery": "/deliveries", "promise": "/promises",
}  # fmt: skip


def _something(ground: Ground) -> int:
    issue = happen(ground, Incident(said=[Said(), Said(thread="t2")]))
    draft = propose(ground, issue)
    deliver(ground, draft, DeliveryState.SENT, sent_at=NOON, url="https://forum.example/t/1")
    propose(ground, issue, channel="page")
    with transaction(ground.engine) as session:
        session.add(Promise(product_id=1, issue_id=issue, due_at=NOON, made_at=NOON))
    return issue


@pytest.mark.parametrize(("shape", "path"), LISTS.items())
def test_a_list_has_the_keys_that_are_described(ground: Ground, shape: str, path: str) -> None:
    _something(ground)
    with asking(ground, role=Role.VIEWER) as program:
        found = program.get(path)
    assert isinstance(found, list)
    assert found
    for one in found:
        _fits(one, shape)


@pytest.mark.parametrize("path", ["/sources/forum", "/posts/1", "/issues/GS-1", "/drafts/1",
                                  "/deliveries/1", "/status"])  # fmt: skip
def test_a_single_thing_has_the_keys_that_are_described(ground: Ground, path: str) -> None:
    _something(ground)
    with asking(ground) as program:
        name = str(program.get("/sources")[0]["name"])
        found = program.get(path.replace("forum", name))
    shape = path.split("/")[1].removesuffix("s") if path != "/status" else "status"
    _fits(found, {"deliverie": "delivery"}.get(shape, shape))


def _fits(value: dict[str, Any], shape: str) -> None:
    assert set(SHAPES[shape]) <= set(value)
    kinds = {"string": str, "integer": int, "boolean": bool, "number": float | int,
             "object": dict, "array": list, "null": type(None)}  # fmt: skip
    for name, part in SHAPES[shape].items():
        wanted = part["type"] if isinstance(part["type"], list) else [part["type"]]
        assert any(isinstance(value[name], kinds[one]) for one in wanted), (name, value[name])


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("/drafts?issue=", "issue is empty"), ("/posts?text=%20", "text is empty"),
        ("/threads?issue=", "issue is empty"), ("/posts?limit=1&limit=2", "twice"),
        ("/issues?all=maybe", "all is 1 or 0"),
    ],
)  # fmt: skip
def test_a_filter_that_says_nothing_widens_no_list(ground: Ground, query: str, reason: str) -> None:
    with asking(ground) as program:
        assert reason in program.get(query, status=422)["reason"]
        assert program.get("/issues?all=0") == program.get("/issues?all=true") == []


def test_lists_are_cut_and_filtered(ground: Ground) -> None:
    _something(ground)
    with asking(ground) as program:
        assert [one["id"] for one in program.get("/posts", limit=1)] == ["2"]
        assert [one["id"] for one in program.get("/posts", limit=1, offset=1)] == ["1"]
        assert program.get("/posts", text="zebra") == []
        assert len(program.get("/posts", issue="GS-1", since="2026-05-01T00:00:00Z")) == 2
        assert [one["state"] for one in program.get("/drafts", state="pending")] == ["pending"]
        assert program.get("/deliveries", state="queued") == []
        assert program.get("/promises", issue="GS-1", state="open")[0]["issue_id"] == "GS-1"
        assert len(program.get("/threads", issue="GS-1")) == 2


@pytest.mark.parametrize(
    ("path", "query", "status", "says"),
    [
        ("/posts", {"limit": "0"}, 422, "limit"),
        ("/posts", {"limit": "1001"}, 422, "limit"),
        ("/posts", {"offset": "-1"}, 422, "offset"),
        ("/posts", {"limit": "9" * 400}, 422, "limit"),
        ("/posts", {"since": "yesterday"}, 422, "since"),
        ("/posts", {"colour": "red"}, 422, "colour"),
        ("/posts", {"source": "nowhere"}, 404, "no source"),
        ("/drafts", {"state": "asleep"}, 422, "pending"),
        ("/drafts", {"issue": "GS-99"}, 404, "no issue"),
        ("/drafts/99", {}, 404, "no draft"),
        ("/drafts/9999999999999999999999", {}, 404, "no draft"),
        ("/drafts/<b>", {}, 404, "no draft"),
        ("/issues/zebra", {}, 404, "no issue"),
        ("/sources/nowhere", {}, 404, "no source"),
        ("/nothing", {}, 404, "nothing at this address"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_reason(
    ground: Ground, path: str, query: dict[str, str], status: int, says: str
) -> None:
    with asking(ground) as program:
        found = program.get(path, status=status, **query)
    assert set(found) == {"error", "reason"}
    assert says in found["reason"]


def test_only_an_admin_reads_a_key_that_stands_in_the_address_of_a_place(ground: Ground) -> None:
    happen(ground, Incident())
    with transaction(ground.engine) as session:
        session.get_one(Source, 1).url = "https://forum.example/feed?key=hush"
    with asking(ground, "ruth") as program:
        assert "hush" in program.get("/sources")[0]["url"]
    with asking(ground, "vera", Role.APPROVER) as program:
        assert program.get("/sources")[0]["url"] == "https://forum.example/feed?…"


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_does_not_exist_in_utc_is_no_time(ground: Ground, since: str) -> None:
    with asking(ground) as program:
        assert program.get("/posts", status=422, since=since)["error"] == "not_valid"


def test_a_place_whose_name_holds_slashes_is_found(ground: Ground) -> None:
    watch(ground, declare(ground), "https://forum.example/c/7", "forum.example/c/7")
    with asking(ground) as program:
        assert program.get("/sources/forum.example%2Fc%2F7")["name"] == "forum.example/c/7"
        assert "no source" in program.get("/sources/forum.example%2Fx", status=404)["reason"]
