"""The bursts that are over, so that one that comes back is known for what it is.

Apart from the window, which forgets what is old or far back in a busy stream, and from emergence,
which knows only what is open. Some posts of each burst stand for it; their vectors are kept
elsewhere, like those of the window, and are asked for again.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final

import numpy as np

from classifiers.embedding import Matrix, half
from classifiers.recognising import Known, returning
from classifiers.window import Vectors, Window

MOST: Final = 200
"""So many bursts, those that ended last, are remembered."""
POSTS: Final = 24
"""So many posts, spread over a burst, stand for it."""


class PastBursts:
    """Ended bursts by their number, the one that ended last at the end."""

    def __init__(self) -> None:
        self._posts: dict[int, tuple[tuple[str, ...], Matrix]] = {}

    def add(self, numbers: Iterable[int], window: Window) -> None:
        """Remember bursts as they stand in the window."""
        for number in numbers:
            places = np.flatnonzero(window.fields["explained"] == number)
            if places.size:
                spread = np.linspace(0, places.size - 1, min(POSTS, places.size))
                chosen = places[np.unique(spread.astype(int))]
                names = tuple(window.ids[place] for place in chosen.tolist())
                self._posts[number] = names, window.raw[chosen]
        for number in list(self._posts)[:-MOST]:
            del self._posts[number]

    def take(self, burst: Matrix, centre: Callable[[Matrix], Matrix]) -> int | None:
        """Return the number of the burst that this one is the return of, if it is.

        That one is remembered no more: when the new one is over, it stands for both.

        Args:
            burst: (n, d) centred unit vectors of its posts.
            centre: gives stored vectors as the points that they are now.
        """
        known = [Known(number, centre(raw)) for number, (_, raw) in self._posts.items()]
        found = returning(burst, known)
        if found is None:
            return None
        del self._posts[found.key]
        return found.key

    def forget(self, post_ids: Collection[str]) -> None:
        """Drop erased posts; a burst none of whose posts is left goes with them."""
        for number, (names, raw) in list(self._posts.items()):
            left = [place for place, name in enumerate(names) if name not in post_ids]
            if len(left) < len(names):
                self._posts[number] = tuple(names[place] for place in left), raw[left]
            if not left:
                del self._posts[number]

    def dump(self) -> list[Any]:
        """Write what load() reads, without vectors, as plain JSON values."""
        return [[number, list(names)] for number, (names, _) in self._posts.items()]

    def load(self, data: Sequence[Any], vectors: Vectors) -> None:
        """Read what dump() wrote; vectors come from where they are kept."""
        names = [name for _, names in data for name in names]
        raw = half(vectors(names)) if names else np.zeros((0, 0), dtype=np.float32)
        start = 0
        for number, own in data:
            self._posts[number] = tuple(own), raw[start : start + len(own)]
            start += len(own)
