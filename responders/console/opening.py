"""Opening a draft at the console holds it, until it is let go or left alone.

To stand before the queue holds nothing. No answer ever waits for that: where the store is busy, the
page is shown all the same.
"""

from starlette.requests import Request

from config.errors import GroundswellError
from config.ground import Ground
from config.logs import event_log
from responders.console.rendering import Visitor, pace_of
from responders.decisions.drafts import claim as claiming
from responders.decisions.refusing import AlreadyDone, NotAllowed, NotFound

log = event_log(__name__)


def idle_s(ground: Ground) -> float:
    """Return the idle time in seconds of the house, as long as the setting says to a person."""
    pace = pace_of(ground.clock, ground.clock.now())
    return ground.settings.approval.claim_minutes * 60 * pace


def open_draft(ground: Ground, request: Request, visitor: Visitor, draft_id: int) -> None:
    """Hold a draft for whoever opened it, unless somebody else does or it is decided.

    A browser that only fetches ahead opens nothing.
    """
    ahead = request.headers.get("sec-purpose", "") or request.headers.get("purpose", "")
    if not visitor.may("edit") or "prefetch" in ahead:
        return
    try:
        claiming.claim(ground, visitor.actor, draft_id, idle_s=idle_s(ground))
    except (AlreadyDone, NotAllowed, NotFound):
        return  # the page says how it stands
    except GroundswellError as error:
        log.warning("draft_not_held", draft=draft_id, reason=str(error))
