"""`groundswell page build`: the known-issues page as files that any server can serve."""

from pathlib import Path
from typing import Annotated

import typer

from responders.commands.output import say
from responders.page.publish import build_to
from responders.workspace import open_ground

app = typer.Typer(help="The public known-issues page.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep `build` a word of its own: a group of one command would swallow it."""


@app.command()
def build(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="The folder to write to; it is made if need be."),
    ],
) -> None:
    """Write the public page into a folder: what was approved and sent, and nothing else.

    A running service keeps the folder of [page] dir fresh by itself.

    Example: groundswell page build --out /srv/www/status
    """
    number = build_to(open_ground(), out)
    files = f"{number} file{'s' * (number != 1)}"
    say(f"Wrote {files} to {out}; any file server can serve them: python -m http.server -d {out}")
