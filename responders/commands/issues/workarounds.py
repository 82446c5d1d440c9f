"""`groundswell issue workaround`: what helps until an issue is fixed, vouched for by a person."""

import typer

from classifiers.store import reference
from config.database import reading
from config.errors import SettingsError
from responders.commands.deciding import ByOption
from responders.commands.issues.issue_acts import IssueArgument, begin, end
from responders.commands.output import JsonOption
from responders.commands.references import post_named
from responders.decisions.issues import workaround as deciding


def workaround(
    issue: str = IssueArgument,
    *,
    post: str | None = typer.Option(
        None, "--post", metavar="ID", help="The post of whoever found it; they are credited."
    ),
    text: str = typer.Option("", "--text", help="What helps, in your words; else the post's."),
    clear: bool = typer.Option(False, "--clear", help="It does not help after all."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Vouch for a way around that you tried; drafts and faces repeat it from then on.

    `issue show` tells what helped somebody and in which post.

    Examples:
        groundswell issue workaround GS-1 --post 12
        groundswell issue workaround GS-1 --post 12 --text "Log out and in again."
        groundswell issue workaround GS-1 --clear
    """
    if clear == bool(post or text):
        raise SettingsError("say what helps with --post or --text, or take it back with --clear")
    ground, number, actor = begin(issue, by)
    name = reference(number)
    if clear:
        deciding.take_back(ground, actor, number)
        end(ground, number, f"{name} has no verified way around any more.", as_json=as_json)
        return
    with reading(ground.engine) as session:
        post_id = post_named(session, post).id if post else None
    deciding.verify(ground, actor, number, post_id=post_id, text=text)
    sentence = (
        f"The way around {name} is verified. Texts that wait will say it: "
        f"groundswell draft list --issue {name}"
    )
    end(ground, number, sentence, as_json=as_json)
