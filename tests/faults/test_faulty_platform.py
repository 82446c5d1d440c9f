"""What can go wrong at a forum x `kill -9` wherever a reply leaves: it stands there once.

Each case is a forum with one fault, a process that is killed there, one that goes on at once, and
one that goes on when nothing can be under way any more. Where the forum can be read back, every
reply ends as sent; where it cannot, what is in doubt waits for a person and is never sent twice.
A case begins where the replies are approved: a life costs what is done in it.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.faults.choosing import SWEEP
from tests.faults.conftest import fresh_benches
from tests.faults.harness import LATER_S, Benches, Installation
from tests.faults.scenario import ANSWERED, LEAVING
from tests.faults.stores import Dump, dump
from tests.places.faults import (
    POST,
    Fault,
    fails_after,
    fails_before,
    lost_after,
    reset_after,
    reset_before,
    silent_after,
    silent_before,
    too_many,
)

BUSY = too_many(37)
FAULTS: dict[str, Fault] = {
    "the answer is lost": lost_after,
    "429": BUSY,
    "500 after it was done": fails_after,
    "500 before": fails_before,
    "a reset before": reset_before,
    "a reset after": reset_after,
    "silence before": silent_before,
    "silence after": silent_after,
}
DEADLINE_S = 0.5
"""How long silence is waited for."""
APPROVED, SENT = "approves first replies", "deliver"
"""What was done before a case, and what the process does that is killed."""
AT_ONCE: dict[str, Any] = {"later_s": 0.0, "minutes": 1.0, "parts": (SENT,)}
LATER: dict[str, Any] = {"later_s": LATER_S, "minutes": 30.0}
"""When the next process comes, by the machine's clock and by the installation's, and what it does:
the first one sends, the later one does all of the step."""
LOOKING = ("settles doubts", *LEAVING)
"""A person looks at the forum where something is in doubt."""
HARMLESS = r"commit of (lease|beat|nothing)$|before file"
"""Boundaries between which nothing happens to a reply."""
EACH = {"sqlite": 1, "postgresql": 4}
"""Of how many cases one is tried, by database; ``make faults-long`` tries all of them."""


@dataclass(frozen=True)
class Case:
    """A fault, and where the process that meets it is killed."""

    fault: str
    kill_at: int | None
    blind: bool


def meet(installation: Installation, case: Case, mutant: str | None = None) -> list[str]:
    """Let a process send the approved replies to a faulty forum, until it is killed."""
    installation.go_back_within()
    installation.world.faulty.next(FAULTS[case.fault], POST)
    told = installation.run(
        ANSWERED,
        ANSWERED,
        kill_at=case.kill_at,
        parts=(SENT,),
        blind=case.blind,
        mutant=mutant,
        deadline_s=DEADLINE_S if "silence" in case.fault else None,
    )
    installation.world.faulty.forget()
    installation.stores.tidy()
    assert told.killed is (case.kill_at is not None), told.trouble
    return told.labels


def cases(benches: Benches, *, blind: bool) -> Iterator[Case]:
    """Return every fault with each boundary from the look at the forum to what was told.

    A fault has boundaries of its own, so each is met once without a kill. Before the request that
    meets it all faults are alike, so these boundaries are tried with the first of them alone.
    """
    begin = "after send by manual"
    for fault in FAULTS:
        labels = meet(benches.installations[0], Case(fault, None, blind))
        begins = next(n for n, label in enumerate(labels) if begin in label)
        for number in range(begins + 1, len(labels)):
            if not re.search(HARMLESS, labels[number]):
                yield Case(fault, number, blind)
        begin = "before post of"


def tried(benches: Benches, *, blind: bool) -> list[Case]:
    """Return the cases that are tried on a database, some of each fault, not at the same places."""
    each = 1 if os.environ.get(SWEEP) == "all" else EACH[benches.database]
    found: list[Case] = []
    every = list(cases(benches, blind=blind))
    for place, fault in enumerate(FAULTS):
        those = [case for case in every if case.fault == fault]
        found += those[place % min(each, len(those)) :: each]
    return found


def verdict(installation: Installation, case: Case, mutant: str | None = None) -> str | None:
    """Live through a case to its end; return what is wrong."""
    meet(installation, case, mutant)
    wrong: list[str] = []
    for time in (AT_ONCE, LATER):
        told = installation.run(ANSWERED, ANSWERED, blind=case.blind, mutant=mutant, **time)
        found = dump(installation.stores.url)
        wrong += told.trouble + installation.broken(found) + doubts(found, case)
    if case.blind:
        told = installation.run(ANSWERED, ANSWERED, parts=LOOKING, **LATER)
        wrong += told.trouble
    wrong += unfinished(installation)
    return f"{case}: {'; '.join(dict.fromkeys(wrong))}" if wrong else None


def doubts(found: Dump, case: Case) -> list[str]:
    """Say what is in doubt though the forum could tell."""
    doubtful = [row["key"] for row in found["delivery"] if row["state"] == "in_doubt"]
    return [] if case.blind or not doubtful else [f"the forum could tell: {doubtful}"]


def unfinished(installation: Installation) -> list[str]:
    """Say what is not as after a life without any fault."""
    found, expected = dump(installation.stores.url), installation.expected[ANSWERED]
    wrong = installation.broken(found)
    states = {row["key"]: row["state"] for row in found["delivery"] if row["state"] != "sent"}
    if states:
        wrong.append(f"not sent in the end: {states}")
    if told_of(found) != told_of(expected):
        wrong.append(f"told are {told_of(found)}")
    texts = [post.raw for post in installation.world.replies]
    if texts != [row["text"] for row in expected["delivery"] if row["channel"] == "discourse"]:
        wrong.append(f"at the forum stand {len(texts)} texts")
    return wrong


def told_of(found: Dump) -> list[tuple[int, str, str]]:
    """Return which threads were told what; in which order they were is chance."""
    return sorted((row["thread_id"], row["phase"], row["url"]) for row in found["told"])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def benches(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Benches]:
    """Installations whose first replies are approved, on each database in turn."""
    with fresh_benches(request, tmp_path_factory) as ready:
        ready.each(lambda installation: installation.come_to(ANSWERED, APPROVED))
        yield ready


@pytest.mark.faults
@pytest.mark.parametrize("blind", [False, True], ids=["read back", "not read back"])
def test_whatever_the_forum_does_and_wherever_we_are_killed_a_reply_stands_there_once(
    benches: Benches, blind: bool
) -> None:
    those = tried(benches, blind=blind)
    assert {case.fault for case in those} == set(FAULTS)
    wrong = benches.side_by_side(those, verdict)
    assert not wrong, "\n".join(wrong)


def test_a_reply_whose_answer_was_lost_is_found_there_and_not_sent_again(benches: Benches) -> None:
    installation = benches.installations[0]
    assert verdict(installation, Case("the answer is lost", None, blind=False)) is None


def test_what_cannot_be_read_back_waits_for_a_person_and_is_never_sent_twice(
    benches: Benches,
) -> None:
    installation = benches.installations[0]
    meet(installation, Case("the answer is lost", None, blind=True))
    for time in (AT_ONCE, LATER):
        installation.run(ANSWERED, ANSWERED, blind=True, **time)
        rows = dump(installation.stores.url)["delivery"]
        assert [row["state"] for row in rows if row["channel"] == "discourse"] == ["in_doubt"]
        assert len(installation.world.replies) == 1
    told = installation.run(ANSWERED, ANSWERED, parts=LOOKING, **LATER)
    assert not told.trouble
    assert unfinished(installation) == []
