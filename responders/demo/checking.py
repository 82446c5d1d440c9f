"""`demo --check`: did every step of the loop happen on the incident day, and nothing beside it?

After every step of the clock the person at the desk works, a witness looks at what stands in
public, and the open questions are asked again; so the table at the end says what happened when.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from config.database import reading
from config.logs import printable, set_up_logs
from responders.demo.day import Day
from responders.demo.deciding import Person
from responders.demo.narration import Narration, command
from responders.demo.replies import names, read_replies
from responders.demo.script import DAY_END, Script, read_script
from responders.demo.stepping import STEP, Stepped, stepped_day
from responders.demo.steps import STEPS, Step
from responders.demo.witnessing import Witness, sent
from responders.workspace import DEMO_FILE

ROUNDS = 8
"""How often at the most somebody goes through their queue at one moment."""


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


def check(folder: Path | None = None, *, console: Console | None = None) -> bool:
    """Go through the day in a workspace made anew, narrate it, print the table.

    Returns:
        Whether every step happened.
    """
    console = console or Console(stderr=True, highlight=False)
    outcomes = walk(folder or DEMO_FILE.parent, console=console)
    console.print(as_table(outcomes))
    file = (folder or DEMO_FILE.parent) / DEMO_FILE.name
    console.print(
        f"Look at its console and page: {command(file)} run", markup=False, soft_wrap=True
    )
    return all(outcome.ok for outcome in outcomes)


def walk(
    folder: Path, *, console: Console, steps: Sequence[Step] = STEPS, every: timedelta = STEP
) -> list[Outcome]:
    """Go through the day and return what became of each step, in their order."""
    done: dict[str, Outcome] = {}
    with stepped_day(folder, step=every) as stepped:
        set_up_logs(stepped.ground.settings)
        check = _Check(stepped, read_script())
        clock, engine = stepped.clock, stepped.ground.engine
        narration = Narration(engine, clock, console=console)
        for at in stepped.times():
            check.decide()
            narration.look()
            over = at + every > DAY_END
            if over:
                check.start_again()
            with check.day() as day:
                for step in steps:
                    if step.name not in done and (over or not step.at_the_end):
                        words = step.ask(day, check.witness)
                        if words is not None:
                            done[step.name] = Outcome(step.name, at, words)
    return [done.get(step.name, Outcome(step.name, None, "did not happen")) for step in steps]


class _Check:
    """The day being checked: who decides in it, and who looks on."""

    def __init__(self, stepped: Stepped, script: Script) -> None:
        self.stepped, self._script = stepped, script
        settings = stepped.ground.settings
        self.witness = Witness(settings.path(settings.page.dir))
        self._person = Person(stepped.ground)

    @contextmanager
    def day(self) -> Iterator[Day]:
        """Give what stands now, in the store and at the places."""
        replies = read_replies(self.stepped.workspace.replies)
        with reading(self.stepped.ground.engine) as session:
            yield Day(session, self._script, replies, names(self._script, replies))

    def decide(self) -> None:
        """Let the person work until nothing is left to do now, and what they decided happen."""
        for _ in range(ROUNDS):
            with self.day() as day:
                self.witness.look(day)
                worked = self._person.work(day)
            if not worked:
                break
            self.stepped.run("respond", "deliver")
        self.witness.refused = self._person.refused

    def start_again(self) -> None:
        """Run everything as a service would that was just started, and count what it sent."""
        before = self._public()
        again = self.stepped.restarted()
        again.run()
        again.run()
        self.witness.again = self._public() - before

    def _public(self) -> int:
        with self.day() as day:
            return sent(day) + len(day.replies) + self.witness.updates()


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
