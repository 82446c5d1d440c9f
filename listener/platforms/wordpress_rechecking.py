"""Which posts of a WordPress were deleted: plain rules over what it answers.

A list that leaves a post out does not say why: it may be held for a moderator. So each one missing
is asked for by itself, and only what is not there at all, or in the bin, counts as deleted.
"""

import re
from collections.abc import Sequence
from typing import Final

from config.http_client import Response
from listener.platforms.wordpress_answers import article_id, comment_id, decoded
from listener.platforms.wordpress_sweeping import COMMENTS, POSTS, Stream

MAX_MISSING: Final = 20
"""Posts asked for one by one in one go; the others have their turn next time."""
_ID: Final = re.compile(r"(post|comment)-(\d{1,18})")


def numbers_of(remote_ids: Sequence[str]) -> dict[Stream, list[int]]:
    """Return the numbers of articles and of comments; ids that feeds made up have none."""
    found: dict[Stream, list[int]] = {}
    for remote_id in remote_ids:
        match = _ID.fullmatch(remote_id)
        if match:
            stream = POSTS if match[1] == "post" else COMMENTS
            found.setdefault(stream, []).append(int(match[2]))
    return found


def id_of(stream: Stream, number: int) -> str:
    """Return the id by which posts hold it."""
    return comment_id(number) if stream is COMMENTS else article_id(number)


def is_gone(answer: Response) -> bool:
    """Tell whether the answer to one post says that it was deleted."""
    told = decoded(answer.body)
    if not isinstance(told, dict):
        return False
    code, status = str(told.get("code") or ""), told.get("status")
    return (answer.status in {404, 410} and code.endswith("_invalid_id")) or status == "trash"
