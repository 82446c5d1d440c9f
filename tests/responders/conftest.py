"""What the tests of this floor stand on: quick passwords, and a store that is there at once."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from config import schema
from responders.decisions.people import people

HOUSE_HASHER = people.HASHER
"""The one that the house uses; hashing with it is slow on purpose."""


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_quickly() -> None:
    """Hash with as little work as there can be; `test_people` looks at the house's own."""
    people.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def upgraded_at_once(monkeypatch: pytest.MonkeyPatch, sqlite_template: bytes) -> None:
    """Let an empty SQLite store come to our version by a copy: going all the steps takes a second.

    For those who only need a workspace; the steps have tests of their own.
    """
    all_steps = schema.upgrade

    def copy(engine: Engine) -> None:
        if engine.dialect.name != "sqlite" or schema.current(engine) is not None:
            all_steps(engine)
            return
        engine.dispose()
        Path(str(engine.url.database)).write_bytes(sqlite_template)

    monkeypatch.setattr(schema, "upgrade", copy)
