"""What a person decides on a draft: yes, another text, no, silence, or back again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from classifiers.store import reference
from config.database import reading
from config.errors import PermanentError, SettingsError
from config.ground import Ground
from listener.tables import Thread
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.drafts.bundles import (
    Asked,
    ExpectOption,
    IdsArgument,
    IssueOption,
    YesOption,
    approve_issue,
    refuse_both,
)
from responders.commands.drafts.claims import AnywayOption
from responders.commands.drafts.draft_json import draft_json
from responders.commands.drafts.texts import edited_text, given_text
from responders.commands.output import JsonOption, emit_json, say
from responders.commands.places import next_step, place_of, sending
from responders.commands.references import draft_named, issue_named
from responders.decisions.acting import Actor
from responders.decisions.drafts import approve as approving
from responders.decisions.drafts import edit as editing
from responders.decisions.drafts import reject as rejecting
from responders.delivery.tables import Delivery
from responders.voice.tables import Draft
from responders.workspace import open_ground

IdArgument = typer.Argument(..., metavar="ID", help="The number in `draft list`.")
VersionOption = typer.Option(
    None, "--version", min=1, help="Only if the draft is still this version."
)
OverrideOption = typer.Option(
    "",
    "--override",
    metavar="REASON",
    help="Why a text may leave with what the linter blocks; it is kept.",
)
ReadOption = typer.Option(
    False, "--read", help="You read the language of this text, which nobody reviewed yet."
)
UndoOption = typer.Option(
    False, "--undo", help="Leave the time of [outbox] undo_s to take it back."
)
ReasonOption = typer.Option(..., "--reason", help="Why, in a few words; it is kept.")


def approve(
    ids: Annotated[list[str] | None, IdsArgument] = None,
    *,
    issue: str = IssueOption,
    yes: bool = YesOption,
    expect: str = ExpectOption,
    by: str | None = ByOption,
    undo: bool = UndoOption,
    version: int | None = VersionOption,
    anyway: bool = AnywayOption,
    override: str = OverrideOption,
    read: bool = ReadOption,
    as_json: bool = JsonOption,
) -> None:
    """Say yes to drafts: each is sent once, exactly as it stands.

    Without --undo it may leave at once. Of several drafts each is decided by itself: one that is
    refused keeps no other back. What must not be said in public is refused: edit it, or say with
    --override why it may leave all the same. In a language nobody reviewed it needs --read.

    Examples:
        groundswell draft approve 3
        groundswell draft approve 3 4 5 --by ruth --undo
        groundswell draft approve --issue GS-1
    """
    ground = open_ground()
    refuse_both(issue, bool(ids), asks=not (yes or expect))
    if issue:
        asked = Asked(issue, yes, expect, undo, anyway, as_json, override)
        approve_issue(ground, decider(ground, by), asked)
        return
    numbers = _numbers(ground, ids or [], version=version, read=read)
    undo_s = ground.settings.outbox.undo_s if undo else 0.0
    done, refused = _approved(
        ground, decider(ground, by), numbers, version=version, undo_s=undo_s, override=override,
        anyway=anyway, read=read,
    )  # fmt: skip
    _tell_all(done, refused, as_json=as_json)


def edit(
    draft_id: str = IdArgument,
    *,
    text: str | None = typer.Option(None, "--text", help="The whole new text."),
    file: str | None = typer.Option(
        None,
        "--file",
        metavar="FILE",
        help="A file with the whole new text; - reads standard input.",
    ),
    by: str | None = ByOption,
    version: int | None = VersionOption,
    anyway: bool = AnywayOption,
    as_json: bool = JsonOption,
) -> None:
    """Give a draft another text; without --text or --file your editor opens.

    Of a draft for the page the first line is the title.

    Examples:
        groundswell draft edit 3
        groundswell draft edit 3 --file answer.txt
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        draft = draft_named(session, draft_id)
    given = given_text(text, file)
    new = edited_text(draft.text) if given is None else given
    number = draft.id or 0
    made = editing.edit(
        ground, decider(ground, by), number, new, version=version or draft.version, anyway=anyway
    )
    told = _told(ground, number)
    if made == draft.version:
        sentence = f"Draft {number} for {told.where} says that already; nothing was changed."
    else:
        after = f"Next: groundswell draft approve {number}"
        sentence = f"Draft {number} for {told.where} is version {made} now. {after}"
    tell(sentence, told.value, as_json=as_json)


def reject(
    draft_id: str = IdArgument,
    *,
    reason: str = ReasonOption,
    by: str | None = ByOption,
    anyway: bool = AnywayOption,
    as_json: bool = JsonOption,
) -> None:
    """Say no to a draft; the same is not proposed again.

    Example: groundswell draft reject 3 --reason "they found the cause themselves"
    """
    ground, number, actor = _begin(draft_id, by)
    rejecting.reject(ground, actor, number, reason, anyway=anyway)
    _end(ground, number, "Rejected for {where}. Nothing is sent there.", as_json=as_json)


def stay_silent(
    draft_id: str = IdArgument,
    *,
    reason: str = ReasonOption,
    by: str | None = ByOption,
    anyway: bool = AnywayOption,
    as_json: bool = JsonOption,
) -> None:
    """Decide to say nothing in a draft's thread.

    Example: groundswell draft stay-silent 3 --reason "the forum wants no answers of companies"
    """
    ground, number, actor = _begin(draft_id, by)
    rejecting.stay_silent(ground, actor, number, reason, anyway=anyway)
    _end(ground, number, "We stay silent for {where}. Nothing is sent there.", as_json=as_json)


def take_back(
    draft_id: str = IdArgument, *, by: str | None = ByOption, as_json: bool = JsonOption
) -> None:
    """Take a yes back before its text has left.

    Example: groundswell draft take-back 3
    """
    ground, number, actor = _begin(draft_id, by)
    approving.take_back(ground, actor, number)
    sentence = f"Taken back for {{where}}; it waits again. See: groundswell draft show {number}"
    _end(ground, number, sentence, as_json=as_json)


def add(
    *,
    thread: str = typer.Option(..., "--thread", metavar="URL", help="The thread it answers."),
    text: str = typer.Option(..., "--text", help="What would be said, in full."),
    issue: str | None = typer.Option(
        None, "--issue", help="The issue it is about; else the one its thread belongs to."
    ),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Propose a text of your own for a thread; it waits for a yes like any other.

    Example: groundswell draft add --thread https://forum.example/t/3 --text "We know of it …"
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        issue_id = None if issue is None else issue_named(session, issue).id
    actor = decider(ground, by)
    number = editing.add_draft(ground, actor, thread_url=thread, text=text, issue_id=issue_id)
    sentence = f"Draft {number} waits for {{where}}. Next: groundswell draft approve {number}"
    _end(ground, number, sentence, as_json=as_json)


ACTS: Mapping[str, Callable[..., None]] = {
    "approve": approve,
    "edit": edit,
    "reject": reject,
    "stay-silent": stay_silent,
    "take-back": take_back,
    "add": add,
}
"""The commands of this file by name, for the group of drafts.py."""


@dataclass(frozen=True)
class Told:
    """A draft after an act, as the sentence about it needs it."""

    where: str
    """Such as ``GS-1 at forum.example/t/3``."""
    next: str
    value: dict[str, Any]
    said: str = "Approved for"


def _approved(
    ground: Ground,
    actor: Actor,
    numbers: list[int],
    *,
    version: int | None,
    undo_s: float,
    override: str,
    anyway: bool,
    read: bool,
) -> tuple[list[Told], list[str]]:
    """Approve each draft by itself; return those approved and why the others were refused."""
    done: list[Told] = []
    refused: list[str] = []
    for number in numbers:
        try:
            yes = approving.approve(
                ground, actor, number, version=version, undo_s=undo_s, override=override,
                anyway=anyway, read=read,
            )  # fmt: skip
        except PermanentError as error:
            if len(numbers) == 1:
                raise
            refused.append(f"draft {number}: {error}")
        else:
            done.append(_told(ground, number, waits=yes.waits))
    return done, refused


def _tell_all(done: Sequence[Told], refused: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        emit_json([told.value for told in done])
    for told in done if not as_json else ():
        say(f"{told.said} {told.where}. {told.next}")
    for line in refused:
        say(f"groundswell: {line}")
    if refused:
        raise typer.Exit(1)


def _told(ground: Ground, number: int, *, waits: str = "") -> Told:
    now = ground.clock.now()
    with reading(ground.engine) as session:
        draft = session.get_one(Draft, number)
        thread = session.get(Thread, draft.thread_id) if draft.thread_id else None
        row = session.get(Delivery, draft.delivery_id) if draft.delivery_id else None
        after = next_step(row, number, sending(session), now=now) if row else ""
        if waits:
            after = f"Nothing was sent: {waits}. Another person says the second yes."
        return Told(
            said="The first yes of two for" if waits else "Approved for",
            where=f"{reference(draft.issue_id)} {place_of(draft, thread)}",
            next=after,
            value=draft_json(session, draft, now=now),
        )


def _numbers(ground: Ground, ids: list[str], *, version: int | None, read: bool) -> list[int]:
    """Return the drafts that are named, each once; an unknown one is told before any decision."""
    with reading(ground.engine) as session:
        numbers = list(dict.fromkeys(draft_named(session, text).id or 0 for text in ids))
    if version is not None and len(numbers) > 1:
        raise SettingsError("--version goes with one draft only")
    if read and len(numbers) > 1:
        raise SettingsError("--read goes with one draft only")
    return numbers


def _begin(draft_id: str, by: str | None) -> tuple[Ground, int, Actor]:
    ground = open_ground()
    with reading(ground.engine) as session:
        number = draft_named(session, draft_id).id or 0
    return ground, number, decider(ground, by)


def _end(ground: Ground, number: int, sentence: str, *, as_json: bool) -> None:
    told = _told(ground, number)
    tell(sentence.format(where=told.where), told.value, as_json=as_json)
