"""A migrated store and a fresh one are the same, and a newer one is left alone."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from classifiers import tables as classifier_tables
from config import schema, tables
from config.database import make_engine, transaction
from config.schema import NewerDatabase
from listener import tables as listener_tables
from responders.decisions import tables as decision_tables
from responders.delivery import tables as delivery_tables
from responders.oncall import tables as oncall_tables
from responders.page import tables as page_tables
from responders.voice import tables as voice_tables

ROOMS = (
    tables,
    listener_tables,
    classifier_tables,
    delivery_tables,
    oncall_tables,
    voice_tables,
    page_tables,
    decision_tables,
)
"""Imported so that the metadata is whole; test_every_room_with_tables_is_compared checks it."""
HOUSE = Path(schema.__file__).parent.parent
APP = {"config", "listener", "classifiers", "responders"}


def described(engine: Engine) -> dict[str, Any]:
    """Return all that a store says of its tables, in an order of its own."""
    found = inspect(engine)
    names = sorted(set(found.get_table_names()) - {"alembic_version"})
    return {
        name: {
            "columns": sorted(  # a later migration can only add at the end
                (column["name"], str(column["type"]), column["nullable"], str(column["default"]))
                for column in found.get_columns(name)
            ),
            "primary": found.get_pk_constraint(name),
            "unique": sorted(map(_plain, found.get_unique_constraints(name))),
            "indexes": sorted(map(_plain, found.get_indexes(name))),
            "foreign": sorted(map(_plain, found.get_foreign_keys(name))),
        }
        for name in names
    }


def _plain(described: Any) -> str:
    return str(sorted((key, str(value)) for key, value in dict(described).items()))


OLD_ROWS = """
INSERT INTO product
  (id, name, aliases, query, ignore, speaker, languages, staff, bots, extra, created_at)
VALUES (1, 'Fernsync', '[]', '', '[]', '', '[]', '[]', '[]', '{}', '2026-05-12');
INSERT INTO issue
  (id, product_id, title, state, kind, severity, flags, reason, key_phrases, quotes, facts,
   first_seen_at, last_seen_at, opened_at, version)
VALUES (1, 1, 'It hangs', 'new', 'issue', 'major', '[]', '', '[]', '[]', '{}',
   '2026-05-12', '2026-05-12', '2026-05-12', 1);
INSERT INTO delivery
  (id, key, product_id, issue_id, channel, destination, kind, public, text, payload,
   drawn_without, state, reason, tries, next_try_at, created_at)
VALUES (1, 'k', 1, 1, 'terminal', 'terminal', 'alert', false, 'It hangs.', '{}',
   0, 'sent', '', 1, '2026-05-12', '2026-05-12');
INSERT INTO draft
  (id, key, product_id, issue_id, kind, phase, channel, language, text, text_sha256, version,
   state, reason, next_update_by, created_at)
VALUES (1, 'k', 1, 1, 'ack', 'investigating', 'manual', 'en', 'We know.', 'x', 1,
   'pending', '', '2026-05-12', '2026-05-12');
"""


@pytest.fixture
def store_at_0002(engine: Engine) -> Engine:
    """A store as the version before people decided wrote it, on each database in turn."""
    with transaction(engine) as session:
        connection = session.connection()
        for table in reversed(inspect(connection).get_table_names()):
            cascade = " CASCADE" if engine.dialect.name == "postgresql" else ""
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            connection.execute(text(f'DROP TABLE "{table}"{cascade}'))
    config = schema._config()
    with transaction(engine) as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "0002")
    return engine


@pytest.fixture
def fresh(engine: Engine) -> Iterator[Engine]:
    """A second store, made from the tables as they stand in the code; same database as engine."""
    if engine.dialect.name == "sqlite":
        made = make_engine("sqlite://")
    else:
        address = engine.url.render_as_string(hide_password=False)
        with transaction(engine) as session:
            session.connection().execute(text("CREATE SCHEMA fresh"))
        made = create_engine(address, connect_args={"options": "-c search_path=fresh"})
    SQLModel.metadata.create_all(made)
    yield made
    made.dispose()


def test_a_migrated_store_is_what_the_code_says(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, SQLModel.metadata) == []


def test_a_migrated_store_and_a_fresh_one_cannot_be_told_apart(
    engine: Engine, fresh: Engine
) -> None:
    migrated, made = described(engine), described(fresh)

    assert migrated.keys() == made.keys()
    for name, table in migrated.items():
        assert table == made[name], name
    assert len(migrated) >= 20


def test_every_room_with_tables_is_compared() -> None:
    rooms = {path.relative_to(HOUSE) for top in APP for path in (HOUSE / top).rglob("tables.py")}

    assert rooms == {Path(str(room.__file__)).relative_to(HOUSE) for room in ROOMS}


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    before = described(engine)

    schema.upgrade(engine)

    assert described(engine) == before
    assert schema.current(engine) == schema.newest()
    assert not schema.pending(engine)


def test_an_upgrade_keeps_every_row_and_what_it_points_to(store_at_0002: Engine) -> None:
    with transaction(store_at_0002) as session:
        for statement in OLD_ROWS.split(";")[:-1]:
            session.connection().execute(text(statement))

    schema.upgrade(store_at_0002)

    with store_at_0002.connect() as connection:
        found = connection.execute(
            text(
                "SELECT draft.text, draft.edited_by, issue.titled_by, delivery.text"
                " FROM draft JOIN issue ON issue.id = draft.issue_id"
                " JOIN delivery ON delivery.issue_id = issue.id"
            )
        ).all()
    assert found == [("We know.", "", "", "It hangs.")]
    with pytest.raises(IntegrityError), transaction(store_at_0002) as session:
        session.connection().execute(text("UPDATE draft SET issue_id = 99"))


def test_a_person_who_waits_to_be_asked_is_no_call_of_the_ladder_after_an_upgrade(
    store_at_0002: Engine,
) -> None:
    with transaction(store_at_0002) as session:
        for statement in OLD_ROWS.split(";")[:3]:
            session.connection().execute(text(statement))
        for number, key in ((2, "terminal|1|call|legal"), (3, "terminal|1|call|7")):
            row = OLD_ROWS.split(";")[2].replace("(1, 'k'", f"({number}, '{key}'")
            session.connection().execute(text(row.replace("'alert'", "'call'")))

    schema.upgrade(store_at_0002)

    with store_at_0002.connect() as connection:
        found = connection.execute(text("SELECT kind FROM delivery ORDER BY id")).scalars().all()
    assert found == ["alert", "person", "call"]


def test_an_empty_store_waits_for_its_upgrade(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    assert schema.current(engine) is None
    assert schema.pending(engine)
    schema.upgrade(engine)
    assert not schema.pending(engine)


def test_a_newer_store_is_refused_with_the_remedy(engine: Engine) -> None:
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NewerDatabase, match=r"9999.*install the newer Groundswell"):
        schema.pending(engine)


def test_an_upgrade_that_breaks_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'half.db'}")
    with transaction(engine) as session:
        session.connection().execute(text("CREATE TABLE post (id INTEGER)"))

    with pytest.raises(Exception, match="post already exists"):
        schema.upgrade(engine)

    assert inspect(engine).get_table_names() == ["post"]


def test_migrations_import_nothing_of_the_product() -> None:
    for path in (HOUSE / "config" / "migrations").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not {name.split(".")[0] for name in names} & APP, path.name
