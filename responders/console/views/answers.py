"""The answers to us that wait, as the queue shows them before all drafts: words, issue, place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from classifiers.store import reference
from responders.console.views.words import Link, age, link_to, one_line, public_name
from responders.voice.watching.store_minding import Heard


@dataclass(frozen=True)
class AnswerRow:
    """One answer to a text of ours."""

    reference: str
    title: str
    """Of the issue that our text was about."""
    line: str
    age: str
    place: str
    against: bool
    """We had said that it is fixed, and they say that it is not."""
    link: Link | None


def answer_rows(heard: Sequence[Heard], *, now: datetime) -> list[AnswerRow]:
    """Return the answers as the queue shows them, in their order."""
    return [
        AnswerRow(
            reference=reference(one.issue.id or 0),
            title=one.issue.title,
            line=one_line(one.post.text or one.post.title or ""),
            age=age(one.post.published_at, now),
            place=public_name(one.source.name),
            against=one.contradicts,
            link=link_to(one.post.url),
        )
        for one in heard
    ]
