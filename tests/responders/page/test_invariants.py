import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from responders.page import api
from responders.page.invariants import violations
from responders.page.snapshot import Snapshot
from tests.responders.page.shown import entry, histories, moment

Doc = dict[str, Any]


def _set(shot: Snapshot) -> dict[str, Doc]:
    made = api.documents(shot)
    return {path.removeprefix("api/v2/").removesuffix(".json"): doc for path, doc in made.items()}


def _checked(docs: dict[str, Doc], answered: set[str] | None = None) -> list[str]:
    return violations(
        docs["summary"],
        docs["status"],
        docs["incidents"],
        docs["incidents/unresolved"],
        docs["components"],
        answered=answered,
    )


@given(shot=histories())
def test_the_documents_of_any_history_keep_every_invariant(shot: Snapshot) -> None:
    assert _checked(_set(shot), {shot.entry_link(one.public_id) for one in shot.entries}) == []


def _resolved_without_time(docs: dict[str, Doc]) -> None:
    docs["incidents"]["incidents"][1]["resolved_at"] = None


def _update_disagrees(docs: dict[str, Doc]) -> None:
    docs["incidents"]["incidents"][1]["incident_updates"][0]["status"] = "monitoring"


def _indicator_too_mild(docs: dict[str, Doc]) -> None:
    docs["summary"]["status"]["indicator"] = "minor"
    docs["status"]["status"]["indicator"] = "minor"


def _banner_contradicts(docs: dict[str, Doc]) -> None:
    docs["summary"]["components"][0]["status"] = "operational"
    docs["components"]["components"][0]["status"] = "operational"


def _open_forgotten(docs: dict[str, Doc]) -> None:
    docs["summary"]["incidents"].clear()


def _key_missing(docs: dict[str, Doc]) -> None:
    del docs["incidents"]["incidents"][0]["reminder_intervals"]


def _time_without_milliseconds(docs: dict[str, Doc]) -> None:
    docs["incidents"]["incidents"][0]["started_at"] = "2026-05-12T10:00:00Z"


def _changed_before_its_update(docs: dict[str, Doc]) -> None:
    docs["incidents"]["incidents"][1]["updated_at"] = "2020-05-12T10:00:00.000Z"


def _long_name(docs: dict[str, Doc]) -> None:
    docs["incidents"]["incidents"][0]["name"] = "x" * 256


BROKEN = [
    _resolved_without_time,
    _update_disagrees,
    _indicator_too_mild,
    _banner_contradicts,
    _open_forgotten,
    _key_missing,
    _time_without_milliseconds,
    _changed_before_its_update,
    _long_name,
]


@pytest.mark.parametrize("break_it", BROKEN, ids=lambda each: each.__name__)
def test_every_broken_invariant_is_named(break_it: Callable[[dict[str, Doc]], None]) -> None:
    shot = moment(entry(1), entry(2, "investigating", "resolved", began_h=9))
    docs = copy.deepcopy(_set(shot))
    assert _checked(docs) == []
    break_it(docs)
    assert len(_checked(docs)) >= 1


def test_a_shortlink_that_does_not_answer_is_named() -> None:
    assert any("does not answer" in words for words in _checked(_set(moment(entry(1))), set()))
