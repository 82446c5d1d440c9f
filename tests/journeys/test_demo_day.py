"""The incident day from the first look to the fix told back, with the real model and places."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from io import StringIO
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from sqlalchemy import Engine
from sqlmodel import select

from classifiers.arriving import Arrival
from classifiers.calibration import Knobs
from classifiers.detect import arrival_of
from classifiers.embedders.sentence import SentenceEmbedder
from classifiers.embedding import Matrix, embed
from classifiers.judging import Judge
from classifiers.relevance import KindJudge
from classifiers.store import issues
from classifiers.store_decisions import StoredVectors
from classifiers.tables import IssueKind
from config.database import make_engine, reading
from listener.store import title_owners
from listener.tables import Post, Source
from responders.demo.checking import Outcome, walk
from responders.demo.day import TRUE_ISSUES, Day, number_of
from responders.demo.remembering import recall
from responders.demo.replies import FILE, names, read_replies
from responders.demo.script import DAY_END, DAY_START, PLACES, read_script

COARSE = timedelta(minutes=15)
"""A third of the steps of `demo --check`: the same day, heard in larger portions."""
FAST_BY = DAY_START + timedelta(hours=1, minutes=15)
SLOW_BY = DAY_START + timedelta(hours=3, minutes=30)
OTHER_MACHINE = 0.02
"""Length of the noise on each vector: twice what float32 and bfloat16 differ by."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told() -> StringIO:
    return StringIO()


@pytest.fixture(scope="module")
def outcomes(folder: Path, told: StringIO) -> dict[str, Outcome]:
    console = Console(file=told, width=200)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        return {found.name: found for found in walk(folder, console=console, every=COARSE)}
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@pytest.fixture
def engine(folder: Path, outcomes: dict[str, Outcome]) -> Iterator[Engine]:
    made = make_engine(f"sqlite:///{folder}/groundswell.db")
    yield made
    made.dispose()


def test_the_demo_day_closes_the_loop_for_both_true_issues_and_nothing_else(
    engine: Engine, folder: Path, outcomes: dict[str, Outcome]
) -> None:
    assert {name: found.words for name, found in outcomes.items() if not found.ok} == {}
    with reading(engine) as session:
        day = Day(session, read_script(), read_replies(folder / FILE))
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
    assert fast <= FAST_BY
    assert slow is not None
    assert slow <= SLOW_BY


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


@pytest.fixture(scope="module")
def heard(folder: Path, outcomes: dict[str, Outcome]) -> list[tuple[str, str, Arrival]]:
    """The posts as they were heard, each with its place and with what we know it is about."""
    assert outcomes
    script = read_script()
    known = names(script, read_replies(folder / FILE))
    labels = {where: script.labels.get(post_id, "talk") for where, post_id in known.items()}
    engine = make_engine(f"sqlite:///{folder}/groundswell.db")
    with reading(engine) as session:
        places = {source.id: source.name for source in session.exec(select(Source))}
        posts = session.exec(select(Post).order_by("seen_at", "id")).all()
        titled = title_owners(session, [post.thread_id for post in posts if post.thread_id])
        found = []
        for post in posts:
            place = places[post.source_id]
            label = labels[place, number_of(post.remote_id)]
            found.append((place, label, arrival_of(post, titled=post.id in titled)))
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def vectors(
    folder: Path, heard: list[tuple[str, str, Arrival]], packaged: SentenceEmbedder
) -> dict[str, Matrix]:
    engine = make_engine(f"sqlite:///{folder}/groundswell.db")
    rows = embed([post.words for _, _, post in heard], packaged, StoredVectors(engine))
    engine.dispose()
    return {post.post_id: row for (_, _, post), row in zip(heard, rows, strict=True)}


@pytest.mark.parametrize("order", list(permutations(PLACES)))
def test_neither_which_place_answers_first_nor_the_machine_changes_what_is_noticed(
    order: Sequence[str],
    heard: list[tuple[str, str, Arrival]],
    vectors: dict[str, Matrix],
    packaged: SentenceEmbedder,
) -> None:
    """Places are looked at side by side, and each processor rounds in its own way."""
    random = np.random.default_rng([PLACES.index(place) for place in order])
    labels = {post.post_id: label for _, label, post in heard}
    judge = Judge(Knobs(), KindJudge(packaged))
    noticed: list[tuple[str, datetime]] = []
    for _, _, post in sorted(heard, key=lambda one: (one[2].seen_at, order.index(one[0]))):
        row = vectors[post.post_id]
        noise = random.standard_normal(row.size) * OTHER_MACHINE / row.size**0.5
        found = judge.take(post, (row + noise).astype(np.float32)).emergence
        if found is not None and found.kind == "issue":
            about = [labels[member] for member in found.members]
            noticed.append((max(about, key=about.count), post.seen_at))
    assert sorted(label for label, _ in noticed) == sorted(TRUE_ISSUES)
    assert dict(noticed)["conflicted-copies"] <= FAST_BY
    assert dict(noticed)["backup-waiting-wifi"] <= SLOW_BY
