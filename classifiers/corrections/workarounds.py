"""The way around an issue that a person verified: what it says, who found it, who vouches for it.

Pure. Users find ways around for one another (facts.py gathers them); nobody repeats one in public
before a person has tried it. The words may be a stranger's, and go with that person's post.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from classifiers.facts import reported

KIND: Final = "fixes"
"""The facts that tell what helped somebody."""


@dataclass(frozen=True, kw_only=True)
class Workaround:
    """What helps until it is fixed."""

    text: str
    post_id: int | None
    """The post of whoever found it."""
    quoted: bool
    """Whether the words are that post's; then they go with it."""
    by: str
    """Who verified it."""
    at: str
    """When, as RFC 3339."""

    def as_json(self) -> dict[str, Any]:
        """Return it as an issue keeps it."""
        return dict(vars(self))


def kept(value: Mapping[str, Any] | None) -> Workaround | None:
    """Return what an issue keeps; None where it keeps none."""
    if not value or not value.get("text"):
        return None
    post_id = value.get("post_id")
    return Workaround(
        text=str(value["text"]),
        post_id=None if post_id is None else int(post_id),
        quoted=bool(value.get("quoted")),
        by=str(value.get("by", "")),
        at=str(value.get("at", "")),
    )


def without_post(found: Workaround) -> Workaround | None:
    """Return what is left of it once the post that it came from was erased."""
    if found.quoted:
        return None
    return Workaround(text=found.text, post_id=None, quoted=False, by=found.by, at=found.at)


def words_of(post_id: int, facts: Mapping[str, Any], text: str) -> str:
    """Return what a post says that helped: the sentence that was noticed, else all of it.

    Args:
        post_id: the post.
        facts: of the issue, as ``facts.facts_of`` gave them.
        text: the post's own.
    """
    for fact in reported(facts, KIND):
        for quote in fact.quotes:
            if quote.post_id == str(post_id):
                return " ".join(quote.text.split())
    return " ".join(text.split())
