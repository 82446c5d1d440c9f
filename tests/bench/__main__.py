"""Run every row of the bench and print its tables: `python -m tests.bench [--long]`.

With ``--long`` the soak runs for half an hour as well; ``--only soak`` runs half a minute of it.
"""

import argparse
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.bench import alerting, listening
from tests.bench.figures import Figure
from tests.bench.rows import ROWS
from tests.bench.soak import soak, table

LONG_S, SHORT_S = 1800.0, 30.0
"""Seconds of the soak."""

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="measure longer, for quieter figures")
    parser.add_argument("--only", help="only rows whose name holds this word")
    options = parser.parse_args()
    known = (*ROWS, *listening.ROWS, *alerting.ROWS)
    rows = [row for row in known if not options.only or options.only in row.name]
    figures: list[Figure] = []
    notes = Console(stderr=True)
    with Progress(console=notes, disable=not notes.is_terminal) as bar:
        task = bar.add_task("measuring", total=len(rows))
        for row in rows:
            bar.update(task, description=row.name)
            figures += row.measure(5 if options.long else 3)
            bar.advance(task)
    console = Console(width=100 if not sys.stdout.isatty() else None)
    if figures:
        console.print(_table(figures))
    if options.only == "soak" or (options.long and not options.only):
        _soak(console, LONG_S if options.long else SHORT_S)
    console.print(
        f"Python {platform.python_version()}, torch {version('torch')}, "
        f"{os.cpu_count()} processors, {platform.machine()}. "
        "Medians; a ratio is taken pair by pair within one run."
    )


def _soak(console: Console, machine_s: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        console.print(table(soak(machine_s, Path(folder))))


def _table(figures: list[Figure]) -> Table:
    table = Table(box=None, header_style="bold")
    for column in ("what", "ours", "peer", "ratio", "unit", "peer is"):
        table.add_column(column, justify="right" if column in {"ours", "peer", "ratio"} else "left")
    for figure in figures:
        table.add_row(
            figure.what,
            _number(figure.ours),
            _number(figure.peer),
            "" if figure.ratio is None else f"{figure.ratio:.2f} ×",
            figure.unit,
            figure.peer_name,
        )
    return table


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


if __name__ == "__main__":
    main()
