"""What can go wrong at a forum x `kill -9` wherever a reply leaves: it stands there once.

Each case is a forum with one fault, a process that is killed there, one that goes on at once, and
one that goes on when nothing can be under way any more. Where the forum can be read back, every
reply ends as sent; where it cannot, what is in doubt waits for a person and is never sent twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

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
DEADLINE_S = 1.0
"""How long silence is waited for."""
AT_ONCE: dict[str, float] = {"later_s": 0.0, "minutes": 1.0}
LATER: dict[str, float] = {"later_s": LATER_S, "minutes": 30.0}
"""When the next process comes, by the machine's clock and by the installation's."""
LOOKING = ("settles doubts", *LEAVING)
"""A person looks at the forum where something is in doubt."""
HARMLESS = r"commit of (lease|beat|nothing)$|before file"
"""Boundaries between which nothing happens to a reply."""
EACH = {
    ("sqlite", False): 3,
    ("sqlite", True): 5,
    ("postgresql", False): 11,
    ("postgresql", True): 7,
}
"""Of how many cases one is tried, by database and by whether the forum cannot be read back."""


@dataclass(frozen=True)
class Case:
    """A fault, and where the process that meets it is killed."""

    fault: str
    kill_at: int | None
    blind: bool


def meet(installation: Installation, case: Case, mutant: str | None = None) -> list[str]:
    """Let a process approve the replies and send them to a faulty forum, until it is killed."""
    installation.go_back(ANSWERED)
    installation.world.faulty.next(FAULTS[case.fault], POST)
    told = installation.run(
        ANSWERED,
        ANSWERED,
        kill_at=case.kill_at,
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

    A fault has boundaries of its own, so each is met once without a kill.
    """
    for fault in FAULTS:
        labels = meet(benches.installations[0], Case(fault, None, blind))
        first = next(n for n, label in enumerate(labels) if "after send by manual" in label)
        last = next(n for n, label in enumerate(labels) if "posts by hand" in label)
        for number in range(first + 1, last):
            if not re.search(HARMLESS, labels[number]):
                yield Case(fault, number, blind)


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


@pytest.mark.faults
@pytest.mark.parametrize("blind", [False, True], ids=["read back", "not read back"])
def test_whatever_the_forum_does_and_wherever_we_are_killed_a_reply_stands_there_once(
    benches: Benches, blind: bool
) -> None:
    tried = list(cases(benches, blind=blind))[:: EACH[benches.database, blind]]
    assert len(tried) > len(FAULTS)
    wrong = benches.side_by_side(tried, verdict)
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
