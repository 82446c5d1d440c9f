"""What commands print: JSON for scripts, tables for people, nothing else on standard output."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.clock import rfc3339
from config.logs import printable

PEOPLE = Console(highlight=False)
NOTES = Console(stderr=True, highlight=False)

JsonOption = typer.Option(False, "--json", help="Print JSON for scripts.")


def emit_json(value: Any) -> None:
    """Print one JSON document; times become RFC 3339 UTC."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain, indent=2))


def emit_list(
    rows: Sequence[Mapping[str, Any]], *, as_json: bool, columns: Sequence[str], empty: str
) -> None:
    """Print rows as one JSON array or as a table.

    Args:
        rows: what is listed, with the keys of contract.md.
        as_json: for a script; then an empty list is an empty array.
        columns: which keys a person sees, in order.
        empty: what an empty list means and what to do next.
    """
    if as_json:
        emit_json(list(rows))
    elif not rows:
        PEOPLE.print(Text(empty))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column.replace("_", " "), overflow="fold")
        for row in rows:
            table.add_row(*(Text(shown(row.get(column))) for column in columns))
        PEOPLE.print(table)


def emit_object(value: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one object as JSON, or a line a key."""
    if as_json:
        emit_json(value)
        return
    width = max(len(key) for key in value)
    for key, content in value.items():
        PEOPLE.print(
            Text(key.replace("_", " ").ljust(width + 2), style="dim").append(shown(content))
        )


def say(text: str) -> None:
    """Tell the person something; scripts do not see it."""
    NOTES.print(Text(text))


def shown(value: Any) -> str:
    """Return a value as a person reads it, on one line and without terminal codes."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, Mapping | list | tuple):
        return printable(json.dumps(value, ensure_ascii=False, default=_plain))
    return "\n".join(printable(line) for line in str(value).splitlines())


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")
