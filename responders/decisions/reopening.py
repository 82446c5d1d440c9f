"""An approval does not outlive the state that it was given in: going back, or to the end, ends it.

Apart from the state's own act, because two more acts must heed it: nobody may approve a text that
is out of step with its issue, and none of them is queued again once a doubt is settled.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from classifiers.store import reference
from classifiers.tables import Issue
from responders.decisions import store, store_drafts
from responders.decisions.acting import Act
from responders.decisions.holding import subject
from responders.decisions.refusing import NotAllowed
from responders.delivery import store as outbox
from responders.voice.phases import PHASES, RESOLVED, is_back, phase_of
from responders.voice.store import family, whole
from responders.voice.tables import Draft, DraftState


def is_out_of_step(issue: Issue, draft: Draft) -> bool:
    """Tell whether a draft says that it is over when it is not, or goes on when it is over.

    What is one step behind while it goes on may leave: the follow-up comes after it.
    """
    now = phase_of(issue.state)
    ended = now == RESOLVED and draft.phase in PHASES and draft.phase != RESOLVED
    return ended or is_back(now, draft.phase)


def refuse_out_of_step(issue: Issue, draft: Draft) -> None:
    """Refuse the approval of a text that was overtaken when the issue went back, or ended.

    Raises:
        NotAllowed: it was.
    """
    if is_out_of_step(issue, draft):
        raise NotAllowed(
            f"{_how_it_stands(issue, draft)}, and draft {draft.id} says {draft.phase}; reject it, "
            "or wait until what is proposed says so too"
        )


def is_overtaken(session: Session, draft: Draft) -> bool:
    """Tell whether a draft is out of step with the whole issue that it speaks of now."""
    issue = session.get_one(Issue, whole(session, draft.issue_id), populate_existing=True)
    return is_out_of_step(issue, draft)


def take_back_out_of_step(act: Act, issue: Issue) -> int:
    """Take back each approval of a text out of step that has not left; return how many.

    What is being sent at this moment leaves; what stands in public gets its follow-up.
    """
    return sum([_take_back(act, issue, draft) for draft in _on_their_way(act.session, issue)])


def _how_it_stands(issue: Issue, draft: Draft) -> str:
    back = is_back(phase_of(issue.state), draft.phase)
    return f"{reference(issue.id or 0)} is {issue.state} {'again' if back else 'by now'}"


def _on_their_way(session: Session, issue: Issue) -> Sequence[Draft]:
    """Return the decided drafts of an issue and of those merged into it, in order of their ids."""
    query = (
        select(Draft)
        .where(col(Draft.issue_id).in_(family(session, issue.id or 0)))
        .where(col(Draft.state).in_(store_drafts.DECIDED), col(Draft.delivery_id).is_not(None))
        .order_by(col(Draft.id))
    )
    return [draft for draft in session.exec(query).all() if is_out_of_step(issue, draft)]


def _take_back(act: Act, issue: Issue, draft: Draft) -> bool:
    why = _how_it_stands(issue, draft)
    if draft.delivery_id is None or not outbox.call_back(act.session, draft.delivery_id, why=why):
        return False
    values = {"decided_by": "", "decided_at": None, "reason": why}
    if not store_drafts.change(act.session, draft, state=DraftState.PENDING, **values):
        return False
    store.take_approval_back(act.session, draft.id or 0, at=act.now)
    act.note("approval taken back", subject(draft), text_sha256=draft.text_sha256, why=why)
    return True
