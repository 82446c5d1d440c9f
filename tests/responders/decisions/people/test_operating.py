import getpass

import pytest

from responders.decisions.acting import Actor, Role
from responders.decisions.people.operating import operator


def test_the_operator_is_an_admin_with_the_machines_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "olga")
    assert operator() == Actor("olga", Role.ADMIN, "command line")


def test_a_machine_user_without_a_name_is_the_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("no such user")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert operator().name == "operator"
