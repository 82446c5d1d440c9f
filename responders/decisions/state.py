"""Say how far we are with an issue: at once inside; the voice then proposes what the public hears.

Every way is allowed, also back from resolved: what a person knows now counts, and is recorded.
"""

from classifiers import store_changes
from classifiers.issues import NOT_AN_ISSUE
from classifiers.tables import Issue, IssueKind, IssueState
from config.ground import Ground
from responders.decisions.acting import Act, Actor, Role, acting
from responders.decisions.recording import confirm
from responders.decisions.refusing import AlreadyDone
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
        version: the issue's version that was looked at, if known.

    Raises:
        AlreadyDone: it is so already; it says by whom and when.
        NotAllowed: the role is too low, or the issue is part of another one.
        NotFound: there is no such issue.
    """
    with acting(ground, actor, Role.APPROVER) as act:
        issue = hold_issue(act, issue_id, version=version)
        if issue.state is state:
            raise AlreadyDone(_already(act, issue))
        move_on(act, issue, state, note=one_line(note, "the note") if note.strip() else "")


def move_on(act: Act, issue: Issue, state: IssueState, *, note: str) -> None:
    """Change the state of a held issue, with its event and its audit entry."""
    data = {"from": issue.state.value, "to": state.value, "note": note}
    text = f"{data['from']} → {data['to']}{f': {note}' if note else ''}"
    accepted = state in ACCEPTED and issue.kind is IssueKind.ISSUE
    flags = [flag for flag in issue.flags if not (accepted and flag == NOT_AN_ISSUE)]
    change(act, issue, kind=STATE, text=text, data=data, state=state, flags=flags)
    if accepted:
        confirm(act, issue)
    act.note("issue state changed", ref(issue), **data)


def _already(act: Act, issue: Issue) -> str:
    last = store_changes.last_event(act.session, issue.id or 0, [STATE])
    if last is None:
        return f"{ref(issue)} is {issue.state} already, since it was opened"
    return f"{ref(issue)} is {issue.state} already: {last.by} said so {when(last)}"
