"""`groundswell draft claim` and `release`: hold a draft while one reads it, and let it go."""

from collections.abc import Callable, Mapping

import typer

from config.database import reading
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.drafts.draft_json import draft_json
from responders.commands.output import JsonOption
from responders.commands.references import draft_named
from responders.decisions.drafts import claim as claiming
from responders.decisions.drafts.claiming import reading_since
from responders.workspace import open_ground

IdArgument = typer.Argument(..., metavar="ID", help="The number in `draft list`.")
AnywayOption = typer.Option(False, "--anyway", help="Also while somebody else reads it.")


def claim(
    draft_id: str = IdArgument,
    *,
    anyway: bool = typer.Option(False, "--anyway", help="Take it over from whoever reads it."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Hold a draft while you read it; others are asked before they decide on it.

    It is free again by itself when you leave it for [approval] claim_minutes.

    Example: groundswell draft claim 3 --by ruth
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        number = draft_named(session, draft_id).id or 0
    claiming.claim(ground, decider(ground, by), number, anyway=anyway)
    now = ground.clock.now()
    with reading(ground.engine) as session:
        draft = draft_named(session, str(number))
        value = draft_json(session, draft, now=now)
    until = f"{draft.claimed_until:%H:%M} UTC" if draft.claimed_until else "then"
    sentence = f"{reading_since(draft, now=now)}; free again at {until}, or: groundswell draft "
    tell(f"{sentence}release {number}", value, as_json=as_json)


def release(
    draft_id: str = IdArgument,
    *,
    anyway: bool = typer.Option(False, "--anyway", help="Let it go for whoever forgot to."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Let a draft go, so that anybody may take it up.

    Example: groundswell draft release 3 --by ruth
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        number = draft_named(session, draft_id).id or 0
    claiming.release(ground, decider(ground, by), number, anyway=anyway)
    with reading(ground.engine) as session:
        value = draft_json(session, draft_named(session, str(number)), now=ground.clock.now())
    tell(f"Draft {number} is free for anybody.", value, as_json=as_json)


ACTS: Mapping[str, Callable[..., None]] = {"claim": claim, "release": release}
"""The commands of this file by name, for the group of drafts.py."""
