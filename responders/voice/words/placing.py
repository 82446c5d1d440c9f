"""What the place of a reply asks of its text: how long it may be, and which marks do something.

Pure. Where Markdown is rendered, the words of people are written so that they only show themselves;
HTML is the channel's own work (wordpress). Nobody is pinged anywhere: no text needs it.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Markup = Literal["plain", "markdown"]


@dataclass(frozen=True)
class PlaceRules:
    """The rules of one kind of place."""

    longest: int
    """Characters of one post."""
    markup: Markup = "plain"


ELSEWHERE: Final = PlaceRules(longest=10_000)
PLACES: Final = {
    # `max post length`: https://meta.discourse.org/t/64797
    "discourse": PlaceRules(longest=32_000, markup="markdown"),
    # https://support.reddithelp.com/hc/en-us/articles/205191185
    "reddit": PlaceRules(longest=10_000, markup="markdown"),
    # https://docs.github.com/en/rest/issues/comments (the service refuses a longer body)
    "github": PlaceRules(longest=65_536, markup="markdown"),
    # A column of 65,535 bytes: https://developer.wordpress.org/reference/functions/wp_handle_comment_submission/
    "wordpress": PlaceRules(longest=16_000),
    # Read by us and answered by hand: https://docs.joinmastodon.org/user/posting/
    "mastodon": PlaceRules(longest=500),
    # https://docs.bsky.app/docs/advanced-guides/posts
    "bluesky": PlaceRules(longest=300),
}  # fmt: skip
"""By the kind of the source; what is not named here has the rules of ``ELSEWHERE``."""

_MARKS: Final = re.compile(r"([\\`*_~\[\]<>|])")
_PING: Final = re.compile(r"[@＠]+(?=[\w<{])")
_NAME: Final = re.compile(r"(?i)(?<![\w/])(/?[ur]/)(?=\w)")
_NUMBER: Final = re.compile(r"(?i)(#|\bgh-)(?=\d)")


def rules_of(kind: str) -> PlaceRules:
    """Return the rules of a kind of place, such as ``reddit``."""
    return PLACES.get(kind, ELSEWHERE)


def shown(words: str, markup: Markup) -> str:
    r"""Return people's words so that a place shows them as they are and does nothing else.

    ``"ask @ines about *it*"`` becomes ``"ask ines about \*it\*"`` where Markdown is rendered.
    """
    words = _PING.sub("", words)
    if markup == "plain":
        return words
    words = _NAME.sub(
        lambda found: f"{found[1]} ", _NUMBER.sub(lambda found: f"{found[1]} ", words)
    )
    return _MARKS.sub(r"\\\1", words)


def bare(words: str) -> str:
    """Return words without what ``shown`` adds or takes: the same for every place."""
    return re.sub(r"\\(?=[\\`*_~\[\]<>|])|[@＠]+(?=[\w<{])|(?<=#) (?=\d)", "", words)
