"""Open an installation: its settings with every plug-in's section, its store, its key, its clock.

Apart from the command line, so that the service, the demo and the tests open it the same way.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, create_model
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from config import plugins, schema
from config.clock import clock_of
from config.database import make_engine
from config.errors import GroundswellError, SettingsError
from config.ground import Ground
from config.keys import KEY_FILE, load_key
from config.leases import make_holder
from config.logs import hide, secrets_of
from config.settings import Settings, find_file, load_settings

PLUGIN_ROOMS = ("listener.sources", "classifiers.embedders", "responders.delivery.channels")
if TYPE_CHECKING:
    from config.http_client import PoliteClient

DEMO_FILE = Path("data/run/demo/groundswell.toml")


@dataclass
class Choice:
    """What the person chose for the whole command line."""

    config: Path | None = None


CHOICE = Choice()
"""Set once by the command line from --config, before any command runs."""


_OPENED: list[Engine] = []


def close_opened() -> None:
    """Close the stores that were opened in this process: the last act of a command."""
    while _OPENED:
        _OPENED.pop().dispose()


class _Unread(BaseModel):
    """The section of a plug-in that nobody needs now: whatever stands there is let be."""

    model_config = ConfigDict(extra="allow", frozen=True)


def read_settings(file: Path | None = None, *, in_a_hurry: bool = False) -> Settings:
    """Return the settings of the installation in use.

    Args:
        file: another file than the chosen one.
        in_a_hurry: leave the plug-ins' sections unread: importing what checks them takes longer
            than an act that needs none of them.

    Raises:
        SettingsError: there is no settings file, or it has mistakes.
    """
    chosen = file or find_file(CHOICE.config)
    if chosen is None:
        raise SettingsError(
            "there is no groundswell.toml here; run `groundswell init` to make one, "
            "or name yours with --config"
        )
    sections = _unread_sections() if in_a_hurry else plugin_sections()
    settings = load_settings(chosen, plugins=sections)
    hide(secrets_of(settings))
    return settings


def plugin_sections() -> Mapping[str, type[BaseModel]]:
    """Return what checks each section of the settings that configures a plug-in.

    A place that we both read and write to has one section, so that is checked by both ``Options``.
    A plug-in named like a section of the ground, as the page is, has no settings of its own.
    """
    found: dict[str, list[type[BaseModel]]] = {}
    for room, name in _plugin_names():
        found.setdefault(name, []).append(plugins.options_of(room, name))
    return {name: _options_together(name, tuple(kinds)) for name, kinds in found.items()}


def _unread_sections() -> Mapping[str, type[BaseModel]]:
    return {name: _Unread for _, name in _plugin_names()}


def _plugin_names() -> Iterator[tuple[str, str]]:
    for room in PLUGIN_ROOMS:
        for name in plugins.names(room):
            if name not in Settings.model_fields:
                yield room, name


@cache
def _options_together(name: str, kinds: tuple[type[BaseModel], ...]) -> type[BaseModel]:
    if len(kinds) == 1:
        return kinds[0]
    return create_model(f"Options of {name}", __base__=kinds)


def open_ground(
    file: Path | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    in_a_hurry: bool = False,
) -> Ground:
    """Return the ground of the installation in use, its store at our version.

    Args:
        file: another settings file than the chosen one.
        environ: the environment.
        in_a_hurry: the settings of plug-ins are not needed; see `read_settings`.

    Raises:
        SettingsError: settings, key or database address are wrong.
        GroundswellError: the store cannot be opened, or must be upgraded first.
    """
    settings = read_settings(file, in_a_hurry=in_a_hurry)
    engine = make_engine(settings.database_url())
    refuse_missing(engine)
    _OPENED.append(engine)
    _refuse_old(engine)
    return Ground(
        settings=settings,
        engine=engine,
        clock=clock_of(settings.folder, environ),
        key=load_key(settings.path(KEY_FILE)),
        holder=make_holder(),
    )


def refuse_missing(engine: Engine) -> None:
    """Refuse a store whose file is not there: SQLite would make an empty one by looking at it.

    Raises:
        GroundswellError: with what to do.
    """
    store = engine.url.database if engine.dialect.name == "sqlite" else None
    if store and not Path(store).exists():
        raise GroundswellError(
            f"there is no store at {store}; `groundswell init` makes one, or correct [database] url"
        )


def _refuse_old(engine: Engine) -> None:
    """Do nothing with a store that is of our version.

    Raises:
        GroundswellError: it cannot be opened, or must be upgraded first.
    """
    try:
        pending = schema.pending(engine)
    except DBAPIError as error:
        raise GroundswellError(
            f"the store {engine.url.render_as_string()} cannot be opened "
            f"({_first_line(error)}); check [database] url and the folder's rights, "
            "or put a backup in its place: `groundswell db restore FILE`"
        ) from error
    if pending:
        raise GroundswellError("the store is of an older version; run `groundswell db upgrade`")


def open_client(ground: Ground) -> "PoliteClient":
    """Return the polite client of an installation, allowed to reach what the operator wrote."""
    from responders.delivery.opening import client_of

    return client_of(ground.settings)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]
