"""`groundswell verdict …`: what people corrected, what was learned of it, and the way back."""

from typing import Any

import typer
from sqlmodel import Session

from classifiers import teaching
from classifiers.calibration import Extra, Knobs, alert_level, learned_extra
from classifiers.corrections import store_verdicts
from classifiers.store import reference, row_id_from
from classifiers.tables import Verdict, VerdictKind
from config.clock import rfc3339
from config.database import reading
from config.errors import GroundswellError
from config.ground import Ground
from listener.store import products
from listener.tables import Product
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.output import PEOPLE, JsonOption, emit_json, emit_list
from responders.decisions.issues.undoing import undo_verdict
from responders.workspace import open_ground

app = typer.Typer(help="What people corrected, and what was learned.", no_args_is_help=True)

EMPTY = (
    "Nobody corrected anything yet. Say what a post is: groundswell post judge ID praise; "
    "or that an alert was none: groundswell issue not-an-issue GS-1 --reason WHY"
)


@app.command("list")
def list_verdicts(
    *,
    everything: bool = typer.Option(False, "--all", help="Also those that were taken back."),
    as_json: bool = JsonOption,
) -> None:
    """List what people said, the newest first.

    Example: groundswell verdict list --all
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        rows = [
            verdict_json(row) for row in store_verdicts.verdicts(session, everything=everything)
        ]
    columns = ["id", "at", "by", "what", "said", "issue_id", "post_id", "undone_at"]
    emit_list(rows, as_json=as_json, columns=columns, empty=EMPTY)


@app.command("undo")
def undo(
    verdict: str = typer.Argument(..., metavar="VERDICT", help="Its number in `verdict list`."),
    *,
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Take back a verdict and what it did; nothing is learned of it any more.

    Example: groundswell verdict undo 3
    """
    ground = open_ground()
    number = row_id_from(verdict)
    if number is None:
        raise GroundswellError(f"{verdict} is no number of `groundswell verdict list`")
    undo_verdict(ground, decider(ground, by), number)
    with reading(ground.engine) as session:
        row = verdict_json(session.get_one(Verdict, number))
    tell(f"Verdict {number} counts no more.", row, as_json=as_json)


@app.command("learned")
def learned(as_json: bool = JsonOption) -> None:
    """Say what was learned of people's verdicts, since when and from how many.

    Example: groundswell verdict learned
    """
    ground = open_ground()
    with reading(ground.engine) as session:
        found = products(session)
        rows = [learned_json(session, ground, one, shared_by=len(found)) for one in found]
    if as_json:
        emit_json(rows)
        return
    for row in rows:
        PEOPLE.print(f"{row['product']}", markup=False, highlight=False)
        for sentence in row["sentences"]:
            PEOPLE.print(f"  {sentence}", markup=False, highlight=False, soft_wrap=True)


def verdict_json(row: Verdict) -> dict[str, Any]:
    """Return a verdict as scripts read it."""
    return {
        "id": str(row.id),
        "at": rfc3339(row.at),
        "by": row.by,
        "what": row.what.value,
        "said": row.said or None,
        "issue_id": reference(row.issue_id) if row.issue_id else None,
        "post_id": str(row.post_id) if row.post_id else None,
        "undone_by": row.undone_by or None,
        "undone_at": rfc3339(row.undone_at) if row.undone_at else None,
    }


def learned_json(
    session: Session, ground: Ground, product: Product, *, shared_by: int
) -> dict[str, Any]:
    """Return what was learned of one product."""
    product_id = product.id or 0
    now = ground.clock.now()
    budget = ground.settings.detect.false_alerts_per_week / shared_by
    told = teaching.told(session, product_id, now=now)
    extra = learned_extra(told, budget=budget, weeks=teaching.WEEKS_LOOKED_AT)
    level = alert_level(Knobs(false_alerts_per_week=budget), posts_a_week=0, history=10**6)
    version = store_verdicts.newest_learned(session, product_id)
    posts = store_verdicts.said_of_posts(session, product_id)
    dismissed = [
        row
        for row in store_verdicts.standing(session, [VerdictKind.NOT_AN_ISSUE])
        if row.product_id == product_id
    ]
    sentences = [_of_posts(len(posts)), _of_dismissed(dismissed), _of_level(level, extra)]
    if version:
        sentences.append(
            f"This is version {version.version} of what was learned of posts, since "
            f"{version.made_at:%Y-%m-%d %H:%M} UTC, from {len(version.verdicts)} verdicts."
        )
    return {
        "product": product.name,
        "version": version.version if version else 0,
        "since": rfc3339(version.made_at) if version else None,
        "verdicts_on_posts": len(posts),
        "dismissed": [reference(row.issue_id) for row in dismissed if row.issue_id],
        "alerts": told.alerts,
        "alerts_confirmed": told.confirmed,
        "alerts_dismissed": told.dismissed,
        "level": round(level + extra.extra, 2),
        "level_extra": extra.extra,
        "sentences": sentences,
    }


def _of_posts(count: int) -> str:
    if not count:
        return "Nobody said what a post is; kinds go by the packaged examples."
    if count == 1:
        return "People said what 1 post is; posts like it are taken so, too."
    return f"People said what {count} posts are; posts like them are taken so, too."


def _of_level(level: float, extra: Extra) -> str:
    if not extra.extra:
        return f"The level of an alert is {level:.1f}, as the budget says."
    now = f"{level + extra.extra:.1f} instead of {level:.1f}"
    return f"The level of an alert is {now}: {extra.reason}."


def _of_dismissed(rows: list[Verdict]) -> str:
    names = ", ".join(reference(row.issue_id) for row in rows if row.issue_id)
    if not names:
        return "No subject was called not an issue."
    return f"What {names} {'is' if len(rows) == 1 else 'are'} about counts as usual: not an issue."
