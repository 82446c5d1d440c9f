"""The command line: where --config may stand, how errors read, how quickly help comes."""

import json
import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from config.errors import GroundswellError, SettingsError
from config.logs import hide
from responders import cli, passes
from responders.workspace import CHOICE

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(CHOICE, "config", None)
    monkeypatch.delenv("GROUNDSWELL_CONFIG", raising=False)
    monkeypatch.delenv(cli.DEBUG_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("words", "config", "left"),
    [
        (["status"], None, ["status"]),
        (["--config", "a.toml", "status"], "a.toml", ["status"]),
        (["status", "--config", "a.toml", "--json"], "a.toml", ["status", "--json"]),
        (["status", "--config=a.toml"], "a.toml", ["status"]),
        (["post", "add", "--", "--config"], None, ["post", "add", "--", "--config"]),
        (["--config", "a.toml", "status", "--config", "b.toml"], "b.toml", ["status"]),
        (
            ["--config=a.toml", "status", "--config=b.toml", "--json"],
            "b.toml",
            ["status", "--json"],
        ),
    ],
)
def test_config_may_stand_before_or_after_the_verb(
    words: list[str], config: str | None, left: list[str]
) -> None:
    assert cli.take_config(words) == (Path(config) if config else None, left)


@pytest.mark.parametrize(
    "words",
    [["--config"], ["status", "--config"], ["--config", "--", "x"], ["--config", "", "status"],
     ["status", "--config="]],
)  # fmt: skip
def test_config_without_a_path_is_wrong_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.carry_out(words) == 2
    assert capsys.readouterr().err == "groundswell: --config needs the path of a settings file\n"


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["run", "--port", "many"],
        ["run", "--only", "crawl"],
        ["status", "--odd"],
        ["demo", "--speed", "inf"],
        ["demo", "--speed", "nan"],
        ["demo", "--speed", "1e300"],
    ],
)
def test_wrong_usage_ends_with_2_and_no_trace(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.carry_out(words) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_typing_error_is_told_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    cli.carry_out(["statsu"])
    assert "Did you mean 'status'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["status"], ["doctor"], ["db", "upgrade"], ["source", "list"], ["issue", "list"]]
)
def test_without_settings_a_verb_names_init(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.carry_out(words) == 2
    assert "groundswell init" in capsys.readouterr().err


def _breaking(error: BaseException) -> Any:
    def verb() -> None:
        raise error

    return verb


def _carry_out_breaking(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    monkeypatch.setattr("responders.commands.status.status", _breaking(error))
    return cli.carry_out(["status"])


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (GroundswellError("the port is in use"), 1, ["groundswell: the port is in use"]),
        (SettingsError("a: b\nc: d"), 2, ["groundswell: a: b", "groundswell: c: d"]),
        (
            PermissionError(13, "Permission denied", "x"),
            1,
            ["groundswell: Permission denied: x; check that path and what you may do there"],
        ),
        (KeyboardInterrupt(), 130, ["stopped; what was finished is kept"]),
    ],
)
def test_errors_are_lines_with_an_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    lines: list[str],
) -> None:
    assert _carry_out_breaking(monkeypatch, error) == code
    assert capsys.readouterr().err.splitlines() == lines


def test_a_fault_of_ours_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _carry_out_breaking(monkeypatch, ValueError("two\nlines")) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: two lines - this is a fault of Groundswell" in line


def test_an_error_steers_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = GroundswellError("there is no source a\x1b[31mb\x07\u202e; grün is")
    _carry_out_breaking(monkeypatch, error)
    told = capsys.readouterr().err
    assert told == "groundswell: there is no source a\\x1b[31mb\\x07\\u202e; grün is\n"


def test_debug_shows_where_a_fault_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(cli.DEBUG_VARIABLE, "1")
    _carry_out_breaking(monkeypatch, ValueError("odd"))
    assert "Traceback" in capsys.readouterr().err


def test_no_secret_stands_in_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hide(["s3cr3t-token"])
    _carry_out_breaking(monkeypatch, GroundswellError("refused s3cr3t-token"))
    assert "s3cr3t" not in capsys.readouterr().err


@pytest.mark.parametrize("name", cli.VERBS)
def test_every_verb_exists_and_has_help_with_an_example(name: str) -> None:
    verb = cli.VERBS[name]
    found = getattr(import_module(verb.module), verb.name)
    command: Any = cli._command(found, name)
    inner = list(getattr(command, "commands", {}).values()) or [command]
    for one in inner:
        assert one.help, f"{name} {one.name} has no help"
        assert "groundswell" in one.help, f"{name} {one.name} shows no example"


@pytest.mark.parametrize("name", [name for name, verb in cli.VERBS.items() if verb.name != "app"])
def test_the_table_says_what_the_verb_says_of_itself(name: str) -> None:
    verb = cli.VERBS[name]
    found = getattr(import_module(verb.module), verb.name)
    assert not isinstance(found, typer.Typer)
    assert (found.__doc__ or "").strip().splitlines()[0][:25] == verb.help[:25]


def test_the_passes_that_can_be_chosen_are_the_passes_there_are() -> None:
    assert [str(one) for one in cli.PassName] == list(
        dict.fromkeys(one.part_of or one.name for one in passes.PASSES)
    )


@pytest.mark.parametrize("name", [name for name, verb in cli.VERBS.items() if verb.name == "app"])
def test_the_help_of_a_group_is_whole_and_offers_no_completion(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.carry_out([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert "completion" not in told
    assert "..." not in told.split("\n", 1)[1]  # the first line is the usage: ARGS...


def test_ctrl_c_stops_a_command_in_one_line() -> None:
    program = (
        "import os, signal, sys; from responders import cli; from responders.commands import db;"
        # Whoever runs the tests in the background has this signal ignored, and so would we.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "db.read_settings = lambda: os.kill(os.getpid(), signal.SIGINT);"
        "sys.exit(cli.carry_out(['db', 'upgrade']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "stopped; what was finished is kept\n"


def test_what_a_terminal_has_no_letters_for_is_written_so_that_json_stays_json() -> None:
    """An act that is done must not look as if it failed, whatever the terminal can show."""
    program = (
        "import sys, json; from responders import cli; from responders.commands.output import "
        "emit_json; cli.carry_out = lambda words: emit_json(words[0]); "
        "sys.argv = ['groundswell', 'Zoë – \\U0001f600 \\u0142']; cli.main()"
    )
    for encoding in ("latin-1", "cp850", "utf-8"):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False,
            env={**os.environ, "PYTHONIOENCODING": encoding},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, b"")
        assert json.loads(done.stdout.decode(encoding)) == "Zoë – \U0001f600 \u0142"


def test_without_standard_input_nobody_is_asked() -> None:
    program = (
        "import sys; from responders import cli;"
        "cli.carry_out = lambda words: print(sys.stdin.isatty(), repr(sys.stdin.read()));"
        "cli.main()"
    )
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -c "$1" <&-', sys.executable, program],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "False ''\n", "")


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from responders.cli import carry_out; carry_out(['--help']);"
        "print([m for m in ('torch', 'sqlalchemy', 'discord', 'pydantic', 'alembic')"
        " if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_comes_at_once() -> None:
    """Processor time, for the machine may be busy; a heavy library alone would take longer."""
    program = (
        "import time; from responders.cli import carry_out; carry_out(['--help']);"
        "print(time.process_time())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert float(done.stdout.splitlines()[-1]) < 2.0


def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = f"{sys.executable} -m responders.cli run --help | head -c 1 >/dev/null"
    began = time.monotonic()
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert time.monotonic() - began < 30
