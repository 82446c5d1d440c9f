"""`groundswell db …`: the store's version, its backup and the way back."""

from pathlib import Path
from typing import Annotated

import typer

from config import schema
from config.clock import SystemClock
from config.database import make_engine
from responders import backups
from responders.commands.output import say
from responders.occupancy import alone
from responders.workspace import read_settings

app = typer.Typer(help="Upgrade, back up and restore the store.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the store to the version of this Groundswell.

    Example: groundswell db upgrade
    """
    settings = read_settings()
    engine = make_engine(settings.database_url())
    try:
        with alone(settings):
            with backups.readable(engine):
                pending = schema.pending(engine)
            if not pending:
                say(f"The store is at version {schema.newest()} already.")
                return
            schema.upgrade(engine)
    finally:
        engine.dispose()
    say(f"The store is at version {schema.newest()} now.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, such as today.tar.")],
) -> None:
    """Write store, key and settings to one file; the service may go on meanwhile.

    The file holds the key and every secret of the settings: keep it as you keep those.

    Example: groundswell db backup groundswell-backup.tar
    """
    settings = read_settings()
    backups.back_up(settings, file, now=SystemClock().now())
    say(f"Written to {file} ({file.stat().st_size / 1e6:.1f} MB). Keep it safe: the key is in it.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `db backup` wrote.")],
) -> None:
    """Put a backup in the place of store and key; what was there is kept beside it.

    The service must be stopped. Elsewhere, run `groundswell init` first. The settings file stays as
    it is; the one of the backup can be taken out with tar.

    Example: groundswell db restore groundswell-backup.tar
    """
    settings = read_settings()
    with alone(settings):
        done = backups.restore(settings, file, now=SystemClock().now())
    say(f"Restored what was backed up at {done.made_at}.")
    if done.in_doubt:
        say(
            f"{done.in_doubt} message{'s' * (done.in_doubt > 1)} may have left since and wait for "
            "your word: groundswell delivery list"
        )
    for path in done.kept:
        say(f"What was there before is kept as {path}")
    engine = make_engine(settings.database_url())
    try:
        if schema.pending(engine):
            say("It is of an older version: run `groundswell db upgrade` before the service.")
    finally:
        engine.dispose()
