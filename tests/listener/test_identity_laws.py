"""Laws of identity over feeds with any mixture of bad habits, each of whose posts is one post.

Apart from the examples: here a feed is a way of telling posts, and the laws hold for all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.listener.test_identity import NOON, Memory, Told, link

IDS: dict[str, Callable[[int, int], str]] = {
    "good": lambda number, _turn: f"g{number}",
    "missing": lambda _number, _turn: "",
    "shared": lambda _number, _turn: "same",
    "rotating": lambda number, turn: f"{turn}-{number}",
}
ADDRESSES: dict[str, Callable[[int, int], str | None]] = {
    "own": lambda number, _turn: link(number),
    "none": lambda _number, _turn: None,
    "shared": lambda _number, _turn: link(0),
    "tracked": lambda number, turn: f"{link(number)}?utm_source={turn}&unheard_of={turn}",
    "respelt": lambda number, turn: (
        link(number), f"https://www.x.org/p/{number}/", f"https://X.org:443/p/{number}?sid={turn}"
    )[turn % 3],
}  # fmt: skip


@dataclass(frozen=True)
class Feed:
    """How a feed treats its posts, each of which says something else."""

    ids: str
    addresses: str
    times: bool
    titles: bool
    counts: bool

    def told(self, number: int, turn: int) -> Told:
        """Return a post as it is told at one fetch."""
        title = f"Post {number}" if self.titles else None
        return Told(
            IDS[self.ids](number, turn),
            ADDRESSES[self.addresses](number, turn),
            f"{title} ({3 * turn + number} comments)" if title and self.counts else title,
            f"a{number % 2}",
            NOON + timedelta(minutes=number) if self.times else None,
            f"it crashes {number}",
        )


FEEDS = st.builds(
    Feed,
    ids=st.sampled_from(sorted(IDS)),
    addresses=st.sampled_from(sorted(ADDRESSES)),
    times=st.booleans(),
    titles=st.booleans(),
    counts=st.booleans(),
)
# At least two at a time: that an id or an address is everybody's shows only then.
FETCHES = st.lists(
    st.lists(st.integers(0, 4), min_size=2, max_size=5, unique=True), min_size=1, max_size=5
)


@given(FEEDS, FETCHES)
def test_any_fetches_in_any_order_give_each_post_once(feed: Feed, fetches: list[list[int]]) -> None:
    memory = Memory()
    for turn, numbers in enumerate(fetches):
        memory.take(feed.told(number, turn) for number in numbers)
    assert (memory.posts, memory.revisions) == (len({n for f in fetches for n in f}), 0)


@given(FEEDS, st.lists(st.integers(0, 4), min_size=2, unique=True), st.permutations(range(5)))
def test_a_part_and_then_the_whole_is_the_whole(
    feed: Feed, part: list[int], whole: list[int]
) -> None:
    memory, at_once = Memory(), Memory()
    memory.take(feed.told(number, 0) for number in part)
    memory.take(feed.told(number, 1) for number in whole)
    at_once.take(feed.told(number, 1) for number in whole)
    assert (memory.posts, at_once.posts, memory.revisions) == (5, 5, 0)
