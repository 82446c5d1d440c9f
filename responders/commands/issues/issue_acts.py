"""What a person decides on an issue itself: its state, its name, whether it concerns us."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from classifiers.corrections.resolutions import Resolution
from classifiers.store import reference
from classifiers.tables import Issue, IssueState
from config.database import reading
from config.errors import SettingsError
from config.ground import Ground
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.issues.issue_json import issue_json
from responders.commands.output import JsonOption
from responders.commands.references import issue_named, post_named
from responders.commands.times import ending
from responders.decisions.acting import Actor
from responders.decisions.issues import declare as declaring
from responders.decisions.issues import mute as hushing
from responders.decisions.issues import rename as renaming
from responders.decisions.issues import state as stating
from responders.voice import store as voice
from responders.workspace import open_ground

IssueArgument = typer.Argument(..., metavar="ISSUE", help="Its reference, such as GS-3.")
StateArgument = typer.Argument(..., metavar="STATE", help=f"One of {', '.join(IssueState)}.")
EndedOption = typer.Option(
    None, "--as", help="With resolved: how it ended. All but a fix need a --note that says why."
)
ReasonOption = typer.Option(..., "--reason", help="Why, in a few words; it is kept.")
NO_REASON = "no reason was given"
UntilOption = typer.Option(None, "--until", metavar="TIME", help="It ends then (ISO 8601).")
ForOption = typer.Option(None, "--for", metavar="LENGTH", help="It lasts so long: 90m, 12h, 3d.")


def state(
    issue: str = IssueArgument,
    new: IssueState = StateArgument,
    *,
    note: str = typer.Option(
        "", "--note", help="What was found or done; proposed to the public as a fact."
    ),
    avoid: str = typer.Option(
        "", "--avoid", help="With resolved: how to keep it from coming back; told with it."
    ),
    ended: Resolution | None = EndedOption,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Say how far we are; the page and each told thread get an update proposed.

    Nothing changes in public before somebody approves those updates.

    Examples:
        groundswell issue state GS-1 identified --note "the last update broke the note view"
        groundswell issue state GS-1 resolved --avoid "keep the app at version 4.3 or newer"
        groundswell issue state GS-1 resolved --as will-not-fix --note "the old app is kept no more"
    """
    ground, number, actor = begin(issue, by)
    stating.set_state(ground, actor, number, new, note=note, avoid=avoid, resolution=ended)
    with reading(ground.engine) as session:
        told = sum(found.state == "told" for found in voice.threads_of(session, number))
    threads = f" and {told} told thread{'s' * (told != 1)}" if told else ""
    end(
        ground,
        number,
        f"{reference(number)} is {new}. An update for the page{threads} will be proposed: "
        f"groundswell draft list --issue {reference(number)}",
        as_json=as_json,
    )


def rename(
    issue: str = IssueArgument,
    title: str = typer.Argument(..., help="The name that stays from now on."),
    *,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Give an issue the name that people know it by.

    Example: groundswell issue rename GS-1 "Notes hang when they are opened"
    """
    ground, number, actor = begin(issue, by)
    renaming.rename(ground, actor, number, title)
    with reading(ground.engine) as session:
        named = session.get_one(Issue, number).title
    end(ground, number, f"{reference(number)} is named “{named}” now.", as_json=as_json)


def mute(
    issue: str = IssueArgument,
    *,
    reason: str = ReasonOption,
    until: str | None = UntilOption,
    wait: str | None = ForOption,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Let an issue alert and propose nothing, until you wake it or the time is over.

    Example: groundswell issue mute GS-1 --reason "known to the partner" --for 3d
    """
    ground, number, actor = begin(issue, by)
    over = ending(until, wait, now=ground.clock.now())
    hushing.mute(ground, actor, number, reason, until=over)
    _hushed(ground, number, "muted", as_json=as_json)


def snooze(
    issue: str = IssueArgument,
    *,
    until: str | None = UntilOption,
    wait: str | None = ForOption,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Let an issue rest for a while; one that grows wakes by itself.

    Example: groundswell issue snooze GS-1 --for 12h
    """
    ground, number, actor = begin(issue, by)
    over = ending(until, wait, now=ground.clock.now())
    if over is None:
        raise SettingsError("say how long it rests, such as --for 12h")
    hushing.snooze(ground, actor, number, over)
    _hushed(ground, number, "snoozed", as_json=as_json)


def not_an_issue(
    issue: str = IssueArgument,
    *,
    reason: str = typer.Option(NO_REASON, help="Why, in a few words; it is kept."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Say that this is none of our problems; nothing is proposed for it any more.

    Example: groundswell issue not-an-issue GS-2 --reason "it is about another product"
    """
    ground, number, actor = begin(issue, by)
    hushing.not_an_issue(ground, actor, number, reason)
    name = reference(number)
    sentence = f"{name} is no issue of ours. Were it one after all: groundswell issue wake {name}"
    end(ground, number, sentence, as_json=as_json)


def wake(
    issue: str = IssueArgument, *, by: str | None = ByOption, as_json: bool = JsonOption
) -> None:
    """Take mute, snooze and not-an-issue away again.

    Example: groundswell issue wake GS-1
    """
    ground, number, actor = begin(issue, by)
    hushing.wake(ground, actor, number)
    name = reference(number)
    sentence = f"{name} is awake. What waits for a person: groundswell draft list --issue {name}"
    end(ground, number, sentence, as_json=as_json)


def declare(
    *,
    title: str = typer.Option(..., "--title", help="What is wrong, in a few words."),
    product: str | None = typer.Option(
        None, "--product", help="The product it is about; may be left out when there is one."
    ),
    post: Annotated[
        list[str] | None,
        typer.Option("--post", metavar="ID", help="A post that reports it; may be repeated."),
    ] = None,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Open an issue that nobody had to notice.

    Example: groundswell issue declare --title "Sign-in fails on tablets" --post 12 --post 15
    """
    ground = open_ground()
    actor = decider(ground, by)
    number = declaring.declare(
        ground, actor, title=title, product=product, post_ids=post_ids(ground, post or [])
    )
    name = reference(number)
    sentence = f"Declared as {name}. What is proposed for it: groundswell draft list --issue {name}"
    end(ground, number, sentence, as_json=as_json)


ACTS: Mapping[str, Callable[..., None]] = {
    "declare": declare,
    "state": state,
    "rename": rename,
    "mute": mute,
    "snooze": snooze,
    "not-an-issue": not_an_issue,
    "wake": wake,
}
"""The commands of this file by name, for the group of issues.py."""


def begin(issue: str, by: str | None) -> tuple[Ground, int, Actor]:
    """Return what an act on an issue stands on: the ground, the issue and who decides."""
    ground = open_ground()
    with reading(ground.engine) as session:
        number = issue_named(session, issue).id or 0
    return ground, number, decider(ground, by)


def end(ground: Ground, number: int, sentence: str, *, as_json: bool) -> None:
    """Tell what an act on an issue came to."""
    with reading(ground.engine) as session:
        value = issue_json(session, session.get_one(Issue, number))
    tell(sentence, value, as_json=as_json)


def post_ids(ground: Ground, named: list[str]) -> list[int]:
    """Return the posts that are named, each once."""
    with reading(ground.engine) as session:
        return list(dict.fromkeys(post_named(session, text).id or 0 for text in named))


def _hushed(ground: Ground, number: int, how: str, *, as_json: bool) -> None:
    with reading(ground.engine) as session:
        until = session.get_one(Issue, number).hushed_until
    name = reference(number)
    over = f"until {until:%Y-%m-%d %H:%M} UTC" if until else "until you wake it"
    sentence = f"{name} is {how} {over}. Sooner: groundswell issue wake {name}"
    end(ground, number, sentence, as_json=as_json)
