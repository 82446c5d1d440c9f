"""Tests of the PostgreSQL of the tests: an emptied database is as good as a new one."""

from contextlib import closing

import psycopg
import pytest

from tests.postgres import PostgresServer

TRIGGER = """
CREATE FUNCTION left_behind() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER left_behind BEFORE INSERT ON product FOR EACH ROW EXECUTE FUNCTION left_behind()
"""
DISABLED = "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'"


@pytest.mark.parametrize(
    "change",
    [
        "ALTER SEQUENCE product_id_seq RESTART WITH 7",
        "SELECT setval('product_id_seq', 7, false)",
        "SELECT nextval('product_id_seq')",
        TRIGGER,
        "DROP TABLE alert",
        "DELETE FROM pause",
        "ALTER TABLE product ADD COLUMN left_behind int",
        "ALTER TABLE product DISABLE TRIGGER ALL",
        "CREATE TABLE left_behind (id int)",
        "UPDATE alembic_version SET version_num = 'none'",
    ],
)
def test_a_database_that_is_given_again_is_like_a_new_one(
    postgres: PostgresServer, change: str
) -> None:
    with postgres.fresh_database() as url, closing(opened(url)) as store:
        columns = named(store)
        version = store.execute("SELECT version_num FROM alembic_version").fetchone()
        store.execute(change)
    for _ in range(2):
        with postgres.fresh_database() as url, closing(opened(url)) as store:
            assert named(store) == columns
            assert store.execute("SELECT nextval('product_id_seq')").fetchone() == (1,)
            assert store.execute(
                "SELECT count(*) FROM pg_proc WHERE proname='left_behind'"
            ).fetchone() == (0,)
            assert store.execute(DISABLED).fetchone() == (0,)
            assert store.execute("SELECT version_num FROM alembic_version").fetchone() == version


def opened(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)


def named(store: psycopg.Connection[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return store.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY 1, 2"
    ).fetchall()
