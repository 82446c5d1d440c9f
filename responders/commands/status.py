"""`groundswell status`: how things stand, for a person or a script."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from classifiers.store import reference
from config.clock import SystemClock, rfc3339
from config.database import reading
from listener.tables import Source, SourceState
from responders.commands.output import PEOPLE, JsonOption, emit_json, emit_list, shown
from responders.overview import Overview, look
from responders.voice.watching.store_minding import Heard
from responders.workspace import open_ground

SHOWN_WORDS = 100
"""Characters of an answer on a line."""


def status(as_json: bool = JsonOption) -> None:
    """Show how things stand.

    Examples:
        groundswell status
        groundswell status --json
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        found = look(session, ground.settings, machine_time=SystemClock().now())
    ground.engine.dispose()
    if as_json:
        emit_json(status_json(found))
    else:
        _print(found)


def status_json(found: Overview) -> dict[str, Any]:
    """Return the status as scripts read it."""
    return {
        "paused": found.paused,
        "pause": _pause(found),
        "sources": {source.name: found.fare[source.name].state for source in found.sources},
        "posts": found.posts,
        "issues_open": found.issues_open,
        "drafts_pending": found.drafts_pending,
        "deliveries": dict(found.deliveries),
        "beats": {
            name: {
                "at": rfc3339(beat.at),
                "took_s": beat.took_s,
                "done": beat.done,
                "error": beat.error or None,
            }
            for name, beat in found.beats.items()
        },
        "warnings": list(found.warnings),
        "answers_to_us": [answer_json(one) for one in found.answers],
        "promises": asdict(found.promises),
    }


def answer_json(one: Heard) -> dict[str, Any]:
    """Return an answer to us as scripts read it."""
    return {
        "post_id": str(one.post.id),
        "issue_id": reference(one.issue.id or 0),
        "source": one.source.name,
        "thread_url": one.thread.url,
        "url": one.post.url,
        "published_at": rfc3339(one.post.published_at),
        "contradicts": one.contradicts,
        "text": one.post.text,
    }


def _pause(found: Overview) -> dict[str, Any] | None:
    if found.pause is None:
        return None
    since = rfc3339(found.pause.at)
    return {"by": found.pause.by, "since": since, "reason": found.pause.reason or None}


def _print(found: Overview) -> None:
    sources = [
        {
            "place": source.name,
            "state": _state(source, found),
            "last_heard": source.last_heard_at,
            "why": found.fare[source.name].reason,
        }
        for source in found.sources
    ]
    emit_list(
        sources,
        as_json=False,
        columns=["place", "state", "last_heard", "why"],
        empty="No place is listened to yet: groundswell source add URL",
    )
    numbers = Table(box=None, show_header=False, pad_edge=False)
    for name, number in _numbers(found).items():
        numbers.add_row(Text(name, style="dim"), Text(str(number)))
    PEOPLE.print()
    PEOPLE.print(numbers)
    _print_answers(found.answers)
    for warning in found.warnings:
        PEOPLE.print(Text("! ", style="yellow").append(shown(warning)), soft_wrap=True)


def _print_answers(answers: Sequence[Heard]) -> None:
    """Say who answered us; an answer against a fix says so."""
    for one in answers:
        about = f"{reference(one.issue.id or 0)}, {one.source.name}"
        says = "answers us: it is not over" if one.contradicts else "answers us"
        words = shown(" ".join(one.post.text.split())[:SHOWN_WORDS])
        line = Text("! " if one.contradicts else "  ", style="yellow")
        line.append(f"post {one.post.id} ({about}) {says}: “{words}”", style="none")
        PEOPLE.print(line, soft_wrap=True)


def _state(source: Source, found: Overview) -> str:
    """Return how a source fares; one that is gone by itself says so until it is removed."""
    if source.enabled or source.state is SourceState.GONE:
        return found.fare[source.name].state
    return "not watched"


def _numbers(found: Overview) -> dict[str, int]:
    return {
        "posts": found.posts,
        "open issues": found.issues_open,
        "drafts waiting": found.drafts_pending,
        "promises kept": found.promises.kept,
        "promises broken": found.promises.broken,
        **{f"messages {name.replace('_', ' ')}": n for name, n in found.deliveries.items()},
    }
