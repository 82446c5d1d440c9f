"""The bursts that are over, so that one that comes back is known for what it is.

Apart from the window, which forgets what is old or far back in a busy stream, and from emergence,
which knows only what is open. Some posts of each burst stand for it; their vectors are kept
elsewhere, like those of the window, and are asked for again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from classifiers.embedding import Matrix, half
from classifiers.known.recognising import Known, returning
from classifiers.window import Vectors, Window

MOST: Final = 200
"""So many bursts, those that ended last, are remembered."""
POSTS: Final = 24
"""So many posts, spread over a burst, stand for it."""


class PastBursts:
    """Ended bursts by their number, the one that ended last at the end."""

    def __init__(self) -> None:
        self._posts: dict[int, tuple[tuple[str, ...], Matrix]] = {}
        self._resolved: dict[int, float] = {}

    def resolve(self, moments: Mapping[int, float]) -> bool:
        """Note when a person called what some bursts were about resolved, in s since 1970.

        Returns:
            Whether that is news.
        """
        before = len(self._resolved)
        self._resolved |= {number: at for number, at in moments.items() if number in self._posts}
        return len(self._resolved) > before

    @property
    def numbers(self) -> list[int]:
        """The numbers of all that are remembered."""
        return list(self._posts)

    def unresolved(self) -> list[int]:
        """Return the numbers of those that nobody called resolved."""
        return [number for number in self._posts if number not in self._resolved]

    def resolved_at(self, number: int | None) -> float:
        """Return when that was; before all times for what nobody resolved."""
        return self._resolved.get(number or 0, float("-inf"))

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
            self.replace(number)

    def returning(self, burst: Matrix, centre: Callable[[Matrix], Matrix]) -> int | None:
        """Return the number of the burst that this one is the return of, if it is.

        Args:
            burst: (n, d) centred unit vectors of its posts.
            centre: gives stored vectors as the points that they are now.
        """
        known = [Known(number, centre(raw)) for number, (_, raw) in self._posts.items()]
        found = returning(burst, known)
        return None if found is None else found.key

    def replace(self, number: int | None) -> None:
        """Remember a burst no more that came back: when the new one is over, it stands for both."""
        self._posts.pop(number or 0, None)
        self._resolved.pop(number or 0, None)

    def forget(self, post_ids: Collection[str]) -> None:
        """Drop erased posts; a burst none of whose posts is left goes with them."""
        for number, (names, raw) in list(self._posts.items()):
            left = [place for place, name in enumerate(names) if name not in post_ids]
            if len(left) < len(names):
                self._posts[number] = tuple(names[place] for place in left), raw[left]
            if not left:
                self.replace(number)

    def dump(self) -> list[Any]:
        """Write what load() reads, without vectors, as plain JSON values."""
        return [
            [number, list(names), self._resolved.get(number)]
            for number, (names, _) in self._posts.items()
        ]

    def load(self, data: Sequence[Any], vectors: Vectors) -> None:
        """Read what dump() wrote; vectors come from where they are kept."""
        names = [name for _, names, _ in data for name in names]
        raw = half(vectors(names)) if names else np.zeros((0, 0), dtype=np.float32)
        start = 0
        for number, own, resolved in data:
            self._posts[number] = tuple(own), raw[start : start + len(own)]
            self.resolve({} if resolved is None else {number: resolved})
            start += len(own)
