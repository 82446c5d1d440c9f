"""`groundswell delivery`: what was sent, what waits to be, and what only a person can tell."""

from collections.abc import Mapping
from typing import Any

import typer

from config.database import reading
from config.errors import SettingsError
from responders.commands import store
from responders.commands.deciding import ByOption, decider, tell
from responders.commands.drafts import delivery_changes
from responders.commands.drafts.delivery_json import as_dict, changes_json
from responders.commands.drafts.doubts import evidence_lines, hidden_line
from responders.commands.output import JsonOption, emit_list, emit_object, say
from responders.commands.references import delivery_named, issue_named
from responders.decisions.drafts.settle import settle
from responders.delivery.inert import web_link
from responders.delivery.tables import Delivery, DeliveryState
from responders.workspace import open_ground

app = typer.Typer(help="What was sent, and what became of it.", no_args_is_help=True)

COLUMNS = ("id", "issue_id", "draft_id", "kind", "channel", "state", "sent_at", "url", "reason")
StateOption = typer.Option(None, "--state", help="Only those in this state.")
IdArgument = typer.Argument(..., metavar="ID", help="The number in `delivery list`.")
EMPTY = (
    "Nothing was sent yet. A reply is, once a person approved it: "
    "groundswell draft list --state pending"
)


@app.command("list")
def list_(
    *,
    issue: str = typer.Option("", "--issue", help="Only those of one issue, such as GS-7."),
    state: DeliveryState | None = StateOption,
    as_json: bool = JsonOption,
) -> None:
    """List what was sent and what waits to be, the newest last.

    Examples:
        groundswell delivery list
        groundswell delivery list --state in_doubt
    """
    with reading(open_ground().engine) as session:
        issue_id = issue_named(session, issue).id if issue else None
        drafts = store.draft_ids_by_delivery(session)
        found = store.deliveries(session, state=state, issue_id=issue_id)
        rows = [as_dict(row, drafts.get(row.id or 0)) for row in found]
    filtered = bool(issue or state)
    empty = "No delivery is like that; all are in: groundswell delivery list"
    emit_list(rows, as_json=as_json, columns=COLUMNS, empty=empty if filtered else EMPTY)


@app.command()
def show(
    delivery_id: str = IdArgument,
    as_json: bool = JsonOption,
) -> None:
    """Show one delivery with its text and its receipt.

    Example: groundswell delivery show 4
    """
    with reading(open_ground().engine) as session:
        row = delivery_named(session, delivery_id)
        value = as_dict(row, store.draft_ids_by_delivery(session).get(row.id or 0))
        value["changes"] = changes_json(session, row)
    emit_object(value, as_json=as_json)
    lines = [*evidence_lines(value["evidence"] or {}), hidden_line(row), what_now(value)]
    for line in lines if not as_json else ():
        if line:
            say(f"\n{line}")


@app.command()
def resolve(
    delivery_id: str = IdArgument,
    *,
    sent: str | None = typer.Option(
        None, "--sent", metavar="URL", help="It stands there, at this address."
    ),
    not_sent: bool = typer.Option(False, "--not-sent", help="It does not stand there."),
    by: str | None = ByOption,
    as_json: bool = JsonOption,
) -> None:
    """Tell what became of a message that is in doubt or failed, or that you posted by hand.

    One in doubt that was not sent is sent again. A reply that failed, or that nobody posted by
    hand, waits for a new yes; an alert that failed is warned of no longer.

    Examples:
        groundswell delivery resolve 4 --sent https://forum.example/t/3#5
        groundswell delivery resolve 4 --not-sent
    """
    if (sent is None) is not not_sent:
        raise SettingsError("give either --sent URL or --not-sent")
    if sent is not None and web_link(sent) is None:
        raise SettingsError("--sent is no web address; copy it from the place where the text is")
    ground = open_ground()
    with reading(ground.engine) as session:
        number = delivery_named(session, delivery_id).id or 0
    settle(ground, decider(ground, by), number, sent_url=sent)
    with reading(ground.engine) as session:
        row = session.get_one(Delivery, number)
        value = as_dict(row, store.draft_ids_by_delivery(session).get(number))
    tell(_outcome(value), value, as_json=as_json)


app.command("edit")(delivery_changes.edit)
app.command("delete")(delivery_changes.delete)
app.command("confirm")(delivery_changes.confirm)
app.command("take-back")(delivery_changes.take_back)


def _outcome(value: Mapping[str, Any]) -> str:
    """Say what became of a delivery that a person settled."""
    about = f"Delivery {value['id']}"
    if value["state"] == DeliveryState.SENT:
        return f"{about} is noted as sent. What else waits: groundswell delivery list"
    if value["state"] == DeliveryState.QUEUED:
        return f"{about} is queued again; `groundswell run` sends it once more."
    draft = value["draft_id"]
    if draft is None:
        return f"{about} is cancelled; nobody is reminded of it any more."
    return f"{about} is cancelled; its draft waits for a person: groundswell draft show {draft}"


def what_now(value: Mapping[str, Any]) -> str:
    """Return what a person can do about a delivery as it stands; empty when nothing is to do."""
    number, place = value["id"], value["thread_url"] or "the place"
    draft = value["draft_id"]
    settled = f"groundswell delivery resolve {number}"
    if value["state"] == DeliveryState.BY_HAND:
        return f"Post it at {place}, then: {settled} --sent URL (or --not-sent)"
    if value["state"] == DeliveryState.IN_DOUBT:
        return (
            f"Look at {place}. It stands there: {settled} --sent URL. If not: {settled} --not-sent"
        )
    if value["state"] == DeliveryState.FAILED:
        again = f", and approve again: groundswell draft approve {draft}" if draft else ""
        return (
            f"It was not sent and is not tried again: put right what the reason says{again}. "
            f"Once you need no reminder of it: {settled} --not-sent"
        )
    return ""
