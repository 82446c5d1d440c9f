"""Each press in a chat counts once, whichever process hears it and however often it is told.

A platform tells a press again where our first word to it was lost, and whoever saw a signed request
could send it to another process. Most acts do no harm a second time, but a text that was approved
and taken back would be approved again, and what somebody woke would be muted. So a press leaves a
row before it is decided, and whoever finds that row decides nothing. A process that dies between
the two has decided nothing, and whoever pressed presses again, which is another press.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import col

from config.clock import SystemClock
from config.database import transaction
from config.errors import TransientError
from config.ground import Ground
from responders.decisions.tables import PressTaken

KEPT = timedelta(hours=1)
"""Slack's signed requests are good for five minutes; no platform tells a press again so late."""


def is_first(ground: Ground, press: str, *, now: datetime | None = None) -> bool:
    """Tell whether nobody took on a press before; from now on somebody has.

    Args:
        ground: the installation.
        press: what names it, the same however often it is told.
        now: machine time; now when None.

    Raises:
        TransientError: the store could not say so now.
    """
    at = now or SystemClock().now()
    try:
        with transaction(ground.engine) as session:
            session.execute(delete(PressTaken).where(col(PressTaken.at) < at - KEPT))
            session.add(PressTaken(press=press, at=at))
    except IntegrityError:
        return False
    except OperationalError as error:
        raise TransientError("the store was busy with another change; press again") from error
    return True
