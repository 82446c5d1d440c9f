"""`groundswell issue people-only`: keep an issue for people, or no longer."""

import typer

from classifiers.store import reference
from responders.commands.deciding import ByOption
from responders.commands.issues.issue_acts import IssueArgument, ReasonOption, begin, end
from responders.commands.output import JsonOption
from responders.decisions.issues import keep


def people_only(
    issue: str = IssueArgument,
    *,
    reason: str = ReasonOption,
    lift: bool = typer.Option(False, "--lift", help="Let texts be proposed on it again."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Keep an issue for people: nothing is proposed on it, and only an admin approves.

    Lifted by an admin, it is not kept again by itself.

    Examples:
        groundswell issue people-only GS-1 --reason "somebody was hurt"
        groundswell issue people-only GS-1 --lift --reason "it was another product"
    """
    ground, number, actor = begin(issue, by)
    (keep.release if lift else keep.keep_for_people)(ground, actor, number, reason)
    now = "texts are proposed on it again" if lift else "nothing is proposed on it; people write"
    end(ground, number, f"{reference(number)}: {now}.", as_json=as_json)
