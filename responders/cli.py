"""The command `groundswell`: wiring only.

Which verb lives in which module, where `--config` may stand, and how an error becomes one line and
an exit code. A module is imported only when its verb is used, so that help comes at once.
"""

import codecs
import gc
import io
import os
import re
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer
import typer.core

from responders.commands.filling import refuse_empty

VERSION = "0.1.0"
DEBUG_VARIABLE = "GROUNDSWELL_DEBUG"
ESCAPING = "groundswell-escaped"
"""The way in which a stream writes what its encoding lacks; an act done is never called failed."""
STOPPED = 130
"""What Typer makes of Ctrl-C, and what shells expect: 128 and the number of SIGINT."""


FASTEST = 10_000.0
"""Of the demo: its day takes nine seconds, and no calendar is left."""


class PassName(StrEnum):
    """The passes that can be run alone (responders/passes.py; importing it would take a second)."""

    CRAWL = "crawl"
    DETECT = "detect"
    RESPOND = "respond"
    DELIVER = "deliver"


@dataclass(frozen=True)
class Verb:
    """Where a verb lives: a function, or a `typer.Typer` of several."""

    module: str
    name: str
    help: str


ROOM = "responders.commands"
HEARING, ISSUES, DRAFTS = f"{ROOM}.hearing", f"{ROOM}.issues", f"{ROOM}.drafts"
VERBS = {
    "init": Verb(f"{ROOM}.init", "init", "Make a workspace: settings, key and an empty store."),
    "run": Verb("responders.cli", "run", "Run the service until it is stopped."),
    "worker": Verb("responders.starting", "worker", "Run the passes alone, beside a service."),
    "demo": Verb("responders.cli", "demo", "Play the incident day of the demo."),
    "apply": Verb(f"{ROOM}.products", "apply", "Declare products and sources from a file."),
    "export": Verb(f"{ROOM}.products", "export", "Write products and sources to a file."),
    "source": Verb(f"{HEARING}.sources", "app", "The places that are listened to."),
    "post": Verb(f"{HEARING}.posts", "app", "What people wrote."),
    "issue": Verb(f"{ISSUES}.issues", "app", "The problems that were noticed."),
    "verdict": Verb(f"{HEARING}.verdicts", "app", "What people corrected, and what was learned."),
    "draft": Verb(f"{DRAFTS}.drafts", "app", "The texts that are proposed, and your yes or no."),
    "delivery": Verb(f"{DRAFTS}.deliveries", "app", "What was sent, and what became of it."),
    "thread": Verb(f"{DRAFTS}.threads", "app", "Where issues were reported, and who was told."),
    "optout": Verb(f"{DRAFTS}.optouts", "app", "The people who want no answer of ours."),
    "promise": Verb(f"{DRAFTS}.promises", "app", "What was promised in public."),
    "release": Verb(f"{HEARING}.releases", "app", "Which versions came out, and when."),
    "pause": Verb(f"{ROOM}.pausing", "pause", "Hold everything back: nothing leaves."),
    "resume": Verb(
        f"{ROOM}.pausing", "resume", "Let messages leave again; shows what goes out first."
    ),
    "page": Verb(f"{ROOM}.pages", "app", "The public known-issues page."),
    "user": Verb(f"{ROOM}.users", "app", "The people who decide here."),
    "oncall": Verb(f"{ROOM}.oncall", "app", "Who is called, and who is on call."),
    "audit": Verb(f"{ROOM}.audits", "app", "Who decided what, provably unchanged."),
    "backtest": Verb(
        f"{HEARING}.backtests",
        "backtest",
        "Decide every post of a history file as if it had been heard live.",
    ),
    "evaluate": Verb(
        f"{HEARING}.evaluations",
        "evaluate",
        "Score detection on labelled streams; below a floor it fails.",
    ),
    "report": Verb(f"{DRAFTS}.reporting", "report", "Tell how fast people were heard."),
    "status": Verb(f"{ROOM}.status", "status", "Show how things stand."),
    "doctor": Verb(f"{ROOM}.doctor", "doctor", "Check the installation and name remedies."),
    "db": Verb(f"{ROOM}.db", "app", "Upgrade, back up and restore the store."),
}


COMPLETION = ("install_completion", "show_completion")
"""Options that Typer gives each group; they would complete a command that does not exist."""


class VerbGroup(typer.core.TyperGroup):
    """Imports a verb's module when the verb is used, and none to list them."""

    def list_commands(self, _ctx: object) -> list[str]:
        """Return the verbs that this installation has."""
        return [name for name, verb in VERBS.items() if find_spec(verb.module)]

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        """Return the verb's command, imported now."""
        verb = VERBS.get(cmd_name)
        if verb is None or not find_spec(verb.module):
            return None
        return _command(getattr(_imported(verb.module), verb.name), cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the verbs from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, VERBS[name].help) for name in self.list_commands(ctx)])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Let the name be checked against the table when a typing error is explained."""
        if args and args[0] not in VERBS:
            self.commands = dict.fromkeys(self.list_commands(ctx), self)
        return super().resolve_command(ctx, args)


def _imported(module: str) -> ModuleType:
    """Import without looking for garbage: there is hardly any, and it takes a tenth less."""
    looked_for = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        if looked_for:
            gc.enable()


@cache
def _command(found: Any, name: str) -> Any:
    if not isinstance(found, typer.Typer):
        holder = typer.Typer(add_completion=False)
        holder.command(name)(found)
        found = holder
    command = typer.main.get_command(found)
    command.name = name
    return _plain(command)


def _plain(command: Any) -> Any:
    """Let help and usage errors be plain lines everywhere: boxes break scripts and narrow panes."""
    command.rich_markup_mode = None
    if command.help:
        command.help = re.sub(r"\n\n(?=Examples?:)", "\n\n\b\n", command.help)  # \b: keep lines
    command.params = [one for one in command.params if one.name not in COMPLETION]
    for one in command.params:
        refuse_empty(one)
    for inner in getattr(command, "commands", {}).values():
        inner.short_help = " ".join((inner.help or "").split("\n\n")[0].split())  # else it is cut
        _plain(inner)
    return command


app = typer.Typer(
    cls=VerbGroup,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"groundswell {VERSION}")
        raise typer.Exit


@app.callback(epilog="Every verb has its own help with examples: groundswell VERB --help")
def groundswell(
    config: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The settings file; may stand before or after the verb."),
    ] = None,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_tell_version, help="Tell the version and end."
        ),
    ] = False,
) -> None:
    """Hear what people report in public, notice the new problem early, answer each thread once."""


def run(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; else [console] host.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to listen on; 0 lets the system choose."),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Run each pass once, in order, and end.")
    ] = False,
    only: Annotated[
        list[PassName] | None, typer.Option(help="With --once: only this pass; may be repeated.")
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Stand still at this time (ISO 8601)."),
    ] = None,
) -> None:
    """Run the service until it is stopped.

    It listens, detects, drafts and alerts; its first line of output, "ready …", tells where
    console and page stand. Without a settings file it plays the demo.

    Examples:
        groundswell run
        groundswell run --port 8081
        groundswell run --once --only crawl
    """
    from responders.starting import start

    if only and not once:
        raise typer.BadParameter("goes with --once only", param_hint="--only")
    raise typer.Exit(start(host=host, port=port, once=once, only=only or (), now=now))


def demo(
    speed: Annotated[
        float,
        typer.Option(min=1.0, max=FASTEST, help="How many times faster than it happened."),
    ] = 60.0,
    check: Annotated[
        bool, typer.Option("--check", help="Check each step and end: 0 if all happened.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin the day anew.")] = False,
) -> None:
    """Play the incident day of the demo.

    Examples:
        groundswell demo
        groundswell demo --check
        groundswell demo --fresh --speed 120
    """
    from responders.starting import start_demo

    raise typer.Exit(start_demo(speed=speed, check=check, fresh=fresh))


def take_config(arguments: Sequence[str]) -> tuple[Path | None, list[str]]:
    """Return what --config names, and the other arguments; it may stand anywhere before `--`.

    Given twice, the later one counts, as with every other option.

    Raises:
        SettingsError: nothing follows it, or an empty word.
    """
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    words = iter(arguments[:end])
    config: Path | None = None
    left: list[str] = []
    for word in words:
        if word == "--config":
            path = next(words, None)
            config = _settings_path(path)
        elif word.startswith("--config="):
            config = _settings_path(word.removeprefix("--config="))
        else:
            left.append(word)
    return config, [*left, *arguments[end:]]


def _settings_path(word: str | None) -> Path:
    from config.errors import SettingsError

    if not (word or "").strip():
        raise SettingsError("--config needs the path of a settings file")
    return Path(word or "")


def main() -> None:
    """Be the console script."""
    codecs.register_error(ESCAPING, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPING)
    if sys.stdin is None:  # closed by whoever started us: nobody can be asked, nothing is read
        sys.stdin = io.StringIO()
    sys.exit(carry_out(sys.argv[1:]))


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Write what the terminal's encoding lacks as JSON would, so that JSON stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[place : place + 2].hex() for place in range(0, len(units), 2))
    return "".join(f"\\u{unit}" for unit in pairs), error.end


def carry_out(arguments: Sequence[str]) -> int:
    """Do what the command line says; return the exit code. Errors become lines, not traces."""
    try:
        config, words = take_config(arguments)
        if config is not None:
            from responders.workspace import CHOICE

            CHOICE.config = config
        _plain(typer.main.get_command(app)).main(args=words, prog_name="groundswell")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
        return _stopped() if code == STOPPED else code
    except KeyboardInterrupt:
        return _stopped()
    except BrokenPipeError:
        # What reads us has gone; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last place where an error can be explained
        return _explain(error)
    finally:
        _close_opened()
    return 0


def _stopped() -> int:
    """Tell the person who pressed Ctrl-C that the command heard it; return the exit code."""
    sys.stderr.write("stopped; what was finished is kept\n")
    return STOPPED


def _close_opened() -> None:
    """Let go of the stores that the command opened, if it came that far."""
    workspace = sys.modules.get("responders.workspace")
    if workspace is not None:
        workspace.close_opened()


def _explain(error: Exception) -> int:
    """Tell an error in lines a person can act on; return the exit code."""
    from config.errors import GroundswellError
    from config.logs import masked, printable

    if os.environ.get(DEBUG_VARIABLE):
        sys.stderr.write(masked("".join(traceback.format_exception(error))))
    if isinstance(error, GroundswellError):
        lines, code = str(error), error.exit_code
    elif isinstance(error, OSError):
        where = f": {error.filename}; check that path and what you may do there"
        lines, code = f"{error.strerror or error}{where if error.filename else ''}", 1
    elif type(error).__module__.startswith("sqlalchemy."):
        lines, code = f"the store does not answer: {str(error).splitlines()[0]}", 1
    else:
        lines = (
            f"{type(error).__name__}: {' '.join(str(error).split())} - this is a fault of "
            f"Groundswell; {DEBUG_VARIABLE}=1 before the same command shows where"
        )
        code = 1
    for line in masked(lines).splitlines():
        sys.stderr.write(f"groundswell: {printable(line)}\n")
    return code


if __name__ == "__main__":
    main()
