"""What an address's answer says of what strangers would see there.

Pure. Only what everybody would meet counts as dead: not there, gone, broken, or nobody who answers.
A place that turns away programs, asks who we are or is in a hurry tells nothing of people.
"""

import socket
from typing import Final

from config.addresses import RefusedAddress
from config.http_trouble import BadRedirect, CutShort, TimedOut, TooLarge, Unreachable, Untrusted
from responders.voice.tables import LinkAnswer

SAYS_NOTHING: Final = frozenset({401, 403, 407, 408, 425, 429, 451})
"""Statuses that are about us, our country or this minute."""
OTHER_THAN_GET: Final = frozenset({400, 403, 404, 405, 406, 410, 429, 500, 501, 502, 503})
"""What places answer to a HEAD though a GET is answered well."""
SHOWN: Final = 120

Found = tuple[LinkAnswer, str]
"""What became of asking, and why, for people."""


def of_status(status: int) -> Found:
    """Tell what a status says, redirects followed: 204 is alive, 404 and 503 are dead."""
    if status < 400:
        return LinkAnswer.ALIVE, f"it answers {status}"
    answer = LinkAnswer.UNKNOWN if status in SAYS_NOTHING else LinkAnswer.DEAD
    return answer, f"it answers {status}"


def of_trouble(error: Exception) -> Found:
    """Tell what trouble on the way says."""
    reason = " ".join(str(error).split())[:SHOWN]
    if isinstance(error, TooLarge):  # it answered, with more than we read
        return LinkAnswer.ALIVE, "it answers"
    if isinstance(error, RefusedAddress) or _names_are_down(error):
        return LinkAnswer.UNKNOWN, reason
    dead = isinstance(error, Unreachable | TimedOut | CutShort | Untrusted | BadRedirect)
    return (LinkAnswer.DEAD if dead else LinkAnswer.UNKNOWN), reason


def _names_are_down(error: BaseException | None) -> bool:
    """Tell whether our own line is the trouble: no name server said that there is no such name."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return error.errno == socket.EAI_AGAIN
        error = error.__cause__ or error.__context__
    return False
