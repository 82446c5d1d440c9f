"""The incident day from the first look to the drafts, with the real model and the real places."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import Engine

from classifiers.store import issues
from classifiers.tables import IssueKind
from config.database import make_engine, reading
from responders.demo.checking import TRUE_ISSUES, Day, Outcome, walk
from responders.demo.remembering import recall
from responders.demo.script import DAY_END, DAY_START, read_script

COARSE = timedelta(minutes=15)
"""A third of the steps of `demo --check`: the same day, heard in larger portions."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told() -> StringIO:
    return StringIO()


@pytest.fixture(scope="module")
def outcomes(folder: Path, told: StringIO) -> dict[str, Outcome]:
    console = Console(file=told, width=200)
    return {found.name: found for found in walk(folder, console=console, every=COARSE)}


@pytest.fixture
def engine(folder: Path, outcomes: dict[str, Outcome]) -> Iterator[Engine]:
    made = make_engine(f"sqlite:///{folder}/groundswell.db")
    yield made
    made.dispose()


def test_the_demo_day_names_both_true_issues_and_nothing_else(
    engine: Engine, outcomes: dict[str, Outcome]
) -> None:
    assert {name: found.words for name, found in outcomes.items() if not found.ok} == {}
    with reading(engine) as session:
        day = Day(session, read_script())
        labels = [day.label_of(issue) for issue in day.alerted()]
        aside = {issue.kind: day.label_of(issue) for issue in issues(session, everything=True)}
    assert set(labels) == set(TRUE_ISSUES)
    assert aside[IssueKind.SPAM] == "spam"
    assert aside[IssueKind.BRIGADE] == "brigade"


def test_the_fast_issue_is_noticed_within_the_hour_and_the_slow_one_in_the_morning(
    outcomes: dict[str, Outcome],
) -> None:
    fast = outcomes["noticed: conflicted-copies"].at
    slow = outcomes["noticed: backup-waiting-wifi"].at
    assert fast is not None
    assert fast <= DAY_START + timedelta(hours=1, minutes=15)
    assert slow is not None
    assert slow <= DAY_START + timedelta(hours=3, minutes=30)


def test_the_narration_tells_the_story(outcomes: dict[str, Outcome], told: StringIO) -> None:
    text = told.getvalue()
    assert outcomes
    for words in (
        "of them history",
        "noticed GS-",
        "set aside as spam",
        "set aside as a brigade",
        "about other products, not ours",
        "draft written for GS-",
        "The day is over",
    ):
        assert words in text


def test_the_workspace_is_left_behind_as_played(folder: Path, outcomes: dict[str, Outcome]) -> None:
    left = recall(folder)
    assert outcomes
    assert left is not None
    assert left.shown == DAY_END
    assert (folder / "groundswell.toml").exists()
