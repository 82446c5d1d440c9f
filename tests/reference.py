"""Write docs/reference.md from the settings and the command line: `python -m tests.reference`.

Here, not in the product: it is a tool of those who change Groundswell, and test_docs.py holds the
file to it.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from config.settings import Credential
from responders.cli import VERBS, app
from responders.workspace import plugin_sections

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "reference.md"
DEFAULTS = ROOT / "config" / "defaults.toml"

HEAD = """# Reference

Made from the settings and the command line by `python -m tests.reference`; do not edit it by hand.

- [Commands](#commands)
- [Settings](#settings)

Every list and show prints JSON with `--json`. Exit codes: 0 done, 1 failed, 2 wrong usage or
settings. `--config PATH` may stand before or after the verb.
"""


def reference() -> str:
    """Return the whole file."""
    parts = [HEAD, "## Commands", "", *_commands(), "## Settings", "", *_settings()]
    return "\n".join([*parts, "", *_plugins()]) + "\n"


def commands() -> Iterator[tuple[str, Any]]:
    """Yield every command with its full name."""
    group: Any = typer.main.get_command(app)
    context: Any = group.make_context("groundswell", [], resilient_parsing=True)
    for verb in VERBS:
        yield from _below(f"groundswell {verb}", group.get_command(context, verb))


def _below(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    for part, found in inner.items():
        yield from _below(f"{name} {part}", found)


def _commands() -> Iterator[str]:
    for name, command in commands():
        usage = [_usage(parameter) for parameter in command.params if parameter.name != "help"]
        yield f"### `{' '.join([name, *usage])}`"
        yield ""
        yield from _paragraphs(command.help or "")
        options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
        for option in options:
            yield f"- `{', '.join(option.opts)}`: {option.help or ''}"
        if options:
            yield ""


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = (parameter.metavar or parameter.name).upper().replace("-", "_")
        return name if parameter.required else f"[{name}]"
    flag = str(parameter.opts[0])
    text = flag if parameter.is_flag else f"{flag} {(parameter.metavar or parameter.name).upper()}"
    return text if parameter.required else f"[{text}]"


def _paragraphs(text: str) -> Iterator[str]:
    about, _, examples = text.replace("\b", "").partition("Example")
    yield from about.strip().splitlines()
    yield ""
    lines = [line.strip() for line in re.sub(r"^s?:", "", examples).splitlines()]
    if any(lines):
        yield from ["```", *[line for line in lines if line], "```", ""]


def _settings() -> Iterator[str]:
    """Yield each section of defaults.toml with its comments as the explanation."""
    values = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    about: list[str] = []
    section = ""
    for line in DEFAULTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            about.append(line.removeprefix("#").strip())
        elif line.startswith("["):
            section, about = line.strip("[]"), []
            yield from [f"### `[{section}]`", "", "| key | default | what it is |", "|---|---|---|"]
        elif "=" in line and section:
            key = line.split("=")[0].strip()
            default = re.sub(r"\s+", " ", line.split("=", 1)[1].strip())
            assert key in values[section]
            yield f"| `{key}` | `{default}` | {' '.join(about)} |"
            about = []
        elif not line.strip():
            about = []
            if section:
                yield ""


def _plugins() -> Iterator[str]:
    """Yield the sections that belong to one kind of source, embedder or channel each."""
    for name, options in sorted(plugin_sections().items()):
        if not options.model_fields:
            continue
        yield from [f"### `[{name}]`", "", "| key | default | what it is |", "|---|---|---|"]
        for key, field in options.model_fields.items():
            default = "" if field.default is None else repr(field.default).replace("'", '"')
            shown = f"`{default}`" if default else "none"
            yield f"| `{key}` | {shown} | {field.description or ''} |"
        yield ""
    yield from ["### `[credentials.NAME]`", "", "What opens a place; a source names it."]
    yield f"Keys: {', '.join(f'`{key}`' for key in Credential.model_fields)}."


def main() -> None:
    """Write the file."""
    FILE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
