"""What every act on an issue is made of: hold it, change it by its version, say so in its timeline.

Apart because all acts on issues share it. Each event keeps the version that it led to, so that a
face can name the version that a person looked at, and learn who changed it since.
"""

from typing import Any

from classifiers.corrections import store_changes
from classifiers.store import reference
from classifiers.tables import Issue, IssueEvent
from responders.decisions.acting import Act
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound
from responders.decisions.wording import at_time


def hold_issue(act: Act, issue_id: int, *, version: int | None = None) -> Issue:
    """Return an issue that is not part of another one, held until the act is over.

    Args:
        act: the act under way.
        issue_id: the issue.
        version: the version that the person looked at, if the face knows it.

    Raises:
        NotFound: there is no such issue.
        NotAllowed: it was merged into another one.
        AlreadyDone: a person changed it since that version; it says who, when and how.
    """
    issue = store_changes.hold(act.session, issue_id)
    if issue is None:
        raise NotFound(
            f"there is no issue {reference(issue_id)}; `groundswell issue list` shows them"
        )
    if issue.merged_into is not None:
        whole = store_changes.hold_whole(act.session, issue_id)
        raise NotAllowed(
            f"{reference(issue_id)} is part of {ref(whole or issue)} now; decide on that one, or "
            f"take it out again: groundswell issue unmerge {reference(issue_id)}"
        )
    _refuse_unseen(act, issue, version)
    return issue


def _refuse_unseen(act: Act, issue: Issue, version: int | None) -> None:
    """Refuse a decision on a version that a person changed since; posts that join do not count."""
    last = store_changes.last_change_by_a_person(act.session, issue.id or 0)
    if version is None or last is None or int(last.data.get("version", 0)) <= version:
        return
    raise AlreadyDone(f"{last.by} changed {ref(issue)} {when(last)}: {last.text}. Look again")


def change(act: Act, issue: Issue, *, kind: str, text: str, data: Any, **values: Any) -> None:
    """Change an issue and add the line to its timeline.

    Args:
        act: the act under way.
        issue: the issue, as it was held.
        kind: of the event, such as ``state``.
        text: what people read in the timeline; no words of strangers.
        data: what taking it back needs.
        values: the columns that change.

    Raises:
        AlreadyDone: it was changed at this moment.
    """
    if not store_changes.change(act.session, issue, **values):
        raise AlreadyDone(f"{ref(issue)} was changed at this moment; look again")
    tell(act, issue, kind=kind, text=text, data=data)


def tell(act: Act, issue: Issue, *, kind: str, text: str, data: Any) -> None:
    """Add a line to an issue's timeline."""
    store_changes.add_event(
        act.session,
        IssueEvent(
            issue_id=issue.id or 0,
            at=act.now,
            kind=kind,
            text=text,
            by=act.actor.name,
            data=data | {"version": issue.version},
        ),
    )


def ref(issue: Issue) -> str:
    """Return an issue's public reference."""
    return reference(issue.id or 0)


def when(event: IssueEvent | None) -> str:
    """Say when an event was, such as ``at 12:03 UTC, 12 May``."""
    return f"at {at_time(event.at)}" if event else "before"
