"""`groundswell audit`: who decided what, in a chain that shows every later change."""

import sys
from pathlib import Path

import typer

from config.database import reading
from config.errors import GroundswellError
from responders.commands.output import JsonOption, emit_json, inert_json, say
from responders.decisions import auditing
from responders.workspace import open_ground

app = typer.Typer(help="Who decided what, provably unchanged.", no_args_is_help=True)


@app.command()
def verify(as_json: bool = JsonOption) -> None:
    """Check that no entry of the audit trail was changed, added or taken out.

    Ends with 1 when the chain is broken, and says where.

    Example: groundswell audit verify
    """
    with reading(open_ground().engine) as session:
        found = auditing.verify(session)
    if as_json:
        value = {"ok": found.ok, "entries": found.entries, "erased": found.erased}
        emit_json({**value, "problem": found.problem or None})
    elif found.ok:
        say(f"The audit trail: {found.in_words()}.")
    if not found.ok and not as_json:
        raise GroundswellError(
            f"the audit trail is not whole: {found.in_words()}; compare it with your last backup, "
            "and keep a copy as it is: groundswell audit export FILE"
        )
    if not found.ok:
        raise typer.Exit(1)


@app.command()
def export(
    file: str = typer.Argument(..., metavar="FILE", help="Where to write; - is standard output."),
) -> None:
    """Write the whole audit trail as JSON lines, with all that checking it needs.

    Examples:
        groundswell audit export audit.jsonl
        groundswell audit export -
    """
    with reading(open_ground().engine) as session:
        lines = auditing.export(session)
        if file == "-":
            for line in lines:
                sys.stdout.write(f"{inert_json(line)}\n")
            return
        with Path(file).open("w", encoding="utf-8") as out:
            number = sum(bool(out.write(f"{line}\n")) for line in lines)
    entries = f"{number} entr{'y' if number == 1 else 'ies'}"
    say(f"Wrote {entries} to {file}. Check the chain itself with: groundswell audit verify")
