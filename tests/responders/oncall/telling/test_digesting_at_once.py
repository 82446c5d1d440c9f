"""One worker or three at once: the same set of messages, each issue told once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from config.database import reading
from config.ground import Ground
from responders.oncall.tables import Alert
from tests.places.discord import Discord
from tests.responders.oncall.storms.outbreak import STORM, break_out, with_discord, work_until_quiet

ISSUES = 24


@pytest.mark.parametrize("workers", [1, 3])
def test_however_many_work_at_once_the_same_messages_stand_there(
    ground: Ground, workers: int
) -> None:
    with Discord() as place:
        there = with_discord(ground, place)
        issues = break_out(there, ISSUES)
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work_until_quiet, [there] * workers))
        first_lines = sorted(message["content"] for message in place.cards)
    with reading(ground.engine) as session:
        told = session.exec(select(Alert)).all()
    assert sorted(row.issue_id for row in told) == issues
    assert len(first_lines) == len(set(first_lines)) == STORM + 1
    assert [line for line in first_lines if line.startswith("Storm: 14 issues more")]
    cards = [line for line in first_lines if line.startswith("New, minor: problem number")]
    assert sorted(int(line.split("GS-")[1].rstrip(".")) for line in cards) == issues[:STORM]
