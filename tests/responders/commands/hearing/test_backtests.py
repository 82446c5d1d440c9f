"""`groundswell backtest`: what a person reads of it, and what a script."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from config.database import reading, transaction
from listener.tables import Post, Product
from responders.commands.hearing import backtests
from responders.commands.hearing.backtests import alert_line
from responders.workspace import open_ground
from tests.classifiers.invented import WordEmbedder
from tests.classifiers.telling import told
from tests.classifiers.test_backtest import history
from tests.places.tiny_embedder import TinyEmbedder
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


NOTHING = ("--against", "history_min=1000")
"""With more history asked for than there is nothing alerts."""


def test_two_settings_stand_side_by_side(line: Workspace, file: Path) -> None:
    said = line("backtest", str(file), "--out", "out", *NOTHING)

    assert said.code == 0
    lines = [" ".join(row.split()) for row in said.out.splitlines()]
    assert "first history_min=50" in lines
    assert "second history_min=1000" in lines
    assert "measure first second" in lines
    assert "alerts 1 0" in lines
    assert any(row.startswith("alerts in the week of 2026-03-02 1 0") for row in lines)
    (only,) = [row for row in lines if row.startswith("only with the first: ")]
    assert "backup waits" in only
    summary = json.loads(Path("out/summary.json").read_text())
    assert summary["against"]["only_first"] == ["GS-1"]
    assert summary["against"]["knobs"]["history_min"] == 1000
    assert json.loads(Path("out/against/summary.json").read_text())["alerts"] == {}
    assert "not found" in Path("out/timeline.html").read_text()


def test_each_side_begins_from_the_settings(line: Workspace, file: Path) -> None:
    words = ("--set", "slow_hours=72", "--against", "recent_people=4", "--json")
    said = line("backtest", str(file), "--out", "out", *words)
    first, second = said.json["knobs"], said.json["against"]["knobs"]
    assert (first["slow_hours"], second["slow_hours"]) == (72, 168)
    assert said.json == json.loads(Path("out/summary.json").read_text())


def test_the_picture_stands_beside_the_files(line: Workspace, file: Path) -> None:
    said = line("backtest", str(file), "--out", "out")
    assert "look at out/timeline.html" in said.err
    assert "backup waits" in Path("out/timeline.html").read_text()


def test_the_posts_of_the_store_are_decided_once_more(
    groundswell: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "open_embedder", lambda _settings: TinyEmbedder())
    ground = open_ground(groundswell.folder / "groundswell.toml", environ={})
    forum = told(ground, "noticed")
    forum.burst(forum.talk())
    ground.engine.dispose()

    said = groundswell("backtest", "--store", "--product", "noticed", "--out", "out", "--json")
    assert said.json["stream"] == "noticed in the store"
    assert said.json["alerts"] == {"issue": 1}
    assert said.json["knobs"]["false_alerts_per_week"] == 0.5, "two products share the budget"
    since = groundswell(
        "backtest", "--store", "--product", "noticed", "--since", "2030-01-01", "--out", "out"
    )
    assert since.code == 0
    assert "alerts none" in " ".join(since.out.split())
    unnamed = groundswell("backtest", "--store", "--out", "out")
    assert (unnamed.code, "--product fernsync | noticed" in unnamed.err) == (2, True)


def test_the_language_that_most_write_in_is_left_to_the_model(
    line: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "open_embedder", lambda _settings: TinyEmbedder())
    english = line("backtest", str(file), "--out", "out", "--json")
    german = line("backtest", str(file), "--out", "out", "--language", "de", "--json")
    assert (english.json["model"], german.json["model"]) == (
        "tiny/64+evidence1", "tiny/64+evidence1/de",
    )  # fmt: skip


def test_the_store_is_decided_in_the_language_of_its_product(
    groundswell: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "open_embedder", lambda _settings: TinyEmbedder())
    ground = open_ground(groundswell.folder / "groundswell.toml", environ={})
    told(ground, "gemerkt").talk(20)
    with transaction(ground.engine) as session:
        row = session.exec(select(Product).where(Product.name == "gemerkt")).one()
        row.languages = ["de", "en"]
        session.add(row)
    ground.engine.dispose()
    said = groundswell("backtest", "--store", "--product", "gemerkt", "--out", "out", "--json")
    assert said.json["model"] == "tiny/64+evidence1/de"


REGISTER = "version,released_at\n5.1,2026-02-01T08:00:00Z\n5.2,2026-03-08T00:00:00Z\n"
"""The history's burst begins on 8 March at six in the morning."""


def test_an_issue_is_told_with_the_release_that_it_probably_followed(
    line: Workspace, file: Path
) -> None:
    Path("releases.csv").write_text(REGISTER)
    said = line("backtest", str(file), "--out", "out", "--releases", "releases.csv")

    assert said.code == 0
    (alert,) = [json.loads(row) for row in Path("out/alerts.jsonl").read_text().splitlines()]
    assert (alert["release"], alert["release_probability"]) == ("5.2", 0.8)
    assert alert["release_reason"].startswith("5.2 came out 6 h before the first report")
    words = "; probably followed 5.2, 80 % likely"
    assert words in said.out.splitlines()[0]
    assert words in Path("out/timeline.html").read_text()


def test_a_register_of_the_store_counts_by_itself(
    groundswell: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "open_embedder", lambda _settings: TinyEmbedder())
    ground = open_ground(groundswell.folder / "groundswell.toml", environ={})
    forum = told(ground, "noticed")
    forum.burst(forum.talk())
    with reading(ground.engine) as session:
        (first, *_) = sorted(found.published_at for found in session.exec(select(Post)))[-5:]
    ground.engine.dispose()
    at = (first - timedelta(hours=6)).isoformat()
    groundswell("release", "add", "5.2", "--product", "noticed", "--at", at)

    groundswell("backtest", "--store", "--product", "noticed", "--out", "out")
    (row,) = (groundswell.folder / "out" / "alerts.jsonl").read_text().splitlines()
    assert json.loads(row)["release"] == "5.2"


def test_wrong_releases_are_told_before_the_model_is_loaded(
    line: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backtests, "open_embedder", None)
    Path("bad.csv").write_text("version,released_at\n5.2,someday\n")
    for name, words in (("none.csv", "cannot be read"), ("bad.csv", "release 1: ")):
        said = line("backtest", str(file), "--out", "out", "--releases", name)
        assert (said.code, words in said.err) == (1, True)
    assert not Path("out/alerts.jsonl").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "either a history file or --store"),
        (["history.jsonl", "--store"], "either a history file or --store"),
        (["history.jsonl", "--since", "2026-01-01"], "go with --store"),
        (["--store", "--language", "de"], "--language goes with a file"),
        (["history.jsonl", "--language", "German"], "a code of two letters, such as de"),
        (["history.jsonl", "--set", "slow_hour=2"], "--set slow_hour: no such knob; did you mean"),
        (["history.jsonl", "--against", "slow_hour=2"], "--against slow_hour: no such knob"),
        (["history.jsonl", "--against", "slow_hours"], "write it as key=value"),
    ],
)
def test_wrong_words_are_wrong_usage(
    line: Workspace, file: Path, words: list[str], said: str
) -> None:
    found = line("backtest", *words, "--out", "out")
    assert found.code == 2
    assert said in found.err
    assert file.exists()
    assert not Path("out").exists()


def test_a_file_that_is_not_there_is_told_in_a_line(line: Workspace) -> None:
    said = line("backtest", "none.jsonl", "--out", "out")

    assert said == Said(1, "", "groundswell: there is no such file: none.jsonl\n")
