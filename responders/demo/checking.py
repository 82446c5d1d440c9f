"""`demo --check`: did every step of the loop happen on the incident day, and nothing beside it?

A list of named steps, each a question to the committed rows. After every step of the clock the open
ones are asked again, so the table at the end says what happened when. What must not happen can only
be answered when the day is over.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from classifiers.store import issues, reference
from classifiers.tables import Issue, IssueKind
from config.database import reading
from config.logs import printable
from listener.store import count_posts
from responders.delivery.tables import DeliveryState
from responders.demo import store
from responders.demo.narration import Narration
from responders.demo.script import DAY_END, Script, read_script
from responders.demo.stepping import STEP, stepped_day
from responders.workspace import DEMO_FILE

TRUE_ISSUES = ("conflicted-copies", "backup-waiting-wifi")


@dataclass(frozen=True)
class Day:
    """What stands in the store now, beside what we know of the posts."""

    session: Session
    script: Script

    def label_of(self, issue: Issue) -> str:
        """Return what most posts of an issue are about, as we know it."""
        numbers = {(str(post.place), post.number): post.id for post in self.script.posts}
        labels: Counter[str] = Counter()
        for place, remote_id in store.members(self.session, issue.id or 0):
            post_id = numbers.get((place, number_of(remote_id)), "")
            labels[self.script.labels.get(post_id, "ordinary talk")] += 1
        return labels.most_common(1)[0][0] if labels else "nothing"

    def issues(self, label: str) -> list[Issue]:
        """Return the issues that alerted and are about one label, the oldest first."""
        return [issue for issue in self.alerted() if self.label_of(issue) == label]

    def alerted(self) -> list[Issue]:
        """Return all issues that reach the channel, the oldest first."""
        found = issues(self.session, everything=True)
        return [row for row in reversed(found) if row.kind is IssueKind.ISSUE]


@dataclass(frozen=True)
class Step:
    """One thing that must happen, or must not."""

    name: str
    ask: Callable[[Day], str | None]
    """What happened, in words; None while it did not."""
    at_the_end: bool = False
    """It can only be answered when the day is over."""


@dataclass(frozen=True)
class Outcome:
    """What became of a step."""

    name: str
    at: datetime | None
    words: str

    @property
    def ok(self) -> bool:
        """Whether it happened."""
        return self.at is not None


def number_of(remote_id: str) -> int:
    """Return a post's number in its place, which all ids of the demo's places end with."""
    digits = remote_id[len(remote_id.rstrip("0123456789")) :]
    return int(digits) if digits else 0


def _heard(day: Day) -> str | None:
    count, history = count_posts(day.session), store.count_history(day.session)
    return f"{count} posts, {history} of them history" if history else None


def _heard_all(day: Day) -> str | None:
    count, judged = count_posts(day.session), store.count_judged(day.session)
    everything = len(day.script.posts)
    return f"{count} posts, each judged" if count == judged == everything else None


def _noticed(label: str) -> Callable[[Day], str | None]:
    def ask(day: Day) -> str | None:
        found = day.issues(label)
        return f"{reference(found[0].id or 0)} {found[0].reason}" if found else None

    return ask


def _alerted(label: str) -> Callable[[Day], str | None]:
    def ask(day: Day) -> str | None:
        for issue in day.issues(label):
            for row in store.deliveries(day.session, issue.id or 0):
                if row.state is DeliveryState.SENT:
                    return f"{reference(issue.id or 0)} to {row.destination}"
        return None

    return ask


def _drafted(label: str) -> Callable[[Day], str | None]:
    def ask(day: Day) -> str | None:
        for issue in day.issues(label):
            if count := store.count_drafts(day.session, issue.id or 0):
                return f"{reference(issue.id or 0)}: {count}, none sent"
        return None

    return ask


def _nothing_else(day: Day) -> str | None:
    wrong = [issue for issue in day.alerted() if day.label_of(issue) not in TRUE_ISSUES]
    return None if wrong else f"{len(day.alerted())} alerts, all about the two"


def _loop(label: str) -> tuple[Step, ...]:
    return (
        Step(f"noticed: {label}", _noticed(label)),
        Step(f"alert sent: {label}", _alerted(label)),
        Step(f"draft written: {label}", _drafted(label)),
    )


STEPS: tuple[Step, ...] = (
    Step("heard the history", _heard),
    *(step for label in TRUE_ISSUES for step in _loop(label)),
    Step("heard and judged everything", _heard_all, at_the_end=True),
    Step("no alert for rumour, spam, brigade or talk", _nothing_else, at_the_end=True),
)


def check(folder: Path | None = None, *, console: Console | None = None) -> bool:
    """Go through the day in a workspace made anew, narrate it, print the table.

    Returns:
        Whether every step happened.
    """
    console = console or Console(stderr=True, highlight=False)
    outcomes = walk(folder or DEMO_FILE.parent, console=console)
    console.print(as_table(outcomes))
    return all(outcome.ok for outcome in outcomes)


def walk(
    folder: Path, *, console: Console, steps: Sequence[Step] = STEPS, every: timedelta = STEP
) -> list[Outcome]:
    """Go through the day and return what became of each step, in their order."""
    done: dict[str, Outcome] = {}
    script = read_script()
    with stepped_day(folder, step=every) as stepped:
        narration = Narration(stepped.engine, stepped.clock, console=console)
        for at in stepped.times():
            narration.look()
            with reading(stepped.engine) as session:
                day = Day(session, script)
                for step in steps:
                    if step.name not in done and (at >= DAY_END or not step.at_the_end):
                        _ask(step, day, at, done)
    return [done.get(step.name, Outcome(step.name, None, "did not happen")) for step in steps]


def _ask(step: Step, day: Day, at: datetime, done: dict[str, Outcome]) -> None:
    words = step.ask(day)
    if words is not None:
        done[step.name] = Outcome(step.name, at, words)


def as_table(outcomes: Sequence[Outcome]) -> Table:
    """Return what happened when, for people."""
    table = Table(box=None, pad_edge=False, header_style="bold", title="The day, step by step")
    for column in ("step", "at (UTC)", "what"):
        table.add_column(column, overflow="fold")
    for outcome in outcomes:
        style = "green" if outcome.ok else "bold red"
        at = f"{outcome.at:%H:%M}" if outcome.at else "–"
        table.add_row(Text(outcome.name, style=style), at, Text(printable(outcome.words)))
    return table
