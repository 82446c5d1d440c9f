import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from classifiers.tables import IssueState
from config.errors import PermanentError, TransientError
from config.ground import Ground
from responders import decisions
from responders.decisions.acting import Actor, NotAllowed, Role, acting, may
from responders.decisions.drafts.bundle import Item
from responders.decisions.issues.ticket import Where, Words
from tests.conftest import NOON
from tests.responders.decisions.deciding import (
    ADMIN,
    DRAFTER,
    EVERYBODY,
    RUTH,
    VIEWER,
    audit,
    entries,
)

WHERE = Where("https://api.github.com", "acme/app", "engineering")
WORDS = Words("It hangs", "So many say so.", 0, quotes=False)
LATER = NOON + timedelta(hours=1)
NEEDS: Mapping[str, tuple[Role, dict[str, Any]]] = {
    "acknowledge.acknowledge": (Role.DRAFTER, {"issue_id": 1}),
    "acknowledge.unacknowledge": (Role.DRAFTER, {"issue_id": 1, "reason": "it is back"}),
    "approve.approve": (Role.APPROVER, {"draft_id": 1}),
    "approve.take_back": (Role.APPROVER, {"draft_id": 1}),
    "bundle.approve_together": (Role.APPROVER, {"items": [Item(1, 1, "")]}),
    "claim.claim": (Role.DRAFTER, {"draft_id": 1}),
    "claim.release": (Role.DRAFTER, {"draft_id": 1}),
    "correct.correct": (Role.APPROVER, {"delivery_id": 1, "text": "We were wrong."}),
    "correct.confirm": (Role.APPROVER, {"delivery_id": 1}),
    "correct.take_back": (Role.APPROVER, {"delivery_id": 1}),
    "correct.remove": (Role.APPROVER, {"delivery_id": 1, "reason": "a mistake"}),
    "declare.declare": (Role.APPROVER, {"title": "It hangs"}),
    "edit.add_draft": (Role.DRAFTER, {"thread_url": "https://f.example/1", "text": "We know."}),
    "edit.edit": (Role.DRAFTER, {"draft_id": 1, "text": "We know."}),
    "erase.erase_entry": (Role.ADMIN, {"number": 1, "reason": "asked for"}),
    "erase_posts.erase_author": (Role.ADMIN, {"author": "Ann"}),
    "erase_posts.erase_post": (Role.ADMIN, {"post_id": 1}),
    "judging.judge_post": (Role.APPROVER, {"post_id": 1, "said": "spam"}),
    "linking.link": (Role.ADMIN, {"name": "Uma", "number": "123456789012345678"}),
    "linking.unlink": (Role.ADMIN, {"name": "Uma"}),
    "keep.keep_for_people": (Role.APPROVER, {"issue_id": 1, "reason": "harm"}),
    "keep.release": (Role.ADMIN, {"issue_id": 1, "reason": "no harm"}),
    "merge.merge": (Role.APPROVER, {"issue_id": 1, "into": 2}),
    "merge.move_post": (Role.APPROVER, {"post_id": 1, "to": 1}),
    "merge.split": (Role.APPROVER, {"issue_id": 1, "post_ids": [1], "title": "It hangs"}),
    "merge.unmerge": (Role.APPROVER, {"issue_id": 1}),
    "mute.mute": (Role.APPROVER, {"issue_id": 1, "reason": "known"}),
    "mute.not_an_issue": (Role.APPROVER, {"issue_id": 1, "reason": "known"}),
    "mute.snooze": (Role.APPROVER, {"issue_id": 1, "until": LATER}),
    "mute.wake": (Role.APPROVER, {"issue_id": 1}),
    "optout.add_optout": (Role.DRAFTER, {"author": "Ann", "place": "f.example"}),
    "optout.remove_optout": (Role.ADMIN, {"optout_id": 1, "reason": "a mistake"}),
    "pause.pause": (Role.APPROVER, {"reason": "fire"}),
    "pause.resume": (Role.APPROVER, {}),
    "people.add_user": (Role.ADMIN, {"name": "Uma", "role": Role.VIEWER, "password": None}),
    "people.change_password": (Role.ADMIN, {"name": "Uma", "password": "long enough"}),
    "people.change_role": (Role.ADMIN, {"name": "Uma", "role": Role.ADMIN}),
    "people.make_token": (Role.ADMIN, {"name": "Uma"}),
    "people.remove_user": (Role.ADMIN, {"name": "Uma"}),
    "reject.reject": (Role.APPROVER, {"draft_id": 1, "reason": "no"}),
    "reject.stay_silent": (Role.APPROVER, {"draft_id": 1, "reason": "no"}),
    "rename.rename": (Role.DRAFTER, {"issue_id": 1, "title": "It hangs"}),
    "roster.leave_note": (Role.DRAFTER, {"product_id": 1, "text": "All quiet."}),
    "roster.set_roster": (Role.ADMIN, {"product_id": 1, "declared": {}}),
    "roster.swap": (
        Role.DRAFTER,
        {"product_id": 1, "person": "tom", "first": NOON.date(), "last": NOON.date()},
    ),
    "roster.take_back_swap": (Role.DRAFTER, {"swap_id": 1}),
    "settle.settle": (Role.APPROVER, {"delivery_id": 1, "sent_url": None}),
    "state.set_state": (Role.APPROVER, {"issue_id": 1, "state": IssueState.RESOLVED}),
    "take.hand_back": (Role.DRAFTER, {"issue_id": 1}),
    "take.take": (Role.DRAFTER, {"issue_id": 1}),
    "ticket.ask": (Role.APPROVER, {"issue_id": 1, "where": WHERE, "words": WORDS}),
    "ticket.decline": (Role.APPROVER, {"suggestion_id": 1}),
    "ticket.link": (
        Role.APPROVER,
        {"issue_id": 1, "where": WHERE, "number": 7, "url": "https://t.example/7"},
    ),
    "ticket.unlink": (Role.APPROVER, {"issue_id": 1}),
    "undoing.undo_verdict": (Role.APPROVER, {"verdict_id": 1}),
    "workaround.take_back": (Role.DRAFTER, {"issue_id": 1}),
    "workaround.verify": (Role.DRAFTER, {"issue_id": 1, "text": "Restart it."}),
}
"""What each act needs, and words enough to be asked for."""


@cache
def acts() -> Mapping[str, Callable[..., Any]]:
    """Return every act of the room: a public function of an installation and an actor."""
    found = {}
    for module in pkgutil.walk_packages(decisions.__path__, "responders.decisions."):
        loaded = importlib.import_module(module.name)
        for name, value in inspect.getmembers(loaded, inspect.isfunction):
            takes = list(inspect.signature(value).parameters)[:2] == ["ground", "actor"]
            if value.__module__ == loaded.__name__ and takes and name not in {"acting"}:
                found[f"{module.name.rpartition('.')[2]}.{name}"] = value
    return {name: act for name, act in found.items() if "._" not in name}


def test_every_act_has_a_rule_here() -> None:
    assert sorted(acts()) == sorted(NEEDS)


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_an_act_is_refused_to_every_role_below_its_need(ground: Ground, name: str) -> None:
    needs, words = NEEDS[name]
    below = [actor for actor in EVERYBODY if not may(actor, needs)]
    assert below
    for actor in below:
        with pytest.raises(NotAllowed, match=rf"{actor.name} is an? {actor.role}; this needs an?"):
            acts()[name](ground, actor, **words)
    assert audit(ground) == []


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_an_act_is_open_to_every_role_from_its_need_on(ground: Ground, name: str) -> None:
    needs, words = NEEDS[name]
    for actor in (actor for actor in EVERYBODY if may(actor, needs)):
        assert "this needs" not in _answer(acts()[name], ground, actor, words)


def _answer(act: Callable[..., Any], ground: Ground, actor: Actor, words: dict[str, Any]) -> str:
    """Return what an act says that has nothing to act on here."""
    try:
        act(ground, actor, **words)
    except PermanentError as error:
        return str(error)
    return ""


def test_each_role_may_all_that_the_ones_before_it_may() -> None:
    assert [may(RUTH, role) for role in Role] == [True, True, True, False]
    assert [may(VIEWER, role) for role in Role] == [True, False, False, False]
    assert all(may(ADMIN, role) for role in Role)


def test_what_is_noted_says_who_and_from_where(ground: Ground) -> None:
    with acting(ground, DRAFTER, Role.DRAFTER) as act:
        act.note("draft edited", "draft 1", version=2)
    (entry,) = entries(ground)
    assert (entry.act, entry.subject, entry.at) == ("draft edited", "draft 1", NOON)
    assert entry.payload == {"by": "Dora", "role": "drafter", "via": "console", "version": 2}


def test_a_decision_is_one_line_of_the_log(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with acting(ground, RUTH, Role.DRAFTER) as act:
        act.note("draft edited", "draft 1")
        assert caplog.messages == []  # it is not kept yet
    assert caplog.messages == ["draft_edited"]


def test_a_store_that_is_busy_is_told_as_something_to_try_again(ground: Ground) -> None:
    with pytest.raises(TransientError, match="try again"):
        _meet_a_deadlock(ground, RUTH)
    assert audit(ground) == []


def _meet_a_deadlock(ground: Ground, actor: Actor) -> None:
    with acting(ground, actor, Role.VIEWER) as act:
        act.note("draft edited", "draft 1")
        raise OperationalError("UPDATE", {}, Exception("deadlock detected"))
