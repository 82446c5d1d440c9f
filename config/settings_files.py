"""The three layers the settings come from, each value with the place where it stands.

Apart from the checking, so that a mistake can always name its file and line or its variable.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PREFIX = "GROUNDSWELL__"
FILE_SUFFIX = "_FILE"

Place = tuple[str, ...]
"""Where a value sits in the settings, such as ("http", "deadline_s")."""


@dataclass(frozen=True)
class Mistake:
    """One thing to mend in the settings."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Layer:
    """Values, and where each was written."""

    values: dict[str, Any] = field(default_factory=dict)
    written: dict[Place, str] = field(default_factory=dict)


def defaults_layer() -> Layer:
    """Return what ships with the product."""
    text = (Path(__file__).parent / "defaults.toml").read_text(encoding="utf-8")
    return Layer(values=tomllib.loads(text))


def file_layer(file: Path, mistakes: list[Mistake]) -> Layer:
    """Read the operator's file; what cannot be read becomes a mistake."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except FileNotFoundError:
        mistakes.append(Mistake(str(file), "no such file; `groundswell init` makes one"))
    except OSError as error:
        mistakes.append(Mistake(str(file), f"cannot be read ({error.strerror}); check its rights"))
    except UnicodeDecodeError:
        mistakes.append(Mistake(str(file), "is not UTF-8 text; save it as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        mistakes.append(Mistake(str(file), f"is not valid TOML: {error}"))
    else:
        return Layer(values=values, written=_lines(file, text))
    return Layer()


def environment_layer(environ: Mapping[str, str], mistakes: list[Mistake]) -> Layer:
    """Read GROUNDSWELL__SECTION__KEY, lists as JSON, and secrets from the files they name."""
    layer = Layer()
    for variable in sorted(environ):
        if not variable.startswith(PREFIX):
            continue
        place = tuple(part.lower() for part in variable.removeprefix(PREFIX).split("__"))
        text: str | None = environ[variable]
        if variable.endswith(FILE_SUFFIX):
            place = (*place[:-1], place[-1].removesuffix(FILE_SUFFIX.lower()))
            text = _content(variable, environ[variable], mistakes)
        if len(place) < 2 or not all(place):
            mistakes.append(Mistake(variable, "name it GROUNDSWELL__SECTION__KEY"))
        elif text is not None:
            _put(layer.values, place, _value(text))
            layer.written[place] = variable
    return layer


def merge(layers: Sequence[Layer]) -> Layer:
    """Lay later layers over earlier ones, key by key."""
    merged = Layer()
    for layer in layers:
        _lay(merged.values, layer.values)
        merged.written.update(layer.written)
    return merged


def _content(variable: str, name: str, mistakes: list[Mistake]) -> str | None:
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        mistakes.append(Mistake(variable, f"cannot read {name} ({reason}); name a readable file"))
        return None


def _value(text: str) -> Any:
    """Return lists and tables from JSON; anything else stays the text that pydantic reads."""
    if text[:1] in {"[", "{"}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _put(values: dict[str, Any], place: Place, value: Any) -> None:
    for part in place[:-1]:
        inner = values.setdefault(part, {})
        values = inner if isinstance(inner, dict) else {}
    values[place[-1]] = value


def _lay(under: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, Mapping) and isinstance(under.get(key), dict):
            _lay(under[key], value)
        elif isinstance(value, Mapping):
            under[key] = {}
            _lay(under[key], value)
        else:
            under[key] = value


def _lines(file: Path, text: str) -> dict[Place, str]:
    """Return where each key stands; TOML's parser does not tell, so lines are looked at."""
    written: dict[Place, str] = {}
    section: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[([\w.\-\"]+)\]", line)
        key = re.match(r"\s*([\w\-]+)\s*=", line)
        if header:
            section = tuple(part.strip('"') for part in header[1].split("."))
            written.setdefault(section, f"{file}:{number}")
        elif key:
            written[(*section, key[1])] = f"{file}:{number}"
    return written
