"""Where packs come from: our own folder, and that of an operator.

An operator's folder holds one folder for each language. One named like a language of ours changes
it file by file; any other adds a language. Everything is read and proved once, so that no draft
fails over a text later.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from config.errors import SettingsError
from responders.voice.words.packs import About, Pack, Packs
from responders.voice.words.proving import line_of, prove

FOLDER: Final = Path(__file__).parent.parent / "templates"
ABOUT: Final = "pack.toml"


def built_in() -> Packs:
    """Return the languages that come with Groundswell."""
    return read_packs(None)


@cache
def read_packs(own: Path | None) -> Packs:
    """Return every pack, ours and those of the operator.

    Args:
        own: the folder that holds a folder for each language; None for ours alone.

    Raises:
        SettingsError: a pack is broken; it names the file and the line.
    """
    found = {folder.name: [folder] for folder in _folders(FOLDER)}
    for folder in _own_folders(own) if own is not None else ():
        found[folder.name] = [folder, *found.get(folder.name, ())]
    packs = {code: Pack(code, folders, _about(folders)) for code, folders in sorted(found.items())}
    for pack in packs.values():
        prove(pack)
    return Packs(packs)


def _folders(parent: Path) -> list[Path]:
    return sorted(one for one in parent.iterdir() if one.is_dir() and one.name[0] not in "._")


def _own_folders(own: Path) -> list[Path]:
    if not own.is_dir():
        raise SettingsError(f"[voice] packs: there is no folder {own}; make it, or correct the key")
    for folder in (found := _folders(own)):
        if not re.fullmatch("[a-z]{2,3}", folder.name):
            raise SettingsError(
                f"[voice] packs: {folder} is named like no language; use a code such as nl"
            )
    return found


def _about(folders: Sequence[Path]) -> About:
    """Return what the files say about a pack; what the operator's leaves out, ours says."""
    told: dict[str, Any] = {}
    files = [folder / ABOUT for folder in folders if (folder / ABOUT).is_file()]
    if not files:
        raise SettingsError(
            f"[voice] packs: {folders[0] / ABOUT} is missing; every language has one"
        )
    for file in reversed(files):
        told = _merged(told, _toml(file))
    try:
        return About.model_validate(told)
    except ValidationError as error:
        raise SettingsError(_mistake(files, error)) from error


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"[voice] packs: {file} is not written in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"[voice] packs: {file}: {error}") from error


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(first)
    for key, value in second.items():
        known = both.get(key)
        nested = isinstance(known, dict) and isinstance(value, dict)
        both[key] = _merged(known, value) if nested and known is not None else value
    return both


def _mistake(files: Sequence[Path], error: ValidationError) -> str:
    """Say what is wrong in the file of a pack, and in which line if the name stands there."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    key = next((str(part) for part in reversed(first["loc"]) if isinstance(part, str)), "")
    for file in files:
        if line := line_of(file, key):
            return f"[voice] packs: {file}:{line}: {name}: {first['msg']}"
    return f"[voice] packs: {files[0]}: {name}: {first['msg']}"
