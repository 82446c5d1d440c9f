"""Many services share a workspace; a restore has it for itself."""

import pytest

from config.ground import Ground
from responders.occupancy import Occupied, alone, at_work


def test_several_may_be_at_work(ground: Ground) -> None:
    with at_work(ground.settings), at_work(ground.settings):
        pass


def test_nobody_is_alone_while_others_are_at_work(ground: Ground) -> None:
    refused = pytest.raises(Occupied, match="stop it first")
    with at_work(ground.settings), refused, alone(ground.settings):
        pass


def test_nobody_starts_work_while_another_is_alone(ground: Ground) -> None:
    refused = pytest.raises(Occupied, match="start again")
    with alone(ground.settings), refused, at_work(ground.settings):
        pass


def test_the_workspace_is_free_again_afterwards(ground: Ground) -> None:
    with at_work(ground.settings):
        pass
    with alone(ground.settings):
        pass
