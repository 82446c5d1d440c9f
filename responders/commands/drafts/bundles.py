"""`groundswell draft approve --issue`: look at all texts of an issue, and say yes to them together.

Nothing is approved that was not shown: on a terminal a person is asked, a script names the digest
of what it was shown.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import typer

from classifiers.store import reference
from config.database import reading
from config.errors import SettingsError
from config.ground import Ground
from responders.commands.output import emit_json, say
from responders.commands.places import place_of
from responders.commands.references import issue_named
from responders.decisions import store_drafts
from responders.decisions.acting import Actor
from responders.decisions.drafts import bundle
from responders.decisions.drafts.claiming import holder, reading_since
from responders.decisions.store_drafts import Open
from responders.voice.rules.base import BLOCK
from responders.voice.tables import Draft

EMPTY = "No text of {issue} waits for a yes; all are in: groundswell draft list --issue {issue}"


IdsArgument = typer.Argument(metavar="[ID]...", help="The numbers in `draft list`.")
IssueOption = typer.Option("", "--issue", help="Show all that wait of an issue, then ask.")
YesOption = typer.Option(False, "--yes", help="With --issue and --expect: ask nobody.")
ExpectOption = typer.Option(
    "", "--expect", metavar="DIGEST", help="With --yes: of exactly the texts that were shown."
)


def refuse_both(issue: str, ids: bool, *, asks: bool) -> None:
    """Let a person name drafts or an issue.

    Raises:
        SettingsError: they name both or neither, or a script's yes to drafts that are named.
    """
    if bool(issue) == ids:
        raise SettingsError("name the drafts, or one issue: groundswell draft approve --issue GS-1")
    if ids and not asks:
        raise SettingsError("--yes and --expect go with --issue only")


@dataclass(frozen=True)
class Asked:
    """How an issue's texts are to be approved."""

    issue: str
    yes: bool
    expect: str
    undo: bool
    anyway: bool
    as_json: bool
    override: str = ""
    """Why those that the linter blocks may leave."""


def approve_issue(ground: Ground, actor: Actor, asked: Asked) -> None:
    """Show the texts of an issue that wait, and approve them when somebody says so."""
    if asked.yes != bool(asked.expect):
        raise SettingsError(
            "--yes and --expect go together: look first without them; what is shown has a digest"
        )
    now = ground.clock.now()
    with reading(ground.engine) as session:
        number = issue_named(session, asked.issue).id or 0
        rows = store_drafts.open_drafts(session, number)
        taken = [one for one in rows if asked.anyway or _is_free(one, actor, now=now)]
        items = [bundle.item_of(one.draft) for one in taken]
    shown = _preview(ground, number, rows, items)
    if asked.yes:
        bundle.refuse_others(items, asked.expect)
    elif asked.as_json:
        emit_json(shown)
        return
    else:
        _show(shown)
        if not items or not _said_yes(shown):
            return
    undo_s = ground.settings.outbox.undo_s if asked.undo else 0.0
    outcome = bundle.approve_together(
        ground, actor, items, undo_s=undo_s, anyway=asked.anyway, override=asked.override
    )
    _tell(outcome, shown, as_json=asked.as_json)


def _is_free(one: Open, actor: Actor, *, now: datetime) -> bool:
    return holder(one.draft, now=now) in ("", actor.name)


def _preview(
    ground: Ground, number: int, rows: Sequence[Open], items: Sequence[bundle.Item]
) -> Mapping[str, Any]:
    now, knobs = ground.clock.now(), ground.settings.outbox
    chosen = {one.draft_id for one in items}
    return {
        "issue_id": reference(number),
        "digest": bundle.digest_of(items) if items else None,
        "places": len({one.source.id for one in rows if one.source and one.draft.id in chosen}),
        "stagger_s": knobs.stagger_s,
        "texts": [
            {
                "id": str(one.draft.id),
                "version": one.draft.version,
                "text_sha256": one.draft.text_sha256,
                "where": place_of(one.draft, one.thread),
                "text": one.draft.text,
                "blocked_by": _blocked_by(one.draft),
                "left_out": None if one.draft.id in chosen else reading_since(one.draft, now=now),
            }
            for one in rows
        ],
    }


def _blocked_by(draft: Draft) -> list[str]:
    """Return the rules that keep a text here unless somebody says why it may leave."""
    return sorted({one["rule"] for one in draft.findings if one["level"] == BLOCK})


def _show(shown: Mapping[str, Any]) -> None:
    if not shown["texts"]:
        say(EMPTY.format(issue=shown["issue_id"]))
        return
    for one in shown["texts"]:
        why = f" - left out: {one['left_out']}" if one["left_out"] else ""
        typer.echo(f"--- draft {one['id']}, version {one['version']}, {one['where']}{why}")
        if one["blocked_by"]:
            rules = ", ".join(one["blocked_by"])
            typer.echo(f"(blocked by {rules}: left out unless --override says why it may leave)")
        typer.echo(f"{one['text']}\n")
    if shown["digest"]:
        say(f"{_counted(shown)}. Digest: {shown['digest']}")


def _counted(shown: Mapping[str, Any]) -> str:
    count = sum(one["left_out"] is None for one in shown["texts"])
    texts = "1 text" if count == 1 else f"{count} texts"
    places = shown["places"]
    where = "" if not places else f" in {places} {'place' if places == 1 else 'places'}"
    return f"{texts} of {shown['issue_id']}{where}, one every {shown['stagger_s']:g} s"


def _said_yes(shown: Mapping[str, Any]) -> bool:
    """Ask on a terminal; tell a script how it says yes."""
    if sys.stdin.isatty():
        return typer.confirm(f"Approve {_counted(shown)}?", err=True)
    say(
        "Nothing was approved. To approve exactly these: groundswell draft approve --issue "
        f"{shown['issue_id']} --yes --expect {shown['digest']}"
    )
    return False


def _tell(outcome: bundle.Outcome, shown: Mapping[str, Any], *, as_json: bool) -> None:
    places = {one["id"]: one["where"] for one in shown["texts"]}
    if as_json:
        emit_json(
            {
                "approved": [
                    {
                        "id": str(number),
                        "leaves_at": done.leaves_at if done.delivery_id else None,
                        "waits": done.waits or None,
                    }
                    for number, done in outcome.approved
                ],
                "left_out": [
                    {"id": str(one.draft_id), "reason": one.reason} for one in outcome.left_out
                ],
            }
        )
    for number, done in outcome.approved if not as_json else ():
        after = f"Leaves at {done.leaves_at:%H:%M:%S} UTC; take-back {number} until then."
        say(f"Approved {places[str(number)]}. {_first(done.waits) or after}")
    for one in outcome.left_out:
        say(f"groundswell: draft {one.draft_id} left out: {one.reason}")
    if outcome.left_out:
        raise typer.Exit(1)


def _first(waits: str) -> str:
    return f"The first yes of two: {waits}; another person must say the second." if waits else ""
