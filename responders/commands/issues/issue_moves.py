"""What belongs together and what does not: merging, splitting and moving between issues."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from classifiers.store import Counts, counts, reference
from classifiers.tables import Issue
from config.database import reading
from config.ground import Ground
from responders.commands.deciding import ByOption, decider
from responders.commands.issues.issue_acts import IssueArgument, begin, end, post_ids
from responders.commands.output import JsonOption
from responders.commands.references import issue_named, post_named
from responders.decisions.issues import merge as merging
from responders.workspace import open_ground


def merge(
    issue: str = IssueArgument,
    *,
    into: str = typer.Option(..., "--into", metavar="ISSUE", help="The issue that goes on."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Make two issues one; it can be undone.

    Example: groundswell issue merge GS-4 --into GS-1
    """
    ground, number, actor = begin(issue, by)
    with reading(ground.engine) as session:
        target = issue_named(session, into).id or 0
    merging.merge(ground, actor, number, target)
    with reading(ground.engine) as session:  # it goes on where the other one does
        target = session.get_one(Issue, number).merged_into or target
    name = reference(number)
    sentence = (
        f"{name} is part of {reference(target)} now, which holds {_held(ground, target)}. "
        f"Undo it: groundswell issue unmerge {name}"
    )
    end(ground, target, sentence, as_json=as_json)


def unmerge(
    issue: str = IssueArgument, *, by: str | None = ByOption, as_json: bool = JsonOption
) -> None:
    """Undo a merge: the issue stands by itself again, with the posts it had.

    Example: groundswell issue unmerge GS-4
    """
    ground, number, actor = begin(issue, by)
    merging.unmerge(ground, actor, number)
    name = reference(number)
    sentence = (
        f"{name} stands by itself again with {_held(ground, number)}. "
        f"See: groundswell issue show {name}"
    )
    end(ground, number, sentence, as_json=as_json)


def split(
    issue: str = IssueArgument,
    *,
    post: Annotated[
        list[str], typer.Option("--post", metavar="ID", help="A post that goes; may be repeated.")
    ],
    title: str = typer.Option(..., "--title", help="What the new issue is."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Take posts out of an issue that are about something else; they make a new one.

    Example: groundswell issue split GS-1 --post 12 --post 15 --title "Sign-in fails on tablets"
    """
    ground, number, actor = begin(issue, by)
    made = merging.split(ground, actor, number, post_ids(ground, post), title)
    name = reference(made)
    sentence = (
        f"{name} holds {_held(ground, made)} that stood in {reference(number)}. "
        f"See: groundswell issue show {name}"
    )
    end(ground, made, sentence, as_json=as_json)


def move(
    post: str = typer.Argument(..., metavar="POST", help="The number in `post list`."),
    *,
    to: str = typer.Option(..., "--to", metavar="ISSUE", help="Where it belongs."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Put one post into the issue that it is about.

    Example: groundswell issue move 12 --to GS-2
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        number, target = post_named(session, post).id or 0, issue_named(session, to).id or 0
    merging.move_post(ground, decider(ground, by), number, target)
    name = reference(target)
    sentence = (
        f"Post {number} belongs to {name} now, which holds {_held(ground, target)}. "
        f"See: groundswell post list --issue {name}"
    )
    end(ground, target, sentence, as_json=as_json)


ACTS: Mapping[str, Callable[..., None]] = {
    "merge": merge,
    "unmerge": unmerge,
    "split": split,
    "move": move,
}
"""The commands of this file by name, for the group of issues.py."""


def _held(ground: Ground, issue_id: int) -> str:
    """Say how many posts an issue holds."""
    with reading(ground.engine) as session:
        number = counts(session, [issue_id]).get(issue_id, Counts()).posts
    return f"{number} post{'s' * (number != 1)}"
