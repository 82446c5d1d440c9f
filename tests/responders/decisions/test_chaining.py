from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.decisions.chaining import START, Link, Verdict, check, digest_of, hash_of

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def link(number: int, previous: str, *, subject: str = "draft 1") -> Link:
    payload = {"by": "Ruth", "n": number}
    salt = f"salt{number}"
    digest = digest_of(salt, payload)
    own = hash_of(
        number=number, at=NOON, act="draft approved", subject=subject, digest=digest,
        previous=previous,
    )  # fmt: skip
    return Link(number, NOON, "draft approved", subject, salt, payload, digest, previous, own)


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        links.append(link(number, links[-1].hash if links else START))
    return links


def judge(links: list[Link], whole: list[Link]) -> Verdict:
    return check(links, last=len(whole), last_hash=whole[-1].hash if whole else START)


WHOLE = chain(5)
MOVED = [replace(WHOLE[place], number=n) for n, place in enumerate((0, 2, 1, 3, 4), start=1)]
REWRITTEN = [*WHOLE[:2], link(3, WHOLE[1].hash, subject="draft 9"), *WHOLE[3:]]
HALF = replace(WHOLE[1], payload=None)


@pytest.mark.parametrize(
    ("links", "problem"),
    [
        (WHOLE[1:], "entry 1 is missing"),
        ([WHOLE[0], *WHOLE[2:]], "entry 2 is missing"),
        ([WHOLE[0], *WHOLE[3:]], "entries 2 to 3 are missing"),
        (WHOLE[:4], "the end of the chain was cut off: entry 5 is missing"),
        (WHOLE[:2], "the end of the chain was cut off: entries 3 to 5 are missing"),
        ([], "the end of the chain was cut off: entries 1 to 5 are missing"),
        ([*WHOLE, link(6, WHOLE[-1].hash)], "entry 6 was added behind the end"),
        (MOVED, "entry 2 was moved: it was written as entry 3"),
        (REWRITTEN, "entry 4 does not follow the entry before it"),
        ([WHOLE[0], HALF, *WHOLE[2:]], "the payload of entry 2 was taken away by half"),
        ([*WHOLE[:4], link(5, WHOLE[3].hash, subject="x")], "not the one that was written last"),
    ],
)
def test_what_was_done_to_a_chain_is_found_and_named(links: list[Link], problem: str) -> None:
    found = judge(links, WHOLE)
    assert not found.ok
    assert problem in found.problem
    assert found.in_words() == found.problem


CHANGES: dict[str, Callable[[Link], Link]] = {
    "at": lambda old: replace(old, at=old.at + timedelta(microseconds=1)),
    "act": lambda old: replace(old, act="draft rejected"),
    "subject": lambda old: replace(old, subject="draft 2"),
    "digest": lambda old: replace(old, digest="0" * 64),
    "previous": lambda old: replace(old, previous="0" * 64),
    "hash": lambda old: replace(old, hash="0" * 64),
    "payload": lambda old: replace(old, payload={"by": "Tom", "n": old.number}),
    "salt": lambda old: replace(old, salt="another"),
}


@given(place=st.integers(1, 4), change=st.sampled_from(sorted(CHANGES)))
def test_a_change_of_any_part_of_any_entry_is_found_there(place: int, change: str) -> None:
    links = list(WHOLE)
    links[place] = CHANGES[change](links[place])
    found = judge(links, WHOLE)
    assert not found.ok
    assert f"entry {place + 1} " in f"{found.problem} "


@given(st.sets(st.integers(0, 4)))
def test_erased_payloads_leave_the_chain_whole(places: set[int]) -> None:
    links = [
        replace(one, salt=None, payload=None) if place in places else one
        for place, one in enumerate(WHOLE)
    ]
    assert judge(links, WHOLE) == Verdict(True, 5, erased=len(places))


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(True, 0), "0 entries, whole"),
        (Verdict(True, 1), "1 entry, whole"),
        (Verdict(True, 12, erased=1), "12 entries, whole; 1 payload erased"),
        (Verdict(True, 12, erased=2), "12 entries, whole; 2 payloads erased"),
    ],
)
def test_a_verdict_is_one_line(verdict: Verdict, words: str) -> None:
    assert verdict.in_words() == words


def test_an_empty_chain_is_whole() -> None:
    assert check([], last=0, last_hash=START).ok


def test_the_hash_knows_no_zone_and_no_order_of_keys() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=5)))
    told = {"number": 1, "act": "a", "subject": "s", "digest": "d", "previous": START}
    assert hash_of(at=NOON, **told) == hash_of(at=there, **told)  # type: ignore[arg-type]  # mixed
    assert digest_of("s", {"a": 1, "b": 2}) == digest_of("s", {"b": 2, "a": 1})
    assert digest_of("s", {"a": 1}) != digest_of("t", {"a": 1})
