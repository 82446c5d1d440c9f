"""The harness sees a fault where there is one: each mutant is red at some boundary."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.choosing import of_each_kind
from tests.faults.harness import Installation
from tests.faults.scenario import BURST
from tests.faults.stores import SqliteStores
from tests.faults.world import World


def verdicts(
    installation: Installation, mutant: str, where: str, *, step: int = BURST
) -> Iterator[str]:
    """Kill at the first boundary of each kind in one pass or act; yield what is wrong.

    A sweep kills at those, so it sees whatever is seen here.
    """
    for _, number in of_each_kind([installation.kinds[step]]):
        if f" {where} " in installation.boundaries[step][number]:
            found = installation.verdict(step, number, mutant=mutant)
            if found is not None:
                yield found


@pytest.fixture
def fresh(tmp_path: Path, sqlite_template: bytes, warm: None) -> Iterator[Installation]:
    """An installation that has not lived yet."""
    with World() as world:
        yield Installation(tmp_path, SqliteStores(tmp_path, sqlite_template), world)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("mutant", "where", "seen"),
    [
        ("cursor_before_items", "crawl", "rows instead of"),
        ("decisions_without_memory", "detect", "table judgestate differs"),
        ("issue_without_evidence", "detect", "table "),
        ("alert_without_messages", "respond", "after commit of lease, alert"),
        ("messages_without_alert_and_key", "respond", "table delivery has 4 rows instead of 2"),
        ("recorded_before_sent", "deliver", "1 alerts by discord stand there 0 times"),
        ("doubt_is_forgotten", "deliver", "table delivery differs: state"),
        ("leases_of_the_dead", "crawl", "rows instead of"),
    ],
)
def test_a_mutant_is_seen(fresh: Installation, mutant: str, where: str, seen: str) -> None:
    fresh.prepare(mutant, last=BURST)
    first = next(verdicts(fresh, mutant, where), None)
    assert first is not None, f"{mutant} was survived: {fresh.boundaries[BURST]}"
    assert seen in first


@pytest.mark.faults
def test_the_key_of_a_message_alone_keeps_it_single(fresh: Installation) -> None:
    mutant = "messages_without_alert"
    fresh.prepare(mutant, last=BURST)
    assert list(verdicts(fresh, mutant, "respond")) == []
