"""One section of the settings for each plug-in, also where a place is both read and written to."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from config.errors import SettingsError
from config.settings import load_settings
from listener.sources.discourse import Options as SourceOptions
from responders.delivery.channels.discourse import Options as ChannelOptions
from responders.workspace import _options_together, plugin_sections


def test_a_place_that_is_read_and_written_to_has_one_section_for_both() -> None:
    section = plugin_sections()["discourse"]
    assert issubclass(section, SourceOptions)
    assert issubclass(section, ChannelOptions)


class Reading(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    pages: int = 1


class Writing(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    footer: str = ""


def test_such_a_section_takes_what_either_side_knows_and_nothing_else() -> None:
    both = _options_together("forum", (Reading, Writing))
    given = both.model_validate({"pages": 2, "footer": "Bye"})
    assert isinstance(given, Reading)
    assert isinstance(given, Writing)
    assert given.model_dump() == {"pages": 2, "footer": "Bye"}
    with pytest.raises(ValidationError, match="frozen"):
        given.pages = 3
    with pytest.raises(ValidationError):
        both.model_validate({"pages": "many"})
    with pytest.raises(ValidationError):
        both.model_validate({"colour": "red"})


def test_the_page_keeps_the_section_that_the_whole_house_reads(tmp_path: Path) -> None:
    assert "page" not in plugin_sections()
    file = tmp_path / "groundswell.toml"
    file.write_text('[page]\ndir = "public"\n', encoding="utf-8")
    settings = load_settings(file, environ={}, plugins=plugin_sections())
    assert settings.page.dir == "public"


def test_a_mistake_in_such_a_section_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "groundswell.toml"
    file.write_text("[discourse]\nfooter = 1\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(file, environ={}, plugins=plugin_sections())
    assert "discourse" in str(caught.value)
    assert "footer" in str(caught.value)
