"""What may be asked: lists and single things, as `--json` on the command line shows them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlmodel import Session

from classifiers import store as issues
from config.clock import SystemClock, parse_time
from config.database import reading
from config.errors import GroundswellError
from listener import store as posts
from listener.answers import shown_address
from listener.tables import Source
from responders import overview
from responders.api.calls import Call, Way
from responders.api.keys import Refused
from responders.commands import references
from responders.commands import store as rows
from responders.commands.drafts.delivery_json import as_dict, changes_json
from responders.commands.drafts.draft_json import draft_json, drafts_json
from responders.commands.drafts.promises import promise_json
from responders.commands.drafts.threads import ledger_json, queue_json
from responders.commands.hearing.posts import posts_json
from responders.commands.hearing.sources import sources_json
from responders.commands.issues.issue_json import events_json, issue_json, issues_json
from responders.commands.status import status_json
from responders.decisions.acting import Role, may
from responders.delivery.tables import DeliveryState
from responders.voice import store as voice
from responders.voice.ledger.store_unanswered import unanswered
from responders.voice.tables import DraftState, PromiseState
from responders.voice.watching.store_minding import contradicted_issues

MOST, USUAL = 1_000, 100
"""Rows of one answer: at the most, and unless said otherwise."""
PAGED: Final[Mapping[str, str]] = {
    "limit": f"How many at the most: 1 to {MOST}, usually {USUAL}.",
    "offset": "How many to leave out before those.",
}
YES, NO = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no"})
Row = TypeVar("Row")
ISSUE: Final = "Only those of this issue, such as GS-3."


def ways() -> Sequence[Way]:
    """Return everything that may be asked."""
    return (
        Way("GET", "/status", "How things stand.", "status", _asks(_status)),
        Way("GET", "/sources", "The places we watch.", "source[]", _asks(_sources), PAGED),
        Way("GET", "/sources/{name}", "One place.", "source", _asks(_source)),
        Way("GET", "/posts", "What people wrote, the newest first.", "post[]", _asks(_posts),
            {**PAGED, "source": "Only those of this source.", "issue": ISSUE,
             "text": "Only those that hold these words.",
             "since": "Only those written since this time (RFC 3339)."}),
        Way("GET", "/posts/{id}", "One post.", "post", _asks(_post)),
        Way("GET", "/issues", "What several people report, the newest first.", "issue[]",
            _asks(_issues), {**PAGED, "all": "1: also what is resolved, merged or set aside."}),
        Way("GET", "/issues/{id}", "One issue, with what happened to it.", "issue", _asks(_issue)),
        Way("GET", "/threads", "The threads that wait for a word of ours, or those of an issue.",
            "thread[]", _asks(_threads), {**PAGED, "issue": ISSUE}),
        Way("GET", "/drafts", "What would be said, the next promise due first.", "draft[]",
            _asks(_drafts), {**PAGED, "issue": ISSUE, "state": "Only those in this state."}),
        Way("GET", "/drafts/{id}", "One draft.", "draft", _asks(_draft)),
        Way("GET", "/deliveries", "What was sent and waits to be, the newest first.", "delivery[]",
            _asks(_deliveries), {**PAGED, "issue": ISSUE, "state": "Only those in this state."}),
        Way("GET", "/deliveries/{id}", "One delivery, with its changes.", "delivery",
            _asks(_delivery)),
        Way("GET", "/promises", "What we promised in public, the next one due first.", "promise[]",
            _asks(_promises), {**PAGED, "issue": ISSUE, "state": "Only those in this state."}),
    )  # fmt: skip


def _asks(answer: Callable[[Session, Call], Any]) -> Callable[[Call], Any]:
    """Return what opens the store for an answer; what is not there is no fault of ours.

    Raises:
        Refused: there is no such thing.
    """

    def respond(call: Call) -> Any:
        with reading(call.ground.engine) as session:
            try:
                return answer(session, call)
            except GroundswellError as error:
                raise Refused(404, f"{str(error).partition(';')[0]}") from error

    return respond


def _status(session: Session, call: Call) -> Any:
    found = overview.look(session, call.ground.settings, machine_time=SystemClock().now())
    return status_json(found)


def _sources(session: Session, call: Call) -> Any:
    return _told(session, call, _page(call, posts.sources(session)))


def _source(session: Session, call: Call) -> Any:
    found = posts.source_named(session, call.path["name"])
    if found is None:
        raise Refused(404, "there is no source of that name")
    return _told(session, call, [found])[0]


def _told(session: Session, call: Call, found: Sequence[Source]) -> list[dict[str, Any]]:
    """Return sources; an address may hold a key of its own, which only an admin sees."""
    told = sources_json(session, found, now=call.ground.clock.now())
    if may(call.actor, Role.ADMIN):
        return told
    return [{**one, "url": shown_address(str(one["url"]))} for one in told]


def _posts(session: Session, call: Call) -> Any:
    source, issue = call.query.get("source"), call.query.get("issue")
    if source is not None and posts.source_named(session, source) is None:
        raise Refused(404, "there is no source of that name")
    about = references.issue_named(session, issue).id if issue else None
    wanted = posts.Wanted(
        source=source,
        text=call.query.get("text"),
        since=_time(call.query.get("since")),
        ids=None if about is None else issues.post_ids_of_issue(session, about),
    )
    limit, offset = window(call.query)
    newest = posts.posts(session, wanted, limit=limit + offset)
    return posts_json(session, list(reversed(newest))[offset:])


def _post(session: Session, call: Call) -> Any:
    return post_now(session, call.path["id"])


def post_now(session: Session, named: str) -> dict[str, Any]:
    """Return a post as it is."""
    return posts_json(session, [references.post_named(session, named)])[0]


def _issues(session: Session, call: Call) -> Any:
    everything = _yes(call, "all")
    return issues_json(session, _page(call, issues.issues(session, everything=everything)))


def _issue(session: Session, call: Call) -> Any:
    return issue_now(session, call.path["id"])


def issue_now(session: Session, named: str) -> dict[str, Any]:
    """Return an issue as it is, with what happened to it."""
    row = references.issue_named(session, named)
    return {**issue_json(session, row), "events": events_json(session, row.id or 0)}


def _threads(session: Session, call: Call) -> Any:
    if issue := call.query.get("issue"):
        row = references.issue_named(session, issue)
        return ledger_json(session, _page(call, voice.threads_of(session, row.id or 0)))
    waiting = unanswered(session, now=call.ground.clock.now())
    return queue_json(session, _page(call, waiting))


def _drafts(session: Session, call: Call) -> Any:
    state = _one_of(call, DraftState)
    found = voice.listed(
        session, issue_id=_issue_id(session, call), first=contradicted_issues(session)
    )
    told = drafts_json(session, found, now=call.ground.clock.now())
    return _page(call, [one for one in told if state is None or one["state"] == state])


def _draft(session: Session, call: Call) -> Any:
    return draft_now(session, call)


def draft_now(session: Session, call: Call) -> dict[str, Any]:
    """Return a draft as it is."""
    row = references.draft_named(session, call.path["id"])
    return draft_json(session, row, now=call.ground.clock.now())


def _deliveries(session: Session, call: Call) -> Any:
    state, issue_id = _one_of(call, DeliveryState), _issue_id(session, call)
    found = rows.deliveries(
        session, state=DeliveryState(state) if state else None, issue_id=issue_id
    )
    drafts = rows.draft_ids_by_delivery(session)
    newest = _page(call, list(reversed(found)))
    return [as_dict(row, drafts.get(row.id or 0)) for row in newest]


def _delivery(session: Session, call: Call) -> Any:
    return delivery_now(session, call.path["id"])


def delivery_now(session: Session, named: str) -> dict[str, Any]:
    """Return a delivery as it is, with what was changed of it since."""
    row = references.delivery_named(session, named)
    told = as_dict(row, rows.draft_ids_by_delivery(session).get(row.id or 0))
    return {**told, "changes": changes_json(session, row)}


def _promises(session: Session, call: Call) -> Any:
    state = _one_of(call, PromiseState)
    found = rows.promises(
        session, issue_id=_issue_id(session, call), state=PromiseState(state) if state else None
    )
    return [promise_json(row) for row in _page(call, found)]


def _issue_id(session: Session, call: Call) -> int | None:
    issue = call.query.get("issue")
    return references.issue_named(session, issue).id if issue else None


def _page(call: Call, found: Sequence[Row]) -> Sequence[Row]:
    limit, offset = window(call.query)
    return found[offset : offset + limit]


def window(query: Mapping[str, str]) -> tuple[int, int]:
    """Return how many rows are asked for, and how many to leave out before.

    Raises:
        Refused: one of them is no number, or out of bounds.
    """
    limit = _number(query, "limit", USUAL, least=1, most=MOST)
    return limit, _number(query, "offset", 0, least=0, most=10**9)


def _number(query: Mapping[str, str], name: str, usual: int, *, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return usual
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else -1
    if not least <= number <= most:
        raise Refused(422, f"{name} is a whole number from {least} to {most}")
    return number


def _one_of(call: Call, known: type[DraftState | DeliveryState | PromiseState]) -> str | None:
    state = call.query.get("state")
    if state is not None and state not in set(known):
        raise Refused(422, f"state is one of {', '.join(known)}")
    return state


def _yes(call: Call, name: str) -> bool:
    said = call.query.get(name, "0")
    if said not in YES | NO:
        raise Refused(422, f"{name} is 1 or 0")
    return said in YES


def _time(text: str | None) -> datetime | None:
    try:
        return None if text is None else parse_time(text)
    except (ValueError, OverflowError) as error:  # year 1 east of Greenwich
        raise Refused(422, "since is a time, such as 2026-05-01T10:00:00Z") from error
