"""Issues of many products, made of our own labelled posts: what drafts are made from in tests."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from classifiers.facts import facts_of
from classifiers.naming import Told
from listener.reading.language import detect_language
from responders.voice.leave.withholding import withheld
from responders.voice.phases import RESOLVED
from responders.voice.rules.base import Facts
from responders.voice.words.affecting import Affected, affected
from responders.voice.words.asking import author_of, lacking, repeatable
from responders.voice.words.drafting import Asked, Kind
from responders.voice.words.recalling import Before
from responders.voice.words.symptoms import symptom
from responders.voice.words.wording import title_from

GOLD: Final = Path(__file__).parents[3] / "data" / "gold"
NOON: Final = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
DUE: Final = NOON + timedelta(hours=4)
PAGE: Final = "https://status.example/incidents/gs-7"
NOTES: Final = {"en": "A full disk on one server.", "de": "Eine volle Platte auf einem Server."}
NO_PROBLEM: Final = re.compile(r"wish|question|spam|brigade")
"""Labels of what is answered otherwise, or not at all."""
SAYS: Final = 6
"""Words of a symptom that says something by itself; the key phrases of an issue help elsewhere."""
AVOID: Final = {"en": "Keep a gigabyte free.", "de": "Ein Gigabyte frei halten."}


@dataclass(frozen=True)
class GoldIssue:
    """One problem of one product, by the first post that tells of it in words we may repeat."""

    product: str
    label: str
    title: str | None
    text: str
    told_language: str | None
    facts: Mapping[str, Any]
    """Of all posts with its label."""

    @cached_property
    def language(self) -> str | None:
        """Return what it is written in; guessed only for the issues that are yielded."""
        return self.told_language or detect_language(self.text)

    @cached_property
    def words(self) -> str:
        """Return the author's words as a reply repeats them."""
        phrases = self.label.split("-")  # as the issue's key phrases would be
        return symptom(self.text, phrases=phrases, spare=[self.title or ""]) or ""

    @property
    def names_it(self) -> bool:
        """Whether the words hold one of the key phrases."""
        return any(phrase in self.words.casefold() for phrase in self.label.split("-"))

    @property
    def affected(self) -> Affected:
        """Where people see it, as far as that is clear."""
        return affected(self.facts, people=0, product=[self.product])

    def asked(self, kind: Kind, phase: str) -> Asked:
        """Return what its text is made from; of a follow-up as if we had told them a day ago."""
        author = author_of([Told("1", self.text, self.title)])
        first, over = kind == "ack", phase == RESOLVED
        asks, about = first and phase == "investigating", f"{self.words}\n{self.title or ''}"
        language = "de" if self.language == "de" else "en"
        noted = phase != "investigating"
        return Asked(
            kind=kind,
            phase=phase,
            symptom=self.words,
            language=self.language,
            fallback=["en"],
            next_update_by=None if over else DUE,
            now=NOON,
            page_url=PAGE,
            place="discourse",
            product=self.product.capitalize(),
            title=title_from(self.words) if kind == "page" else "",
            note=NOTES[language] if noted else "",
            avoid=AVOID[language] if over else "",
            since=NOON - timedelta(minutes=7),
            expert=author.expert,
            given=repeatable(author) if first else (),
            lacking=lacking(author, self.facts, about=about) if asks else (),
            affected=self.affected,
            before=None if first else Before(NOON - timedelta(days=1), DUE),
        )

    def known(self, asked: Asked, language: str) -> Facts:
        """Return what the linter knows of it."""
        author = author_of([Told("1", self.text, self.title)])
        kinds = {"versions": "version", "platforms": "platform", "errors": "error"}
        return Facts(
            kind="ack" if asked.kind == "ack" else "update",
            channel="page" if asked.kind == "page" else "discourse",
            phase=asked.phase,
            language=language,
            now=NOON,
            next_update_by=asked.next_update_by,
            page_url=PAGE,
            product=asked.product,
            title=asked.title,
            said=[f"{self.title or ''}\n{self.text}"],
            cause=f"{asked.note} {asked.avoid}",
            given=frozenset(kinds[kind] for kind in author.facts if kind in kinds),
            affected=self.affected.values,
            clear=self.affected.values,
        )


def gold_issues() -> Iterator[GoldIssue]:
    """Yield each labelled problem that a draft may be proposed for."""
    for file in sorted(GOLD.glob("*.gold.jsonl")):
        product = file.name.partition(".")[0]
        labels = {row["id"]: row["label"] for row in _rows(file)}
        by_label: dict[str, list[dict[str, Any]]] = {}
        for post in _rows(GOLD / f"{product}.jsonl"):
            if labels.get(post["id"]):
                by_label.setdefault(labels[post["id"]], []).append(post)
        for label, posts in by_label.items():
            if NO_PROBLEM.search(label):
                continue
            yield from _first_sayable(product, label, posts)


def _first_sayable(product: str, label: str, posts: list[dict[str, Any]]) -> Iterator[GoldIssue]:
    """Yield the issue by its first post that names the problem, else by its first that may be."""
    told = [Told(p["id"], p["text"], p.get("title"), p.get("author")) for p in posts]
    facts = facts_of(told)
    found = [
        GoldIssue(product, label, post.get("title"), post["text"], post.get("lang"), facts)
        for post in posts
        if not withheld(f"{post.get('title') or ''}\n{post['text']}")
    ]
    good = [issue for issue in found if len(issue.words.split()) >= SAYS]
    yield from sorted(good, key=lambda issue: not issue.names_it)[:1]


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
