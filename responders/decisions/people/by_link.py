"""As whom a link in an alert decides: the person that its destination names, else its readers.

The link says where it was sent (``delivery.answer_links``). A destination that was taken out of the
settings decides nothing more, so a link that fell into wrong hands ends with its address.
"""

from sqlmodel import Session

from config.settings import Settings
from responders.decisions import store
from responders.decisions.acting import Actor, Role
from responders.delivery.opening import every_destination

LINK = "link"
"""From where somebody acts who followed a link in an alert."""


def answers_for(session: Session, settings: Settings, destination: str) -> Actor | None:
    """Return as whom a destination's link decides; None when it decides no more.

    ``apprise:ruth`` decides as the user ruth where there is one; any other destination as whoever
    reads there, who may acknowledge and no more; a pager that is only called in need as well.
    Somebody who was removed decides nothing.
    """
    if destination not in {each.name for each in every_destination(settings)}:
        return None
    name = destination.partition(":")[2]
    named = (user for user in store.users(session, removed=True) if user.name == name)
    user = next(named, None)
    if user is not None:
        return None if user.removed_at else Actor(user.name, user.role, LINK)
    return Actor(f"{name or destination} (link)", Role.DRAFTER, LINK)
