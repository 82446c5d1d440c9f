"""The frame of every act: may they? → conditional change → audit, in one durable transaction.

Acts follow one another: the first thing an act does is to hold the end of the audit chain. People
decide slowly, and so no two acts can ever wait for each other in a circle.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from config.database import durable
from config.errors import TransientError
from config.ground import Ground
from config.logs import event_log
from responders.decisions import auditing
from responders.decisions import store_audit as store
from responders.decisions.refusing import AlreadyDone, Held, NotAllowed, NotFound
from responders.decisions.tables_people import Role

__all__ = ("Act", "Actor", "AlreadyDone", "Held", "NotAllowed", "NotFound", "Role", "acting", "may")

RANKS = tuple(Role)
HUMAN_ONLY = "human-only"
"""The flag of an issue whose texts only an admin may approve."""

log = event_log(__name__)


@dataclass(frozen=True)
class Actor:
    """Who acts, what they may, and from where."""

    name: str
    role: Role
    via: str
    """``command line``, ``console`` or ``demo``."""


@dataclass
class Act:
    """An act under way; what it does is kept only together with what it noted."""

    session: Session
    now: datetime
    actor: Actor
    noted: list[tuple[str, str]] = field(default_factory=list)

    def note(self, act: str, subject: str, **payload: Any) -> None:
        """Write the audit entry, in the same transaction; who and from where go in by themselves.

        Args:
            act: what was done, such as ``draft approved``.
            subject: to what, such as ``draft 12`` or ``GS-3``; never anybody's name or words.
            payload: why and how, as JSON takes it; hashes of texts, no texts of strangers.
        """
        who = {"by": self.actor.name, "role": self.actor.role.value, "via": self.actor.via}
        auditing.add(self.session, at=self.now, act=act, subject=subject, payload=who | payload)
        self.noted.append((act, subject))


def may(actor: Actor, needs: Role) -> bool:
    """Tell whether somebody may what needs a role."""
    return RANKS.index(actor.role) >= RANKS.index(needs)


def refuse_role(actor: Actor, needs: Role) -> None:
    """Do nothing for somebody who may.

    Raises:
        NotAllowed: their role is below the one it needs.
    """
    if not may(actor, needs):
        raise NotAllowed(
            f"{actor.name} is {_a(actor.role)}; this needs {_a(needs)}. An admin can change that: "
            f"groundswell user role {actor.name} {needs}"
        )


@contextmanager
def acting(ground: Ground, actor: Actor, needs: Role) -> Iterator[Act]:
    """Open the transaction of an act for somebody who may; on any error nothing is changed.

    Raises:
        NotAllowed: their role is below the one it needs.
        TransientError: the store could not do it now.
    """
    refuse_role(actor, needs)
    try:
        with durable(ground.engine) as session:
            store.hold_head(session)
            act = Act(session, ground.clock.now(), actor)
            yield act
    except OperationalError as error:
        raise TransientError(
            "the store was busy with another change and did not take this one; look and try again"
        ) from error
    for done, subject in act.noted:
        log.info(done.replace(" ", "_"), subject=subject, by=actor.name, via=actor.via)


def _a(role: Role) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"
