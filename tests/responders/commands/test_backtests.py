"""`groundswell backtest`: what a person reads of it, and what a script."""

import json
from pathlib import Path

import pytest

from responders.commands import backtests
from responders.commands.backtests import alert_line
from tests.classifiers.invented import WordEmbedder
from tests.classifiers.test_backtest import history
from tests.responders.commands.line import Said, Workspace


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return history(tmp_path / "history.jsonl")


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A folder with settings and a model of words; a backtest needs no store."""
    (tmp_path / "groundswell.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(backtests, "open_embedder", lambda _settings: WordEmbedder())
    return Workspace(tmp_path)


def test_a_person_reads_a_line_an_alert_and_a_short_summary(line: Workspace, file: Path) -> None:
    said = line("backtest", str(file), "--out", "out")

    assert said.code == 0
    (alert,) = [json.loads(row) for row in Path("out/alerts.jsonl").read_text().splitlines()]
    first, *rest = said.out.splitlines()
    assert first == alert_line(alert)
    assert "backup waits" in first
    keys = ["posts", "days", "alerts", "clusters", "model"]
    assert [row.split()[0] for row in rest] == keys
    assert "knobs" in json.loads(Path("out/summary.json").read_text())


def test_a_script_reads_the_summary(line: Workspace, file: Path) -> None:
    said = line("backtest", str(file), "--out", "out", "--json")

    assert said.json == json.loads(Path("out/summary.json").read_text())


def test_an_alert_is_told_on_one_line_with_its_reason() -> None:
    alert = {
        "at": "2026-11-20T18:42:07.250000Z",
        "kind": "issue",
        "title": "Sync hangs\nsince noon…",
        "reason": "3 posts by 3 people within 18 min; usual: none",
    }
    assert alert_line(alert) == (
        "2026-11-20 18:42 UTC issue: Sync hangs since noon… "
        "(3 posts by 3 people within 18 min; usual: none)"
    )


def test_a_mistake_is_told_before_the_model_is_loaded(
    line: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "open_embedder", None)
    for words in (["none.jsonl", "--out", "out"], [str(file), "--out", str(file)]):
        said = line("backtest", *words)
        assert (said.code, len(said.err.splitlines())) == (1, 1)
        assert "fault of Groundswell" not in said.err


def test_a_file_that_is_not_there_is_told_in_a_line(line: Workspace) -> None:
    said = line("backtest", "none.jsonl", "--out", "out")

    assert said == Said(1, "", "groundswell: there is no such file: none.jsonl\n")
