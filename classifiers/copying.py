"""Which earlier post a new one is a copy of: the rules of duplicates.py over the window.

Apart from judging because it is one question with one answer, and from duplicates because that
knows texts and nothing of a window.
"""

from collections.abc import Collection

import numpy as np

from classifiers.copies.duplicates import SHORT_PAIRS, is_copy, is_same_text
from classifiers.embedding import Matrix
from classifiers.window import Row, Window

COPY_COSINE = 0.8


def origin_of(
    row: Row,
    raw: Matrix,
    similarity: Matrix,
    window: Window,
    *,
    since: float,
    talked: Collection[int],
) -> int | None:
    """Find the place of the earlier post whose text a new one repeats, the newest of several.

    What belongs to a burst that is over repeats nothing: said again, it is evidence again.

    Args:
        row: the new post.
        raw: its stored vector.
        similarity: (n,) its similarities to the rows of the window.
        window: the earlier posts.
        since: when the oldest was written that counts, in s since 1970.
        talked: numbers of the emergences that are open, and 0.
    """
    fields = window.fields
    for place in np.flatnonzero(similarity >= COPY_COSINE - 0.15)[::-1].tolist():
        if fields["at"][place] < since or fields["gone"][place]:
            continue
        if int(fields["explained"][place]) not in talked:
            continue
        words = window.words[place]
        if is_same_text(row.words, words):
            author = int(fields["author"][place])
            alone = row.author == 0 or author in (0, row.author)
            if alone or row.words.size > SHORT_PAIRS:
                return int(place)
        elif is_copy(row.words, words) and window.raw[place] @ raw >= COPY_COSINE:
            return int(place)
    return None
