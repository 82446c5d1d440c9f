from collections import Counter
from datetime import datetime, timedelta

from responders.demo.script import DAY_END, DAY_START, PLACES, Script, read_script

SCRIPT = read_script()


def test_at_least_six_hundred_posts_in_three_places_and_many_languages() -> None:
    assert len(SCRIPT.posts) >= 600
    assert {post.place for post in SCRIPT.posts} == set(PLACES)
    assert len({post.lang for post in SCRIPT.posts}) >= 5


def test_nothing_exists_before_it_was_written() -> None:
    at = DAY_START + timedelta(hours=2)
    for place in PLACES:
        shown = SCRIPT.of(place, until=at)
        hidden = {post.id for post in SCRIPT.posts if post.place == place} - {p.id for p in shown}
        assert all(post.at <= at for post in shown)
        assert hidden
        assert all(post.at > at for post in SCRIPT.posts if post.id in hidden)


def test_the_day_only_ever_adds_posts() -> None:
    before: tuple[str, ...] = ()
    for hour in range(9):
        shown = tuple(p.id for p in SCRIPT.of("community", until=DAY_START + timedelta(hours=hour)))
        assert shown[: len(before)] == before
        before = shown


def test_numbers_grow_with_time_and_are_unique_in_their_place() -> None:
    for place in PLACES:
        numbers = [post.number for post in SCRIPT.of(place, until=DAY_END)]
        assert numbers == sorted(set(numbers))


def test_a_thread_has_one_title_one_number_and_positions_without_gaps() -> None:
    threads: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for post in SCRIPT.posts:
        facts = (post.title, post.thread_number, post.position)
        threads.setdefault((post.place, post.thread), []).append(facts)
    for posts in threads.values():
        assert len({(title, number) for title, number, _ in posts}) == 1
        assert [position for _, _, position in posts] == list(range(1, len(posts) + 1))
    assert all(title != thread[1] for thread, posts in threads.items() for title, _, _ in posts)


def test_a_post_answers_only_earlier_posts_of_its_thread() -> None:
    assert any(post.answers for post in SCRIPT.posts)
    assert all(post.answers is None or post.answers < post.position for post in SCRIPT.posts)


def test_ordinary_talk_is_no_denser_on_the_day_than_an_ordinary_workday_can_be() -> None:
    """Else everything looks new, and what the detector finds says nothing about it."""
    ordinary = Counter(p.at.date() for p in SCRIPT.posts if p.id not in SCRIPT.labels)
    day = ordinary.pop(DAY_START.date())
    assert day <= 2 * max(ordinary.values())


def test_the_slow_issue_begins_days_before_and_the_fast_one_on_the_day() -> None:
    first = {label: _first(SCRIPT, label) for label in set(SCRIPT.labels.values())}
    assert first["backup-waiting-wifi"] < DAY_START - timedelta(days=3)
    others = {label: at for label, at in first.items() if label != "backup-waiting-wifi"}
    assert set(others) == {"conflicted-copies", "rumour", "spam", "brigade"}
    assert all(at >= DAY_START for at in others.values())


def _first(script: Script, label: str) -> datetime:
    return min(post.at for post in script.posts if script.labels.get(post.id) == label)
