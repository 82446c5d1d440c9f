"""The live pass: from due posts to an issue that is explained, whatever stops it on the way."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from classifiers import store
from classifiers.backtest import run_backtest
from classifiers.calibration import Knobs
from classifiers.detect import Detector
from classifiers.tables import (
    Cluster,
    Emergence,
    Issue,
    IssueEvent,
    IssueKind,
    IssueState,
    JudgeState,
    Membership,
    Severity,
)
from config import leases
from config.clock import SystemClock
from config.database import reading, transaction
from config.ground import Ground
from listener.tables import Post
from tests.classifiers.telling import (
    OUTAGE,
    START,
    Told,
    change,
    detect,
    everything,
    only_issue,
    told,
)
from tests.conftest import NOON
from tests.listener.installation import rows
from tests.places.tiny_embedder import TinyEmbedder


def test_a_burst_becomes_an_issue_in_the_users_own_words(ground: Ground, forum: Told) -> None:
    burst = forum.burst(forum.talk())

    assert detect(ground) == len(forum.ids)

    issue = only_issue(ground)
    assert issue.kind is IssueKind.ISSUE
    assert issue.alerted_at == NOON
    assert set(OUTAGE) & set(issue.title.lower().split())
    assert " posts by " in issue.reason
    assert "usual" in issue.reason
    assert set(OUTAGE) & set(" ".join(issue.key_phrases).split())
    texts = {str(post.id): post.text for post in rows(ground, Post)}
    assert len(issue.quotes) == 3
    for quote in issue.quotes:
        assert quote["text"] in texts[quote["post_id"]]
        assert quote["url"].startswith("https://forum.example/")
    assert {int(quote["post_id"]) for quote in issue.quotes} <= set(burst)
    assert issue.first_seen_at < issue.last_seen_at
    assert issue.severity in set(Severity)


def test_an_issue_names_the_past_one_that_it_is_most_like(ground: Ground, forum: Told) -> None:
    with transaction(ground.engine) as session:
        for title in ("Upload stuck at ninety percent", "The invoice of May has no tax"):
            session.add(
                Issue(
                    product_id=forum.product_id,
                    title=title,
                    state=IssueState.RESOLVED,
                    first_seen_at=START,
                    last_seen_at=START,
                    opened_at=START,
                )
            )
    forum.burst(forum.talk())
    detect(ground)
    *_, fresh = rows(ground, Issue)
    assert fresh.nearest_past == 1


def test_the_members_of_an_issue_know_it_and_their_cluster(ground: Ground, forum: Told) -> None:
    burst = forum.burst(forum.talk())
    detect(ground)
    issue = only_issue(ground)

    with reading(ground.engine) as session:
        made = store.memberships(session, forum.ids)
        counts = store.counts(session, [issue.id or 0])[issue.id or 0]
        listed = [post.id for post in store.posts_of_issue(session, issue.id or 0)]

    mine = [post_id for post_id, row in made.items() if row.issue_id == issue.id]
    assert sorted(mine) == listed
    assert set(mine) <= set(burst)
    assert len(mine) >= 8
    assert (counts.posts, counts.authors, counts.sources) == (len(mine), len(mine), 2)
    (evidence,) = rows(ground, Emergence)
    assert set(evidence.members) <= set(burst)
    assert evidence.post_id in burst
    assert evidence.reason == issue.reason
    assert {row.kind for row in rows(ground, IssueEvent)} == {"opened"}


def test_ordinary_talk_opens_no_issue(ground: Ground, forum: Told) -> None:
    forum.talk()

    detect(ground)

    assert rows(ground, Issue) == []
    assert len(rows(ground, Membership)) == len(forum.ids)


def test_a_second_run_decides_nothing(ground: Ground, forum: Told) -> None:
    forum.burst(forum.talk())
    detector = Detector(ground, TinyEmbedder())
    detector.detect_due()
    before = everything(ground), [row.number for row in rows(ground, JudgeState)]

    assert detector.detect_due() == 0
    assert detect(ground) == 0
    assert (everything(ground), [row.number for row in rows(ground, JudgeState)]) == before


@pytest.mark.parametrize("cut", [1, 100, 153, 156])
def test_a_restart_goes_on_exactly_as_if_it_never_stopped(ground: Ground, cut: int) -> None:
    whole, parts = told(ground, "whole"), told(ground, "parts")
    ends = [place.talk() for place in (whole, parts)]
    for place, end in zip((whole, parts), ends, strict=True):
        place.burst(end)
    later = parts.ids[cut:]
    for post_id in later:  # not heard yet
        change(ground, post_id, product_id=whole.product_id, erased_at=NOON)

    detect(ground)
    for post_id in later:
        change(ground, post_id, product_id=parts.product_id, erased_at=None)
    detect(ground)

    assert _plain(ground, parts) == _plain(ground, whole)
    assert len(rows(ground, Issue)) == 2


def test_a_pass_that_dies_before_its_commit_is_done_again_whole(
    ground: Ground, forum: Told
) -> None:
    forum.burst(forum.talk())

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT INTO judgestate", "UPDATE judgestate")):
            raise RuntimeError("killed here")

    detector = Detector(ground, TinyEmbedder())
    event.listen(ground.engine, "before_cursor_execute", fail)
    with pytest.raises(RuntimeError, match="killed here"):
        detector.detect_due()
    event.remove(ground.engine, "before_cursor_execute", fail)
    assert rows(ground, Membership) == []
    assert rows(ground, Issue) == []

    assert detector.detect_due() == len(forum.ids)
    assert len(rows(ground, Issue)) == 1


def _history(ground: Ground, file: Path) -> Path:
    """Write the stored posts as a history file."""
    lines = [
        json.dumps(
            {
                "id": str(post.id),
                "ts": post.published_at.isoformat(),
                "seen_at": post.seen_at.isoformat(),
                "text": post.text,
                "title": post.title,
                "author": post.author_key,
                "source": str(post.source_id),
                "thread": str(post.thread_id),
            }
        )
        for post in rows(ground, Post)
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_the_live_pass_and_a_backtest_decide_alike(
    ground: Ground, forum: Told, tmp_path: Path
) -> None:
    forum.burst(forum.talk())
    detect(ground)
    stream = _history(ground, tmp_path / "stream.jsonl")

    run_backtest(stream, tmp_path / "out", knobs=Knobs(), embedder=TinyEmbedder())

    numbers = {row.id: row.number for row in rows(ground, Cluster)}
    live = [
        {
            "id": str(row.post_id),
            "cluster": numbers.get(row.cluster_id),
            "final_cluster": numbers.get(row.final_cluster_id),
        }
        for row in rows(ground, Membership)
    ]
    replayed = _lines(tmp_path / "out" / "assignments.jsonl")
    assert [(row["id"], row["cluster"]) for row in live] == [
        (row["id"], row["cluster"]) for row in replayed
    ]
    (evidence,) = rows(ground, Emergence)
    (alert,) = _lines(tmp_path / "out" / "alerts.jsonl")
    assert alert["post_id"] == str(evidence.post_id)
    assert alert["kind"] == evidence.kind
    assert alert["members"] == [str(member) for member in evidence.members]
    assert alert["reason"] == evidence.reason
    assert round(alert["score"], 3) == evidence.score


def test_products_are_judged_apart_and_share_the_budget(ground: Ground, forum: Told) -> None:
    other = told(ground, "other", seed=2)
    forum.burst(forum.talk())
    other.talk()

    detect(ground)

    assert only_issue(ground).product_id == forum.product_id
    budgets = [Detector(ground, TinyEmbedder())._knobs(1, count) for count in (1, 2)]
    assert [knobs.false_alerts_per_week for knobs in budgets] == [1.0, 0.5]
    assert {row.product_id for row in rows(ground, JudgeState)} == {
        forum.product_id,
        other.product_id,
    }


@pytest.mark.parametrize(
    "more",
    [{"role": "staff"}, {"role": "bot"}, {"relevant": False}, {"backfill": True}],
    ids=lambda more: next(iter(more)) + str(next(iter(more.values()))),
)
def test_what_is_no_evidence_opens_no_issue(
    ground: Ground, forum: Told, more: dict[str, Any]
) -> None:
    burst = forum.burst(forum.talk(), posts=20, **more)

    detect(ground)

    assert rows(ground, Issue) == []
    with reading(ground.engine) as session:
        assert set(store.memberships(session, burst)) == set(burst)


def test_one_loud_author_is_one_person(ground: Ground, forum: Told) -> None:
    forum.burst(forum.talk(), posts=20, author_key="loud")

    detect(ground)

    assert [issue for issue in rows(ground, Issue) if issue.kind is IssueKind.ISSUE] == []


POISON = (
    " \n\t",
    "\x01\u202e\ufeff\x1b[31m",
    "word " * 2_000,
    "a" * 10_000,
    "upload " * 1_400,
)


def test_poison_changes_only_its_own_row(ground: Ground) -> None:
    """The same talk and burst, once with poison among it."""
    clean, dirty = told(ground, "clean"), told(ground, "dirty")
    ends = [place.talk() for place in (clean, dirty)]
    bad = {dirty.post(text, ends[1]) for text in POISON}
    for place, end in zip((clean, dirty), ends, strict=True):
        place.burst(end, posts=14)

    detect(ground)

    made = {row.post_id: row for row in rows(ground, Membership)}
    assert bad <= set(made)
    dirty_ids = [post_id for post_id in dirty.ids if post_id not in bad]
    assert [made[post_id].kind for post_id in dirty_ids] == [
        made[post_id].kind for post_id in clean.ids
    ]
    for place in (clean, dirty):
        known = [made[post_id].issue_id is not None for post_id in place.ids[-14:]]
        assert sum(known) >= 5


def test_short_posts_that_say_the_same_do_not_stop_the_pass(ground: Ground, forum: Told) -> None:
    """Several people write the same few words; their vectors are equal to the last bits."""
    end = forum.talk()
    for number in range(60):
        forum.post(("same here", "Same here!", "+1", "")[number % 4], end)

    detect(ground)

    assert len(rows(ground, Membership)) == len(forum.ids)


def test_while_another_process_detects_nothing_is_decided_here(ground: Ground, forum: Told) -> None:
    forum.talk(10)
    name = f"detect:{forum.product_id}"
    held = leases.acquire(ground.engine, name, holder="elsewhere:1:aa", clock=SystemClock())
    assert held is not None

    assert detect(ground) == 0
    leases.release(ground.engine, held, clock=SystemClock())
    assert detect(ground) == 10


def test_two_processes_in_turn_decide_as_one(ground: Ground) -> None:
    """Each finds the other's judgement in the rows and drops what it remembers."""
    one, other = told(ground, "one"), told(ground, "other")
    first, second = Detector(ground, TinyEmbedder()), Detector(ground, TinyEmbedder())
    for place, detectors in ((one, [first]), (other, [first, second])):
        end = place.talk(100)
        for number in range(12):
            place.post(place.complaint(), end + timedelta(minutes=5 * number))
            detectors[number % len(detectors)].detect_due()

    with reading(ground.engine) as session:
        made = store.memberships(session, [*one.ids, *other.ids])
    numbers = {row.id: row.number for row in rows(ground, Cluster)}

    def clusters(place: Told) -> list[int | None]:
        return [numbers.get(made[post_id].cluster_id) for post_id in place.ids]

    assert clusters(one) == clusters(other)


def _plain(ground: Ground, place: Told) -> list[Any]:
    """Return what was decided about a product, in numbers that count from its own first row."""
    post = {post_id: number for number, post_id in enumerate(place.ids)}
    mine = [row for row in rows(ground, Issue) if row.product_id == place.product_id]
    issue = {row.id: number for number, row in enumerate(mine)}
    cluster = {row.id: row.number for row in rows(ground, Cluster)}
    made = [
        (
            post[row.post_id],
            row.kind,
            cluster.get(row.cluster_id),
            cluster.get(row.final_cluster_id),
            issue.get(row.issue_id),
            post.get(row.duplicate_of or -1),
        )
        for row in rows(ground, Membership)
        if row.product_id == place.product_id
    ]
    evidence = [
        (post[row.post_id], [post[member] for member in row.members], row.reason, row.score)
        for row in rows(ground, Emergence)
        if row.product_id == place.product_id
    ]
    told_issues = [(row.title, row.reason, row.score, row.first_seen_at) for row in mine]
    return [sorted(made), evidence, told_issues]


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
