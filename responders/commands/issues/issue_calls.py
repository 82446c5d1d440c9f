"""What the on-call people say of an issue: that they know of it, and who has it."""

from collections.abc import Callable, Mapping

import typer

from classifiers.store import reference
from responders.commands.deciding import ByOption
from responders.commands.issues.issue_acts import IssueArgument, begin, end
from responders.commands.output import JsonOption
from responders.decisions.issues import acknowledge as acknowledging
from responders.decisions.issues import take as taking

WhyOption = typer.Option(..., "--reason", help="Why, in a few words; it is kept.")


def acknowledge(
    issue: str = IssueArgument, *, by: str | None = ByOption, as_json: bool = JsonOption
) -> None:
    """Say that you know of an issue; the card in the on-call channel then says so.

    Example: groundswell issue acknowledge GS-1
    """
    ground, number, actor = begin(issue, by)
    acknowledging.acknowledge(ground, actor, number)
    name = reference(number)
    sentence = f"{name} is acknowledged. To work on it: groundswell issue take {name}"
    end(ground, number, sentence, as_json=as_json)


def unacknowledge(
    issue: str = IssueArgument,
    *,
    reason: str = WhyOption,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Take an acknowledgement back, so that the issue waits for somebody again.

    Example: groundswell issue unacknowledge GS-1 --reason "it is back"
    """
    ground, number, actor = begin(issue, by)
    acknowledging.unacknowledge(ground, actor, number, reason)
    name = reference(number)
    sentence = f"{name} is acknowledged by nobody. Know of it: groundswell issue acknowledge {name}"
    end(ground, number, sentence, as_json=as_json)


def take(
    issue: str = IssueArgument,
    *,
    anyway: bool = typer.Option(False, "--anyway", help="Also from somebody else who has it."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Take an issue, so that everybody sees that you have it.

    Example: groundswell issue take GS-1
    """
    ground, number, actor = begin(issue, by)
    taking.take(ground, actor, number, anyway=anyway)
    name = reference(number)
    sentence = f"{actor.name} has {name}. To let it go: groundswell issue hand-back {name}"
    end(ground, number, sentence, as_json=as_json)


def hand_back(
    issue: str = IssueArgument, *, by: str | None = ByOption, as_json: bool = JsonOption
) -> None:
    """Let an issue go that you, or somebody else, took.

    Example: groundswell issue hand-back GS-1
    """
    ground, number, actor = begin(issue, by)
    taking.hand_back(ground, actor, number)
    name = reference(number)
    end(ground, number, f"Nobody has {name} now. Take it: groundswell issue take {name}",
        as_json=as_json)  # fmt: skip


ACTS: Mapping[str, Callable[..., None]] = {
    "acknowledge": acknowledge,
    "unacknowledge": unacknowledge,
    "take": take,
    "hand-back": hand_back,
}
"""The commands of this file by name, for the group of issues.py."""
