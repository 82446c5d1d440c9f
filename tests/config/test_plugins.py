"""A file's name is its registration, and a listing loads nothing."""

import json
import re
import subprocess
import sys

import pytest
from pydantic import BaseModel

from config import plugins
from config.errors import SettingsError

ROOMS = ("listener.sources", "classifiers.embedders", "responders.delivery.channels")
HEAVY = ("torch", "discord", "praw", "feedparser", "sentence_transformers", "numpy.linalg")


def imported_by(statement: str) -> list[str]:
    """Return the modules that a fresh interpreter holds after a statement."""
    code = f"import sys, json; {statement}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    modules: list[str] = json.loads(done.stdout)
    return modules


@pytest.mark.parametrize("room", ROOMS)
def test_listing_plugins_imports_none_of_them(room: str) -> None:
    loaded = imported_by(f"from config import plugins; plugins.names({room!r})")

    inside = [name for name in loaded if name.startswith(f"{room}.")]
    assert inside == []
    assert [name for name in HEAVY if name in loaded] == []


def test_checking_every_section_of_the_settings_loads_no_heavy_library() -> None:
    loaded = imported_by(
        "from responders.workspace import plugin_sections; list(plugin_sections())"
    )

    heavy = ("torch", "discord", "praw", "sentence_transformers", "transformers", "sklearn")
    assert [name for name in heavy if name in loaded] == []


@pytest.mark.parametrize(
    ("room", "kind"),
    [(ROOMS[0], "feed"), (ROOMS[1], "sentence"), (ROOMS[2], "terminal")],
)
def test_a_file_is_registered_by_its_name(room: str, kind: str) -> None:
    assert kind in plugins.names(room)
    assert plugins.names(room) == sorted(plugins.names(room))
    assert "base" not in plugins.names(room)
    assert issubclass(plugins.options_of(room, kind), BaseModel)


@pytest.mark.parametrize("name", ["fed", "base", "_hidden", "..feed", ""])
def test_an_unknown_plugin_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"^unknown kind {re.escape(name)}; known are: .*feed"):
        plugins.load("listener.sources", name)
