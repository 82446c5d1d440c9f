"""Bursts that are over and come back."""

import dataclasses
from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.arriving import Decision
from classifiers.calibration import Knobs
from classifiers.judging import Judge
from classifiers.known.remembering import MOST, PastBursts
from classifiers.window import Row, Window
from tests.classifiers.invented import START, Stream

KNOBS = Knobs(refresh_posts=40, open_hours=12.0, open_posts=30)


def with_return(seed: int = 1, *, again: str = "new") -> Stream:
    """Write talk with a burst, quiet days, and a second burst."""
    stream = Stream(seed)
    talk = [(START + timedelta(hours=1.2 * number), f"t{number % 40}") for number in range(300)]
    first = [(START + timedelta(hours=150, minutes=5 * number), "new") for number in range(10)]
    second = [(START + timedelta(hours=320, minutes=5 * number), again) for number in range(10)]
    for at, topic in sorted(talk + first + second):
        stream.add(topic, at)
    return stream


def emergences(decisions: list[Decision]) -> list[tuple[int, int | None]]:
    """Return the number of each emergence with the one that it is the return of."""
    found = [decision.emergence for decision in decisions]
    return [(one.number, one.returns) for one in found if one is not None]


def judged(stream: Stream) -> list[Decision]:
    judge = Judge(KNOBS)
    return [judge.take(post, stream.vectors[post.post_id]) for post in stream.arrivals]


def test_a_burst_that_comes_back_after_quiet_days_is_known() -> None:
    assert emergences(judged(with_return())) == [(1, None), (2, 1)]


def test_another_burst_is_no_return() -> None:
    assert emergences(judged(with_return(again="other"))) == [(1, None), (2, None)]


def test_a_third_time_it_is_the_return_of_the_second() -> None:
    stream = with_return()
    for number in range(60):
        stream.add(f"t{number % 40}", START + timedelta(hours=361 + 1.2 * number))
    stream.burst("new", START + timedelta(hours=460), 10)
    assert emergences(judged(stream)) == [(1, None), (2, 1), (3, 2)]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 319))
def test_a_judge_restored_anywhere_knows_what_comes_back(cut: int) -> None:
    stream = with_return()
    judge, decisions = Judge(KNOBS), []
    for place, post in enumerate(stream.arrivals):
        if place == cut:
            judge = Judge.restore(KNOBS, judge.snapshot(), stream.of)
        decisions.append(judge.take(post, stream.vectors[post.post_id]))
    assert decisions == judged(stream)


def test_what_a_person_resolved_is_over_at_once() -> None:
    stream = Stream(1)
    end = stream.background(200, hours=24 * 6)
    stream.burst("new", end, 10)
    stream.burst("new", end + timedelta(hours=2), 10)
    judge, decisions = Judge(Knobs(refresh_posts=40)), []
    for place, post in enumerate(stream.arrivals):
        if place == 210:
            judge.end(dict.fromkeys(judge.open_numbers, end + timedelta(hours=1)))
        decisions.append(judge.take(post, stream.vectors[post.post_id]))
    assert emergences(decisions) == [(1, None), (2, 1)]


def test_erased_posts_stand_for_nothing() -> None:
    stream = with_return()
    judge, decisions = Judge(KNOBS), []
    for place, post in enumerate(stream.arrivals):
        if place == 300:
            judge.forget([name for name in judge.window.ids if name])
        decisions.append(judge.take(post, stream.vectors[post.post_id]))
    assert judge.past.dump() == []
    assert emergences(decisions)[:1] == [(1, None)]


def test_only_so_many_are_remembered_and_the_earliest_are_dropped() -> None:
    window, past = Window(), PastBursts()
    window.reserve(MOST + 5, 2)
    for number in range(1, MOST + 6):
        row = Row(f"p{number}", float(number), 0, 0, np.zeros(0, dtype=np.uint32), backfill=False)
        place = window.add(row, np.array([1.0, 0.0], dtype=np.float32))
        window.fields["explained"][place] = number
        past.add([number], window)
    assert [number for number, _, _ in past.dump()] == list(range(6, MOST + 6))


def test_a_judge_whose_every_post_was_erased_can_go_on() -> None:
    stream = Stream(1)
    first = stream.add("t1", START)
    judge = Judge(KNOBS)
    judge.take(first, stream.vectors[first.post_id])
    judge.forget([first.post_id])

    again = Judge.restore(KNOBS, judge.snapshot(), stream.of)
    later = stream.add("t2", START + timedelta(hours=1))

    assert again.take(later, stream.vectors[later.post_id]).cluster is not None


def test_the_same_words_after_the_fix_are_evidence_again() -> None:
    stream = Stream(1)
    end = stream.background(200, hours=24 * 6)
    words = "the upload stops at ninety percent with error four zero one two since today"
    first = [
        stream.add("new", end + timedelta(minutes=5 * n), text=f"{words} {n}") for n in range(8)
    ]
    judge = Judge(Knobs(refresh_posts=40))
    decisions = [judge.take(post, stream.vectors[post.post_id]) for post in stream.arrivals]
    judge.end({1: end + timedelta(hours=1)})
    stream.vectors["again"] = stream.vectors[first[0].post_id]
    copied = dataclasses.replace(first[0], post_id="again", author="somebody else")

    decision = judge.take(copied, stream.vectors["again"])

    assert decision.joins is None
    assert decision.duplicate_of in {None, *(d.post_id for d in decisions if d.joins is None)}


def test_a_burst_longer_than_the_window_is_remembered() -> None:
    knobs = Knobs(refresh_posts=20, window_posts=150, open_hours=24.0, open_posts=20)
    stream = Stream(1)
    end = stream.background(200, hours=24 * 6)
    stream.burst("new", end, 8)
    for number in range(300):
        stream.add(f"t{number % 40}", end + timedelta(hours=1, minutes=6 * number))
    judge = Judge(knobs)
    for post in stream.arrivals:
        judge.take(post, stream.vectors[post.post_id])
    assert [number for number, _, _ in judge.past.dump()] == [1]


def test_what_people_dismissed_and_comes_back_small_stays_silent() -> None:
    stream = with_return()
    judge, decisions = Judge(KNOBS), []
    for place, post in enumerate(stream.arrivals):
        if place == 250:
            judge.dismiss([1])
        decisions.append(judge.take(post, stream.vectors[post.post_id]))
    small = [one for one in emergences(decisions) if one[1] == 1]
    plain = [d.emergence for d in judged(with_return()) if d.emergence is not None]
    dismissed = [d.emergence for d in decisions if d.emergence is not None]
    assert not small or dismissed[-1].posts > plain[-1].posts
