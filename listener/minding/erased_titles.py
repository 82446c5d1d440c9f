"""Which titles repeat one that was erased: rules over digests, since the words are not kept.

A thread outlives the post that gave it its title, and places repeat it on each reply, with marks of
their own around it. The other subjects that people give to what they write are theirs.
"""

import hashlib
from collections.abc import Collection
from typing import Final

from listener.identity import ONE_THREAD, plain_title

SHORT: Final = 8
"""A title of fewer characters may well stand in another one by chance."""
KIND: Final = "title:"
_LOOKED_AT: Final = 2_000
"""Characters of a title that are looked at; no place shows longer ones."""


def gave_title(post: str | None, thread: str | None, *, name: str, opens: bool) -> bool:
    """Tell whether a thread's title is the words of a post.

    Args:
        post: the post's title.
        thread: the thread's.
        name: the thread's id at its source; what has no thread shares none of its words.
        opens: the post is the first of the thread; its title may be cut there.
    """
    mine, shown = plain_title(post), plain_title(thread)
    if not mine or not shown or name == ONE_THREAD:
        return False
    return mine == shown or (opens and len(shown) >= SHORT and mine.startswith(shown))


def title_key(thread_id: int, title: str) -> str:
    """Return the key by which an erased title is known in its thread: its length and its digest."""
    plain = plain_title(title)
    return f"{KIND}{len(plain)}:{_digest(thread_id, plain)}"


def repeats(title: str | None, thread_id: int, keys: Collection[str]) -> bool:
    """Tell whether a title of a thread holds an erased one.

    A short one counts only as the whole title, or after a mark such as ``Re:``.
    """
    plain = plain_title(title)[:_LOOKED_AT]
    for length in sorted({int(key.split(":")[1]) for key in keys}):
        first = 0 if length >= SHORT else max(len(plain) - length, 0)
        for start in range(first, len(plain) - length + 1):
            marked = start == 0 or plain[:start].endswith(": ")
            part = plain[start : start + length]
            if (length >= SHORT or marked) and (
                f"{KIND}{length}:{_digest(thread_id, part)}" in keys
            ):
                return True
    return False


def _digest(thread_id: int, plain: str) -> str:
    told = f"{thread_id}\n{plain}".encode("utf-8", "replace")
    return hashlib.blake2b(told, digest_size=16).hexdigest()
