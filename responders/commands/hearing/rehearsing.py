"""What `backtest` and `evaluate` share: the knobs a person tries, and how far the work is.

They may run without a workspace; settings count where there are some.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from classifiers.calibration import Knobs
from config.errors import SettingsError
from config.settings import Settings, find_file, load_settings
from responders.commands.output import NOTES, say
from responders.workspace import CHOICE, plugin_sections


def chosen_settings() -> Settings:
    """Return the settings of the workspace, if there is one, else the defaults."""
    return load_settings(find_file(CHOICE.config), plugins=plugin_sections())


def chosen_knobs(
    settings: Settings, words: Sequence[str], *, option: str = "--set", shared_by: int = 1
) -> Knobs:
    """Return the knobs that the settings and a person's words make.

    Args:
        settings: they hold the budget of the installation.
        words: each ``key=value``.
        option: what they were given with, for the message.
        shared_by: the products that share the budget.

    Raises:
        SettingsError: a word is none, names no knob, or gives one what it cannot have.
    """
    budget = settings.detect.false_alerts_per_week / max(shared_by, 1)
    chosen = {"false_alerts_per_week": str(budget)}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign:
            raise SettingsError(f"{option} {word}: write it as key=value")
        chosen[key.strip().removeprefix("detect.")] = value.strip()
    try:
        return Knobs.with_settings(chosen)
    except SettingsError as error:
        raise SettingsError(str(error).replace("--set", option, 1)) from error


@contextmanager
def progress_shown() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far each step is: a bar on a terminal, a line a step otherwise."""
    if not NOTES.is_terminal:
        seen: set[str] = set()

        def line(step: str, done: int, total: int) -> None:
            if done >= total and step not in seen:
                seen.add(step)
                say(f"{step}: {total} posts")

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=NOTES) as bar:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield show
