"""What must be true at every moment between our store and the places, whatever happened before.

Each law looks at rows as they are stored and at what stands in public, and asks nobody of ours.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from config.database import make_engine, transaction
from responders.decisions.auditing import verify
from responders.demo.formats import ForumPost
from tests.faults.stores import Dump

LIVE = ("pending", "approved", "queued")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """A text of ours that strangers can read."""

    place: str
    """The topic at the forum, or ``page`` with the number of the issue."""
    text: str


def at_the_forum(replies: Sequence[ForumPost]) -> list[Standing]:
    """Return what stands at a forum."""
    return [Standing(str(post.topic_id), post.raw or "") for post in replies]


def on_the_page(found: Dump) -> list[Standing]:
    """Return what is published."""
    issues = {row["id"]: row["issue_id"] for row in found["incident"]}
    return [
        Standing(f"page {issues[row['incident_id']]}", f"{row['name']}\n\n{row['body']}")
        for row in found["incidentupdate"]
    ]


def broken(found: Dump, standing: Sequence[Standing]) -> list[str]:
    """Return each law that does not hold, as a sentence; empty when all is well.

    Args:
        found: the rows.
        standing: all that stands in public by a way of ours.
    """
    return [
        *_twice(found, standing),
        *_unapproved(found, standing),
        *_one_for_both(found),
        *_told_in_vain(found, standing),
        *_told_twice(found),
        *_second_drafts(found),
        *_strangers_followed(found),
    ]


def audit_problem(url: str) -> list[str]:
    """Return what is wrong with the audit chain of a store."""
    engine = make_engine(url)
    try:
        with transaction(engine) as session:
            verdict = verify(session)
    finally:
        engine.dispose()
    return [] if verdict.ok else [f"the audit chain is broken: {verdict.problem}"]


def _twice(found: Dump, standing: Sequence[Standing]) -> Iterator[str]:
    approved = Counter(_approved(found).values())
    for one, times in Counter(standing).items():
        if times > max(approved[_bytes(one)], 1):
            yield f"stands {times} times at {one.place}: {one.text!r:.60}"


def _unapproved(found: Dump, standing: Sequence[Standing]) -> Iterator[str]:
    good = set(_approved(found).values())
    for one in standing:
        if _bytes(one) not in good:
            yield f"nobody approved what stands at {one.place}: {one.text!r:.60}"


def _one_for_both(found: Dump) -> Iterator[str]:
    """Yield each approval whose first yes is of the same person, or of another text."""
    firsts = {row["id"]: row for row in found["firstyes"]}
    for row in found["approval"]:
        first = firsts.get(row["first_yes_id"])
        if first is None:
            continue
        same = (first["draft_id"], first["version"], first["text_sha256"])
        if first["by"] == row["by"] or same != (
            row["draft_id"], row["version"], row["text_sha256"],
        ):  # fmt: skip
            yield f"approval {row['id']} stands on a first yes that is none"


def _approved(found: Dump) -> Mapping[int, tuple[str, str]]:
    """Return place and hash of every text that a person said yes to, by its delivery."""
    deliveries = {row["id"]: row for row in found["delivery"]}
    return {
        row["delivery_id"]: (_place(deliveries[row["delivery_id"]]), row["text_sha256"])
        for row in found["approval"]
        if row["taken_back_at"] is None
    }


def _bytes(one: Standing) -> tuple[str, str]:
    return one.place, sha256(one.text.encode()).hexdigest()


def _told_in_vain(found: Dump, standing: Sequence[Standing]) -> Iterator[str]:
    deliveries = {row["id"]: row for row in found["delivery"]}
    for told in found["told"]:
        row = deliveries[told["delivery_id"]]
        if row["channel"] == "discourse" and Standing(_place(row), row["text"]) not in standing:
            yield f"thread {told['thread_id']} counts as told, and the text does not stand there"
        if row["state"] != "sent":
            yield f"thread {told['thread_id']} counts as told by what is {row['state']}"


def _told_twice(found: Dump) -> Iterator[str]:
    told = Counter((row["issue_id"], row["thread_id"], row["phase"]) for row in found["told"])
    last: dict[tuple[int, int], str] = {}
    for row in found["told"]:
        thread = row["issue_id"], row["thread_id"]
        if last.get(thread) == row["phase"]:
            times = told[(*thread, row["phase"])]
            yield f"thread {row['thread_id']} was told {times} times that it is {row['phase']}"
        last[thread] = row["phase"]


def _second_drafts(found: Dump) -> Iterator[str]:
    live = Counter(
        (row["issue_id"], row["thread_id"] or row["channel"])
        for row in found["draft"]
        if row["state"] in LIVE
    )
    for (issue, where), count in live.items():
        if count > 1:
            yield f"issue {issue} has {count} live drafts for {where}"


def _strangers_followed(found: Dump) -> Iterator[str]:
    told = {(row["issue_id"], row["thread_id"]) for row in found["told"]}
    for row in found["draft"]:
        thread = row["issue_id"], row["thread_id"]
        if row["kind"] == "update" and row["thread_id"] and thread not in told:
            yield f"a follow-up is drafted for thread {row['thread_id']}, which was told nothing"


def _place(delivery: Row) -> str:
    target = delivery["target"]
    target = json.loads(target) if isinstance(target, str) else target
    if delivery["channel"] == "page":
        return f"page {target['issue_id']}"
    return str(target.get("thread"))
