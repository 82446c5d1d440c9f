"""The two yeses to a change of what stands in public, and the taking back of one that waits.

A change that one person wants and another must confirm waits in the outbox as a message that nobody
approved, so it cannot leave; the first yes binds to its text, and any other text makes it void.
"""

from collections.abc import Iterable

from sqlmodel import Session

from classifiers.tables import Issue
from config.settings import Settings
from responders.decisions import store
from responders.decisions.acting import Act
from responders.decisions.drafts.first_yes import holds, is_same_person, role_for
from responders.decisions.drafts.seconding import Needed, needed
from responders.decisions.refusing import AlreadyDone
from responders.decisions.tables import FirstYes
from responders.decisions.wording import at_time
from responders.delivery.changing import CHANGES
from responders.delivery.tables import Delivery, DeliveryState
from responders.voice.tables import Draft
from responders.voice.words.drafting import digest

WAITS = "it waits for the yes of another person"


def need_of_change(issue: Issue | None, settings: Settings) -> Needed:
    """Return how many people must say yes to a change of a reply: no words are cleared for it."""
    return needed(
        severity=str(issue.severity) if issue else "",
        phase="",
        from_template=False,
        reviewed=True,
        two_persons=settings.approval.two_persons,
        precleared=(),
    )


def waiting_change(changes: Iterable[Delivery]) -> Delivery | None:
    """Return the change that waits for its second yes, if one does."""
    return next((row for row in changes if is_waiting(row)), None)


def is_waiting(row: Delivery) -> bool:
    """Tell whether a message is a change that one person wants and nobody confirmed yet."""
    unsent = row.state is DeliveryState.CANCELLED and row.approved_sha256 is None
    return row.kind in CHANGES and unsent and row.reason == WAITS


def first_of(
    act: Act, settings: Settings, draft: Draft, change: Delivery, issue: Issue
) -> FirstYes | None:
    """Return the first yes to a change that waits, while whoever said it may still say so.

    Raises:
        AlreadyDone: this person said it.
    """
    rows = store.first_yeses_to(act.session, draft, digest(change.text))
    found = next((row for row in rows if holds(act.session, settings, row, role_for(issue))), None)
    if found is not None and is_same_person(act, found.by):
        raise AlreadyDone(
            f"you said yes to this change at {at_time(found.at)}; another person must say it too. "
            "Nothing was changed"
        )
    return found


def keep_first(act: Act, draft: Draft, change: Delivery) -> None:
    """Keep the first yes to a change, in place of any other change that waited."""
    store.take_first_yes_back(act.session, draft.id or 0, at=act.now)
    act.session.add(
        FirstYes(
            draft_id=draft.id or 0, version=draft.version, text_sha256=digest(change.text),
            by=act.actor.name, via=act.actor.via, at=act.now,
        )
    )  # fmt: skip


def set_aside(session: Session, change: Delivery, *, why: str) -> None:
    """Let a change that waits wait no more."""
    change.reason = why
    session.add(change)
    session.flush()
