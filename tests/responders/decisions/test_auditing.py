import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from config.database import durable, reading, transaction
from config.ground import Ground
from responders.decisions import auditing
from responders.decisions import store_audit as store
from responders.decisions.acting import NotFound
from responders.decisions.chaining import Verdict, digest_of
from responders.decisions.people.erase import erase_entry
from responders.decisions.tables import AuditEntry, AuditHead
from tests.conftest import NOON
from tests.responders.decisions.deciding import ADMIN, entries


def tell(ground: Ground, count: int) -> None:
    for number in range(1, count + 1):
        with durable(ground.engine) as session:
            auditing.add(
                session, at=NOON, act="draft approved", subject=f"draft {number}",
                payload={"by": "Ruth", "why": "“ok” – \u2603", "n": [1, None, True]},
            )  # fmt: skip


def verdict(ground: Ground) -> Verdict:
    with reading(ground.engine) as session:
        return auditing.verify(session)


def change(session: Session, entry: int, **values: object) -> None:
    session.connection().execute(
        update(AuditEntry).where(col(AuditEntry.number) == entry).values(**values)
    )


def forget(session: Session, number: int) -> None:
    session.connection().execute(delete(AuditEntry).where(col(AuditEntry.number) >= number))


def swap(session: Session) -> None:
    for old, new in ((2, 20), (3, 2), (20, 3)):
        change(session, old, number=new)


def test_a_fresh_chain_is_whole_and_follows_on(ground: Ground) -> None:
    assert verdict(ground) == Verdict(True, 0)
    tell(ground, 3)
    assert verdict(ground) == Verdict(True, 3)
    rows = entries(ground)
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.previous for row in rows] == ["0" * 64, rows[0].hash, rows[1].hash]
    assert len({row.salt for row in rows}) == 3


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lambda session: change(session, 2, subject="draft 7"), "entry 2 was changed"),
        (lambda session: change(session, 2, payload={"by": "Tom"}), "payload of entry 2 was"),
        (lambda session: change(session, 2, payload=None), "taken away by half"),
        (swap, "entry 2 was moved: it was written as entry 3"),
        (lambda session: forget(session, 4), "entry 4 is missing"),
        (lambda session: forget(session, 1), "entries 1 to 4 are missing"),
        (lambda session: change(session, 2, number=9), "entry 2 is missing"),
        (
            lambda session: session.connection().execute(update(AuditHead).values(number=3)),
            "entry 4 was added behind the end of the chain, which is 3",
        ),
    ],
)
def test_harm_to_the_stored_chain_is_found_and_named(
    ground: Ground, harm: Callable[[Session], object], problem: str
) -> None:
    tell(ground, 4)
    with transaction(ground.engine) as session:
        harm(session)
    found = verdict(ground)
    assert not found.ok
    assert problem in found.problem


def test_a_payload_is_erased_with_its_salt_and_the_chain_stays_whole(ground: Ground) -> None:
    tell(ground, 3)
    erase_entry(ground, ADMIN, 2, "Ruth asked for it")

    row = entries(ground)[1]
    assert (row.salt, row.payload) == (None, None)
    assert verdict(ground) == Verdict(True, 4, erased=1)
    assert entries(ground)[3].act == "audit payload erased"
    for gone in (2, 77):
        with pytest.raises(NotFound):
            erase_entry(ground, ADMIN, gone, "again")


def test_eight_threads_never_fork_the_chain(ground: Ground) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: tell(ground, 5), range(8)))
    assert verdict(ground) == Verdict(True, 40)


def test_the_export_holds_all_that_checking_needs(ground: Ground) -> None:
    tell(ground, 2)
    with reading(ground.engine) as session:
        lines = [json.loads(line) for line in auditing.export(session)]
    assert [line["number"] for line in lines] == [1, 2]
    assert lines[1]["previous"] == lines[0]["hash"]
    assert lines[0]["at"] == "2026-05-12T12:00:00.000000+00:00"
    assert digest_of(lines[0]["salt"], lines[0]["payload"]) == lines[0]["digest"]


def test_a_long_chain_is_read_in_pages(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE", 2)
    tell(ground, 5)
    assert verdict(ground) == Verdict(True, 5)
    with reading(ground.engine) as session:
        assert [row.number for row in store.newest_entries(session, limit=2)] == [5, 4]
        assert [row.number for row in store.newest_entries(session, limit=2, before=4)] == [3, 2]
        found = store.last_entry_about(session, "draft 3", "draft approved")
        assert found is not None
        assert found.number == 3


def test_an_entry_of_an_act_that_broke_is_not_there(ground: Ground) -> None:
    tell(ground, 1)
    with pytest.raises(RuntimeError, match="it broke"):
        _break(ground)
    tell(ground, 1)
    assert verdict(ground) == Verdict(True, 2)


def test_there_is_one_end_of_the_chain(ground: Ground) -> None:
    tell(ground, 1)
    with reading(ground.engine) as session:
        (head,) = session.exec(select(AuditHead)).all()
    assert (head.id, head.number) == (1, 1)


def _break(ground: Ground) -> None:
    with durable(ground.engine) as session:
        auditing.add(session, at=NOON, act="a", subject="s", payload={})
        raise RuntimeError("it broke")
