"""The workspace that the tests of commands work in."""

from pathlib import Path

import pytest

from tests.responders.commands.line import Workspace, make_workspace


@pytest.fixture
def groundswell(tmp_path: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with the product fernsync, on each database in turn."""
    monkeypatch.chdir(tmp_path)
    return make_workspace(tmp_path, store_url, "fernsync")
