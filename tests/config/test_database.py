"""The engine and its transactions, on SQLite and on PostgreSQL alike."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import Session, col, select

from config.database import durable, give_way, make_engine, ping, reading, transaction
from config.errors import SettingsError
from config.tables import Beat
from listener.tables import Gap, Product, Source, SourceState

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
SYNCHRONOUS = {"NORMAL": 1, "FULL": 2}


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Engine:
    return make_engine(f"sqlite:///{tmp_path / 'a.db'}")


def pragma(session: Session, name: str) -> object:
    return session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()


@pytest.mark.parametrize(("begin", "level"), [(transaction, "NORMAL"), (durable, "FULL")])
def test_only_a_durable_transaction_waits_for_the_disk(
    sqlite_engine: Engine, begin: Callable[[Engine], AbstractContextManager[Session]], level: str
) -> None:
    # The pool hands the same connection out again: a level must not stick to it.
    with durable(sqlite_engine) as before:
        before.connection()
    with begin(sqlite_engine) as session:
        assert pragma(session, "synchronous") == SYNCHRONOUS[level]
    with reading(sqlite_engine) as session:
        assert pragma(session, "journal_mode") == "wal"
        assert pragma(session, "busy_timeout") == 15_000


def test_a_writing_transaction_holds_the_write_lock_before_its_first_write(
    sqlite_engine: Engine,
) -> None:
    with transaction(sqlite_engine) as session:
        session.connection()
        other = sqlite3.connect(str(sqlite_engine.url.database), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_reader_never_waits_for_a_writer_and_sees_what_was_committed(engine: Engine) -> None:
    with transaction(engine) as writer:
        writer.add(Beat(name="crawl", at=NOON))
        writer.flush()
        with reading(engine) as reader:
            assert reader.get(Beat, "crawl") is None
    with reading(engine) as reader:
        assert reader.get(Beat, "crawl") is not None


def test_an_error_leaves_nothing_of_its_transaction(engine: Engine) -> None:
    def write_and_break() -> None:
        with transaction(engine) as session:
            session.add(Beat(name="crawl", at=NOON))
            session.flush()
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        write_and_break()

    with reading(engine) as session:
        assert session.exec(select(Beat)).all() == []


def test_a_row_cannot_point_at_nothing(engine: Engine) -> None:
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(Gap(source_id=4711, reason="x", found_at=NOON))


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="without a zone"), transaction(engine) as session:
        session.add(Beat(name="crawl", at=NOON.replace(tzinfo=None)))


@pytest.mark.parametrize(
    "moment",
    [
        NOON,
        NOON.astimezone(timezone(timedelta(hours=-9, minutes=-30))),
        datetime(2026, 10, 25, 0, 30, 0, 123456, tzinfo=UTC),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, tzinfo=UTC),
    ],
)
def test_a_time_comes_back_as_the_same_moment_in_utc(engine: Engine, moment: datetime) -> None:
    with transaction(engine) as session:
        session.add(Beat(name="crawl", at=moment))
    with reading(engine) as session:
        found = session.get_one(Beat, "crawl").at

    assert found == moment
    assert found.utcoffset() == timedelta()


def test_times_are_compared_as_moments(engine: Engine) -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    with transaction(engine) as session:
        session.add(Beat(name="crawl", at=NOON))
    with reading(engine) as session:
        assert session.exec(select(Beat).where(col(Beat.at) <= east)).all()
        assert not session.exec(select(Beat).where(col(Beat.at) < east)).all()


@pytest.mark.parametrize("state", list(SourceState))
def test_a_word_is_kept_as_its_text_and_comes_back_as_itself(
    engine: Engine, state: SourceState
) -> None:
    with transaction(engine) as session:
        product = Product(name="p", created_at=NOON)
        session.add(product)
        session.flush()
        source = Source(
            product_id=product.id or 0,
            name="s",
            kind="feed",
            url="u",
            state=state,
            created_at=NOON,
        )
        session.add(source)
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT state FROM source")).scalar_one() == state
        found = session.exec(select(Source).where(Source.state == state)).one()

    assert found.state is state


@pytest.mark.parametrize(
    "url",
    [
        "",
        "groundswell.db",
        "mysql://user:hunter2222@host/db",
        "postgres://user:hunter2222@host/db",
        "postgresql://user:hunter2222@host:port/db",
        "postgresql://user:hunter2222@[::1/db",
    ],
)
def test_an_address_of_no_known_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"\[database\] url") as caught:
        make_engine(url)

    assert "hunter2222" not in str(caught.value)


def test_any_postgresql_address_goes_through_psycopg() -> None:
    engine = make_engine("postgresql://user:hunter2222@localhost/db")

    assert engine.dialect.driver == "psycopg"
    assert "hunter2222" not in repr(engine)


def test_a_store_that_answers_is_told_from_one_that_does_not(
    engine: Engine, tmp_path: Path
) -> None:
    ping(engine)
    (tmp_path / "text.db").write_text("no database at all, but long enough to look like one" * 9)

    with pytest.raises(Exception, match="not a database"):
        ping(make_engine(f"sqlite:///{tmp_path / 'text.db'}"))


def test_between_two_writes_of_a_loop_the_store_is_left_to_others(sqlite_engine: Engine) -> None:
    waited: list[float] = []
    give_way(sqlite_engine, 0.004, sleep=waited.append)
    give_way(sqlite_engine, 9.0, sleep=waited.append)
    assert waited == [0.004, 0.05]


def test_where_several_may_write_nobody_gives_way() -> None:
    waited: list[float] = []
    give_way(make_engine("postgresql://u:p@127.0.0.1/x"), 9.0, sleep=waited.append)
    assert waited == []
