"""Erase who, why and how of an audit entry, where somebody may ask for that; the chain stays."""

from config.ground import Ground
from responders.decisions import auditing
from responders.decisions.acting import Actor, Role, acting
from responders.decisions.refusing import NotFound
from responders.decisions.wording import one_line


def erase_entry(ground: Ground, actor: Actor, number: int, reason: str) -> None:
    """Erase the payload of an audit entry; that it was erased is an entry of its own.

    Raises:
        NotAllowed: the actor is no admin, or no reason is given.
        NotFound: there is no such entry, or its payload is erased already.
    """
    with acting(ground, actor, Role.ADMIN) as act:
        why = one_line(reason, "the reason")
        if not auditing.erase_payload(act.session, number):
            raise NotFound(f"entry {number} is not there, or holds nothing to erase")
        act.note("audit payload erased", f"entry {number}", reason=why)
