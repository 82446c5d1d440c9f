"""Tests of the judging core as a whole, on invented streams."""

import dataclasses
from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.arriving import Decision
from classifiers.calibration import Knobs
from classifiers.judging import Judge
from tests.classifiers.invented import START, Stream

KNOBS = Knobs(refresh_posts=40)


def judged(stream: Stream, knobs: Knobs = KNOBS) -> tuple[Judge, list[Decision]]:
    judge = Judge(knobs)
    return judge, [judge.take(post, stream.vectors[post.post_id]) for post in stream.arrivals]


def with_burst(seed: int = 1, posts: int = 12) -> Stream:
    stream = Stream(seed)
    end = stream.background(200, hours=24 * 6)
    stream.burst("new", end, posts)
    return stream


def emergences(decisions: list[Decision]) -> list[Decision]:
    return [decision for decision in decisions if decision.emergence is not None]


def test_a_burst_raises_one_alert_after_a_few_posts_and_says_why() -> None:
    stream = with_burst()
    found = emergences(judged(stream)[1])
    assert len(found) == 1
    assert found[0].emergence is not None
    assert found[0].emergence.kind == "issue"
    assert found[0].post_id in {f"p{number}" for number in range(202, 206)}
    assert found[0].emergence.reason.startswith(f"{found[0].emergence.posts} posts by ")
    assert "usual: none" in found[0].emergence.reason
    assert set(found[0].emergence.members) <= {f"p{n}" for n in range(200, 212)}


def test_posts_after_an_alert_mostly_join_it_and_share_a_cluster() -> None:
    decisions = judged(with_burst())[1]
    alert = emergences(decisions)[0].emergence
    assert alert is not None
    assert [decision.joins for decision in decisions[-4:]].count(alert.number) >= 3
    assert len({decision.cluster for decision in decisions[-4:]}) == 1


def with_leak(days: int) -> Stream:
    """Write talk for some days and then two posts a day on something new."""
    stream = Stream(4)
    end = stream.background(30 * days, hours=24 * days)
    for day in range(5):
        stream.add("leak", end + timedelta(hours=24 * day + 1))
        stream.add("leak", end + timedelta(hours=24 * day + 13))
        for number in range(30):
            at = end + timedelta(hours=24 * day + 0.8 * number)
            stream.add(f"t{(7 * number + day) % 40}", at)
    stream.arrivals.sort(key=lambda post: post.seen_at)
    return stream


def test_a_slow_leak_of_two_posts_a_day_is_noticed_within_the_week() -> None:
    stream = with_leak(24)
    found = emergences(judged(stream)[1])
    assert len(found) == 1
    assert found[0].emergence is not None
    assert found[0].emergence.posts >= KNOBS.slow_people
    assert found[0].emergence.window_hours > KNOBS.recent_hours
    fast_only = dataclasses.replace(KNOBS, slow_people=10**6)
    assert emergences(judged(stream, fast_only)[1]) == []


def test_a_week_is_not_compared_with_a_shorter_past() -> None:
    assert emergences(judged(with_leak(7))[1]) == []


def test_ordinary_talk_raises_none() -> None:
    stream = Stream(3)
    stream.background(500, hours=24 * 12)
    assert emergences(judged(stream)[1]) == []


def test_without_history_nothing_is_an_alert() -> None:
    stream = Stream(2)
    stream.burst("new", START, 30)
    assert emergences(judged(stream)[1]) == []


def test_backfill_is_history_at_once_and_never_alerts() -> None:
    stream = with_burst()
    now = stream.arrivals[199].seen_at + timedelta(hours=30)
    stream.arrivals = [
        dataclasses.replace(post, backfill=True, seen_at=now) for post in stream.arrivals
    ]
    assert emergences(judged(stream)[1]) == []
    stream.burst("fresh", now + timedelta(hours=1), 8)
    assert len(emergences(judged(stream)[1])) == 1


def test_one_person_alone_is_no_burst() -> None:
    stream = Stream(1)
    end = stream.background(200, hours=24 * 6)
    stream.burst("new", end, 20, author="loud")
    assert emergences(judged(stream)[1]) == []


def test_staff_and_posts_off_the_product_are_no_evidence() -> None:
    for field in ("counts", "relevant"):
        stream = Stream(1)
        end = stream.background(200, hours=24 * 6)
        stream.burst("new", end, 20, **{field: False})
        assert emergences(judged(stream)[1]) == []


def test_a_staff_reply_joins_what_it_answers() -> None:
    stream = with_burst()
    last = stream.add("new", stream.arrivals[-1].seen_at, counts=False)
    decisions = judged(stream)[1]
    assert last.post_id == decisions[-1].post_id
    assert decisions[-1].joins == decisions[-2].joins is not None
    assert decisions[-1].cluster == decisions[-2].cluster


def test_pasted_text_is_spam_and_told_once() -> None:
    stream = Stream(1)
    end = stream.background(200, hours=24 * 6)
    first = stream.add("ad", end, text="buy ten terabytes for life only today from us")
    for number in range(9):
        copy = stream.add("ad", end + timedelta(minutes=number + 1), text=first.text.upper() + "!!")
        stream.vectors[copy.post_id] = stream.vectors[first.post_id]
    decisions = judged(stream)[1]
    found = emergences(decisions)
    assert [item.emergence.kind for item in found if item.emergence] == ["spam"]
    assert {decision.duplicate_of for decision in decisions[-9:]} == {first.post_id}
    assert decisions[-1].joins is not None


def test_two_people_may_write_the_same_few_words() -> None:
    stream = Stream(1)
    end = stream.background(60, hours=48)
    posts = [stream.add("down", end, text="Is it down?") for _ in range(2)]
    copy = stream.add("down", end, text="is it down", author=posts[0].author)
    decisions = judged(stream)[1]
    assert [decision.duplicate_of for decision in decisions[-3:-1]] == [None, None]
    assert decisions[-1].duplicate_of == posts[0].post_id
    assert copy.post_id == decisions[-1].post_id


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**16), st.lists(st.integers(0, 211), max_size=20))
def test_copies_by_one_author_change_no_other_decision(seed: int, copied: list[int]) -> None:
    stream = with_burst(seed)
    plain = judged(stream)[1]
    mixed, names = list(stream.arrivals), set()
    for number, place in enumerate(sorted(copied, reverse=True)):
        original = stream.arrivals[place]
        name = f"copy{number}"
        stream.vectors[name] = stream.vectors[original.post_id]
        mixed.insert(place + 1, dataclasses.replace(original, post_id=name))
        names.add(name)
    stream.arrivals = mixed
    # Spam may come of many copies: those emergences take numbers, but never from an issue's score.
    found = [item for item in judged(stream)[1] if item.post_id not in names]
    scores = {item.post_id: item.emergence.score for item in emergences(plain) if item.emergence}
    for item in emergences(found):
        assert item.emergence is not None
        assert item.emergence.score <= scores[item.post_id]
    assert [item.cluster for item in found] == [item.cluster for item in plain]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**16), st.sets(st.integers(0, 211), max_size=6))
def test_a_judge_restored_anywhere_goes_on_as_if_never_stopped(seed: int, cuts: set[int]) -> None:
    stream = with_burst(seed)
    whole, expected = judged(stream)
    judge, found = Judge(KNOBS), []
    for place, post in enumerate(stream.arrivals):
        found.append(judge.take(post, stream.vectors[post.post_id]))
        if place in cuts:
            judge = Judge.restore(KNOBS, judge.snapshot(), stream.of)
    assert found == expected
    assert judge.settle() == whole.settle()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**16), st.integers(1, 211))
def test_a_prefix_is_decided_as_in_the_whole(seed: int, length: int) -> None:
    stream = with_burst(seed)
    expected = judged(stream)[1]
    stream.arrivals = stream.arrivals[:length]
    assert judged(stream)[1] == expected[:length]


def test_posts_are_settled_once_an_eighth_is_new_and_copies_with_what_they_repeat() -> None:
    stream = Stream(4)
    end = stream.background(400, hours=24 * 8)
    again = stream.arrivals[5]
    copy = stream.add("t0", end, text=again.text)
    stream.vectors[copy.post_id] = stream.vectors[again.post_id]
    stream.burst("more", end + timedelta(hours=1), 80)
    judge, decisions = judged(stream, Knobs(refresh_posts=20))
    settled = [(place, found.moved) for place, found in enumerate(decisions) if found.moved]
    pauses = np.diff([place for place, _ in settled])
    assert pauses.tolist() == sorted(pauses.tolist())
    assert pauses[-1] == 61  # 60 rows of 480, and the copy
    final = {name: label for _, moved in settled for name, label in moved.items()}
    assert set(final) == {found.post_id for found in decisions[: settled[-1][0] + 1]}
    assert final[copy.post_id] == final[again.post_id]
    assert len(judge.window) == len(decisions) - 1


def test_settling_changes_nothing_and_names_every_post_once() -> None:
    stream = with_burst()
    judge, decisions = judged(stream)
    before = judge.snapshot()
    settled = judge.settle()
    assert judge.settle() == settled
    assert judge.snapshot() == before
    assert sorted(settled) == sorted(decision.post_id for decision in decisions)


def test_half_precision_decides_as_full_precision() -> None:
    stream = with_burst()
    expected = judged(stream)[1]
    stream.vectors = {
        name: vector.astype(np.float16).astype(np.float32)
        for name, vector in stream.vectors.items()
    }
    assert judged(stream)[1] == expected


def test_the_window_stays_bounded_and_old_posts_keep_their_number() -> None:
    stream = Stream(5)
    stream.background(400, hours=24 * 8)
    judge, decisions = judged(stream, Knobs(refresh_posts=40, window_posts=100))
    assert len(judge.window) <= 140
    assert [decision.cluster for decision in decisions].count(None) == 0
    assert set(judge.settle()) < {decision.post_id for decision in decisions}


def test_an_erased_post_leaves_no_trace_in_the_snapshot() -> None:
    stream = with_burst()
    judge, _ = judged(stream)
    assert b'"p205"' in judge.snapshot() or "p205" in judge.window.ids
    judge.forget(["p205", "p3"])
    assert b"p205" not in judge.snapshot()
    assert {"p205", "p3"}.isdisjoint(judge.window.ids)
    assert {"p205", "p3"}.isdisjoint(judge.settle())
    again = Judge.restore(KNOBS, judge.snapshot(), stream.of)
    more = stream.burst("new", stream.arrivals[-1].seen_at, 3)
    assert [judge.take(post, stream.vectors[post.post_id]) for post in more] == [
        again.take(post, stream.vectors[post.post_id]) for post in more
    ]


def test_new_knobs_hold_for_what_comes_and_survive_a_restart() -> None:
    stream = with_burst()
    strict = dataclasses.replace(KNOBS, false_alerts_per_week=1e-6)
    judge = Judge(KNOBS)
    for post in stream.arrivals[:200]:
        judge.take(post, stream.vectors[post.post_id])
    restored = Judge.restore(strict, judge.snapshot(), stream.of)
    judge.knobs = strict
    for post in stream.arrivals[200:]:
        vector = stream.vectors[post.post_id]
        assert judge.take(post, vector) == restored.take(post, vector)


def test_a_post_heard_late_counts_when_it_was_written() -> None:
    stream = Stream(1)
    end = stream.background(200, hours=24 * 6)
    late = [
        dataclasses.replace(p, seen_at=end + timedelta(hours=3))
        for p in stream.burst("new", end, 8)
    ]
    stream.arrivals[-8:] = late
    found = emergences(judged(stream)[1])
    assert len(found) == 1
    assert found[0].emergence is not None
    assert found[0].emergence.window_hours < 1.0
    assert found[0].emergence.first_seen == end


def test_a_title_is_not_said_twice() -> None:
    post = Stream(1).add("t", START, title="It broke", text="It broke. Again.")
    assert post.words == "It broke. Again."
    assert dataclasses.replace(post, text="Help").words == "It broke\nHelp"


def test_a_burst_in_the_first_days_of_a_stream_is_noticed_after_a_few_posts() -> None:
    stream = Stream(1)
    stream.burst("new", stream.background(75, hours=24 * 4), 12)
    found = emergences(judged(stream, Knobs())[1])
    assert len(found) == 1
    assert int(found[0].post_id[1:]) <= 75 + 6
