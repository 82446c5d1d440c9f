"""Say how far we are with an issue: at once inside; the voice then proposes what the public hears.

Every way is allowed, also back from resolved: what a person knows now counts, and is recorded.
"""

from classifiers.corrections import store_changes
from classifiers.corrections.resolutions import Resolution, lacks_reason
from classifiers.issues import NOT_AN_ISSUE
from classifiers.tables import Issue, IssueKind, IssueState
from config.ground import Ground
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.issues.ticket import settle_suggestions
from responders.decisions.recording import confirm
from responders.decisions.refusing import AlreadyDone, NotValid
from responders.decisions.reopening import take_back_out_of_step
from responders.decisions.tracking import change, hold_issue, ref, when
from responders.decisions.wording import one_line

STATE = "state"
ACCEPTED = (IssueState.INVESTIGATING, IssueState.IDENTIFIED, IssueState.MONITORING)
"""Who says so takes the issue for real. Resolved may also mean that it was nothing."""


def set_state(
    ground: Ground,
    actor: Actor,
    issue_id: int,
    state: IssueState,
    *,
    note: str = "",
    avoid: str = "",
    resolution: Resolution | None = None,
    version: int | None = None,
) -> None:
    """Set the state of an issue.

    Args:
        ground: what the act stands on.
        actor: who says so.
        issue_id: the issue.
        state: the new state.
        note: what was found or done, in a line that may be read in public: the voice proposes it as
            a fact that a person stated.
        avoid: how it can be kept from coming back, with ``resolved``; told in public as it stands.
        resolution: how it ended, with ``resolved``; all but a fix need the note as their reason.
        version: the issue's version that was looked at, if known.

    Raises:
        AlreadyDone: it is so already; it says by whom and when.
        NotAllowed: the role is too low, the issue is part of another one, or the kind of its end
            does not fit or lacks its reason.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        _refuse_end(state, resolution, note)
        _refuse_avoid(state, avoid)
        issue = hold_issue(act, issue_id, version=version)
        if issue.state is state:
            raise AlreadyDone(_already(act, issue))
        said = one_line(note, "the note") if note.strip() else ""
        how = one_line(avoid, "how to avoid it") if avoid.strip() else ""
        move_on(act, issue, state, note=said, avoid=how, resolution=resolution)


def move_on(
    act: Act,
    issue: Issue,
    state: IssueState,
    *,
    note: str,
    avoid: str = "",
    resolution: Resolution | None = None,
    why: str = "",
) -> None:
    """Change the state of a held issue, with its event and its audit entry.

    Going back, or to the end, takes back what was approved for the state it leaves and did not go
    out.

    ``note`` is what a person found or did, which the voice proposes to say in public; ``why`` says
    why an issue moves by itself, in its timeline, and no text ever says it.
    """
    data = {"from": issue.state.value, "to": state.value, "note": note}
    if why:
        data["why"] = why
    if avoid:
        data["avoid"] = avoid
    if resolution is not None:
        data["resolution"] = resolution.value
    ended = f" as {resolution}" if resolution else ""
    told = note or why
    text = f"{data['from']} → {data['to']}{ended}{f': {told}' if told else ''}"
    accepted = state in ACCEPTED and issue.kind is IssueKind.ISSUE
    flags = [flag for flag in issue.flags if not (accepted and flag == NOT_AN_ISSUE)]
    change(act, issue, kind=STATE, text=text, data=data, state=state, flags=flags)
    if accepted:
        confirm(act, issue)
    act.note("issue state changed", ref(issue), **data)
    take_back_out_of_step(act, issue)
    settle_suggestions(act, issue)


def _refuse_end(state: IssueState, resolution: Resolution | None, note: str) -> None:
    if resolution is not None and state is not IssueState.RESOLVED:
        raise NotValid(f"only what is resolved ends as {resolution}; the state would be {state}")
    if lacks_reason(resolution, note):
        raise NotValid(f"say why, as the public may read it: --note. It ends as {resolution}")


def _refuse_avoid(state: IssueState, avoid: str) -> None:
    if avoid.strip() and state is not IssueState.RESOLVED:
        raise NotValid(f"how to avoid it is told once it is resolved; the state would be {state}")


def _already(act: Act, issue: Issue) -> str:
    last = store_changes.last_event(act.session, issue.id or 0, [STATE])
    if last is None:
        return f"{ref(issue)} is {issue.state} already, since it was opened"
    return f"{ref(issue)} is {issue.state} already: {last.by} said so {when(last)}"
