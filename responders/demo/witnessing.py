"""A witness of the demo day: looks at what stands in public, and remembers what should not.

Apart from the steps, because a text without its approval would be a fault at whatever moment it
stood there, also when somebody approved it a minute later.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from classifiers.store import reference
from responders.decisions.auditing import verify
from responders.delivery.tables import DeliveryState
from responders.demo import store, visiting
from responders.demo.day import Day
from responders.demo.script import Script
from responders.demo.showing import thread_path
from responders.demo.taking import USERNAME
from responders.voice.addressing import PAGE
from responders.voice.words.drafting import digest

INCIDENTS: Final = Path("api/v2/incidents.json")


@dataclass
class Witness:
    """What was seen until now."""

    page: Path
    """The folder that the public page is served from."""
    looks: int = 0
    unapproved: list[str] = field(default_factory=list)
    refused: Sequence[str] = ()
    """What the person at the desk could not do."""
    again: int | None = None
    """How many public texts appeared when everything was started again; None before that."""

    def incidents(self) -> Mapping[str, Mapping[str, Any]]:
        """Return what the page's interface tells now, by the names in addresses."""
        file = self.page / INCIDENTS
        if not file.exists():
            return {}
        told = json.loads(file.read_text(encoding="utf-8"))["incidents"]
        return {str(one["shortlink"]).rstrip("/").rpartition("/")[2]: one for one in told}

    def look(self, day: Day) -> None:
        """Hold everything that stands in public to the approvals."""
        self.looks += 1
        approved = store.approved_hashes(day.session)
        self.unapproved += [
            f"{reply.place}: {reply.text[:60]}"
            for reply in day.replies
            if digest(reply.text) not in approved
        ]
        allowed = sum(
            row.channel == PAGE and row.approved_sha256 in approved
            for row in store.public_deliveries(day.session)
        )
        updates = self.updates()
        if updates > allowed:
            self.unapproved.append(f"page: {updates} updates, {allowed} approved")

    def updates(self) -> int:
        """Return how many updates stand on the page."""
        return sum(len(one["incident_updates"]) for one in self.incidents().values())


def statuses(incident: Mapping[str, Any]) -> list[str]:
    """Return the statuses that an incident went through, the first one first."""
    found: list[str] = []
    for update in reversed(incident["incident_updates"]):
        if found[-1:] != [update["status"]]:
            found.append(update["status"])
    return found


def recount(day: Day) -> tuple[int, list[str]]:
    """Count our words in every told thread, as anybody sees them there.

    Returns:
        How many stand there, and what is wrong, in words.
    """
    wrong: list[str] = []
    scripted = _scripted(day.script)
    told: dict[str, list[str]] = {}
    phases: Counter[tuple[int, str, str]] = Counter()
    for row, thread, text in store.told(day.session):
        told.setdefault(thread.url or "", []).append(text)
        phases[row.issue_id, thread.url or "", row.phase] += 1
    wrong += [
        f"{reference(issue)} {phase} told {times} times in {url}"
        for (issue, url, phase), times in phases.items()
        if times > 1
    ]
    for url, texts in told.items():
        ours = [one for one in visiting.shown(url) if one.author == USERNAME]
        expected = len(texts) + scripted[_path(url)]
        if len(ours) != expected:
            wrong.append(f"{len(ours)} texts of ours in {url} instead of {expected}")
        wrong += [f"not in {url}: {text[:40]}" for text in texts if not visiting.stands(text, url)]
    count = sum(len(texts) for texts in told.values())
    if count != len(day.replies):
        wrong.append(f"{len(day.replies)} texts at the places, {count} recorded")
    return count, wrong


def chain(day: Day) -> tuple[bool, str]:
    """Return whether the audit chain is whole, and that in words."""
    verdict = verify(day.session)
    return verdict.ok, verdict.in_words()


def sent(day: Day) -> int:
    """Return how many public texts were sent."""
    rows = store.public_deliveries(day.session)
    return sum(row.state is DeliveryState.SENT for row in rows)


def _scripted(script: Script) -> Counter[str]:
    """Count what the script itself lets our user say, by the threads' paths."""
    return Counter(thread_path(post) for post in script.posts if post.author == USERNAME)


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
