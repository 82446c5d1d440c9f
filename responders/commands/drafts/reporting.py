"""`groundswell report`: what a span of time comes to, in parts; each is written in its own file."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer

from config.database import reading
from config.errors import SettingsError
from responders.commands.drafts.report_oncall import oncall_json, tell_oncall
from responders.commands.drafts.report_speed import speed_json, tell_speed
from responders.commands.output import JsonOption, emit_json, emit_list, say
from responders.commands.times import length, moment
from responders.decisions.drafts.store_lessons import samples
from responders.voice.lessons import Lesson, lessons
from responders.workspace import open_ground

SPAN = re.compile(r"[0-9]+ ?[mhdw]")
COLUMNS = ("text", "approved", "unedited", "changed", "removed", "added", "rules")
EMPTY = (
    "No text was approved in this span, so nobody changed one. What waits: groundswell draft list "
    "--state pending"
)


class Section(StrEnum):
    """What can be told."""

    EDITS = "edits"
    SPEED = "speed"
    ONCALL = "oncall"


def report(
    *,
    section: Annotated[
        list[Section] | None, typer.Option(help="Only this part; may be repeated.")
    ] = None,
    since: str = typer.Option(
        "4w", "--since", metavar="SPAN|TIME", help="From when: 12h, 7d, 4w, or a time (ISO 8601)."
    ),
    until: str = typer.Option("", "--until", metavar="TIME", help="Up to when; else now."),
    as_json: bool = JsonOption,
) -> None:
    """Tell how fast people were heard, how soon alerts were acknowledged, and what was changed.

    The last is what people changed in our texts before a yes.

    Examples:
        groundswell report
        groundswell report --section edits --since 7d --json
    """
    ground = open_ground()
    end = moment(until, "--until") if until else ground.clock.now()
    start = _start(since, end)
    if start >= end:
        raise SettingsError("--since must lie before --until")
    wanted = section or list(Section)
    with reading(ground.engine) as session:
        over = _after(end, given=bool(until))
        found = lessons(samples(session, since=start, until=over))
        speed = speed_json(session, since=start, until=over) if Section.SPEED in wanted else {}
        oncall = oncall_json(session, since=start, until=over) if Section.ONCALL in wanted else {}
    if as_json:
        emit_json({"since": start, "until": end, **_edits(found, wanted), **speed, **oncall})
        return
    if speed:
        tell_speed(speed)
    if oncall:
        tell_oncall(oncall)
    if Section.EDITS in wanted:
        _tell_edits(found)


def _tell_edits(found: Sequence[Lesson]) -> None:
    rows = [_row(one) for one in found]
    emit_list(rows, as_json=False, columns=COLUMNS, empty=EMPTY)
    if found:
        say(_summary(found))


def _start(since: str, end: datetime) -> datetime:
    if SPAN.fullmatch(since.strip()):
        return end - length(since, "--since")
    try:
        return moment(since, "--since")
    except SettingsError as error:
        raise SettingsError(
            "--since is neither a span nor a time; write 12h, 7d, 4w or 2026-05-01T10:00:00Z"
        ) from error


def _after(end: datetime, *, given: bool) -> datetime:
    """Return the end of the span; without one what was approved at this very moment counts."""
    return end if given else end + timedelta(microseconds=1)


def _edits(found: Sequence[Lesson], wanted: Sequence[Section]) -> Mapping[str, Any]:
    if Section.EDITS not in wanted:
        return {}
    return {
        "edits": [
            {
                "kind": one.kind,
                "phase": one.phase,
                "language": one.language,
                "approved": one.approved,
                "unedited": one.unedited,
                "unedited_share": round(one.unedited_share, 3),
                "mean_distance": None if one.distance is None else round(one.distance, 3),
                "rules": _counted("rule", one.rules),
                "removed": _counted("phrase", one.removed),
                "added": _counted("phrase", one.added),
            }
            for one in found
        ]
    }


def _counted(name: str, found: Mapping[str, int]) -> Sequence[Mapping[str, Any]]:
    return [{name: words, "texts": count} for words, count in found.items()]


def _row(one: Lesson) -> Mapping[str, Any]:
    return {
        "text": f"{one.kind}, {one.phase}, {one.language}",
        "approved": one.approved,
        "unedited": f"{one.unedited_share:.0%}",
        "changed": "–" if one.distance is None else f"{one.distance:.0%} of the words",
        "removed": _told(one.removed),
        "added": _told(one.added),
        "rules": _told(one.rules),
    }


def _told(found: Mapping[str, int]) -> str:
    return "; ".join(f"{words} ({count})" for words, count in found.items()) or "–"


def _summary(found: Sequence[Lesson]) -> str:
    approved, unedited = sum(one.approved for one in found), sum(one.unedited for one in found)
    texts = "1 text was" if approved == 1 else f"{approved} texts were"
    return f"{texts} approved, {unedited / approved:.0%} as they were drawn."
