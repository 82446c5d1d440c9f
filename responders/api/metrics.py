"""The numbers of an installation as Prometheus reads them.

Counted from the rows when somebody asks, so that several processes tell the same and a restart
loses nothing. No text of anybody and no address stands in them.
Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from responders.overview import Overview

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
PREFIX: Final = "groundswell"


@dataclass(frozen=True)
class Sample:
    """One number with its labels."""

    value: float
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Metric:
    """Numbers of one kind."""

    name: str
    says: str
    samples: Sequence[Sample]


def metrics_of(found: Overview) -> Iterator[Metric]:
    """Yield what an installation counts."""
    yield _one("paused", "1 while nothing may leave.", found.paused)
    yield _one("posts", "Posts that are kept, erased ones too.", found.posts)
    yield _one("issues_open", "Issues that are open.", found.issues_open)
    yield _one("drafts_pending", "Drafts that wait for a person.", found.drafts_pending)
    yield _one("answers_waiting", "Answers to our texts that nobody answered, up to five.",
               len(found.answers))  # fmt: skip
    yield _one("warnings", "Warnings that `groundswell status` shows.", len(found.warnings))
    yield _by("deliveries", "Messages by state.", "state", found.deliveries)
    yield _by(
        "sources",
        "Places by state, as `groundswell status --json` tells them.",
        "state",
        _sources(found),
    )
    yield _by("promises", "What we promised in public by what became of it.", "state",
              {"open": found.promises.open, "kept": found.promises.kept,
               "broken": found.promises.broken})  # fmt: skip
    yield _one("promises_overdue", "Promises that are broken and not made good.",
               found.promises.overdue)  # fmt: skip
    heard = [row.last_heard_at for row in found.sources if row.enabled and row.last_heard_at]
    if heard:
        yield _one("last_heard_timestamp_seconds", "When any place was last heard.", _s(max(heard)))
        yield _one("longest_unheard_timestamp_seconds",
                   "When the place was last heard that is unheard for longest.",
                   _s(min(heard)))  # fmt: skip
    yield from _passes(found)


def _passes(found: Overview) -> Iterator[Metric]:
    beats = found.beats.items()
    yield _by("pass_last_end_timestamp_seconds", "When each pass last came to an end.", "pass",
              {name: _s(beat.at) for name, beat in beats})  # fmt: skip
    yield _by("pass_duration_seconds", "How long each pass took the last time.", "pass",
              {name: beat.took_s for name, beat in beats})  # fmt: skip
    yield _by("pass_failing", "1 where the last run of a pass failed.", "pass",
              {name: bool(beat.error) for name, beat in beats})  # fmt: skip


def _sources(found: Overview) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for source in found.sources:
        state = str(found.fare[source.name].state)
        counts[state] = counts.get(state, 0) + 1
    return counts


def exposed(metrics: Iterable[Metric]) -> str:
    r"""Return metrics as text; ``paused 0`` gives three lines, the last one ``… 0``.

    A backslash, a quote and a line end in a label are escaped, as the format asks.
    """
    lines: list[str] = []
    for metric in metrics:
        name = f"{PREFIX}_{metric.name}"
        lines += [f"# HELP {name} {metric.says}", f"# TYPE {name} gauge"]
        lines += [f"{name}{_labels(one.labels)} {_number(one.value)}" for one in metric.samples]
    return "\n".join(lines) + "\n"


def _one(name: str, says: str, value: float) -> Metric:
    return Metric(name, says, [Sample(float(value), {})])


def _by(name: str, says: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(
        name, says, [Sample(float(value), {label: str(key)}) for key, value in values.items()]
    )


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.6f}"


def _s(moment: datetime) -> float:
    return round(moment.timestamp(), 3)
