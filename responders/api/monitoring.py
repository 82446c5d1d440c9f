"""`/metrics`: for the machine itself as it is, for anybody else with a key.

A scraper on the same machine needs nothing; one elsewhere sends a person's key. What came through
a proxy came from elsewhere.
"""

from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from config.clock import SystemClock
from config.database import reading
from config.ground import Ground
from responders import overview
from responders.api.keys import Keys, Refused
from responders.api.metrics import MEDIA_TYPE, exposed, metrics_of
from responders.console.guarding import host_of, is_loopback

THROUGH_A_PROXY: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Monitoring:
    """The numbers of one installation."""

    def __init__(self, ground: Ground, keys: Keys) -> None:
        self.ground = ground
        self.keys = keys

    def metrics(self, request: Request) -> Response:
        """Return the numbers as they are now."""
        try:
            if not _is_here(request):
                self.keys.who(request)
            with reading(self.ground.engine) as session:
                found = overview.look(
                    session, self.ground.settings, machine_time=SystemClock().now()
                )
                text = exposed(metrics_of(found))
        except Refused as error:
            return PlainTextResponse(f"{error.reason}\n", error.status, error.headers)
        except SQLAlchemyError:
            return PlainTextResponse("the store does not answer\n", 503)
        return Response(text, media_type=MEDIA_TYPE)


def _is_here(request: Request) -> bool:
    """Tell whether this very machine asks, and not somebody behind a proxy on it."""
    peer = request.client.host if request.client else ""
    named = host_of(request.headers.get("host", ""))
    forwarded = any(name in request.headers for name in THROUGH_A_PROXY)
    return is_loopback(peer) and named in HERE and not forwarded
