"""The laws of the closed loop see a fault where there is one; without it the same story is well."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classifiers.tables import IssueState
from config.ground import Ground
from tests.faults.exchanging import undone
from tests.faults.harness import Installation
from tests.faults.mutants_of_the_loop import MUTANTS
from tests.faults.scenario import ANSWERED
from tests.faults.stores import SqliteStores
from tests.faults.story import Story
from tests.faults.test_faulty_platform import APPROVED, Case, verdict
from tests.faults.test_mutants import verdicts
from tests.faults.world import World

Happenings = Callable[[Story], None]


def killed_while_sending(story: Story) -> None:
    """A reply reaches the place, and its sender is killed before it is recorded."""
    story.approve(0)
    story.deliver("killed_after")
    story.later(300)
    story.deliver()


def place_is_busy(story: Story) -> None:
    """The place does not take a reply now."""
    story.approve(0)
    story.deliver("busy")


def one_of_two_is_told(story: Story) -> None:
    """Of two threads one was told and one was not to be, when the cause is found."""
    story.approve(0)
    story.reject(1)
    story.deliver()
    story.change_state(IssueState.IDENTIFIED)
    story.respond()


def somebody_joins(story: Story) -> None:
    """A post joins while drafts wait."""
    story.post_joins(2)
    story.respond()


def words_are_exchanged(story: Story) -> None:
    """Other words stand in the store when an approved reply is to leave."""
    story.approve(0)
    story.tamper(0)
    story.deliver()


def held_back(story: Story) -> None:
    """Everything is held back when an approved reply is to leave."""
    story.approve(0)
    story.pause()
    story.deliver()


def taken_back_too_late(story: Story) -> None:
    """A reply has left, and its sender was killed, when somebody takes it back."""
    story.approve(0)
    story.deliver("killed_after")
    story.take_back(0)


def whom_it_answers_is_gone(story: Story) -> None:
    """Whoever a reply answers took their words back."""
    story.approve(0)
    story.erase(1)
    story.deliver()


STORIES: dict[str, tuple[Happenings, str]] = {
    "nothing_is_read_back": (killed_while_sending, "stands 2 times"),
    "told_before_it_is_sent": (place_is_busy, "counts as told"),
    "strangers_are_followed_up": (one_of_two_is_told, "which was told nothing"),
    "a_second_draft_is_made": (somebody_joins, "live drafts"),
    "any_hash_will_do": (words_are_exchanged, "nobody approved what stands"),
    "nobody_asks_for_a_pause": (held_back, "while sending was paused"),
    "taken_back_whenever": (taken_back_too_late, "was taken back and stands there"),
    "erased_posts_are_answered": (whom_it_answers_is_gone, "answers an erased post"),
}


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mutant", sorted(STORIES))
def test_the_laws_see_a_mutant_and_are_content_without_it(
    ground: Ground, sqlite_template: bytes, tmp_path: Path, mutant: str
) -> None:
    happen, seen = STORIES[mutant]
    for faulty in (False, True):
        file = tmp_path / f"story-{faulty}.db"
        file.write_bytes(sqlite_template)
        story = Story(ground, f"sqlite:///{file}", lookup=True)
        with undone():
            if not faulty:
                tell(story, happen)
            else:
                MUTANTS[mutant]()
                with pytest.raises(AssertionError, match=seen):
                    tell(story, happen)
        story.close()


def tell(story: Story, happen: Happenings) -> None:
    """Let something happen and look at the laws."""
    happen(story)
    story.check()


@pytest.fixture
def fresh(tmp_path: Path, sqlite_template: bytes, warm: None) -> Iterator[Installation]:
    """An installation that has not lived yet."""
    with World() as world:
        yield Installation(tmp_path, SqliteStores(tmp_path, sqlite_template), world)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("mutant", "seen"),
    [
        ("approved_in_two", "failed"),
        ("approved_in_two_without_a_key", "rows instead of"),
    ],
)
def test_an_approval_and_its_delivery_are_one(fresh: Installation, mutant: str, seen: str) -> None:
    fresh.prepare(mutant, last=ANSWERED)
    first = next(verdicts(fresh, mutant, "approves", step=ANSWERED), None)
    assert first is not None, f"{mutant} was survived: {fresh.boundaries[ANSWERED]}"
    assert seen in first


@pytest.mark.faults
@pytest.mark.parametrize(
    ("mutant", "fault", "seen"),
    [
        (None, "the answer is lost", None),
        ("nothing_is_read_back", "the answer is lost", "at the forum stand 2 texts"),
        ("told_before_it_is_sent", "429", "counts as told"),
    ],
)
def test_a_faulty_forum_shows_what_a_good_one_hides(
    fresh: Installation, mutant: str | None, fault: str, seen: str | None
) -> None:
    fresh.come_to(ANSWERED, APPROVED)
    found = verdict(fresh, Case(fault, None, blind=False), mutant)
    assert (found is None) if seen is None else (seen in (found or ""))
