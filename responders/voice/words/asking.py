"""What an author told us already, and which of version, platform and steps we may still ask for.

Pure. Nobody is asked for what they said, for what enough others said, or for what means nothing for
their problem; never more than two things, and only in the first reply.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from classifiers.facts import facts_of, reported
from classifiers.naming import Told
from responders.voice.words.audience import is_expert
from responders.voice.words.symptoms import harmless, sayable

Lacking = Literal["version", "platform", "steps"]


@dataclass(frozen=True)
class Given:
    """One thing that an author told us."""

    kind: Literal["version", "other"]
    value: str


MOST: Final = 2
"""So many things are asked for, and as many of what was told are repeated."""
ENOUGH: Final = 3
"""Once so many people told a thing, one more answer adds nothing."""
LONG: Final = 25
"""Words after which a post that tells no steps most likely has none to tell."""
LONGEST_VALUE: Final = 30

_CODE: Final = re.compile(r"\S*\d\S*|\w+(?:Exception|Error)|[A-Z]+(?:_[A-Z]+)+")
"""What a machine calls a fault; a quoted word is none."""
_SOFTWARE: Final = re.compile(
    r"""(?ix)\b(?: apps? | application | updates? | updated | updating | upgrade\w* | install\w*
      | version | release | plug-?in | extension | client | firmware | programm? | anwendung
      | aktualisier\w* | aplicaci[oó]n | aplicativo | actualiza\w+ | mise\s+à\s+jour )\b
      | アプリ | 更新"""
)
_DEVICE: Final = re.compile(
    r"""(?ix)\b(?: apps? | phones? | tablets? | mobile | laptops? | computers? | pc | desktop
      | browsers? | device | handy | smartphone | rechner | gerät | téléphone | ordinateur
      | navigateur | m[oó]vil | ordenador | telem[oó]vel | computador )\b
      | アプリ | 端末 | ブラウザ"""
)
_STEPS: Final = re.compile(
    r"""(?ix)\b(?: when(?:ever)? | after | as\s+soon\s+as | once | while | every\s+time | steps
      | if\s+i | wenn | sobald | nachdem | beim | jedes\s+mal | quand | lorsque | après | dès
      | cuando | al\s+\w+r | después | tras | quando | depois | ao\s+\w+r )\b | と | たら | 後"""
)


@dataclass(frozen=True)
class Author:
    """One person in one thread, by what they wrote there."""

    text: str
    expert: bool
    facts: Mapping[str, Any]
    """As an issue's are kept."""


def author_of(posts: Sequence[Told]) -> Author:
    """Return what the posts of one person in a thread tell of them."""
    text = "\n".join(f"{post.title or ''}\n{post.text}" for post in posts)
    return Author(text, is_expert(text), facts_of(posts))


def repeatable(author: Author) -> list[Given]:
    """Return what an author told us in a form that we may repeat, at most two things.

    A name counts only if they spelled it like one: of "on the edge" nothing is repeated.
    """
    facts = author.facts
    versions = [Given("version", one.value) for one in reported(facts, "versions")[:1]]
    names = [one.value for one in reported(facts, "platforms") if one.value in author.text]
    codes = [one.value for one in reported(facts, "errors") if _CODE.fullmatch(one.value)]
    found = [*versions, *(Given("other", name) for name in (*names[:1], *codes[:1]))]
    return [given for given in found if _may_be_repeated(given.value)][:MOST]


def _may_be_repeated(value: str) -> bool:
    short = len(value) <= LONGEST_VALUE
    return short and harmless(value) and sayable(f"it is about {value}")


def lacking(author: Author, known: Mapping[str, Any], *, about: str) -> list[Lacking]:
    """Return what we may ask an author for.

    Args:
        author: who is asked.
        known: the facts of the whole issue.
        about: the symptom and the title: what a post mentions besides says nothing of its problem.
    """
    wanted: list[Lacking] = []
    software, device = (words.search(about) for words in (_SOFTWARE, _DEVICE))
    if _is_wanted("versions", author, known, means=software is not None):
        wanted.append("version")
    if _is_wanted("platforms", author, known, means=device is not None):
        wanted.append("platform")
    short = len(author.text.split()) < LONG
    if (software or device or wanted) and short and not _STEPS.search(author.text):
        wanted.append("steps")
    return wanted[:MOST]


def _is_wanted(kind: str, author: Author, known: Mapping[str, Any], *, means: bool) -> bool:
    if author.facts.get(kind):
        return False
    people = sum(one.people for one in reported(known, kind))
    return (means or people > 0) and people < ENOUGH
