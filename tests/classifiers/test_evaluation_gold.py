"""Tests of the gold set's own soundness: what the labelled streams must have and must not have."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from classifiers.evaluation import streams_of

GOLD = Path(__file__).parents[2] / "data" / "gold"
TUNED_ON = {"thermostat", "podcasts"}
SHORT_REPLY = 40
"""Replies such as "Me too, since teatime." may stand under several labels."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Stream:
    """A stream as it lies in the folder; each post has its label beside it."""

    name: str
    posts: list[Row]
    gold: list[Row]
    meta: Row

    def wave(self, event: Row) -> list[Row]:
        """The posts of an event."""
        label, number = event["label"], event.get("wave", 1)
        rows = zip(self.posts, self.gold, strict=True)
        return [
            post
            for post, gold in rows
            if gold["burst"] and gold["label"] == label and gold.get("wave", 1) == number
        ]

    def events(self, kind: str = "issue") -> list[Row]:
        """The events of one kind."""
        return [event for event in self.meta["events"] if event["kind"] == kind]


def lines(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read(prefix: Path) -> Stream:
    return Stream(
        prefix.name,
        lines(prefix.with_name(prefix.name + ".jsonl")),
        lines(prefix.with_name(prefix.name + ".gold.jsonl")),
        json.loads(prefix.with_name(prefix.name + ".meta.json").read_text(encoding="utf-8")),
    )


ALL = [read(prefix) for prefix in streams_of(GOLD)]
HELD_OUT = [stream for stream in ALL if stream.meta.get("held_out")]
every_stream = pytest.mark.parametrize("stream", ALL, ids=lambda stream: stream.name)
every_held_out = pytest.mark.parametrize("stream", HELD_OUT, ids=lambda stream: stream.name)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@every_stream
def test_ids_are_unique_and_times_are_sorted(stream: Stream) -> None:
    ids = [post["id"] for post in stream.posts]
    assert len(set(ids)) == len(ids)
    times = [moment(post["ts"]) for post in stream.posts]
    assert times == sorted(times)


@every_stream
def test_gold_and_posts_match_one_to_one(stream: Stream) -> None:
    assert [row["id"] for row in stream.gold] == [post["id"] for post in stream.posts]
    for row in stream.gold:
        assert set(row) <= {"id", "label", "burst", "wave", "also"}
        assert row["label"] is not None or not row["burst"]
        assert set(row.get("also", [])) <= set(stream.meta["labels"])


@every_stream
def test_the_counts_of_the_meta_file_are_those_of_the_posts(stream: Stream) -> None:
    meta, labels = stream.meta, [row["label"] for row in stream.gold]
    assert meta["posts"] == len(stream.posts)
    assert meta["background"] == sum(not row["burst"] for row in stream.gold)
    assert meta["bursts"] == len({event["label"] for event in stream.events()})
    assert meta["noise"] == labels.count(None)
    assert meta["labels"] == Counter(label for label in labels if label)
    assert meta["authors"] == len({post.get("author") for post in stream.posts} - {None})
    assert sum(meta["languages"].values()) == meta["posts"]


@every_stream
def test_events_agree_with_the_labels(stream: Stream) -> None:
    held = 0
    for event in stream.meta["events"]:
        posts = stream.wave(event)
        held += len(posts)
        assert event["n"] == len(posts)
        assert (event["start"], event["end"]) == (posts[0]["ts"], posts[-1]["ts"])
        hours = (moment(event["end"]) - moment(event["start"])).total_seconds() / 3600
        assert event["hours"] == pytest.approx(hours, abs=0.06)
        before = stream.gold[: stream.posts.index(posts[0])]
        assert event["novel"] == all(row["label"] != event["label"] for row in before)
    assert held == sum(row["burst"] for row in stream.gold)


@every_stream
def test_staff_and_bots_are_named_and_say_nothing_as_users(stream: Stream) -> None:
    apart = {
        post["author"]
        for post in stream.posts
        if str(post.get("author")).startswith(("staff_", "bot_"))
    }
    assert apart == {*stream.meta["staff"], *stream.meta["bots"]}
    for post, row in zip(stream.posts, stream.gold, strict=True):
        assert row["label"] is None or post.get("author") not in apart


@every_stream
def test_no_text_stands_under_two_labels_except_short_replies(stream: Stream) -> None:
    labels = defaultdict(set)
    for post, row in zip(stream.posts, stream.gold, strict=True):
        labels[post["text"]].add(row["label"])
    twice = [text for text, found in labels.items() if len(found) > 1]
    assert [text for text in twice if len(text) > SHORT_REPLY] == []


@every_held_out
def test_only_spam_bots_cross_posts_and_short_replies_repeat_a_text(stream: Stream) -> None:
    spam = {event["label"] for event in stream.events("decoy") if event["decoy"] == "spam"}
    said: dict[str, Row] = {}
    for post, row in zip(stream.posts, stream.gold, strict=True):
        text = post["text"]
        first = said.setdefault(text, post)
        alike = first is post or first["author"] == post["author"]
        assert alike or len(text) <= SHORT_REPLY or row["label"] in spam, post["id"]


@every_held_out
def test_a_held_out_stream_has_the_size_and_rhythm_of_people(stream: Stream) -> None:
    assert 250 <= len(stream.posts) <= 450
    times = [moment(post["ts"]) for post in stream.posts]
    assert 10 <= (times[-1].date() - times[0].date()).days + 1 <= 21
    nights = sum(1 <= time.hour < 5 for time in times)
    assert nights < len(times) / 8
    assert len({post["source"] for post in stream.posts}) >= 4
    authors = Counter(post["author"] for post in stream.posts)
    assert sum(n > 1 for n in authors.values()) > len(authors) / 4


@every_held_out
def test_near_misses_and_pairs_name_labels_that_are_there(stream: Stream) -> None:
    meta = stream.meta
    named = [*meta["near_misses"], *meta["one_symptom_two_causes"]]
    named += [[label] for label in meta["one_cause_two_vocabularies"] + meta["thread_only"]]
    assert {label for group in named for label in group} <= set(meta["labels"])


def test_streams_to_tune_on_and_streams_held_out_are_told_apart() -> None:
    assert {stream.name for stream in ALL} - {stream.name for stream in HELD_OUT} == TUNED_ON
    assert len(HELD_OUT) >= 4
    readme = (GOLD / "README.md").read_text(encoding="utf-8")
    for stream in ALL:
        assert f"| `{stream.name}` |" in readme
    pinned = json.loads((GOLD / "floors.json").read_text(encoding="utf-8"))
    assert set(pinned) == {"digest"} | {stream.name for stream in ALL}


def fast(stream: Stream) -> bool:
    return any(12 <= e["n"] <= 30 and 1 <= e["hours"] <= 6 for e in stream.events())


def slow_leak(stream: Stream) -> bool:
    return any(
        5 <= e["hours"] / 24 <= 7 and 2.5 <= e["n"] / (e["hours"] / 24) <= 4
        for e in stream.events()
    )


def regression(stream: Stream) -> bool:
    waves = {(e["label"], e.get("wave", 1)): e for e in stream.events()}
    return any(
        number == 2 and moment(e["start"]) > moment(waves[label, 1]["end"])
        for (label, number), e in waves.items()
    )


def decoy(kind: str) -> Callable[[Stream], bool]:
    return lambda stream: any(e["decoy"] == kind for e in stream.events("decoy"))


def named(field: str) -> Callable[[Stream], bool]:
    return lambda stream: bool(stream.meta.get(field))


def question_burst(stream: Stream) -> bool:
    return any(
        event["label"].endswith("-question")
        and sum("?" in post["text"] for post in stream.wave(event)) > event["n"] / 2
        for event in stream.events()
    )


def recurring(kind: str) -> Callable[[Stream], bool]:
    """A label of this kind outside any event on at least half of the days."""

    def found(stream: Stream) -> bool:
        days = defaultdict(set)
        for post, row in zip(stream.posts, stream.gold, strict=True):
            if kind in str(row["label"]) and not row["burst"]:
                days[kind].add(post["ts"][:10])
        whole = {post["ts"][:10] for post in stream.posts}
        return len(days[kind]) >= len(whole) / 2

    return found


def thread_of_short_replies(stream: Stream) -> bool:
    """Three replies of at most three words in the thread of a burst."""
    replies = Counter(
        post["thread"]
        for event in stream.events()
        for post in stream.wave(event)
        if post.get("thread") and len(post["text"].split()) <= 3
    )
    return any(n >= 3 for n in replies.values())


def quote(stream: Stream) -> bool:
    """A post that begins with a line from an earlier post."""
    for number, post in enumerate(stream.posts):
        if post["text"].startswith("> "):
            line = post["text"][2:].split("\n")[0]
            return any(line in before["text"] for before in stream.posts[:number])
    return False


def cross_post(stream: Stream) -> bool:
    places = defaultdict(set)
    for post in stream.posts:
        places[post["author"], post["text"]].add(post["source"])
    return any(len(found) > 1 for found in places.values())


def author_of_three(stream: Stream) -> bool:
    said = Counter(
        (post["author"], row["label"])
        for post, row in zip(stream.posts, stream.gold, strict=True)
        if row["label"]
    )
    return any(n >= 3 for n in said.values())


def several_subjects(stream: Stream) -> bool:
    return any(
        row.get("also") and len(post["text"]) > 250
        for post, row in zip(stream.posts, stream.gold, strict=True)
    )


def languages(stream: Stream) -> bool:
    return len(stream.meta["languages"]) >= 4


def quiet(stream: Stream) -> bool:
    return not stream.meta["events"] and not any(row["burst"] for row in stream.gold)


PHENOMENA: dict[str, tuple[Callable[[Stream], bool], int]] = {
    "fast burst": (fast, 4),
    "slow leak": (slow_leak, 4),
    "regression after a fix": (regression, 2),
    "pasted spam": (decoy("spam"), 3),
    "brigade": (decoy("brigade"), 3),
    "quiet stream": (quiet, 1),
    "burst of questions": (question_burst, 1),
    "questions that recur": (recurring("-question"), 3),
    "wishes that recur": (recurring("wish"), 3),
    "thread of short replies": (thread_of_short_replies, 3),
    "quote": (quote, 2),
    "cross-posted copy": (cross_post, 4),
    "author who posts thrice": (author_of_three, 3),
    "long post with several subjects": (several_subjects, 4),
    "four languages and more": (languages, 4),
    "staff": (named("staff"), 4),
    "bots": (named("bots"), 4),
    "near miss": (named("near_misses"), 4),
    "one symptom with two causes": (named("one_symptom_two_causes"), 4),
    "one cause in two vocabularies": (named("one_cause_two_vocabularies"), 4),
}
"""Each with the number of held-out streams that must have it."""


@pytest.mark.parametrize("name", PHENOMENA)
def test_each_phenomenon_of_real_communities_is_in_the_held_out_set(name: str) -> None:
    has, wanted = PHENOMENA[name]
    found = [stream.name for stream in HELD_OUT if has(stream)]
    assert len(found) >= wanted, found


def test_every_language_asked_for_is_in_two_held_out_streams() -> None:
    held = Counter(language for stream in HELD_OUT for language in stream.meta["languages"])
    for language in ("de", "es", "pt", "fr", "ja"):
        assert held[language] >= 2


def gaps(times: Iterable[datetime]) -> list[float]:
    return [(b - a).total_seconds() for a, b in pairwise(sorted(times))]


@every_held_out
def test_the_posts_of_a_burst_do_not_come_like_clockwork(stream: Stream) -> None:
    for event in stream.events():
        between = gaps(moment(post["ts"]) for post in stream.wave(event))
        assert max(between) > 2 * min(between)
