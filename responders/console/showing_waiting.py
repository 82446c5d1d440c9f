"""Who waits for a word of ours, over all open issues."""

from starlette.requests import Request
from starlette.responses import Response

from config.database import reading
from responders.console.looking import Looking
from responders.console.rendering import Visitor, frame_of
from responders.console.views.waiting import waiting_rows
from responders.voice.ledger.store_unanswered import unanswered

SHOWN = 200
"""The longest waiting; who has more begins with those."""


class WaitingFaces(Looking):
    """The queue of unanswered threads, for somebody who is logged in."""

    def waiting(self, _request: Request, visitor: Visitor) -> Response:
        """Show who waits, the longest first."""
        now = self.ground.clock.now()
        with reading(self.ground.engine) as session:
            threads = unanswered(session, now=now)
            rows = waiting_rows(threads[:SHOWN], now=now)
            return self.pages.html(
                "waiting.html",
                frame=frame_of(session, self.ground, visitor),
                rows=rows,
                total=len(threads),
                needing=sum(row.needs_you for row in rows),
                address="/console/waiting",
            )
