"""Two processes at work on the same rows at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from config.ground import Ground
from config.leases import make_holder
from responders.voice import store
from responders.voice.ledger.settling import record_sent
from tests.responders.incidents import Incident, Said, happen
from tests.responders.voice.acts import (
    all_drafts,
    approve,
    end,
    promises,
    replies,
    respond,
    set_state,
)


def both(ground: Ground, act: str) -> None:
    """Let four workers do the same, again and again until nobody finds anything."""
    workers = [replace(ground, holder=make_holder()) for _ in range(4)]
    run = {"respond": respond, "record": record_sent}[act]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(6):
            if not sum(pool.map(run, workers)):
                return


def test_workers_at_once_propose_and_record_everything_once(ground: Ground) -> None:
    from config.database import reading

    issue = happen(ground, Incident(said=[Said(thread=f"t{n}") for n in range(5)]))
    both(ground, "respond")
    assert len(all_drafts(ground, issue)) == 6
    for row in all_drafts(ground, issue):
        approve(ground, row)
        end(ground, row)
    both(ground, "record")
    with reading(ground.engine) as session:
        assert len(store.told(session, issue)) == 5
    assert len(promises(ground)) == 1
    set_state(ground, issue, "resolved")
    both(ground, "respond")
    assert len(replies(ground, issue)) == 10
    assert len(all_drafts(ground, issue)) == 12
