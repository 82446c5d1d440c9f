"""What may be done: each way calls one act of `decisions` and answers with the thing as it is then.

No rule of its own: who may, and what is too late, the acts say.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field
from sqlmodel import Session

from classifiers import store as issues
from classifiers.corrections.resolutions import Resolution
from classifiers.store import reference
from classifiers.tables import IssueState
from config.database import reading
from responders.api import asking
from responders.api.calls import Body, Call, Nothing, Way
from responders.commands.references import said_back
from responders.decisions import pause as pausing
from responders.decisions.drafts import approve as approving
from responders.decisions.drafts import correct as correcting
from responders.decisions.drafts import edit as editing
from responders.decisions.drafts import reject as rejecting
from responders.decisions.drafts import settle as settling
from responders.decisions.issues import acknowledge as acknowledging
from responders.decisions.issues import declare as declaring
from responders.decisions.issues import judging, mute, rename, state, take
from responders.decisions.issues import merge as merging
from responders.decisions.refusing import NotFound
from responders.delivery import store as outbox

LONGEST_TEXT, LINE = 20_000, 500
Line = Field(max_length=LINE)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:  # the last day of the year 9999, west of Greenwich
        raise ValueError("there is no such time in UTC") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


def _no_flag(value: object) -> object:
    if isinstance(value, bool):  # which Python counts among the numbers
        raise ValueError("a number is meant, not true or false")  # noqa: TRY004 - pydantic's way
    return value


RowId = Annotated[int, BeforeValidator(_no_flag), Field(ge=1, le=issues.MAX_ID)]
Version = Annotated[int, BeforeValidator(_no_flag), Field(gt=0)]


class Approve(Body):
    """A yes to exactly one text."""

    text_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    version: Version | None = None
    override: str = Field("", max_length=LINE)
    read: bool = False
    anyway: bool = False
    undo: bool = False


class Edit(Body):
    """Another text of a draft."""

    text: str = Field(max_length=LONGEST_TEXT)
    version: Version | None = None
    anyway: bool = False


class Why(Body):
    """An act that needs its reason."""

    reason: str = Line
    anyway: bool = False


class Reason(Body):
    """An act that needs its reason."""

    reason: str = Line


class Settle(Body):
    """What became of a text: it stands at this address, or (null) it does not stand there."""

    sent_url: str | None = Field(max_length=2_000)


class Correct(Body):
    """The whole new text of a reply that stands in public."""

    text: str = Field(max_length=LONGEST_TEXT)
    instead_of_sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$")
    undo: bool = False


class Delete(Body):
    """A reply is taken away; why."""

    reason: str = Line
    undo: bool = False


class Confirm(Body):
    """The second yes to a change that waits for it."""

    undo: bool = False


class State(Body):
    """How far we are with an issue."""

    state: IssueState
    note: str = Field("", max_length=LINE)
    avoid: str = Field("", max_length=LINE)
    resolution: Resolution | None = None


class Take(Body):
    """Take an issue; with ``anyway`` also from somebody else."""

    anyway: bool = False


class Until(Body):
    """Let an issue rest until then."""

    until: Moment


class Mute(Body):
    """Tell nobody of an issue any more, until then or until somebody wakes it."""

    reason: str = Line
    until: Moment | None = None


class Title(Body):
    """A name in people's words."""

    title: str = Field(max_length=LINE)


class Declare(Title):
    """An issue that the detector did not open."""

    product: str | None = None
    posts: list[RowId] = Field(default_factory=list, max_length=1_000)


class Into(Body):
    """The issue that it is a part of."""

    into: str = Field(max_length=40)


class Judge(Body):
    """What a post is."""

    kind: str = Field(max_length=40)


def ways() -> Sequence[Way]:
    """Return everything that may be done."""
    return (*_on_drafts(), *_on_deliveries(), *_on_issues(), *_on_the_rest())


def _on_drafts() -> Sequence[Way]:
    at = "/drafts/{id}"
    return (
        Way("POST", f"{at}/approve", "Say yes to exactly the text of that hash.", "draft",
            _draft(_approve), takes=Approve),
        Way("POST", f"{at}/take-back", "Take a yes back before the text has left.", "draft",
            _draft(lambda call, number: approving.take_back(call.ground, call.actor, number)),
            takes=Nothing),
        Way("POST", f"{at}/edit", "Give a draft another text.", "draft", _draft(_edit),
            takes=Edit),
        Way("POST", f"{at}/reject", "Say no to a draft.", "draft",
            _draft(lambda call, number: rejecting.reject(
                call.ground, call.actor, number, call.body.reason, anyway=call.body.anyway)),
            takes=Why),
        Way("POST", f"{at}/stay-silent", "Say nothing in the place of a draft.", "draft",
            _draft(lambda call, number: rejecting.stay_silent(
                call.ground, call.actor, number, call.body.reason, anyway=call.body.anyway)),
            takes=Why),
    )  # fmt: skip


def _on_deliveries() -> Sequence[Way]:
    at = "/deliveries/{id}"
    return (
        Way("POST", f"{at}/resolve", "Say what became of a text.", "delivery",
            _delivery(lambda call, number: settling.settle(
                call.ground, call.actor, number, sent_url=call.body.sent_url)), takes=Settle),
        Way("POST", f"{at}/edit", "Let a reply that stands in public say something else.",
            "delivery", _delivery(lambda call, number: correcting.correct(
                call.ground, call.actor, number, call.body.text,
                sha256=call.body.instead_of_sha256, undo_s=_undo_s(call))), takes=Correct),
        Way("POST", f"{at}/delete", "Take a reply away from its place.", "delivery",
            _delivery(lambda call, number: correcting.remove(
                call.ground, call.actor, number, call.body.reason, undo_s=_undo_s(call))),
            takes=Delete),
        Way("POST", f"{at}/confirm", "Say the second yes to a change of a reply.", "delivery",
            _delivery(lambda call, number: correcting.confirm(
                call.ground, call.actor, number, undo_s=_undo_s(call))), takes=Confirm),
        Way("POST", f"{at}/take-back", "Take a change back before it is done.", "delivery",
            _delivery(lambda call, number: correcting.take_back(
                call.ground, call.actor, number)), takes=Nothing),
    )  # fmt: skip


def _on_issues() -> Sequence[Way]:
    at = "/issues/{id}"
    return (
        Way("POST", "/issues", "Open an issue that the detector did not.", "issue", _declare,
            takes=Declare),
        Way("POST", f"{at}/state", "Say how far we are; the public hears what is approved.",
            "issue", _issue(_state), takes=State),
        Way("POST", f"{at}/acknowledge", "Say that one knows of it.", "issue",
            _issue(lambda call, key: acknowledging.acknowledge(call.ground, call.actor, key)),
            takes=Nothing),
        Way("POST", f"{at}/unacknowledge", "Take that back, so that people are called again.",
            "issue", _issue(lambda call, key: acknowledging.unacknowledge(
                call.ground, call.actor, key, call.body.reason)), takes=Reason),
        Way("POST", f"{at}/take", "Take it, so that everybody sees who has it.", "issue",
            _issue(lambda call, key: take.take(
                call.ground, call.actor, key, anyway=call.body.anyway)), takes=Take),
        Way("POST", f"{at}/hand-back", "Let it go, so that somebody else may take it.", "issue",
            _issue(lambda call, key: take.hand_back(call.ground, call.actor, key)),
            takes=Nothing),
        Way("POST", f"{at}/rename", "Give it the name people know it by.", "issue",
            _issue(lambda call, key: rename.rename(
                call.ground, call.actor, key, call.body.title)), takes=Title),
        Way("POST", f"{at}/merge", "Make it part of another one.", "issue", _issue(_merge),
            takes=Into),
        Way("POST", f"{at}/unmerge", "Take a merge back.", "issue",
            _issue(lambda call, key: merging.unmerge(call.ground, call.actor, key)),
            takes=Nothing),
        *_on_quiet_issues(at),
    )  # fmt: skip


def _on_quiet_issues(at: str) -> Sequence[Way]:
    return (
        Way("POST", f"{at}/snooze", "Let it rest for a while; one that grows wakes by itself.",
            "issue", _issue(lambda call, key: mute.snooze(
                call.ground, call.actor, key, call.body.until)), takes=Until),
        Way("POST", f"{at}/mute", "Let it alert and propose nothing.", "issue",
            _issue(lambda call, key: mute.mute(
                call.ground, call.actor, key, call.body.reason, until=call.body.until)),
            takes=Mute),
        Way("POST", f"{at}/not-an-issue", "Say that it is none of our problems.", "issue",
            _issue(lambda call, key: mute.not_an_issue(
                call.ground, call.actor, key, call.body.reason)), takes=Reason),
        Way("POST", f"{at}/wake", "Let it alert and propose again.", "issue",
            _issue(lambda call, key: mute.wake(call.ground, call.actor, key)), takes=Nothing),
    )  # fmt: skip


def _on_the_rest() -> Sequence[Way]:
    return (
        Way("POST", "/posts/{id}/judge", f"Say what a post is: {', '.join(judging.WORDS)}.",
            "post", _judge, takes=Judge),
        Way("POST", "/pause", "Hold everything back within a second.", "pause", _pause,
            takes=Reason),
        Way("POST", "/resume", "Let everything leave again.", "pause", _resume, takes=Nothing),
    )  # fmt: skip


# How each is done -------------------------------------------------------------------------------


def _draft(act: Callable[[Call, int], object]) -> Callable[[Call], Any]:
    return _done(act, asking.draft_now)


def _delivery(act: Callable[[Call, int], object]) -> Callable[[Call], Any]:
    return _done(act, lambda session, call: asking.delivery_now(session, call.path["id"]))


def _issue(act: Callable[[Call, int], object]) -> Callable[[Call], Any]:
    def respond(call: Call) -> Any:
        key = _key(call.path["id"])
        act(call, key)
        return _issue_now(call, key)

    return respond


def _done(
    act: Callable[[Call, int], object], show: Callable[[Session, Call], Any]
) -> Callable[[Call], Any]:
    def respond(call: Call) -> Any:
        act(call, _row(call))
        with reading(call.ground.engine) as session:
            return show(session, call)

    return respond


def _row(call: Call) -> int:
    number = issues.row_id_from(call.path["id"])
    if number is None:
        raise NotFound(f"{said_back(call.path['id'])} is no number that stands in a list's id")
    return number


def _issue_now(call: Call, key: int) -> Any:
    with reading(call.ground.engine) as session:
        return asking.issue_now(session, reference(key))


def _key(named: str) -> int:
    key = issues.issue_id_from(named)
    if key is None:
        raise NotFound("there is no such issue; it is named like GS-3")
    return key


def _approve(call: Call, number: int) -> object:
    asked: Approve = call.body
    return approving.approve(
        call.ground, call.actor, number, version=asked.version, sha256=asked.text_sha256,
        undo_s=_undo_s(call), anyway=asked.anyway,
        override=asked.override, read=asked.read,
    )  # fmt: skip


def _undo_s(call: Call) -> float:
    return call.ground.settings.outbox.undo_s if call.body.undo else 0.0


def _edit(call: Call, number: int) -> object:
    asked: Edit = call.body
    return editing.edit(
        call.ground, call.actor, number, asked.text, version=asked.version, anyway=asked.anyway
    )


def _declare(call: Call) -> Any:
    asked: Declare = call.body
    key = declaring.declare(
        call.ground, call.actor, title=asked.title, product=asked.product, post_ids=asked.posts
    )
    return _issue_now(call, key)


def _state(call: Call, key: int) -> None:
    asked: State = call.body
    state.set_state(
        call.ground, call.actor, key, asked.state, note=asked.note, avoid=asked.avoid,
        resolution=asked.resolution,
    )  # fmt: skip


def _merge(call: Call, key: int) -> None:
    merging.merge(call.ground, call.actor, key, _key(call.body.into))


def _judge(call: Call) -> Any:
    number = _row(call)
    judging.judge_post(call.ground, call.actor, number, call.body.kind)
    with reading(call.ground.engine) as session:
        return asking.post_now(session, call.path["id"])


def _pause(call: Call) -> Any:
    pausing.pause(call.ground, call.actor, call.body.reason)
    return _paused(call)


def _resume(call: Call) -> Any:
    pausing.resume(call.ground, call.actor)
    return _paused(call)


def _paused(call: Call) -> dict[str, Any]:
    with reading(call.ground.engine) as session:
        found = outbox.paused(session)
    return {
        "paused": found is not None,
        "by": found.by if found else None,
        "since": found.at if found else None,
        "reason": found.reason if found else None,
    }
