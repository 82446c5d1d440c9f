"""Chooses at which boundaries a process is killed: at one of each kind, and at some of the rest.

A kind is what a boundary stands between: the pass or the act, what was written there by which
statements, and whether that is committed yet. The same statements come again for each place and
each phase, so the boundaries grow with all that the house does, and their kinds with what is new.
"""

import os
from collections.abc import Sequence
from random import Random

SWEEP = "GROUNDSWELL_SWEEP"
"""In the environment: ``all`` for a kill at every boundary, ``make faults-long``."""
REPEATS = 40
"""Of the boundaries whose kind is known, so many are tried in a run, others in each run."""

At = tuple[int, int]
"""A step, and a boundary in it, both counted from 0."""


def of_each_kind(kinds: Sequence[Sequence[str]], *, last: bool = False) -> list[At]:
    """Return where each kind comes first, or where it comes last, in their order.

    Args:
        kinds: those of each step's boundaries.
        last: look for the last ones.
    """
    places = _places(kinds)
    found = {kinds[at[0]][at[1]]: at for at in (places if last else reversed(places))}
    return sorted(found.values())


def chosen(kinds: Sequence[Sequence[str]], *, turn: int, seed: int) -> list[At]:
    """Return where to kill on one of the two databases, which take turns over what repeats.

    Args:
        kinds: those of each step's boundaries.
        turn: 0 or 1; the first takes the first of each kind, the second the last.
        seed: by what chance chooses among the rest.
    """
    if os.environ.get(SWEEP) == "all":
        return _places(kinds)
    each = of_each_kind(kinds, last=turn == 1)
    told = {*of_each_kind(kinds), *of_each_kind(kinds, last=True)}
    rest = [at for at in _places(kinds) if at not in told]
    return sorted([*each, *Random(seed).sample(rest, min(REPEATS, len(rest)))[turn::2]])


def _places(kinds: Sequence[Sequence[str]]) -> list[At]:
    return [(step, number) for step, of in enumerate(kinds) for number in range(len(of))]
