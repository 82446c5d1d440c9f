"""Plug-ins: a file in the right folder is registered by its name.

Listing them imports none of them, so a heavy library loads only where its plug-in is used.
"""

import importlib
import pkgutil
import sys
from types import ModuleType
from typing import cast

from pydantic import BaseModel

from config.errors import SettingsError

CONTRACT = "base"
"""The file of each plug-in folder that holds the contract and is no plug-in itself."""


def names(package: str) -> list[str]:
    """Return the kinds of a plug-in folder in alphabetical order, importing none of them."""
    folder = importlib.import_module(package)
    return sorted(
        module.name
        for module in pkgutil.iter_modules(folder.__path__)
        if module.name != CONTRACT and not module.name.startswith("_")
    )


def load(package: str, name: str) -> ModuleType:
    """Return the plug-in ``name``.

    Raises:
        SettingsError: there is none of that name.
    """
    loaded = sys.modules.get(f"{package}.{name}")
    if loaded is not None and name != CONTRACT and not name.startswith("_"):
        return loaded  # asked at each look; the folder was read when it was loaded
    known = names(package)
    if name not in known:
        raise SettingsError(f"unknown kind {name}; known are: {', '.join(known)}")
    return importlib.import_module(f"{package}.{name}")


def options_of(package: str, name: str) -> type[BaseModel]:
    """Return the ``Options`` of a plug-in: what its section of the settings may hold."""
    return cast("type[BaseModel]", load(package, name).Options)
