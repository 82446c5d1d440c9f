"""The first yes of two: kept while its text stands, until another person says the second.

It binds to version and hash like an approval, so any other text makes it void by itself. It counts
only while whoever said it may still say so.
"""

from sqlmodel import Session

from classifiers.tables import Issue
from config.settings import Settings
from responders.decisions import store
from responders.decisions.acting import HUMAN_ONLY, Act, Actor, Role, may
from responders.decisions.drafts.reviewing import is_reviewed
from responders.decisions.drafts.seconding import ONE, Needed, needed
from responders.decisions.holding import subject
from responders.decisions.people.linking import person_behind, role_now
from responders.decisions.refusing import AlreadyDone
from responders.decisions.tables import FirstYes
from responders.decisions.wording import at_time
from responders.voice.tables import Draft


def need_of(draft: Draft, issue: Issue, settings: Settings) -> Needed:
    """Return how many people must say yes to a draft as it stands."""
    knobs = settings.approval
    return needed(
        severity=str(issue.severity),
        phase=draft.phase,
        from_template=not draft.edited_by,
        reviewed=is_reviewed(settings, draft.language),
        two_persons=knobs.two_persons,
        precleared=knobs.precleared,
    )


def role_for(issue: Issue) -> Role:
    """Return the role that a yes to a text on an issue needs."""
    return Role.ADMIN if HUMAN_ONLY in issue.flags else Role.APPROVER


def standing(session: Session, settings: Settings, draft: Draft, needs: Role) -> FirstYes | None:
    """Return the first yes to exactly this text, if whoever said it may still say so."""
    rows = store.first_yeses(session, draft)
    return next((row for row in rows if holds(session, settings, row, needs)), None)


def is_half_approved(session: Session, draft: Draft) -> bool:
    """Tell whether one of two people said yes to exactly this text."""
    return bool(store.first_yeses(session, draft))


def holds(session: Session, settings: Settings, row: FirstYes, needs: Role) -> bool:
    """Tell whether whoever said a first yes may still say so."""
    role = role_now(session, settings, row.by)
    return role is not None and may(Actor(row.by, role, row.via), needs)


def second_to(
    act: Act, settings: Settings, draft: Draft, issue: Issue, need: Needed
) -> FirstYes | None:
    """Return the other person's yes that this one is the second to; else keep this as the first.

    Raises:
        AlreadyDone: this person said the first one.
    """
    found = standing(act.session, settings, draft, role_for(issue))
    if found is not None and is_same_person(act, found.by):
        raise AlreadyDone(
            f"you said yes to this at {at_time(found.at)}; {need.reason}, so another person must "
            "say it too. Nothing was sent"
        )
    if found is not None:
        return found
    act.session.add(
        FirstYes(
            draft_id=draft.id or 0, version=draft.version, text_sha256=draft.text_sha256,
            by=act.actor.name, via=act.actor.via, at=act.now,
        )
    )  # fmt: skip
    bound = {"version": draft.version, "text_sha256": draft.text_sha256}
    act.note("first yes", subject(draft), reason=need.reason, **bound)
    return None


def is_same_person(act: Act, by: str) -> bool:
    """Tell whether whoever acts is the one who said a first yes, under whatever name."""
    session = act.session
    return person_behind(session, by) == person_behind(session, act.actor.name)


def is_enough(need: Needed) -> bool:
    """Tell whether one yes queues the text."""
    return need.persons <= ONE
