from datetime import timedelta
from pathlib import Path

import pytest

from config.clock import FixedClock
from config.ground import Ground
from responders.decisions.people import people
from responders.demo.letting_in import DEMO, USER, let_in, new_password
from responders.demo.play import Workspace
from responders.demo.script import DAY_START

ANOTHER = "a password of a person"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    opened = Workspace(tmp_path, fresh=False)
    opened.close()
    return opened


def _ground(workspace: Workspace) -> Ground:
    return workspace.ground(FixedClock(DAY_START + timedelta(hours=1)))


def test_the_demos_user_logs_in_with_the_password_that_is_told(workspace: Workspace) -> None:
    user = people.check_password(_ground(workspace), USER, workspace.memory.password)
    assert user is not None
    assert (user.name, user.role) == (USER, "admin")


def test_a_password_that_a_person_changed_stays_theirs(workspace: Workspace) -> None:
    ground = _ground(workspace)
    people.change_password(ground, DEMO, USER, ANOTHER)
    let_in(ground, workspace.memory.password, again=False)
    assert people.check_password(ground, USER, ANOTHER) is not None


def test_a_lost_password_is_exchanged_for_the_one_that_is_told(tmp_path: Path) -> None:
    Workspace(tmp_path, fresh=False).close()
    (tmp_path / "demo.json").unlink()
    opened = Workspace(tmp_path, fresh=False)
    opened.close()
    ground = _ground(opened)
    assert people.check_password(ground, USER, opened.memory.password) is not None


def test_a_user_who_was_removed_stays_removed(workspace: Workspace) -> None:
    ground = _ground(workspace)
    people.remove_user(ground, DEMO, USER)
    for again in (False, True):
        let_in(ground, workspace.memory.password, again=again)
    assert people.check_password(ground, USER, workspace.memory.password) is None


def test_no_two_passwords_are_alike() -> None:
    assert len({new_password() for _ in range(100)}) == 100
