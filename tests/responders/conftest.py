"""What the tests of this floor stand on: passwords that are hashed quickly."""

import pytest
from argon2 import PasswordHasher

from responders.decisions.people import people

HOUSE_HASHER = people.HASHER
"""The one that the house uses; hashing with it is slow on purpose."""


@pytest.fixture(scope="session", autouse=True)
def passwords_are_hashed_quickly() -> None:
    """Hash with as little work as there can be; `test_people` looks at the house's own."""
    people.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
