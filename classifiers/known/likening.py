"""Which past issue a new one is most like, so that people see what helped then.

A pure rule over plain texts. How alike two issues must be is not a fixed number, which would not
hold from one product to the next: everyday posts are held against the past issue too, and the new
one must be more like it than nearly all of them are.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from classifiers.naming import MOST_WORDS, cleaned

SHARE: Final = 0.97
"""Of the everyday posts, so many must be less like the past issue than the new posts are."""
FEWEST: Final = 20
"""With fewer everyday posts nothing can be said."""


def nearest_past(
    posts: Sequence[str], past: Mapping[int, str], everyday: Sequence[str]
) -> int | None:
    """Return the past issue that the posts are most like, or None where none stands out.

    Likeness is the cosine of tf-idf vectors over words and pairs of words; that of the new issue
    is the median of its posts, so that one odd post decides nothing.

    Args:
        posts: texts of the new issue.
        past: words of each past issue, by its id.
        everyday: other recent posts about the product.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not posts or not past or len(everyday) < FEWEST:
        return None
    words = TfidfVectorizer(
        stop_words="english", ngram_range=(1, 2), sublinear_tf=True, max_features=MOST_WORDS
    )
    ids = sorted(past)
    texts = [cleaned(text) for text in (*posts, *everyday, *(past[number] for number in ids))]
    try:
        rows = words.fit_transform(texts)
    except ValueError:  # nothing but stop words
        return None
    new, usual = rows[: len(posts)], rows[len(posts) : len(posts) + len(everyday)]
    old = rows[len(posts) + len(everyday) :].T
    ours = np.median((new @ old).toarray(), axis=0)
    bound = np.quantile((usual @ old).toarray(), SHARE, axis=0)
    ahead = np.where((ours > bound) & (ours > 0.0), ours, 0.0)
    best = int(np.argmax(ahead))
    return ids[best] if ahead[best] > 0.0 else None
