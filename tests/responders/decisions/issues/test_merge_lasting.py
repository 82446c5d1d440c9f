"""What people decided of posts stays, whatever comes in the week after: with the real judge."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from classifiers import store
from classifiers.tables import Issue, IssueKind, JudgeState
from config.database import reading
from config.ground import Ground
from responders.decisions.issues.judging import judge_post
from responders.decisions.issues.merge import merge, move_post, split, unmerge
from responders.decisions.issues.mute import not_an_issue, wake
from responders.decisions.issues.rename import rename
from tests.classifiers.telling import Told, change, detect, told
from tests.listener.installation import rows
from tests.lived import LivedStores
from tests.responders.decisions.deciding import RUTH, issue, posts_in

SHARED = ("upload", "stuck", "update", "hangs")
PHOTOS = ("photos", "gallery", "pictures", "album")
NOTES = ("notes", "editor", "paragraph", "typing")
Burst = tuple[int, list[int], list[int], datetime]


@pytest.fixture
def forum(ground: Ground) -> Told:
    return told(ground, "fernsync")


def say(place: Told, about: tuple[str, ...], at: datetime) -> int:
    """Tell one post on a subject in words of its own."""
    number = len(place.ids)
    chance = random.Random(number)
    words = [*SHARED, *chance.sample(about, 3), f"z{chance.randrange(10**6)}"]
    chance.shuffle(words)
    return place.post(
        " ".join(words), at, identity=f"s{number}", author=f"n{number}", author_key=f"n{number}"
    )


@pytest.fixture
def burst(ground: Ground, forum: Told, store_url: str, lived: LivedStores) -> Burst:
    """Two problems that look like one: the issue, the posts of each, and when it ended."""

    def live() -> tuple[Burst, tuple[Any, ...], list[int]]:
        return tell_burst(ground, forum), forum.random.getstate(), forum.ids

    told_of, chance, forum.ids = lived.after("two problems that look like one", store_url, live)
    forum.random.setstate(chance)
    return told_of


def tell_burst(ground: Ground, place: Told) -> Burst:
    end = place.talk()
    subjects = [PHOTOS, NOTES] * 8
    made = [say(place, what, end + timedelta(minutes=5 * n)) for n, what in enumerate(subjects)]
    detect(ground)
    (found,) = [row for row in rows(ground, Issue) if row.kind is IssueKind.ISSUE]
    inside = set(posts_in(ground, found.id or 0))
    assert len(inside) >= 14
    photos = [post for post in made[::2] if post in inside]
    notes = [post for post in made[1::2] if post in inside]
    return found.id or 0, photos, notes, end + timedelta(minutes=5 * len(made))


def home(ground: Ground, post_id: int) -> int | None:
    with reading(ground.engine) as session:
        return store.memberships(session, [post_id])[post_id].issue_id


def week(ground: Ground, place: Told, start: datetime) -> tuple[list[int], list[int]]:
    """Tell a week of posts on both, and of ordinary talk; let each day be a run of its own."""
    photos, notes = [], []
    for day in range(7):
        for hour in range(0, 24, 3):
            at = start + timedelta(days=day, hours=hour, minutes=10)
            photos.append(say(place, PHOTOS, at))
            notes.append(say(place, NOTES, at + timedelta(minutes=30)))
            for number in range(3):
                text = f"the invoice q{day}{hour}{number} has r{day * hour}x the wrong address"
                place.post(text, at + timedelta(minutes=number), identity=f"t{day}/{hour}/{number}")
        detect(ground)
    return photos, notes


def test_a_split_stays_split_after_a_week_and_new_posts_go_to_the_right_part(
    ground: Ground, forum: Told, burst: Burst
) -> None:
    whole, photos, notes, end = burst
    part = split(ground, RUTH, whole, notes, "Typing in notes hangs")
    rename(ground, RUTH, whole, "Photos are stuck")
    change(ground, notes[0], text="photos gallery pictures stuck upload", revision=2)

    new_photos, new_notes = week(ground, forum, end)

    assert {home(ground, post) for post in photos} == {whole}
    assert {home(ground, post) for post in notes} == {part}  # the edited one, too
    joined = [post for post in new_notes if home(ground, post) is not None]
    assert len(joined) > len(new_notes) * 0.9
    right = [post for post in joined if home(ground, post) == part]
    assert len(right) > len(joined) * 0.9
    wrong = [post for post in new_photos if home(ground, post) == part]
    assert len(wrong) < len(new_photos) * 0.1
    assert issue(ground, whole).title == "Photos are stuck"
    assert issue(ground, part).title == "Typing in notes hangs"
    assert issue(ground, part).merged_into is None


def test_a_merge_a_move_and_a_word_on_a_post_last_a_week_and_a_merge_can_be_undone(
    ground: Ground, forum: Told, burst: Burst
) -> None:
    whole, photos, notes, end = burst
    part = split(ground, RUTH, whole, notes, "Typing in notes hangs")
    merge(ground, RUTH, part, into=whole)
    judge_post(ground, RUTH, photos[0], "spam")
    change(ground, photos[0], text="notes editor upload stuck hangs update", revision=2)
    third = split(ground, RUTH, whole, photos[1:3], "Albums are empty")
    move_post(ground, RUTH, notes[0], third)

    week(ground, forum, end)

    assert issue(ground, part).merged_into == whole
    assert home(ground, photos[0]) is None
    with reading(ground.engine) as session:
        assert store.memberships(session, [photos[0]])[photos[0]].kind == "spam"
    assert home(ground, notes[0]) == third
    unmerge(ground, RUTH, part)
    assert set(posts_in(ground, part)) == set(notes[1:])


def test_a_dismissed_issue_takes_in_its_posts_silently_and_waking_it_undoes_that(
    ground: Ground, forum: Told, burst: Burst
) -> None:
    whole, _, _, end = burst
    not_an_issue(ground, RUTH, whole, "our own test")
    late = [say(forum, PHOTOS, end + timedelta(minutes=7 * n)) for n in range(8)]
    detect(ground)
    assert {home(ground, post) for post in late} == {whole}
    assert _dismissed(ground) == [1]
    wake(ground, RUTH, whole)
    say(forum, PHOTOS, end + timedelta(hours=2))
    detect(ground)
    assert _dismissed(ground) == []


def _dismissed(ground: Ground) -> list[int]:
    (state,) = rows(ground, JudgeState)
    tail = int.from_bytes(state.data[:8], "big")
    rest = state.data[8 + tail :]
    size = int.from_bytes(rest[:8], "big")
    return list(json.loads(rest[8 : 8 + size])["dismissed"])
