"""What commands print: JSON for scripts, tables for people, nothing else on standard output."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import typer
from rich.console import Console, ConsoleDimensions
from rich.table import Table
from rich.text import Text

from config.clock import parse_time, rfc3339
from config.logs import printable

UNBOUND = 100_000
"""Columns of what is no terminal: a path that is wrapped cannot be used."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What JSON may hold raw, and a terminal obeys: C1 controls, line ends, directions."""
WORD = 10
"""Columns of a word; a table whose cells are narrower is no table to read."""
SHOWN_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC")


class Reader(Console):
    """A console that is as wide as what it is given unless a person's terminal has an edge."""

    @property
    def edged(self) -> bool:
        """Tell whether lines end somewhere; colours on a pipe make no terminal of it."""
        return self.file.isatty()

    @property
    def size(self) -> ConsoleDimensions:
        """Return the size that lines are laid out for."""
        found = super().size
        return found if self.edged else ConsoleDimensions(UNBOUND, found.height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self._width, self._height = new_size


PEOPLE = Reader(highlight=False)
NOTES = Reader(stderr=True, highlight=False)

JsonOption = typer.Option(False, "--json", help="Print JSON for scripts.")


def emit_json(value: Any) -> None:
    """Print one JSON document; times become RFC 3339 UTC."""
    typer.echo(inert_json(json.dumps(value, ensure_ascii=False, default=_plain, indent=2)))


def inert_json(document: str) -> str:
    """Return the same JSON without characters that steer a terminal: they are escaped."""
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


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
        PEOPLE.print(Text(empty), soft_wrap=True)
    else:
        _emit_rows([{column: shown(row.get(column)) for column in columns} for row in rows])


def _emit_rows(rows: Sequence[Mapping[str, str]]) -> None:
    """Print rows as a table, or one below the other where a table would break words apart."""
    cells = {column: [row[column] for row in rows] for column in rows[0]}
    times = {name for name, texts in cells.items() if any(map(SHOWN_TIME.fullmatch, texts))}
    if PEOPLE.edged and _least_width(cells, times) > PEOPLE.width:
        for row in rows:
            emit_object(row, as_json=False)
            PEOPLE.print()
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in cells:
        table.add_column(column.replace("_", " "), overflow="fold", no_wrap=column in times)
    for row in rows:
        table.add_row(*map(Text, row.values()))
    emit_table(table)


def _least_width(cells: Mapping[str, Sequence[str]], times: Collection[str]) -> int:
    """Return how wide a table must be to be read: times whole, words of usual length too."""
    widths = [
        max(len(column), *map(len, texts))
        if column in times
        else min(max(len(column), *map(len, texts)), WORD)
        for column, texts in cells.items()
    ]
    return sum(widths) + 2 * (len(widths) - 1)


def emit_object(value: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one object as JSON, or a line a key; further lines of a value stand below its first."""
    if as_json:
        emit_json(value)
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for key, content in value.items():
        table.add_row(Text(key.replace("_", " ")), Text(shown(content)))
    emit_table(table)


def emit_table(table: Table) -> None:
    """Print a table, without the blanks that fill its last column where nobody sees an edge."""
    if PEOPLE.edged:
        PEOPLE.print(table)
        return
    with PEOPLE.capture() as captured:
        PEOPLE.print(table)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def say(text: str) -> None:
    """Tell the person something; scripts do not see it."""
    NOTES.print(Text(text), soft_wrap=True)


def shown(value: Any) -> str:
    """Return a value as a person reads it, without terminal codes; lists and tables not as JSON."""
    if isinstance(value, Mapping):
        lines = [f"{printable(str(key))}: {_inline(part)}" for key, part in value.items()]
        return "\n".join(lines) or _one(None)
    if isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value):
        return "\n".join(_inline(part) for part in value)
    return _inline(value) if isinstance(value, list | tuple) else _one(value)


def _inline(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{printable(str(key))}: {_inline(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_inline(part) for part in value) or _one(None)
    return " ".join(_one(value).splitlines())


def _one(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, str) and TIME.fullmatch(value):
        return _one(parse_time(value))
    return "\n".join(printable(line) for line in str(value).splitlines())


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")
