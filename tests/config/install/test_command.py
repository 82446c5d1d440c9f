"""One tool of the set-up, run for real: a small Python program stands for pip."""

import sys
from pathlib import Path

import pytest

from config.install.command import Refused, run


def python(program: str, folder: Path) -> None:
    command = [sys.executable, "-c", program]
    with (folder / "carrier").open("w") as carrier:
        run(command, cwd=folder, log=folder / "log", lock_fd=carrier.fileno())


def test_what_a_tool_says_goes_to_the_record_and_only_long_downloads_to_the_person(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    python("print('Collecting x'); print('Downloading torch-2-cp311.whl (506.0 MB)')", tmp_path)
    assert "Collecting x" in (tmp_path / "log").read_text()
    assert capfd.readouterr().out == "  fetching torch (506.0 MB)\n"


def test_a_failing_tool_is_refused_with_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="ERROR: no room") as refusal:
        python("import sys; sys.exit('ERROR: no room')", tmp_path)
    assert "ERROR: no room" in refusal.value.output


def test_what_would_send_packages_elsewhere_does_not_reach_a_tool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    python("import os; print({'PIP_TARGET', 'PYTHONPATH'} & set(os.environ))", tmp_path)
    assert (tmp_path / "log").read_text() == "set()\n"


def test_a_tool_holds_the_lock_so_that_it_outlives_us_safely(tmp_path: Path) -> None:
    with (tmp_path / "carrier").open("w") as carrier:
        number = carrier.fileno()
        program = f"import os; os.fstat({number}); print('held')"
        command = [sys.executable, "-c", program]
        run(command, cwd=tmp_path, log=tmp_path / "log", lock_fd=number)
    assert (tmp_path / "log").read_text() == "held\n"
