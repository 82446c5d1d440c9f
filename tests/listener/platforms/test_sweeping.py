"""A sweep ends at what is known by time, whatever was deleted, and tells what it gives up."""

from datetime import UTC, datetime, timedelta

from listener.platforms.sweeping import Bounds, Seen, Sweep, advance
from listener.sources.base import Loss

START = datetime(2026, 5, 12, tzinfo=UTC)
BOUNDS = Bounds(first=2, later=3)


def seen(*numbers: int) -> list[Seen]:
    return [Seen(f"{number:04}", START + timedelta(seconds=number)) for number in numbers]


def swept(sweep: Sweep, *pages: list[Seen]) -> tuple[Sweep, list[Loss], int]:
    """Turn pages until the sweep ends; give where it stands, the losses and the pages turned."""
    losses = []
    for number, page in enumerate(pages, 1):
        turn = page[-1].key if page else None
        sweep, loss = advance(Sweep.model_validate(sweep.model_dump()), page, turn, BOUNDS)
        losses += [loss] if loss else []
        if sweep.turn is None:
            return sweep, losses, number
    raise AssertionError("it never ended")


def test_a_sweep_ends_below_what_is_known_though_that_was_deleted() -> None:
    sweep, losses, pages = swept(Sweep(last="0005"), seen(9, 8, 7), seen(6, 4, 3))
    assert (sweep.last, losses, pages) == ("0009", [], 2)


def test_the_known_post_itself_is_no_end_for_another_may_have_its_key() -> None:
    sweep, _, pages = swept(Sweep(last="0005"), seen(7, 6, 5), seen(5, 4))
    assert (sweep.last, pages) == ("0007", 2)


def test_what_lies_too_far_back_is_told_with_its_bounds() -> None:
    known = Sweep(last="0001", last_at=(START + timedelta(seconds=1)).isoformat())
    sweep, losses, pages = swept(known, seen(9), seen(8), seen(7), seen(6))
    assert (sweep.last, pages, len(losses)) == ("0009", 3, 1)
    assert losses[0].after_at == START + timedelta(seconds=1)
    assert losses[0].before_at == START + timedelta(seconds=7)


def test_a_first_look_is_bounded_and_loses_nothing() -> None:
    sweep, losses, pages = swept(Sweep(), seen(9), seen(8), seen(7))
    assert (sweep.last, losses, pages) == ("0009", [], 2)


def test_an_empty_place_stays_unknown() -> None:
    assert swept(Sweep(), [])[0] == Sweep()


def test_a_newest_post_that_was_deleted_moves_nothing_back() -> None:
    sweep, losses, _ = swept(Sweep(last="0009"), seen(8, 7))
    assert (sweep.last, losses) == ("0009", [])
