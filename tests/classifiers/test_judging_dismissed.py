"""A subject that a person called no issue must grow clearly to alert again; no other one pays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from classifiers.arriving import Arrival
from classifiers.calibration import Knobs
from classifiers.judging import Judge
from tests.classifiers.invented import DIM, Stream


def story(seed: int = 1) -> tuple[Stream, list[int]]:
    """Quiet talk, a burst, days later the same again, then another; where each begins."""
    stream = Stream(seed=seed)
    end = stream.background(400, hours=24 * 10)
    starts = [len(stream.arrivals)]
    stream.burst("subject", end, 12)
    quiet(stream, end)
    starts.append(len(stream.arrivals))
    stream.burst("subject", end + timedelta(days=6), 4)
    quiet(stream, end + timedelta(days=6))
    starts.append(len(stream.arrivals))
    stream.burst("other", end + timedelta(days=12), 5)
    return stream, starts


def quiet(stream: Stream, start: datetime) -> None:
    """Five days of talk."""
    for number in range(200):
        topic = f"t{number * 7 % 40}"
        stream.add(topic, start + timedelta(hours=2 + number * 0.6))


def alerts(judge: Judge, stream: Stream, posts: Sequence[Arrival]) -> list[int]:
    found = [judge.take(post, stream.vectors[post.post_id]) for post in posts]
    return [n for n, item in enumerate(found) if item.emergence]


def test_the_same_again_is_silent_and_another_subject_alerts_as_before() -> None:
    stream, (first, again, other) = story()
    plain, told = Judge(Knobs()), Judge(Knobs())
    parts = (
        stream.arrivals[:again],
        stream.arrivals[again:other],
        stream.arrivals[other:],
    )
    assert alerts(plain, stream, parts[0]) == alerts(told, stream, parts[0])
    assert told.scanner.next_number == 2
    told.dismiss([1])
    before = [alerts(plain, stream, part) for part in parts[1:]]
    after = [alerts(told, stream, part) for part in parts[1:]]
    assert first > 0
    assert len(before[0]) == 1
    assert after[0] == []
    assert after[1] == before[1] != []


def test_one_that_grows_clearly_alerts_again_though_it_was_dismissed() -> None:
    stream, (_, again, _) = story()
    judge = Judge(Knobs())
    alerts(judge, stream, stream.arrivals[:again])
    judge.dismiss([1])
    end = stream.arrivals[again].published_at
    more = Stream(seed=5)
    more._topics = stream._topics  # the same subject
    for number in range(9):
        more.add(
            "subject", end + timedelta(minutes=number), post_id=f"m{number}", author=f"m{number}"
        )
    vectors = {f"m{n}": v for n, v in enumerate(more.vectors.values())}
    found = [judge.take(post, vectors[post.post_id]) for post in more.arrivals]
    (alerted,) = [n for n, item in enumerate(found) if item.emergence]
    assert alerted >= 4  # of people that say so before: two more than for any other subject


def test_a_judge_restored_knows_what_was_dismissed_and_forgets_it_when_it_is_taken_back() -> None:
    stream, (_, again, other) = story()
    judge = Judge(Knobs())
    alerts(judge, stream, stream.arrivals[:again])
    judge.dismiss([1])
    alerts(judge, stream, stream.arrivals[again : again + 3])

    def vectors(ids: list[str]) -> np.ndarray:
        rows = [stream.vectors.get(name, np.zeros(DIM, np.float32)) for name in ids]
        return np.stack(rows) if rows else np.zeros((0, DIM), np.float32)

    twin = Judge.restore(Knobs(), judge.snapshot(), vectors)
    assert twin.scanner.dismissed == {1}
    rest = stream.arrivals[again + 3 : other]
    assert alerts(twin, stream, rest) == alerts(judge, stream, rest)
    twin.dismiss([])
    assert twin.scanner.dismissed == frozenset()
