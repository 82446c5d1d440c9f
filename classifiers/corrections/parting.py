"""To which part of a split issue a new post belongs: the one whose posts are more like it.

Pure, and apart from clustering because here a person drew the line, and no pass may move it.
"""

from collections.abc import Mapping

import numpy as np

from classifiers.embedding import Matrix

NEAREST = 3
"""So many of a part's posts are held against the new one; one odd post decides nothing."""


def nearer_part(vector: Matrix, parts: Mapping[int, Matrix]) -> int | None:
    """Return the part that a post is more like; on a tie the first, None without any.

    Args:
        vector: (d,) unit vector of the post.
        parts: (n, d) unit rows of the posts of each part, by its issue, the old issue first.
    """
    likeness = {
        issue_id: float(np.sort(rows @ vector)[-NEAREST:].mean())
        for issue_id, rows in parts.items()
        if len(rows)
    }
    return max(likeness, key=lambda issue_id: likeness[issue_id]) if likeness else None
