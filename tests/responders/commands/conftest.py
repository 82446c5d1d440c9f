"""The workspaces that the tests of commands work in."""

from pathlib import Path

import pytest

from config.clock import ENVIRONMENT_KEY, rfc3339
from config.keys import KEY_FILE
from responders.voice.respond import respond_due
from responders.workspace import close_opened, open_ground
from tests.conftest import NOON
from tests.lived import LivedStores
from tests.responders.commands.line import Workspace, make_workspace
from tests.responders.incidents import Incident, Said, happen


@pytest.fixture
def groundswell(tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with the product fernsync, on each database in turn."""
    monkeypatch.chdir(tmp_path)
    return make_workspace(tmp_path, store_url, "fernsync")


@pytest.fixture
def at_noon(groundswell: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose clock stands still at noon."""
    monkeypatch.setenv(ENVIRONMENT_KEY, rfc3339(NOON))
    return groundswell


@pytest.fixture
def proposed(at_noon: Workspace, store_url: str, lived: LivedStores) -> Workspace:
    """At noon, GS-1 was reported in the threads a and b, and what is due is proposed."""
    key = at_noon.folder / KEY_FILE

    def live() -> bytes:
        propose(at_noon)
        return key.read_bytes()

    key.write_bytes(lived.after("what is due is proposed", store_url, live))
    return at_noon


def propose(groundswell: Workspace) -> None:
    ground = open_ground(groundswell.folder / "groundswell.toml")
    said = [Said(thread="a"), Said(thread="b", text="It hangs on my phone when I open a note")]
    happen(ground, Incident(said=said, product="fernsync"))
    respond_due(ground)
    close_opened()
