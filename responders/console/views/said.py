"""What people said, as every page shows it: plain pieces, the words that matter marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from classifiers.tables import Issue
from listener.tables import Post, Source
from responders.console.views.words import Link, age, clock, link_to, marked, public_name

LONGEST = 4_000
"""Characters of one post on a page; the rest stands at its place."""
UNNAMED = "somebody"


@dataclass(frozen=True)
class Said:
    """One thing that somebody wrote, in pieces: (text, whether it is what the issue is about)."""

    pieces: Sequence[tuple[str, bool]]
    author: str
    place: str
    at: datetime
    at_words: str
    age: str
    link: Link | None
    cut: bool
    title: str
    role: str
    """``staff``, ``bot`` or empty."""


def said(
    post: Post,
    source: Source | None,
    phrases: Sequence[str],
    *,
    now: datetime,
) -> Said:
    """Return a post as a page shows it."""
    text = post.text[:LONGEST]
    return Said(
        pieces=marked(text, phrases),
        author=post.author or UNNAMED,
        place=public_name(source.name) if source else "",
        at=post.published_at,
        at_words=clock(post.published_at, now),
        age=age(post.published_at, now),
        link=link_to(post.url),
        cut=len(post.text) > LONGEST,
        title=post.title or "",
        role=post.role or "",
    )


@dataclass(frozen=True)
class Quote:
    """A quote that the detector kept of an issue."""

    pieces: Sequence[tuple[str, bool]]
    link: Link | None


def quotes(issue: Issue) -> Sequence[Quote]:
    """Return the quotes of an issue."""
    return [_quote(quote, issue.key_phrases) for quote in issue.quotes]


def _quote(quote: dict[str, Any], phrases: Sequence[str]) -> Quote:
    return Quote(marked(str(quote.get("text", ""))[:LONGEST], phrases), link_to(quote.get("url")))
